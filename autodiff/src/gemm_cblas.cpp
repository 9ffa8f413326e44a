#include "gemm_kernels.hpp"

#include <cblas.h>

namespace hesse::kernels {
namespace {

CBLAS_TRANSPOSE blas(Transpose op) { return op == Transpose::yes ? CblasTrans : CblasNoTrans; }
CBLAS_TRANSPOSE opposite(Transpose op) { return op == Transpose::yes ? CblasNoTrans : CblasTrans; }

// CBLAS names its functions by type; overloads let one template serve both.
void matrix_matrix(const Product<double>& p) {
    cblas_dgemm(CblasColMajor, blas(p.a_op), blas(p.b_op), static_cast<int>(p.m), static_cast<int>(p.n),
                static_cast<int>(p.k), p.alpha, p.a, static_cast<int>(p.lda), p.b, static_cast<int>(p.ldb),
                p.beta, p.c, static_cast<int>(p.ldc));
}
void matrix_matrix(const Product<float>& p) {
    cblas_sgemm(CblasColMajor, blas(p.a_op), blas(p.b_op), static_cast<int>(p.m), static_cast<int>(p.n),
                static_cast<int>(p.k), p.alpha, p.a, static_cast<int>(p.lda), p.b, static_cast<int>(p.ldb),
                p.beta, p.c, static_cast<int>(p.ldc));
}

/// y = alpha op(A) x + beta y with A stored as (rows x columns).
void matrix_vector(CBLAS_TRANSPOSE op, Index rows, Index columns, double alpha, const double* a, Index lda,
                   const double* x, Index x_stride, double beta, double* y, Index y_stride) {
    cblas_dgemv(CblasColMajor, op, static_cast<int>(rows), static_cast<int>(columns), alpha, a,
                static_cast<int>(lda), x, static_cast<int>(x_stride), beta, y, static_cast<int>(y_stride));
}
void matrix_vector(CBLAS_TRANSPOSE op, Index rows, Index columns, float alpha, const float* a, Index lda,
                   const float* x, Index x_stride, float beta, float* y, Index y_stride) {
    cblas_sgemv(CblasColMajor, op, static_cast<int>(rows), static_cast<int>(columns), alpha, a,
                static_cast<int>(lda), x, static_cast<int>(x_stride), beta, y, static_cast<int>(y_stride));
}

}  // namespace

template <class T>
void cblas_gemm(const Product<T>& p) {
    const bool a_stored_transposed = p.a_op == Transpose::yes;
    const bool b_stored_transposed = p.b_op == Transpose::yes;
    if (p.n == 1) {
        matrix_vector(blas(p.a_op), a_stored_transposed ? p.k : p.m, a_stored_transposed ? p.m : p.k, p.alpha,
                      p.a, p.lda, p.b, b_stored_transposed ? p.ldb : 1, p.beta, p.c, 1);
    } else if (p.m == 1) {  // the row C is computed as the column C^T = alpha op(B)^T op(A)^T + beta C^T
        matrix_vector(opposite(p.b_op), b_stored_transposed ? p.n : p.k, b_stored_transposed ? p.k : p.n,
                      p.alpha, p.b, p.ldb, p.a, a_stored_transposed ? 1 : p.lda, p.beta, p.c, p.ldc);
    } else {
        matrix_matrix(p);
    }
}

template void cblas_gemm<double>(const Product<double>&);
template void cblas_gemm<float>(const Product<float>&);

}  // namespace hesse::kernels
