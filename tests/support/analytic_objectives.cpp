#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <memory>
#include <utility>

namespace hesse::test {

AnalyticObjective::AnalyticObjective(Index n, Value value, Gradient gradient, Product product)
    : parts_(
          std::make_shared<Parts>(Parts{n, std::move(value), std::move(gradient), std::move(product), {}})) {}

double AnalyticObjective::value(const VectorXd& x) const {
    ++parts_->counts.values;
    return parts_->value(x);
}

AnalyticObjective::Linearization AnalyticObjective::linearize(const VectorXd& x) const {
    ++parts_->counts.linearizations;
    return Linearization(parts_, x);
}

AnalyticObjective::Linearization::Linearization(const std::shared_ptr<Parts>& parts, const VectorXd& x)
    : value_(parts->value(x)), gradient_(parts->gradient(x)), hessian_(parts, x) {}

void AnalyticObjective::Hessian::apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const {
    ++parts_->counts.products;
    out = parts_->product(x_, in);
}

AnalyticObjective quadratic(const MatrixXd& a, const VectorXd& b) {
    return {a.rows(), [=](const VectorXd& x) { return 0.5 * x.dot(a * x) - b.dot(x); },
            [=](const VectorXd& x) -> VectorXd { return a * x - b; },
            [=](const VectorXd&, const VectorXd& v) -> VectorXd { return a * v; }};
}

AnalyticObjective quadratic(const MatrixXd& a) { return quadratic(a, VectorXd::Zero(a.rows())); }

AnalyticObjective saddle() { return quadratic(Eigen::Vector2d(2.0, -2.0).asDiagonal()); }

AnalyticObjective two_powers(double a, int p, double b, int q) {
    const auto power = [](double x, int k) { return k < 0 ? 0.0 : std::pow(x, k); };
    return {2, [=](const VectorXd& x) { return a * power(x[0], p) + b * power(x[1], q); },
            [=](const VectorXd& x) -> VectorXd {
                return Eigen::Vector2d(a * p * power(x[0], p - 1), b * q * power(x[1], q - 1));
            },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                return Eigen::Vector2d(a * p * (p - 1) * power(x[0], p - 2) * v[0],
                                       b * q * (q - 1) * power(x[1], q - 2) * v[1]);
            }};
}

AnalyticObjective double_well() {
    return {2,
            [](const VectorXd& x) {
                const double y2 = x[1] * x[1];
                return 0.5 * x[0] * x[0] - 0.5 * y2 + 0.25 * y2 * y2;
            },
            [](const VectorXd& x) -> VectorXd { return Eigen::Vector2d(x[0], x[1] * (x[1] * x[1] - 1.0)); },
            [](const VectorXd& x, const VectorXd& v) -> VectorXd {
                return Eigen::Vector2d(v[0], (3.0 * x[1] * x[1] - 1.0) * v[1]);
            }};
}

AnalyticObjective two_weights() {
    return {2,
            [](const VectorXd& w) {
                const double residual = 1.0 - w[0] * w[1];
                return residual * residual;
            },
            [](const VectorXd& w) -> VectorXd {
                return -2.0 * (1.0 - w[0] * w[1]) * Eigen::Vector2d(w[1], w[0]);
            },
            [](const VectorXd& w, const VectorXd& v) -> VectorXd {
                const double mixed = 4.0 * w[0] * w[1] - 2.0;
                return Eigen::Vector2d(2.0 * w[1] * w[1] * v[0] + mixed * v[1],
                                       mixed * v[0] + 2.0 * w[0] * w[0] * v[1]);
            }};
}

AnalyticObjective monkey_saddle() {
    return {2, [](const VectorXd& x) { return x[0] * x[0] * x[0] - 3.0 * x[0] * x[1] * x[1]; },
            [](const VectorXd& x) -> VectorXd {
                return Eigen::Vector2d(3.0 * (x[0] * x[0] - x[1] * x[1]), -6.0 * x[0] * x[1]);
            },
            [](const VectorXd& x, const VectorXd& v) -> VectorXd {
                return 6.0 * Eigen::Vector2d(x[0] * v[0] - x[1] * v[1], -x[1] * v[0] - x[0] * v[1]);
            }};
}

AnalyticObjective three_weights() {
    const auto others = [](const VectorXd& w) -> VectorXd {
        return Eigen::Vector3d(w[1] * w[2], w[0] * w[2], w[0] * w[1]);
    };
    const auto residual = [](const VectorXd& w) { return w[0] * w[1] * w[2] - 1.0; };
    return {3, [=](const VectorXd& w) { return 0.5 * residual(w) * residual(w); },
            [=](const VectorXd& w) -> VectorXd { return residual(w) * others(w); },
            [=](const VectorXd& w, const VectorXd& v) -> VectorXd {
                const VectorXd p = others(w);
                const Eigen::Vector3d second(w[2] * v[1] + w[1] * v[2], w[2] * v[0] + w[0] * v[2],
                                             w[1] * v[0] + w[0] * v[1]);
                return p.dot(v) * p + residual(w) * second;
            }};
}

AnalyticObjective cosines(Index n) {
    return {n, [](const VectorXd& x) { return x.array().cos().sum(); },
            [](const VectorXd& x) -> VectorXd { return -x.array().sin(); },
            [](const VectorXd& x, const VectorXd& v) -> VectorXd { return -x.array().cos() * v.array(); }};
}

AnalyticObjective quartic_pca(const MatrixXd& a) {
    return {a.rows(),
            [=](const VectorXd& x) { return 0.25 * x.squaredNorm() * x.squaredNorm() - 0.5 * x.dot(a * x); },
            [=](const VectorXd& x) -> VectorXd { return x.squaredNorm() * x - a * x; },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                return x.squaredNorm() * v + 2.0 * x.dot(v) * x - a * v;
            }};
}

AnalyticObjective factorisation(const MatrixXd& m, Index rank) {
    const Index split = m.rows() * rank;
    const auto u = [=](const VectorXd& x) { return Eigen::Map<const MatrixXd>(x.data(), m.rows(), rank); };
    const auto v = [=](const VectorXd& x) {
        return Eigen::Map<const MatrixXd>(x.data() + split, m.cols(), rank);
    };
    const auto stack = [](const MatrixXd& first, const MatrixXd& second) {
        VectorXd result(first.size() + second.size());
        result << first.reshaped(), second.reshaped();
        return result;
    };
    return {split + m.cols() * rank,
            [=](const VectorXd& x) { return 0.5 * (u(x) * v(x).transpose() - m).squaredNorm(); },
            [=](const VectorXd& x) -> VectorXd {
                const MatrixXd residual = u(x) * v(x).transpose() - m;
                return stack(residual * v(x), residual.transpose() * u(x));
            },
            [=](const VectorXd& x, const VectorXd& d) -> VectorXd {
                const MatrixXd residual = u(x) * v(x).transpose() - m;
                const MatrixXd change = u(d) * v(x).transpose() + u(x) * v(d).transpose();
                return stack(change * v(x) + residual * v(d),
                             change.transpose() * u(x) + residual.transpose() * u(d));
            }};
}

AnalyticObjective rosenbrock() {
    return {2,
            [](const VectorXd& x) {
                const double a = x[1] - x[0] * x[0], b = 1.0 - x[0];
                return 100.0 * a * a + b * b;
            },
            [](const VectorXd& x) -> VectorXd {
                const double a = x[1] - x[0] * x[0], b = 1.0 - x[0];
                return Eigen::Vector2d(-400.0 * a * x[0] - 2.0 * b, 200.0 * a);
            },
            [](const VectorXd& x, const VectorXd& v) -> VectorXd {
                const double xx = 1200.0 * x[0] * x[0] - 400.0 * x[1] + 2.0, xy = -400.0 * x[0];
                return Eigen::Vector2d(xx * v[0] + xy * v[1], xy * v[0] + 200.0 * v[1]);
            }};
}

AnalyticObjective huber(Index n) {
    return AnalyticObjective(
        n,
        [](const VectorXd& x) {
            return (x.array().abs() <= 1.0).select(0.5 * x.array().square(), x.array().abs() - 0.5).sum();
        },
        [](const VectorXd& x) -> VectorXd { return x.array().min(1.0).max(-1.0); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return (x.array().abs() <= 1.0).select(v.array(), 0.0);
        });
}

AnalyticObjective linear_loss(const VectorXd& c) {
    return AnalyticObjective(
        c.size(), [c](const VectorXd& x) { return c.dot(x); }, [c](const VectorXd&) -> VectorXd { return c; },
        [](const VectorXd& x, const VectorXd&) -> VectorXd { return VectorXd::Zero(x.size()); });
}

}  // namespace hesse::test
