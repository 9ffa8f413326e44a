#include "hesse/autodiff/engine/statements.hpp"

namespace hesse {

template struct ArrayStatements<double>;
template struct ArrayStatements<float>;

}  // namespace hesse
