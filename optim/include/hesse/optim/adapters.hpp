#pragma once

#include "hesse/optim/objective.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <memory>
#include <optional>
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

/// x + a v. Here as below VectorSpace does the arithmetic, so that results do not depend on the flags that its
/// user is compiled with, nor on where vectors lie in memory.
inline Eigen::VectorXd moved(const Point& x, double a, const Point& v) {
    Eigen::VectorXd y = x;
    VectorSpace(x.size()).add(a, v.data(), y.data());
    return y;
}

/// out = dF(x)[v] by central differences of a vector function F along v,
///     (F(x + h u) - F(x - h u)) |v| / 2h,   u = v/|v|,   h = eps^(1/3) max(1, |x|),
/// where the truncation, of order h^2, and the rounding, of order eps / h, are of one size.
class CentralDifference {
public:
    explicit CentralDifference(const Point& x) : step_(std::cbrt(epsilon) * std::max(1.0, norm(x))) {}

    [[nodiscard]] double step() const { return step_; }

    template <class F>
    Eigen::VectorXd operator()(const F& function, const Point& x, const Point& v) const {
        return quotient(function, x, v, step_);
    }

    /// The same and an estimate of its error: a second quotient with 2h has four times the truncation error;
    /// rounding, of F and of its argument, is eps (|F| |v| + |x| |dF v|) over the step. Five evaluations.
    template <class F>
    std::pair<Eigen::VectorXd, double> with_error(const F& function, const Point& x, const Point& v) const {
        Eigen::VectorXd fine = quotient(function, x, v, step_);
        const Eigen::VectorXd coarse = quotient(function, x, v, 2.0 * step_);
        // Twice the larger one stands for the sum of two products, which some compilers round once only.
        const double larger = std::max(norm(function(x)) * norm(v), norm(x) * norm(fine));
        const double rounding = 2.0 * epsilon * larger / step_;
        return {fine, norm(moved(coarse, -1.0, fine)) / 3.0 + rounding};
    }

private:
    static constexpr double epsilon = std::numeric_limits<double>::epsilon();

    static double norm(const Point& x) { return VectorSpace(x.size()).norm(x.data()); }

    template <class F>
    static Eigen::VectorXd quotient(const F& function, const Point& x, const Point& v, double step) {
        const double length = norm(v);
        if (length == 0.0) return Eigen::VectorXd::Zero(Eigen::VectorXd(function(x)).size());
        const Eigen::VectorXd ahead = function(moved(x, step / length, v));
        Eigen::VectorXd difference = moved(ahead, -1.0, function(moved(x, -step / length, v)));
        VectorSpace(difference.size()).scale(length / (2.0 * step), difference.data());
        return difference;
    }

    double step_;
};

/// The relative error that a product by differences rarely falls below.
inline constexpr double difference_precision = 1e-9;

/// The relative error of a Hessian's products, from its own estimate of one along a random direction, always
/// the same: difference_precision at least, and 1 where the product is all error. One that is a little too
/// large costs a verdict some sharpness; one that is too small makes a saddle out of noise.
template <class Hessian>
double measured_precision(const Hessian& hessian) {
    const VectorSpace space(hessian.rows());
    Eigen::VectorXd direction(hessian.rows());
    RandomGenerator().unit_vector(space, direction.data());
    const auto [product, error] = hessian.product_with_error(direction);
    if (error == 0.0) return difference_precision;
    const double relative = error / space.norm(product.data());
    return relative < 1.0 ? std::max(relative, difference_precision) : 1.0;  // 1 for NaN too
}

/// Value, gradient and Hessian at one point.
template <class Hessian>
class Linearization {
public:
    Linearization(double value, Eigen::VectorXd gradient, Hessian hessian)
        : value_(value), gradient_(std::move(gradient)), hessian_(std::move(hessian)) {}

    [[nodiscard]] double value() const { return value_; }
    [[nodiscard]] const Eigen::VectorXd& gradient() const { return gradient_; }
    [[nodiscard]] const Hessian& hessian() const { return hessian_; }

private:
    double value_;
    Eigen::VectorXd gradient_;
    Hessian hessian_;
};

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
    double value(const Point& x) const {
        adapters::require_size("gradient_objective", "the point", x.size(), size());
        return parts_->value(x);
    }

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const Point& x)
            : parts_(std::move(parts)), x_(x), difference_(x) {}

        [[nodiscard]] Index rows() const { return parts_->n; }
        /// The relative error of a product, measured when it is first asked for: five gradients, once.
        [[nodiscard]] double precision() const {
            if (!precision_) precision_ = adapters::measured_precision(*this);
            return *precision_;
        }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            adapters::require_size("gradient_objective", "the direction", in.size(), rows());
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
        mutable std::optional<double> precision_;
    };

    using Linearization = adapters::Linearization<Hessian>;
    Linearization linearize(const Point& x) const {
        return {value(x), parts_->checked_gradient(x), Hessian(parts_, x)};
    }

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

        Eigen::VectorXd checked_gradient(const Point& x) const {
            Eigen::VectorXd g = gradient(x);
            adapters::require_size("gradient_and_product_objective", "the gradient", g.size(), n);
            return g;
        }
    };

public:
    /// Throws std::invalid_argument unless n >= 1.
    GradientAndProductObjective(Index n, Value value, Gradient gradient, Product product)
        : parts_(std::make_shared<const Parts>(
              Parts{n, std::move(value), std::move(gradient), std::move(product)})) {
        adapters::require_dimension("gradient_and_product_objective", "n", n);
    }

    [[nodiscard]] Index size() const { return parts_->n; }
    double value(const Point& x) const {
        adapters::require_size("gradient_and_product_objective", "the point", x.size(), size());
        return parts_->value(x);
    }

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const Point& x) : parts_(std::move(parts)), x_(x) {}

        [[nodiscard]] Index rows() const { return parts_->n; }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            adapters::require_size("gradient_and_product_objective", "the direction", in.size(), rows());
            const Eigen::VectorXd product = parts_->product(x_, in);
            adapters::require_size("gradient_and_product_objective", "the product", product.size(), rows());
            out = product;
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_;
    };

    using Linearization = adapters::Linearization<Hessian>;
    Linearization linearize(const Point& x) const {
        return {value(x), parts_->checked_gradient(x), Hessian(parts_, x)};
    }

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
            adapters::require_size("residual_objective", "the point", x.size(), n);
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
            adapters::require_size("residual_objective", "the direction", v.size(), n);
            const Eigen::VectorXd push = forward(x, v);
            adapters::require_size("residual_objective", "the Jacobian product", push.size(), m);
            return pull_back(x, push);
        }
        [[nodiscard]] double half_square(const Point& r) const {
            return 0.5 * VectorSpace(m).dot(r.data(), r.data());
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
    double value(const Point& x) const { return parts_->half_square(parts_->checked_residuals(x)); }

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
        /// The relative error of a product, measured when it is first asked for: six products with J', once.
        [[nodiscard]] double precision() const {
            if (!precision_) precision_ = adapters::measured_precision(*this);
            return *precision_;
        }
        void apply(const Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            out = parts_->gauss_newton(x_, in) + difference_(pull_back(), x_, in);
        }
        /// H v, and an estimate of the norm of its error, that of the difference.
        [[nodiscard]] std::pair<Eigen::VectorXd, double> product_with_error(const Point& v) const {
            auto [curvature, error] = difference_.with_error(pull_back(), x_, v);
            return {parts_->gauss_newton(x_, v) + curvature, error};
        }

    private:
        auto pull_back() const {
            return [this](const Point& y) { return parts_->pull_back(y, residuals_); };
        }

        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_, residuals_;
        adapters::CentralDifference difference_;
        mutable std::optional<double> precision_;
    };

    class Linearization {
    public:
        Linearization(const std::shared_ptr<const Parts>& parts, const Point& x)
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
