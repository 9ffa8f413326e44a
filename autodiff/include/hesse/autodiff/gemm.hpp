#pragma once

#include "hesse/autodiff/memory.hpp"

#include <type_traits>

namespace hesse {

enum class Transpose { no, yes };

/// C = alpha op(A) op(B) + beta C, column-major, for T = double and float: every matrix product of hesse.
///
/// op(A) is A (m x k) or the transpose of A (k x m), op(B) likewise (k x n); C is (m x n). lda, ldb and ldc
/// are the distances between the columns of the stored matrices. C overlaps neither A nor B. With beta = 0 C
/// is written without being read, with alpha = 0 or k = 0 neither A nor B is read.
/// Costs 2 m n k operations, on the CBLAS that the library was built with or on Eigen's kernel.
/// Throws std::invalid_argument if a size is negative or a leading dimension shorter than its column.
template <class T>
void gemm(Transpose a_op, Transpose b_op, Index m, Index n, Index k, std::type_identity_t<T> alpha,
          const T* a, Index lda, const T* b, Index ldb, std::type_identity_t<T> beta, T* c, Index ldc);

extern template void gemm<double>(Transpose, Transpose, Index, Index, Index, double, const double*, Index,
                                  const double*, Index, double, double*, Index);
extern template void gemm<float>(Transpose, Transpose, Index, Index, Index, float, const float*, Index,
                                 const float*, Index, float, float*, Index);

}  // namespace hesse
