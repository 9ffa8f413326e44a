#include "hand/vector_functions.hpp"

#include "hesse/autodiff/simd.hpp"

#include <cmath>

namespace hesse::bench::hand {
namespace {

using P = Pack<double>;

template <class Function>
void in_place(Index n, double* x, const Function& function) {
    const Index whole = n / P::size * P::size;
    for (Index i = 0; i < whole; i += P::size) function(P::load(x + i)).store(x + i);
    for (Index i = whole; i < n; ++i) x[i] = function(x[i]);
}

}  // namespace

void add_bias_and_tanh(Index rows, Index cols, const double* bias, double* z) {
    const Index whole = rows / P::size * P::size;
    for (Index j = 0; j < cols; ++j, z += rows) {
        for (Index i = 0; i < whole; i += P::size) tanh(P::load(z + i) + P::load(bias + i)).store(z + i);
        for (Index i = whole; i < rows; ++i) z[i] = std::tanh(z[i] + bias[i]);
    }
}

void tanh_of(Index n, double* x) {
    in_place(n, x, [](const auto& z) {
        using std::tanh;
        return tanh(z);
    });
}

void exp_of(Index n, double* x) {
    in_place(n, x, [](const auto& z) {
        using std::exp;
        return exp(z);
    });
}

void sigmoid_of(Index n, double* x) {
    in_place(n, x, []<class T>(const T& z) {
        using std::exp;
        return T(1.0) / (T(1.0) + exp(T(0.0) - z));
    });
}

}  // namespace hesse::bench::hand
