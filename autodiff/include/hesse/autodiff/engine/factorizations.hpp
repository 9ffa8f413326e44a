#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/engine/matrix_part.hpp"

#include <memory>
#include <vector>

/// Factors of plain matrices: what matrix functions keep at a point. Compiled once for double and float, in
/// src/factorizations.cpp, since recordings over any number factor matrices of these.
namespace hesse::engine {

/// The factors of a square matrix: P a = L U with partial pivoting.
template <class S>
class LuFactors {
public:
    static constexpr const char* name = "solve";
    static constexpr MatrixPart part{};

    explicit LuFactors(const Dense<S>& a);
    [[nodiscard]] Dense<S> solve(const Dense<S>& b) const;
    [[nodiscard]] Dense<S> solve_transposed(const Dense<S>& b) const;
    [[nodiscard]] S log_abs_determinant() const;
    /// 1, -1, or 0 if a pivot is zero.
    [[nodiscard]] S determinant_sign() const;
    [[nodiscard]] S determinant() const;
    /// Whether a pivot is zero up to rounding.
    [[nodiscard]] bool is_singular() const;

private:
    struct Decomposition;
    std::shared_ptr<const Decomposition> factors_;
};

/// The order of rows and columns in which complete pivoting takes them, and how many pivots it finds that are not zero
/// up to rounding.
template <class S>
struct CompletePivoting {
    std::vector<Index> rows, cols;
    Index rank;
    S sign;  // of both permutations together
};
template <class S>
CompletePivoting<S> complete_pivoting(const Dense<S>& a);

/// Those of a positive definite one: a = L L'. All results are NaN if it is not.
template <class S>
class CholeskyFactors {
public:
    static constexpr const char* name = "solve_positive_definite";
    static constexpr MatrixPart part = symmetric_part;

    explicit CholeskyFactors(const Dense<S>& a);
    [[nodiscard]] Dense<S> solve(const Dense<S>& b) const;
    [[nodiscard]] Dense<S> solve_transposed(const Dense<S>& b) const { return solve(b); }
    [[nodiscard]] S log_abs_determinant() const;
    [[nodiscard]] S determinant_sign() const;
    [[nodiscard]] Dense<S> lower() const { return lower_; }

private:
    Dense<S> lower_;
};

/// Those of a symmetric one: P a P' = L D L'.
template <class S>
class LdltFactors {
public:
    static constexpr const char* name = "solve_symmetric";
    static constexpr MatrixPart part = symmetric_part;

    explicit LdltFactors(const Dense<S>& a);
    [[nodiscard]] Dense<S> solve(const Dense<S>& b) const;
    [[nodiscard]] Dense<S> solve_transposed(const Dense<S>& b) const { return solve(b); }

private:
    struct Decomposition;
    std::shared_ptr<const Decomposition> factors_;
};

/// A triangle is its own factor.
template <class S>
class TriangularFactors {
public:
    static constexpr const char* name = "solve_triangular";
    MatrixPart part;

    TriangularFactors(const Dense<S>& a, MatrixPart triangle) : part(triangle), a_(a.kept()) {}
    [[nodiscard]] Dense<S> solve(const Dense<S>& b) const { return solve(b, Transpose::no); }
    [[nodiscard]] Dense<S> solve_transposed(const Dense<S>& b) const { return solve(b, Transpose::yes); }
    [[nodiscard]] const Dense<S>& matrix() const { return a_; }

private:
    [[nodiscard]] Dense<S> solve(const Dense<S>& b, Transpose op) const;
    Dense<S> a_;
};

/// Those of a tall matrix of full column rank: a = Q R.
template <class S>
class QrFactors {
public:
    explicit QrFactors(const Dense<S>& a);
    /// The solution of r + a x = f, a' r = g: of least squares, and all that follows from it (Björck 1967).
    struct Solution {
        Dense<S> r, x;
    };
    [[nodiscard]] Solution solve(const Dense<S>& f, const Dense<S>& g) const;

private:
    struct Decomposition;
    std::shared_ptr<const Decomposition> factors_;
};

/// a = V diag(w) V' of the symmetric matrix in the lower triangle of a, w ascending. NaN where a is not finite.
template <class S>
struct Eigensystem {
    Dense<S> w;  // (n x 1)
    Dense<S> v;  // (n x n)
};
template <class S>
Eigensystem<S> symmetric_eigensystem(const Dense<S>& a);

extern template class LuFactors<double>;
extern template class LuFactors<float>;
extern template class CholeskyFactors<double>;
extern template class CholeskyFactors<float>;
extern template class LdltFactors<double>;
extern template class LdltFactors<float>;
extern template class TriangularFactors<double>;
extern template class TriangularFactors<float>;
extern template class QrFactors<double>;
extern template class QrFactors<float>;
extern template CompletePivoting<double> complete_pivoting(const Dense<double>&);
extern template CompletePivoting<float> complete_pivoting(const Dense<float>&);
extern template Eigensystem<double> symmetric_eigensystem(const Dense<double>&);
extern template Eigensystem<float> symmetric_eigensystem(const Dense<float>&);

}  // namespace hesse::engine
