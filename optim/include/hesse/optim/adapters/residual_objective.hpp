#pragma once

#include "hesse/optim/adapters/central_difference.hpp"
#include "hesse/optim/adapters/functions.hpp"
#include "hesse/optim/vector_space.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <utility>

namespace hesse {

/// Half the sum of squares of m residuals r(x), with products of their Jacobian J (m x n):
///     gradient J'r,    Gauss-Newton product J'(J v),    Hessian product J'(J v) + d/dt J(x + t v)'r.
/// The last term, r held fixed, is a central difference; it vanishes with the residuals, and so does its
/// error. A Hessian product costs one product with J and three with J'.
template <VectorFunction Residuals, ProductFunction Forward, ProductFunction Transposed>
class ResidualObjective {
    struct Parts {
        Index n, m;
        Residuals residuals;
        Forward forward;
        Transposed transposed;
        double typical_size;

        Eigen::VectorXd checked_residuals(const adapters::Point& x) const {
            adapters::require_size("residual_objective", "the point", x.size(), n);
            Eigen::VectorXd r = residuals(x);
            adapters::require_size("residual_objective", "the residual vector", r.size(), m);
            return r;
        }
        Eigen::VectorXd pull_back(const adapters::Point& x, const adapters::Point& u) const {
            Eigen::VectorXd g = transposed(x, u);
            adapters::require_size("residual_objective", "the transposed Jacobian product", g.size(), n);
            return g;
        }
        Eigen::VectorXd gauss_newton(const adapters::Point& x, const adapters::Point& v) const {
            adapters::require_size("residual_objective", "the direction", v.size(), n);
            const Eigen::VectorXd push = forward(x, v);
            adapters::require_size("residual_objective", "the Jacobian product", push.size(), m);
            return pull_back(x, push);
        }
        [[nodiscard]] double half_square(const adapters::Point& r) const {
            return 0.5 * VectorSpace(m).dot(r.data(), r.data());
        }
    };

public:
    /// Throws std::invalid_argument unless n >= 1, m >= 1 and typical_size is positive.
    ResidualObjective(Index n, Index m, Residuals residuals, Forward forward, Transposed transposed,
                      const DifferenceOptions& differences = {})
        : parts_(std::make_shared<const Parts>(Parts{n, m, std::move(residuals), std::move(forward),
                                                     std::move(transposed), differences.typical_size})) {
        adapters::require_typical_size("residual_objective", differences.typical_size);
        adapters::require_dimension("residual_objective", "n", n);
        adapters::require_dimension("residual_objective", "m", m);
    }

    [[nodiscard]] Index size() const { return parts_->n; }
    [[nodiscard]] Index residual_count() const { return parts_->m; }
    double value(const adapters::Point& x) const { return parts_->half_square(parts_->checked_residuals(x)); }

    class GaussNewton {
    public:
        GaussNewton(std::shared_ptr<const Parts> parts, const adapters::Point& x)
            : parts_(std::move(parts)), x_(x) {}
        [[nodiscard]] Index rows() const { return parts_->n; }
        void apply(const adapters::Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            out = parts_->gauss_newton(x_, in);
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_;
    };

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const adapters::Point& x, Eigen::VectorXd residuals)
            : parts_(std::move(parts)),
              x_(x),
              residuals_(std::move(residuals)),
              difference_(x, parts_->typical_size) {}
        [[nodiscard]] Index rows() const { return parts_->n; }
        /// The relative error of a product, measured when it is first asked for: six products with J', once.
        [[nodiscard]] double precision() const {
            if (!precision_) precision_ = adapters::measured_precision(*this);
            return *precision_;
        }
        void apply(const adapters::Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            out = parts_->gauss_newton(x_, in) + difference_(pull_back(), x_, in);
        }
        /// H v, and an estimate of the norm of its error, that of the difference.
        [[nodiscard]] std::pair<Eigen::VectorXd, double> product_with_error(const adapters::Point& v) const {
            auto [curvature, error] = difference_.with_error(pull_back(), x_, v);
            return {parts_->gauss_newton(x_, v) + curvature, error};
        }

    private:
        auto pull_back() const {
            return [this](const adapters::Point& y) { return parts_->pull_back(y, residuals_); };
        }

        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_, residuals_;
        adapters::CentralDifference difference_;
        mutable std::optional<double> precision_;
    };

    class Linearization {
    public:
        Linearization(const std::shared_ptr<const Parts>& parts, const adapters::Point& x)
            : residuals_(parts->checked_residuals(x)),
              value_(parts->half_square(residuals_)),
              gradient_(parts->pull_back(x, residuals_)),
              hessian_(parts, x, residuals_),
              gauss_newton_(parts, x) {}

        [[nodiscard]] double value() const { return value_; }
        [[nodiscard]] const Eigen::VectorXd& residuals() const { return residuals_; }
        [[nodiscard]] const Eigen::VectorXd& gradient() const { return gradient_; }
        [[nodiscard]] const Hessian& hessian() const { return hessian_; }
        [[nodiscard]] const GaussNewton& gauss_newton() const { return gauss_newton_; }

    private:
        Eigen::VectorXd residuals_;
        double value_;
        Eigen::VectorXd gradient_;
        Hessian hessian_;
        GaussNewton gauss_newton_;
    };

    Linearization linearize(const adapters::Point& x) const { return {parts_, x}; }

private:
    std::shared_ptr<const Parts> parts_;
};

/// Half the sum of squares of residuals(x) (m), with jacobian_product(x, v) = J v and
/// jacobian_transposed_product(x, u) = J'u.
template <VectorFunction Residuals, ProductFunction Forward, ProductFunction Transposed>
ResidualObjective<Residuals, Forward, Transposed> residual_objective(
    Index n, Index m, Residuals residuals, Forward jacobian_product, Transposed jacobian_transposed_product,
    const DifferenceOptions& differences = {}) {
    return {n,
            m,
            std::move(residuals),
            std::move(jacobian_product),
            std::move(jacobian_transposed_product),
            differences};
}

}  // namespace hesse
