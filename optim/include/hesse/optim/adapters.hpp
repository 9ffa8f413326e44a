#pragma once

#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

/// Losses that do not come from the tape, from what there is: a gradient; a gradient and Hessian products;
/// residuals and products with their Jacobian. Each result is an Objective. The callables take and return
/// Eigen vectors, and are kept by value.
namespace hesse {

using Point = Eigen::Ref<const Eigen::VectorXd>;

template <class V>
concept ValueFunction = std::is_invocable_r_v<double, const V&, const Point&>;
/// (n) from (n), or (m) from (n)
template <class G>
concept VectorFunction = std::is_invocable_r_v<Eigen::VectorXd, const G&, const Point&>;
/// product(x, v): linear in v
template <class P>
concept ProductFunction = std::is_invocable_r_v<Eigen::VectorXd, const P&, const Point&, const Point&>;

namespace adapters {

inline void require_size(const char* function, const char* what, Index size, Index expected) {
    if (size != expected)
        throw std::invalid_argument(std::string(function) + ": " + what + " has " + std::to_string(size) +
                                    " entries, expected " + std::to_string(expected));
}

inline void require_dimension(const char* function, const char* what, Index size) {
    if (size < 1)
        throw std::invalid_argument(std::string(function) + ": " + what + " is " + std::to_string(size) +
                                    ", expected at least 1");
}

/// out = dF(x)[v] by central differences of a vector function F along v,
///     (F(x + h u) - F(x - h u)) |v| / 2h,   u = v/|v|,   h = eps^(1/3) max(1, |x|),
/// where the truncation, of order h^2, and the rounding, of order eps / h, are of one size.
class CentralDifference {
public:
    explicit CentralDifference(const Point& x) : step_(std::cbrt(epsilon) * std::max(1.0, x.norm())) {}

    [[nodiscard]] double step() const { return step_; }

    template <class F>
    Eigen::VectorXd operator()(const F& function, const Point& x, const Point& v) const {
        return quotient(function, x, v, step_);
    }

    /// The same and an estimate of its error: a second quotient with 2h has four times the truncation error;
    /// rounding, of F and of its argument, is eps (|F| + |x| |dF u|) over the step. Five evaluations.
    template <class F>
    std::pair<Eigen::VectorXd, double> with_error(const F& function, const Point& x, const Point& v) const {
        Eigen::VectorXd fine = quotient(function, x, v, step_);
        const Eigen::VectorXd coarse = quotient(function, x, v, 2.0 * step_);
        const double rounding =
            epsilon * (Eigen::VectorXd(function(x)).norm() * v.norm() + x.norm() * fine.norm()) / step_;
        return {fine, (coarse - fine).norm() / 3.0 + rounding};
    }

private:
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();

    template <class F>
    static Eigen::VectorXd quotient(const F& function, const Point& x, const Point& v, double step) {
        const double length = v.norm();
        if (length == 0.0) return Eigen::VectorXd::Zero(Eigen::VectorXd(function(x)).size());
        const Eigen::VectorXd ahead = x + (step / length) * v;
        const Eigen::VectorXd behind = x - (step / length) * v;
        const Eigen::VectorXd difference = function(ahead) - function(behind);
        return difference * (length / (2.0 * step));
    }

    double step_;
};

/// A relative error that a product by differences rarely exceeds, where third derivatives are of the size of
/// the second: for options that ask how exact a product is.
inline constexpr double difference_precision = 1e-9;

}  // namespace adapters

/// A loss with a gradient; Hessian products are central differences of gradients, two gradients each.
template <ValueFunction Value, VectorFunction Gradient>
class GradientObjective {
    struct Parts {
        Index n;
        Value value;
        Gradient gradient;

        Eigen::VectorXd checked_gradient(const Point& x) const {
            Eigen::VectorXd g = gradient(x);
            adapters::require_size("gradient_objective", "the gradient", g.size(), n);
            return g;
        }
    };

public:
    /// Throws std::invalid_argument unless n >= 1.
    GradientObjective(Index n, Value value, Gradient gradient)
        : parts_(std::make_shared<const Parts>(Parts{n, std::move(value), std::move(gradient)})) {
        adapters::require_dimension("gradient_objective", "n", n);
    }

    [[nodiscard]] Index size() const { return parts_->n; }
    double value(const Point& x) const { return parts_->value(x); }

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const Point& x)
            : parts_(std::move(parts)), x_(x), difference_(x) {}

        [[nodiscard]] Index rows() const { return parts_->n; }
        [[nodiscard]] static double precision() { return adapters::difference_precision; }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            out = difference_([&](const Point& y) { return parts_->checked_gradient(y); }, x_, in);
        }
        /// H v, and an estimate of the norm of its error. Five gradients.
        [[nodiscard]] std::pair<Eigen::VectorXd, double> product_with_error(const Point& v) const {
            return difference_.with_error([&](const Point& y) { return parts_->checked_gradient(y); }, x_, v);
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_;
        adapters::CentralDifference difference_;
    };

    class Linearization {
    public:
        Linearization(const std::shared_ptr<const Parts>& parts, const Point& x)
            : value_(parts->value(x)), gradient_(parts->checked_gradient(x)), hessian_(parts, x) {}

        [[nodiscard]] double value() const { return value_; }
        [[nodiscard]] const Eigen::VectorXd& gradient() const { return gradient_; }
        [[nodiscard]] const Hessian& hessian() const { return hessian_; }

    private:
        double value_;
        Eigen::VectorXd gradient_;
        Hessian hessian_;
    };

    Linearization linearize(const Point& x) const { return {parts_, x}; }

private:
    std::shared_ptr<const Parts> parts_;
};

/// A loss of n parameters from value(x) and gradient(x).
template <ValueFunction Value, VectorFunction Gradient>
GradientObjective<Value, Gradient> gradient_objective(Index n, Value value, Gradient gradient) {
    return {n, std::move(value), std::move(gradient)};
}

/// A loss with a gradient and Hessian products of its own.
template <ValueFunction Value, VectorFunction Gradient, ProductFunction Product>
class GradientAndProductObjective {
    struct Parts {
        Index n;
        Value value;
        Gradient gradient;
        Product product;
    };

public:
    /// Throws std::invalid_argument unless n >= 1.
    GradientAndProductObjective(Index n, Value value, Gradient gradient, Product product)
        : parts_(std::make_shared<const Parts>(
              Parts{n, std::move(value), std::move(gradient), std::move(product)})) {
        adapters::require_dimension("gradient_and_product_objective", "n", n);
    }

    [[nodiscard]] Index size() const { return parts_->n; }
    double value(const Point& x) const { return parts_->value(x); }

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const Point& x) : parts_(std::move(parts)), x_(x) {}

        [[nodiscard]] Index rows() const { return parts_->n; }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            const Eigen::VectorXd product = parts_->product(x_, in);
            adapters::require_size("gradient_and_product_objective", "the product", product.size(), rows());
            out = product;
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_;
    };

    class Linearization {
    public:
        Linearization(const std::shared_ptr<const Parts>& parts, const Point& x)
            : value_(parts->value(x)), gradient_(parts->gradient(x)), hessian_(parts, x) {
            adapters::require_size("gradient_and_product_objective", "the gradient", gradient_.size(),
                                   parts->n);
        }

        [[nodiscard]] double value() const { return value_; }
        [[nodiscard]] const Eigen::VectorXd& gradient() const { return gradient_; }
        [[nodiscard]] const Hessian& hessian() const { return hessian_; }

    private:
        double value_;
        Eigen::VectorXd gradient_;
        Hessian hessian_;
    };

    Linearization linearize(const Point& x) const { return {parts_, x}; }

private:
    std::shared_ptr<const Parts> parts_;
};

/// A loss of n parameters from value(x), gradient(x) and product(x, v) = H(x) v.
template <ValueFunction Value, VectorFunction Gradient, ProductFunction Product>
GradientAndProductObjective<Value, Gradient, Product> gradient_and_product_objective(Index n, Value value,
                                                                                     Gradient gradient,
                                                                                     Product product) {
    return {n, std::move(value), std::move(gradient), std::move(product)};
}

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

        Eigen::VectorXd checked_residuals(const Point& x) const {
            Eigen::VectorXd r = residuals(x);
            adapters::require_size("residual_objective", "the residual vector", r.size(), m);
            return r;
        }
        Eigen::VectorXd pull_back(const Point& x, const Point& u) const {
            Eigen::VectorXd g = transposed(x, u);
            adapters::require_size("residual_objective", "the transposed Jacobian product", g.size(), n);
            return g;
        }
        Eigen::VectorXd gauss_newton(const Point& x, const Point& v) const {
            const Eigen::VectorXd push = forward(x, v);
            adapters::require_size("residual_objective", "the Jacobian product", push.size(), m);
            return pull_back(x, push);
        }
    };

public:
    /// Throws std::invalid_argument unless n >= 1 and m >= 1.
    ResidualObjective(Index n, Index m, Residuals residuals, Forward forward, Transposed transposed)
        : parts_(std::make_shared<const Parts>(
              Parts{n, m, std::move(residuals), std::move(forward), std::move(transposed)})) {
        adapters::require_dimension("residual_objective", "n", n);
        adapters::require_dimension("residual_objective", "m", m);
    }

    [[nodiscard]] Index size() const { return parts_->n; }
    [[nodiscard]] Index residual_count() const { return parts_->m; }
    double value(const Point& x) const { return 0.5 * parts_->checked_residuals(x).squaredNorm(); }

    class GaussNewton {
    public:
        GaussNewton(std::shared_ptr<const Parts> parts, const Point& x) : parts_(std::move(parts)), x_(x) {}
        [[nodiscard]] Index rows() const { return parts_->n; }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            out = parts_->gauss_newton(x_, in);
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_;
    };

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const Point& x, Eigen::VectorXd residuals)
            : parts_(std::move(parts)), x_(x), residuals_(std::move(residuals)), difference_(x) {}
        [[nodiscard]] Index rows() const { return parts_->n; }
        [[nodiscard]] static double precision() { return adapters::difference_precision; }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            const Eigen::VectorXd curvature =
                difference_([&](const Point& y) { return parts_->pull_back(y, residuals_); }, x_, in);
            out = parts_->gauss_newton(x_, in) + curvature;
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_, residuals_;
        adapters::CentralDifference difference_;
    };

    class Linearization {
    public:
        Linearization(const std::shared_ptr<const Parts>& parts, const Point& x)
            : residuals_(parts->checked_residuals(x)),
              gradient_(parts->pull_back(x, residuals_)),
              hessian_(parts, x, residuals_),
              gauss_newton_(parts, x) {}

        [[nodiscard]] double value() const { return 0.5 * residuals_.squaredNorm(); }
        [[nodiscard]] const Eigen::VectorXd& residuals() const { return residuals_; }
        [[nodiscard]] const Eigen::VectorXd& gradient() const { return gradient_; }
        [[nodiscard]] const Hessian& hessian() const { return hessian_; }
        [[nodiscard]] const GaussNewton& gauss_newton() const { return gauss_newton_; }

    private:
        Eigen::VectorXd residuals_, gradient_;
        Hessian hessian_;
        GaussNewton gauss_newton_;
    };

    Linearization linearize(const Point& x) const { return {parts_, x}; }

private:
    std::shared_ptr<const Parts> parts_;
};

/// Half the sum of squares of residuals(x) (m), with jacobian_product(x, v) = J v and
/// jacobian_transposed_product(x, u) = J'u.
template <VectorFunction Residuals, ProductFunction Forward, ProductFunction Transposed>
ResidualObjective<Residuals, Forward, Transposed> residual_objective(Index n, Index m, Residuals residuals,
                                                                     Forward jacobian_product,
                                                                     Transposed jacobian_transposed_product) {
    return {n, m, std::move(residuals), std::move(jacobian_product), std::move(jacobian_transposed_product)};
}

}  // namespace hesse
