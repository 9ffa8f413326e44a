#include "hesse/autodiff/engine/copy.hpp"
#include "hesse/autodiff/engine/slice_functions.hpp"

namespace hesse {

template struct SliceNodes<double>;
template struct SliceNodes<float>;

}  // namespace hesse
