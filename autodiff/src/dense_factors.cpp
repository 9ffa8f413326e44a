#include "hesse/autodiff/dense_factors.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>

namespace hesse {
namespace {
template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
}  // namespace

template <class T>
struct DenseFactors<T>::Factors {
    Eigen::PartialPivLU<Matrix<T>> lu;
};

template <class T>
DenseFactors<T>::DenseFactors() = default;
template <class T>
DenseFactors<T>::DenseFactors(DenseFactors&&) noexcept = default;
template <class T>
DenseFactors<T>& DenseFactors<T>::operator=(DenseFactors&&) noexcept = default;
template <class T>
DenseFactors<T>::~DenseFactors() = default;

template <class T>
void DenseFactors<T>::factor(const T* a, Index n) {
    factors_ = std::make_unique<Factors>();
    factors_->lu.compute(Eigen::Map<const Matrix<T>>(a, n, n));
}
template <class T>
void DenseFactors<T>::solve(T* x) const {
    Eigen::Map<Vector<T>> vector(x, factors_->lu.rows());
    vector = factors_->lu.solve(vector).eval();
}
template <class T>
void DenseFactors<T>::solve_transposed(T* x) const {
    Eigen::Map<Vector<T>> vector(x, factors_->lu.rows());
    const auto transposed = factors_->lu.transpose();
    vector = transposed.solve(vector).eval();
}

template <class T>
void newton_step(const T* h, const T* g, Index n, T* step) {
    const Eigen::Map<const Matrix<T>> hessian(h, n, n);
    const Eigen::Map<const Vector<T>> gradient(g, n);
    Eigen::Map<Vector<T>> out(step, n);
    const T largest = hessian.template lpNorm<Eigen::Infinity>();
    const T scale = largest > T(0) ? largest : T(1);
    Matrix<T> shifted = hessian;
    for (T shift(0); shift <= T(100) * static_cast<T>(n) * scale;) {
        const Eigen::LLT<Matrix<T>> factors(shifted);
        if (factors.info() == Eigen::Success) {
            out = -factors.solve(gradient);
            if (out.allFinite() && out.dot(gradient) < T(0)) return;
        }
        shift = shift == T(0) ? T(1e-3) * scale : T(10) * shift;
        shifted = hessian;
        shifted.diagonal().array() += shift;
    }
    out = -gradient / scale;
}

template class DenseFactors<double>;
template class DenseFactors<float>;
template void newton_step(const double*, const double*, Index, double*);
template void newton_step(const float*, const float*, Index, float*);

}  // namespace hesse
