#pragma once

#include "hesse/autodiff/memory.hpp"

#include <span>
#include <vector>

/// Eigenvalues and eigenvectors of symmetric tridiagonal matrices, one at a time: a Lanczos run asks for the
/// ends of the spectrum after every step and has no use for the rest.
namespace hesse {

/// A symmetric tridiagonal matrix (k x k): diagonal (k), beside it (k - 1). Non-owning.
struct Tridiagonal {
    std::span<const double> diagonal;
    std::span<const double> beside;

    [[nodiscard]] Index rows() const { return static_cast<Index>(diagonal.size()); }

    /// Number of eigenvalues less than x: the negative pivots of T - x I (Sylvester's law of inertia).
    [[nodiscard]] Index count_below(double x) const;

    /// The eigenvalue with `index` others below it, 0 <= index < rows(), by bisection: error of a few
    /// eps |T|. Costs about 60 passes over the matrix.
    [[nodiscard]] double eigenvalue(Index index) const;

    /// s (rows) = the unit eigenvector for the eigenvalue theta, from the twisted factorisation of
    /// T - theta I (Dhillon and Parlett, SIMAX 25 (2004) 858): one pass, and small entries are as accurate
    /// as large ones, which is what a residual bound |beta s_k| needs.
    void eigenvector(double theta, std::span<double> s) const;

    /// The part from `first` on, `count` rows.
    [[nodiscard]] Tridiagonal part(Index first, Index count) const;
};

/// An eigenvalue of T with its vector, for T that may fall into blocks (entries beside the diagonal that are
/// zero, as after a breakdown of Lanczos).
struct TridiagonalEigenpair {
    double value = 0.0;
    std::vector<double> vector;
};

/// The `count` lowest eigenpairs in ascending order; equal eigenvalues of different blocks have orthogonal
/// vectors. Costs count passes of bisection for each block.
[[nodiscard]] std::vector<TridiagonalEigenpair> lowest_eigenpairs(const Tridiagonal& t, Index count);

}  // namespace hesse
