#pragma once

#include "hesse/optim/adapters/functions.hpp"

#include <Eigen/Core>

#include <memory>
#include <utility>

namespace hesse {

/// A loss with a gradient and Hessian products of its own.
template <ValueFunction Value, VectorFunction Gradient, ProductFunction Product>
class GradientAndProductObjective {
    struct Parts {
        Index n;
        Value value;
        Gradient gradient;
        Product product;

        Eigen::VectorXd checked_gradient(const adapters::Point& x) const {
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
    double value(const adapters::Point& x) const {
        adapters::require_size("gradient_and_product_objective", "the point", x.size(), size());
        return parts_->value(x);
    }

    class Hessian {
    public:
        Hessian(std::shared_ptr<const Parts> parts, const adapters::Point& x)
            : parts_(std::move(parts)), x_(x) {}

        [[nodiscard]] Index rows() const { return parts_->n; }
        void apply(const adapters::Point& in, Eigen::Ref<Eigen::VectorXd> out) const {
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
    Linearization linearize(const adapters::Point& x) const {
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

}  // namespace hesse
