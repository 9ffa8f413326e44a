#include "gemm_kernels.hpp"

namespace hesse::kernels {

template <class T>
void small_gemm(const Product<T>& p) {
    // op(A)(i, l) = a[i * a_row + l * a_column], and so for B.
    const Index a_row = p.a_op == Transpose::yes ? p.lda : 1;
    const Index a_column = p.a_op == Transpose::yes ? 1 : p.lda;
    const Index b_row = p.b_op == Transpose::yes ? p.ldb : 1;
    const Index b_column = p.b_op == Transpose::yes ? 1 : p.ldb;

    for (Index j = 0; j < p.n; ++j) {
        T* c = p.c + j * p.ldc;
        const T* b = p.b + j * b_column;
        if (p.beta == T(0)) {
            for (Index i = 0; i < p.m; ++i) c[i] = T(0);
        } else if (p.beta != T(1)) {
            for (Index i = 0; i < p.m; ++i) c[i] *= p.beta;
        }
        if (a_row == 1) {  // a sum of columns of A
            for (Index l = 0; l < p.k; ++l) {
                const T factor = p.alpha * b[l * b_row];
                const T* a = p.a + l * a_column;
                for (Index i = 0; i < p.m; ++i) c[i] += factor * a[i];
            }
        } else {  // columns of A are rows of op(A): dot products
            for (Index i = 0; i < p.m; ++i) {
                const T* a = p.a + i * a_row;
                T sum = T(0);
                for (Index l = 0; l < p.k; ++l) sum += a[l] * b[l * b_row];
                c[i] += p.alpha * sum;
            }
        }
    }
}

template void small_gemm<double>(const Product<double>&);
template void small_gemm<float>(const Product<float>&);

}  // namespace hesse::kernels
