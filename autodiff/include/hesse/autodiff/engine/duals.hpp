#pragma once

#include "hesse/autodiff/array_nodes.hpp"
#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/elementwise.hpp"
#include "hesse/autodiff/index_nodes.hpp"
#include "hesse/autodiff/layer_nodes.hpp"
#include "hesse/autodiff/matrix_functions.hpp"
#include "hesse/autodiff/slice_nodes.hpp"
#include "hesse/autodiff/tape.hpp"

/// Recordings over duals, which the second order of gradients inside losses needs: compiled in the library.
namespace hesse {

extern template class Tape<Dual<double>>;
extern template struct ArrayStatements<Dual<double>>;
extern template struct ArrayNodes<Dual<double>>;
extern template struct IndexNodes<Dual<double>>;
extern template struct LayerNodes<Dual<double>>;
extern template struct MatrixFunctions<Dual<double>>;
extern template struct SliceNodes<Dual<double>>;
extern template class Tape<Dual<float>>;
extern template struct ArrayStatements<Dual<float>>;
extern template struct ArrayNodes<Dual<float>>;
extern template struct IndexNodes<Dual<float>>;
extern template struct LayerNodes<Dual<float>>;
extern template struct MatrixFunctions<Dual<float>>;
extern template struct SliceNodes<Dual<float>>;

}  // namespace hesse
