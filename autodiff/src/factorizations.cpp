#include "hesse/autodiff/engine/factorizations.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>

#include <cmath>
#include <limits>

namespace hesse::engine {
namespace {

template <class S>
using Matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
constexpr S nan = std::numeric_limits<S>::quiet_NaN();

template <class S>
Dense<S> all_nan(Index rows, Index cols) {
    Dense<S> y(rows, cols);
    y.fresh().setConstant(nan<S>);
    return y;
}
template <class S, class Function>
Dense<S> each_column(const Dense<S>& b, const Function& function) {
    return linear(b, b.rows(), b.cols(), function);
}

}  // namespace

// ------------------------------------------------------------------------------------------------- LU

template <class S>
struct LuFactors<S>::Decomposition {
    Eigen::PartialPivLU<Matrix<S>> lu;
    // A copy: Eigen's iterator over the diagonal of an empty matrix refers to its first entry.
    [[nodiscard]] Eigen::Matrix<S, Eigen::Dynamic, 1> pivots() const { return lu.matrixLU().diagonal(); }
};

template <class S>
LuFactors<S>::LuFactors(const Dense<S>& a)
    : factors_(std::make_shared<const Decomposition>(Decomposition{
          Eigen::PartialPivLU<Matrix<S>>(a.rows() == 0 ? Matrix<S>() : Matrix<S>(a.stored().map()))})) {}
template <class S>
Dense<S> LuFactors<S>::solve(const Dense<S>& b) const {
    return each_column(b, [&](const auto& x) { return factors_->lu.solve(x); });
}
template <class S>
Dense<S> LuFactors<S>::solve_transposed(const Dense<S>& b) const {
    const auto transposed = factors_->lu.transpose();  // an expression of its solution refers to it
    return each_column(b, [&](const auto& x) { return transposed.solve(x); });
}
template <class S>
S LuFactors<S>::log_abs_determinant() const {
    S sum(0);
    for (const S& pivot : factors_->pivots()) sum += std::log(std::abs(pivot));
    return sum;
}
template <class S>
S LuFactors<S>::determinant_sign() const {
    S sign(1);
    for (const S& pivot : factors_->pivots()) {
        sign *= pivot > 0 ? S(1) : pivot < 0 ? S(-1) : pivot;
    }
    return sign * static_cast<S>(factors_->lu.permutationP().determinant());
}
template <class S>
S LuFactors<S>::determinant() const {
    S product(static_cast<S>(factors_->lu.permutationP().determinant()));
    for (const S& pivot : factors_->pivots()) product *= pivot;
    return product;
}

template <class S>
bool LuFactors<S>::is_singular() const {
    const auto pivots = factors_->lu.matrixLU().diagonal().cwiseAbs().eval();
    if (pivots.size() == 0) return false;
    const S smallest = S(pivots.size()) * std::numeric_limits<S>::epsilon() * pivots.maxCoeff();
    return (pivots.array() <= smallest).any();
}

template <class S>
CompletePivoting<S> complete_pivoting(const Dense<S>& a) {
    const Eigen::FullPivLU<Matrix<S>> lu(a.stored().map());
    const Index n = a.rows();
    CompletePivoting<S> y{
        {}, {}, lu.rank(), S(lu.permutationP().determinant() * lu.permutationQ().determinant())};
    y.rows.resize(static_cast<std::size_t>(n));
    y.cols.resize(static_cast<std::size_t>(n));
    for (Index i = 0; i < n; ++i) {  // P a Q = L U
        y.rows[static_cast<std::size_t>(lu.permutationP().indices()(i))] = i;
        y.cols[static_cast<std::size_t>(i)] = lu.permutationQ().indices()(i);
    }
    return y;
}

// ------------------------------------------------------------------------------------------- Cholesky

template <class S>
CholeskyFactors<S>::CholeskyFactors(const Dense<S>& a) : lower_(a.rows(), a.rows()) {
    const Eigen::LLT<Matrix<S>> llt(a.stored().map());
    auto lower = lower_.fresh();
    if (llt.info() == Eigen::Success) lower = llt.matrixL();
    else lower.setConstant(nan<S>);
}
template <class S>
Dense<S> CholeskyFactors<S>::solve(const Dense<S>& b) const {
    Dense<S> x(b.rows(), b.cols());
    if (b.is_zero()) return x;
    auto entries = x.fresh();
    entries = lower_.map().template triangularView<Eigen::Lower>().solve(b.map());
    lower_.map().transpose().template triangularView<Eigen::Upper>().solveInPlace(entries);
    return x;
}
template <class S>
S CholeskyFactors<S>::log_abs_determinant() const {
    S sum(0);
    const Eigen::Matrix<S, Eigen::Dynamic, 1> pivots = lower_.map().diagonal();
    for (const S& pivot : pivots) sum += std::log(pivot);
    return 2 * sum;
}
template <class S>
S CholeskyFactors<S>::determinant_sign() const {
    return lower_.rows() == 0 || lower_.map()(0, 0) > 0 ? S(1) : nan<S>;
}

// ----------------------------------------------------------------------------------------------- LDLT

template <class S>
struct LdltFactors<S>::Decomposition {
    Eigen::LDLT<Matrix<S>> ldlt;
};

template <class S>
LdltFactors<S>::LdltFactors(const Dense<S>& a)
    : factors_(
          std::make_shared<const Decomposition>(Decomposition{Eigen::LDLT<Matrix<S>>(a.stored().map())})) {}
template <class S>
Dense<S> LdltFactors<S>::solve(const Dense<S>& b) const {
    Dense<S> x(b.rows(), b.cols());
    if (b.is_zero()) return x;
    auto entries = x.fresh();
    const auto& ldlt = factors_->ldlt;
    entries = ldlt.transpositionsP() * b.map();
    ldlt.matrixL().solveInPlace(entries);
    // Not Eigen's own solve, which takes the inverse of a pivot that is zero for zero.
    entries = ldlt.vectorD().asDiagonal().inverse() * entries;
    ldlt.matrixU().solveInPlace(entries);
    entries = ldlt.transpositionsP().transpose() * entries;
    return x;
}

// ------------------------------------------------------------------------------------------- triangles

template <class S>
Dense<S> TriangularFactors<S>::solve(const Dense<S>& b, Transpose op) const {
    Dense<S> x(b.rows(), b.cols());
    if (b.is_zero()) return x;
    auto entries = x.fresh();
    entries = b.map();
    const auto a = a_.map();
    const auto run = [&](const auto& triangle) {
        if (op == Transpose::yes) triangle.transpose().solveInPlace(entries);
        else triangle.solveInPlace(entries);
    };
    switch (part.flags) {
        case Eigen::Lower:
            return run(a.template triangularView<Eigen::Lower>()), x;
        case Eigen::Upper:
            return run(a.template triangularView<Eigen::Upper>()), x;
        case Eigen::UnitLower:
            return run(a.template triangularView<Eigen::UnitLower>()), x;
        default:
            return run(a.template triangularView<Eigen::UnitUpper>()), x;
    }
}

// ------------------------------------------------------------------------------------------------- QR

template <class S>
struct QrFactors<S>::Decomposition {
    Eigen::HouseholderQR<Matrix<S>> qr;
};

template <class S>
QrFactors<S>::QrFactors(const Dense<S>& a)
    : factors_(std::make_shared<const Decomposition>(
          Decomposition{Eigen::HouseholderQR<Matrix<S>>(a.stored().map())})) {}
template <class S>
typename QrFactors<S>::Solution QrFactors<S>::solve(const Dense<S>& f, const Dense<S>& g) const {
    const auto& qr = factors_->qr;
    const Index m = qr.rows(), n = qr.cols(), k = std::max(f.cols(), g.cols());
    const auto r = qr.matrixQR().topRows(n).template triangularView<Eigen::Upper>();
    // With c = Q' f and R' h = g: R x = c_1 - h, and r = Q (h, c_2).
    Matrix<S> c = Matrix<S>::Zero(m, k), h = Matrix<S>::Zero(n, k);
    if (!f.is_zero()) {
        c = f.map();
        c.applyOnTheLeft(qr.householderQ().adjoint());
    }
    if (!g.is_zero()) h = r.transpose().solve(g.map());
    Matrix<S> x = r.solve(c.topRows(n) - h);
    c.topRows(n) = h;
    c.applyOnTheLeft(qr.householderQ());
    return {Dense<S>(c), Dense<S>(x)};
}

// --------------------------------------------------------------------------------------- eigenvalues

template <class S>
Eigensystem<S> symmetric_eigensystem(const Dense<S>& a) {
    const Index n = a.rows();
    if (n == 0) return {Dense<S>(0, 1), Dense<S>(0, 0)};
    const Dense<S> stored = a.stored();
    if (stored.map().template triangularView<Eigen::Lower>().toDenseMatrix().allFinite()) {
        const Eigen::SelfAdjointEigenSolver<Matrix<S>> solver(stored.map());
        if (solver.info() == Eigen::Success)
            return {Dense<S>(solver.eigenvalues()), Dense<S>(solver.eigenvectors())};
    }
    return {all_nan<S>(n, 1), all_nan<S>(n, n)};
}

template class LuFactors<double>;
template class LuFactors<float>;
template class CholeskyFactors<double>;
template class CholeskyFactors<float>;
template class LdltFactors<double>;
template class LdltFactors<float>;
template class TriangularFactors<double>;
template class TriangularFactors<float>;
template class QrFactors<double>;
template class QrFactors<float>;
template CompletePivoting<double> complete_pivoting(const Dense<double>&);
template CompletePivoting<float> complete_pivoting(const Dense<float>&);
template Eigensystem<double> symmetric_eigensystem(const Dense<double>&);
template Eigensystem<float> symmetric_eigensystem(const Dense<float>&);

}  // namespace hesse::engine
