#include "hesse/autodiff/gemm.hpp"

#include "gemm_kernels.hpp"

#include <algorithm>
#include <climits>
#include <stdexcept>
#include <string>

namespace hesse {
namespace {

void require_size(const char* name, Index size) {
    if (size < 0)
        throw std::invalid_argument("gemm: " + std::string(name) + " is " + std::to_string(size) +
                                    " but must not be negative");
}

void require_leading_dimension(const char* name, Index leading, Index rows) {
    if (leading < rows)
        throw std::invalid_argument("gemm: " + std::string(name) + " is " + std::to_string(leading) +
                                    " but the columns have " + std::to_string(rows) + " rows");
}

template <class T>
void scale(Index m, Index n, T beta, T* c, Index ldc) {
    for (Index j = 0; j < n; ++j, c += ldc) {
        if (beta == T(0)) {
            std::fill_n(c, m, T(0));
        } else {
            for (Index i = 0; i < m; ++i) c[i] *= beta;
        }
    }
}

}  // namespace

template <class T>
void gemm(Transpose a_op, Transpose b_op, Index m, Index n, Index k, std::type_identity_t<T> alpha,
          const T* a, Index lda, const T* b, Index ldb, std::type_identity_t<T> beta, T* c, Index ldc) {
    require_size("m", m);
    require_size("n", n);
    require_size("k", k);
    require_leading_dimension("lda", lda, a_op == Transpose::no ? m : k);
    require_leading_dimension("ldb", ldb, b_op == Transpose::no ? k : n);
    require_leading_dimension("ldc", ldc, m);
    if (m == 0 || n == 0) return;
    if (k == 0 || alpha == T(0)) return scale(m, n, beta, c, ldc);
    const kernels::Product<T> product{a_op, b_op, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc};
    // No loop of our own for small products: CBLAS needs 50 ns to set up one of 2 x 2, Eigen 60 ns.
#ifdef HESSE_GEMM_CBLAS
    if (std::max({m, n, k, lda, ldb, ldc}) <= INT_MAX) return kernels::cblas_gemm(product);
#endif
    kernels::eigen_gemm(product);
}

template void gemm<double>(Transpose, Transpose, Index, Index, Index, double, const double*, Index,
                           const double*, Index, double, double*, Index);
template void gemm<float>(Transpose, Transpose, Index, Index, Index, float, const float*, Index, const float*,
                          Index, float, float*, Index);

}  // namespace hesse
