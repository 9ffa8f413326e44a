#include "hesse/autodiff/engine/duals.hpp"

#include "hesse/autodiff/engine/engine.hpp"

namespace hesse {

template class Tape<Dual<double>>;
template struct ArrayStatements<Dual<double>>;
template struct ArrayNodes<Dual<double>>;
template struct IndexNodes<Dual<double>>;
template struct LayerNodes<Dual<double>>;
template struct MatrixFunctions<Dual<double>>;
template struct SliceNodes<Dual<double>>;

}  // namespace hesse
