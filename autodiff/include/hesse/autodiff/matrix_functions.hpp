#pragma once

#include "hesse/autodiff/array.hpp"

#include <memory>
#include <utility>
#include <vector>

/// Linear algebra within a loss: each function is one node with derivatives of every order, whatever is constant.
/// The words for them are in linear_solve.hpp, determinant.hpp, matrix_spectrum.hpp, matrix_product.hpp and, as members
/// in Eigen's spelling, matrix_words.hpp.
namespace hesse {

/// How linear equations are solved: by LU with partial pivoting, Cholesky, or LDL'.
enum class Factorization { lu, cholesky, ldlt };

/// Factors that several functions of one matrix use: made by the first.
struct SharedFactors {
    std::shared_ptr<const void> factors;
};

/// A linear map that the user owns. The functions take x (cols x columns) to y (rows x columns), and the other way
/// with the transpose; both are dense, column by column.
template <class S>
struct LinearMap {
    using Function = void (*)(const void* object, const S* x, Index columns, S* y);
    const char* name;
    Index rows, cols;
    std::shared_ptr<const void> object;
    Function apply, apply_transposed;
    /// Rows and columns of the entries of its matrix that may differ from zero; none: all may.
    using Entries = std::vector<std::pair<Index, Index>> (*)(const void* object);
    Entries entries = nullptr, transposed_entries = nullptr;

    [[nodiscard]] LinearMap transposed() const {
        return {name, cols, rows, object, apply_transposed, apply, transposed_entries, entries};
    }
};

/// The functions on operands. A `part` is one of Eigen's flags: Eigen::Lower, UnitUpper, Lower | SelfAdjoint ...
/// Defined in engine/linear_algebra.hpp, compiled once for double and float.
template <class T>
struct MatrixFunctions {
    using Operand = ArrayOperand<T>;

    static Operand solve(Factorization kind, const Operand& a, const Operand& b,
                         const std::shared_ptr<SharedFactors>& shared);
    static Operand solve_triangular(unsigned part, const Operand& a, const Operand& b);
    static Operand least_squares(const Operand& a, const Operand& b);
    /// (2 x 1): log |det a| and the sign of det a.
    static Operand log_determinant(Factorization kind, const Operand& a,
                                   const std::shared_ptr<SharedFactors>& shared);
    static Operand determinant(const Operand& a);
    static Operand inverse(const Operand& a);
    static Operand cholesky(const Operand& a);
    static Operand symmetric_eigenvalues(const Operand& a);
    /// (n x n + 1): the eigenvalues, and the eigenvectors beside them.
    static Operand symmetric_eigen(const Operand& a);
    static Operand singular_values(const Operand& a);
    static Operand exponential(const Operand& a);
    static Operand quadratic_form(const Operand& x, const Operand& a);
    static Operand kronecker(const Operand& a, const Operand& b);
    static Operand multiply_part(unsigned part, const Operand& a, const Operand& b);
    static Operand dense_part(unsigned part, const Operand& a);
    static Operand diagonal_matrix(const Operand& x);
    static Operand apply_map(const LinearMap<ScalarOf<T>>& map, const Operand& x);
};
extern template struct MatrixFunctions<double>;
extern template struct MatrixFunctions<float>;

/// An array of the library or of Eigen.
template <class X>
concept MatrixArgument = ArrayLike<X> || EigenArray<X>;
/// One of the library's, or one of Eigen's whose entries are variables.
template <class X>
concept LibraryMatrix = ArrayLike<X> || EigenVariables<X>;
/// Some, of which at least one is such.
template <class... X>
concept MatrixArguments = (LibraryMatrix<X> || ...) && (MatrixArgument<X> && ...);

/// function(operand...) of arrays of the library and of Eigen's constants, as an array.
template <class Function, class... X>
    requires MatrixArguments<X...>
auto apply_to_operands(const Function& function, X&&... x) {
    using T = NumberOfArguments<X...>;
    constexpr bool active = (is_active_argument<X> || ...);
    Tape<T>* tape = nullptr;
    if constexpr (active) {
        ((tape = tape != nullptr ? tape : tape_of_argument<T>(x)), ...);
    }
    return ArrayView<T, active, Words::matrix>(function(entries_of<T>(std::forward<X>(x), tape)...));
}

}  // namespace hesse
