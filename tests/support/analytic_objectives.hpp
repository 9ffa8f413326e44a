#pragma once

#include "hesse/optim/objective.hpp"

#include <Eigen/Dense>

#include <functional>
#include <memory>
#include <utility>

/// Losses whose derivatives are written by hand: what `optim` is tested on without a tape.
namespace hesse::test {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A loss from three functions, which counts the calls of each.
class AnalyticObjective {
public:
    using Value = std::function<double(const VectorXd& x)>;
    using Gradient = std::function<VectorXd(const VectorXd& x)>;
    using Product = std::function<VectorXd(const VectorXd& x, const VectorXd& v)>;  // H(x) v

    struct Counts {
        Index values = 0;
        Index linearizations = 0;
        Index products = 0;
    };

    AnalyticObjective(Index n, Value value, Gradient gradient, Product product);

    Index size() const { return parts_->n; }
    double value(const VectorXd& x) const;
    const Counts& counts() const { return parts_->counts; }

private:
    struct Parts {
        Index n;
        Value value;
        Gradient gradient;
        Product product;
        Counts counts;
    };

public:
    class Hessian {
    public:
        Hessian(std::shared_ptr<Parts> parts, VectorXd x) : parts_(std::move(parts)), x_(std::move(x)) {}
        Index rows() const { return parts_->n; }
        void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const;

    private:
        std::shared_ptr<Parts> parts_;
        VectorXd x_;
    };

    class Linearization {
    public:
        Linearization(const std::shared_ptr<Parts>& parts, const VectorXd& x);
        double value() const { return value_; }
        const VectorXd& gradient() const { return gradient_; }
        const Hessian& hessian() const { return hessian_; }

    private:
        double value_;
        VectorXd gradient_;
        Hessian hessian_;
    };

    Linearization linearize(const VectorXd& x) const;

private:
    std::shared_ptr<Parts> parts_;
};
static_assert(Objective<AnalyticObjective>);

/// 1/2 x'Ax - b'x
AnalyticObjective quadratic(const MatrixXd& a, const VectorXd& b);
AnalyticObjective quadratic(const MatrixXd& a);

/// x^2 - y^2: a saddle at 0.
AnalyticObjective saddle();

/// a x^p + b y^q, p, q >= 1. The table of degenerate points is made of these.
AnalyticObjective two_powers(double a, int p, double b, int q);

/// x^2/2 - y^2/2 + y^4/4: a saddle at 0, minima -1/4 at (0, 1) and (0, -1).
AnalyticObjective double_well();

/// (1 - w1 w2)^2, the linear network of one weight a layer: a saddle at 0, a flat valley w1 w2 = 1.
AnalyticObjective two_weights();

/// x^3 - 3 x y^2: the monkey saddle, whose Hessian at 0 is 0.
AnalyticObjective monkey_saddle();

/// 1/2 (w1 w2 w3 - 1)^2, the linear network of depth three with one weight a layer: the Hessian at 0 is 0.
AnalyticObjective three_weights();

/// sum_i cos x_i: every point of {0, pi}^n is critical, its eigenvalues are 1 and -1, its index is the
/// number of zeros.
AnalyticObjective cosines(Index n);

/// 1/4 |x|^4 - 1/2 x'Ax: critical at 0 and at sqrt(lambda) v for each eigenpair of A; the minima belong to
/// the largest eigenvalue.
AnalyticObjective quartic_pca(const MatrixXd& a);

/// 1/2 |U V' - M|^2 with U (rows x rank) and V (columns x rank), stored one after the other by columns:
/// 0 is a saddle, with eigenvalues plus and minus the singular values of M, each `rank` times, and zeros.
AnalyticObjective factorisation(const MatrixXd& m, Index rank);

/// Rosenbrock's function in two variables: its only critical point is the minimum (1, 1).
AnalyticObjective rosenbrock();

/// The sum of Huber's function of the entries: x^2 / 2 to |x| = 1, and |x| - 1/2 beyond, where it has no curvature. Minimum 0 at 0.
AnalyticObjective huber(Index n);

/// c'x, which has no minimum.
AnalyticObjective linear_loss(const Eigen::VectorXd& c);

}  // namespace hesse::test
