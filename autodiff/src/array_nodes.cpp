#include "hesse/autodiff/engine/copy.hpp"
#include "hesse/autodiff/engine/product.hpp"
#include "hesse/autodiff/engine/reductions.hpp"

namespace hesse {

template struct ArrayNodes<double>;
template struct ArrayNodes<float>;

}  // namespace hesse
