#include "hesse/autodiff/engine/duals.hpp"
#include "hesse/autodiff/engine/engine.hpp"

namespace hesse {

template class Tape<Dual<float>>;
template struct ArrayStatements<Dual<float>>;
template struct ArrayNodes<Dual<float>>;
template struct IndexNodes<Dual<float>>;
template struct LayerNodes<Dual<float>>;
template struct MatrixFunctions<Dual<float>>;
template struct SliceNodes<Dual<float>>;

}  // namespace hesse
