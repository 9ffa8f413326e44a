#include "hesse/autodiff/array.hpp"

namespace hesse {

template <class T>
ArrayOperand<T> copy_array(const ArrayOperand<T>& x) {
    return evaluate_array<T>(ArrayLeaf<T, true>{x}, x.rows, x.cols);
}

template ArrayOperand<double> copy_array(const ArrayOperand<double>&);
template ArrayOperand<float> copy_array(const ArrayOperand<float>&);

}  // namespace hesse
