#pragma once

#include "hesse/autodiff/array_words.hpp"
#include "hesse/autodiff/source_line.hpp"

#include <Eigen/Core>

namespace hesse {

/// Eigen's member functions of matrices. Defined in matrix_views.hpp and matrix_decompositions.hpp, which
/// <hesse/hesse.hpp> includes.
template <class Matrix>
class MatrixWords {
public:
    /// The matrix inverse; of arrays in array words `inverse()` is 1 / x.
    [[nodiscard]] auto inverse(SourceLine line = SourceLine::here()) const;
    [[nodiscard]] auto determinant(SourceLine line = SourceLine::here()) const;

    /// Factorisations, made where they are first used, and once for all uses of one object.
    [[nodiscard]] auto partialPivLu() const;
    [[nodiscard]] auto lu() const;  // the same
    [[nodiscard]] auto llt() const;
    [[nodiscard]] auto ldlt() const;
    [[nodiscard]] auto householderQr() const;
    [[nodiscard]] auto colPivHouseholderQr() const;  // the same

    /// Products and solutions with a part of the matrix: a.triangularView<Eigen::Lower>() * b, .solve(b) ...
    template <unsigned part>
    [[nodiscard]] auto triangularView() const;
    template <unsigned part>
    [[nodiscard]] auto selfadjointView() const;
    /// The diagonal matrix of a vector.
    [[nodiscard]] auto asDiagonal(SourceLine line = SourceLine::here()) const;

private:
    [[nodiscard]] auto view() const { return static_cast<const Matrix&>(*this).expression().eval(); }
};

/// Those, and what matrices share with arrays.
template <class Expression>
class MatrixAndEntrywiseWords : public EntrywiseWords<Expression>, public MatrixWords<Expression> {};

}  // namespace hesse
