#pragma once

#include "hesse/autodiff/gemm.hpp"

namespace hesse::kernels {

/// One product, checked and not empty: m, n, k >= 1 and alpha != 0.
template <class T>
struct Product {
    Transpose a_op, b_op;
    Index m, n, k;
    T alpha;
    const T* a;
    Index lda;
    const T* b;
    Index ldb;
    T beta;
    T* c;
    Index ldc;
};

// The kernels are declared for double and float. Each obeys the contract of `gemm`.

template <class T>
void eigen_gemm(const Product<T>& p);

/// Every size and leading dimension must fit an int. Present when a CBLAS was found.
template <class T>
void cblas_gemm(const Product<T>& p);

}  // namespace hesse::kernels
