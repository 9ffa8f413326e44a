#include "gemm_kernels.hpp"

#include <Eigen/Core>

namespace hesse::kernels {
namespace {

template <class T>
using Matrix = Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>;
template <class T>
using Target = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>;

/// C += alpha A B, which is a matrix-vector product in Eigen as well where a factor is a row or a column.
template <class T, class A, class B>
void accumulate(T alpha, const A& a, const B& b, Target<T>& c) {
    if (c.cols() == 1) {
        c.col(0).noalias() += alpha * (a * b.col(0));
    } else if (c.rows() == 1) {
        c.row(0).noalias() += alpha * (a.row(0) * b);
    } else {
        c.noalias() += alpha * (a * b);
    }
}

}  // namespace

template <class T>
void eigen_gemm(const Product<T>& p) {
    const bool a_transposed = p.a_op == Transpose::yes;
    const bool b_transposed = p.b_op == Transpose::yes;
    const Matrix<T> a(p.a, a_transposed ? p.k : p.m, a_transposed ? p.m : p.k, Eigen::OuterStride<>(p.lda));
    const Matrix<T> b(p.b, b_transposed ? p.n : p.k, b_transposed ? p.k : p.n, Eigen::OuterStride<>(p.ldb));
    Target<T> c(p.c, p.m, p.n, Eigen::OuterStride<>(p.ldc));

    if (p.beta == T(0)) {
        c.setZero();
    } else if (p.beta != T(1)) {
        c *= p.beta;
    }
    if (a_transposed && b_transposed) {
        accumulate(p.alpha, a.transpose(), b.transpose(), c);
    } else if (a_transposed) {
        accumulate(p.alpha, a.transpose(), b, c);
    } else if (b_transposed) {
        accumulate(p.alpha, a, b.transpose(), c);
    } else {
        accumulate(p.alpha, a, b, c);
    }
}

template void eigen_gemm<double>(const Product<double>&);
template void eigen_gemm<float>(const Product<float>&);

}  // namespace hesse::kernels
