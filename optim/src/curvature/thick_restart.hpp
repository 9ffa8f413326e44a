#pragma once

#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/extreme_eigenpairs.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Eigenvalues>

#include <limits>
#include <vector>

namespace hesse {

/// When a pair has converged: residual <= max(tolerance max(|value|, eps^(2/3) |A|), norm_tolerance |A|), or is rounding.
struct ConvergenceRule {
    double tolerance, norm_tolerance, precision;
    /// A value above this is of no interest: its residual may be as large as its distance from it.
    double interest = std::numeric_limits<double>::infinity();
};

/// Lanczos with thick restarts, in blocks, for some eigenvalues at each end:
///     A V = V P + R C,   V (n x k) and R (n x t) orthonormal together, P = V'AV (k x k), C (t x k).
/// P is kept whole: full orthogonalisation yields its columns anyway, and a restart, which makes it an arrow, needs no
/// special case. The columns of R lie behind those of V, and C in P below what is known of it.
class ThickRestart {
public:
    /// `columns`: of V and R together, besides those that are locked.
    ThickRestart(const char* function, OperatorRef a, const ConvergenceRule& rule, Index lowest,
                 Index highest, Index columns);

    /// What is found stays orthogonal to this vector (n), of unit length. Before `start`.
    void lock(const double* vector);
    /// The part of the vector (n) that is orthogonal to all others becomes a column to go on with; false if none is left.
    bool start(const double* vector);
    /// As many random columns as are missing to `block`.
    void start_at_random(RandomGenerator& random, Index block);

    /// Until the wanted pairs have converged by their residuals read off P and C, or so many products are spent.
    void run(RandomGenerator& random, Index most_products);

    [[nodiscard]] Index products() const { return products_; }
    [[nodiscard]] Index restarts() const { return restarts_; }
    /// How many there are to measure at an end: those wanted, or as many as there are columns.
    [[nodiscard]] Index available(bool highest) const;
    /// Writes the unit vector y (n) of the i-th pair from an end, and returns what it is worth, by one product.
    EigenvalueEstimate measure(bool highest, Index i, double* y);
    [[nodiscard]] double rounding() const;

private:
    [[nodiscard]] Index pending() const { return v_.columns() - locked_ - known_; }
    [[nodiscard]] Index unseen() const { return space_.dimension() - v_.columns(); }
    void multiply(const double* in, Index count);
    void extend();
    void decompose();
    [[nodiscard]] Index until_next_look() const;
    [[nodiscard]] double allowed(double value) const;
    [[nodiscard]] bool good(Index i) const;
    [[nodiscard]] Index converged_from(bool highest) const;
    [[nodiscard]] bool converged() const;
    void restart();
    struct Kept {
        Index low, high;
    };
    [[nodiscard]] Kept choose_kept();

    const char* function_;
    OperatorRef a_;
    ConvergenceRule rule_;
    VectorSpace space_;
    Basis v_;
    Index lowest_, highest_, capacity_;
    Index locked_ = 0, known_ = 0;  // columns: locked ones, those of V
    Index decomposed_ = 0;          // those of V that the decomposition of P knows
    Buffer w_, in_;
    Eigen::MatrixXd p_;
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver_;
    Eigen::VectorXd residuals_;
    std::vector<double> coefficients_;
    double norm_ = 0.0;
    Index products_ = 0, restarts_ = 0, block_ = 1;
    Index converged_before_ = -1, stalled_ = 0;  // restarts since another pair converged
};

}  // namespace hesse
