#pragma once

#include "hesse/optim/adapters/central_difference.hpp"
#include "hesse/optim/adapters/functions.hpp"

#include <Eigen/Core>

#include <memory>
#include <optional>
#include <utility>

namespace hesse {

/// A loss with a gradient; Hessian products are central differences of gradients, two gradients each.
template <ValueFunction Value, VectorFunction Gradient>
class GradientObjective {
    struct Parts {
        Index n;
        Value value;
        Gradient gradient;
        double typical_size;

        Eigen::VectorXd checked_gradient(const adapters::Point& x) const {
            Eigen::VectorXd g = gradient(x);
            adapters::require_size("gradient_objective", "the gradient", g.size(), n);
            return g;
        }
    };

public:
    /// Throws std::invalid_argument unless n >= 1 and typical_size is positive.
    GradientObjective(Index n, Value value, Gradient gradient, const DifferenceOptions& differences = {})
        : parts_(std::make_shared<const Parts>(
              Parts{n, std::move(value), std::move(gradient), differences.typical_size})) {
        adapters::require_dimension("gradient_objective", "n", n);
        adapters::require_typical_size("gradient_objective", differences.typical_size);
    }

    [[nodiscard]] Index size() const { return parts_->n; }
    double value(const adapters::Point& x) const {
        adapters::require_size("gradient_objective", "the point", x.size(), size());
        return parts_->value(x);
    }

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const adapters::Point& x)
            : parts_(std::move(parts)), x_(x), difference_(x, parts_->typical_size) {}

        [[nodiscard]] Index rows() const { return parts_->n; }
        /// The relative error of a product, measured when it is first asked for: five gradients, once.
        [[nodiscard]] double precision() const {
            if (!precision_) precision_ = adapters::measured_precision(*this);
            return *precision_;
        }
        void apply(const adapters::Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
            adapters::require_size("gradient_objective", "the direction", in.size(), rows());
            out = difference_([&](const adapters::Point& y) { return parts_->checked_gradient(y); }, x_, in);
        }
        /// H v, and an estimate of the norm of its error. Five gradients.
        [[nodiscard]] std::pair<Eigen::VectorXd, double> product_with_error(const adapters::Point& v) const {
            return difference_.with_error(
                [&](const adapters::Point& y) { return parts_->checked_gradient(y); }, x_, v);
        }

    private:
        std::shared_ptr<const Parts> parts_;
        Eigen::VectorXd x_;
        adapters::CentralDifference difference_;
        mutable std::optional<double> precision_;
    };

    using Linearization = adapters::Linearization<Hessian>;
    Linearization linearize(const adapters::Point& x) const {
        return {value(x), parts_->checked_gradient(x), Hessian(parts_, x)};
    }

private:
    std::shared_ptr<const Parts> parts_;
};

/// A loss of n parameters from value(x) and gradient(x).
template <ValueFunction Value, VectorFunction Gradient>
GradientObjective<Value, Gradient> gradient_objective(Index n, Value value, Gradient gradient,
                                                      const DifferenceOptions& differences = {}) {
    return {n, std::move(value), std::move(gradient), differences};
}

}  // namespace hesse
