#pragma once

#include "hesse/autodiff/memory.hpp"

#include <memory>

namespace hesse {

/// Factors of a small square matrix, for the linear systems of implicit functions: LU with partial pivoting. For double and
/// float.
template <class T>
class DenseFactors {
public:
    DenseFactors();
    DenseFactors(DenseFactors&&) noexcept;
    DenseFactors& operator=(DenseFactors&&) noexcept;
    ~DenseFactors();

    /// Factors a (n x n), column by column.
    void factor(const T* a, Index n);
    /// x (n) becomes a^-1 x, or a^-T x.
    void solve(T* x) const;
    void solve_transposed(T* x) const;

private:
    struct Factors;
    std::unique_ptr<Factors> factors_;
};
extern template class DenseFactors<double>;
extern template class DenseFactors<float>;

/// A descent direction of a function with gradient g and Hessian h (n x n) at a point: -(h + shift)^-1 g with the least
/// shift among 0, s, 10 s ... that makes the matrix positive definite. step: (n).
template <class T>
void newton_step(const T* h, const T* g, Index n, T* step);

}  // namespace hesse
