#include "hesse/autodiff/engine/linear_algebra.hpp"

namespace hesse {

template struct MatrixFunctions<double>;
template struct MatrixFunctions<float>;

}  // namespace hesse
