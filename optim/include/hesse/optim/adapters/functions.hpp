#pragma once

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Core>

#include <cmath>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace hesse {

/// What adapters of losses share.
namespace adapters {

using Point = Eigen::Ref<const Eigen::VectorXd>;

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

inline void require_typical_size(const char* function, double size) {
    if (!(size > 0.0 && std::isfinite(size)))
        throw std::invalid_argument(std::string(function) + ": typical_size is " + std::to_string(size) +
                                    ", expected a finite positive number");
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

template <class V>
concept ValueFunction = std::is_invocable_r_v<double, const V&, const adapters::Point&>;
/// (n) from (n), or (m) from (n)
template <class G>
concept VectorFunction = std::is_invocable_r_v<Eigen::VectorXd, const G&, const adapters::Point&>;
/// product(x, v): linear in v
template <class P>
concept ProductFunction =
    std::is_invocable_r_v<Eigen::VectorXd, const P&, const adapters::Point&, const adapters::Point&>;

/// How products are made of differences.
struct DifferenceOptions {
    /// Of x: steps are eps^(1/3) max(typical_size, |x|), so that parameters far smaller than one need it.
    double typical_size = 1.0;
};

}  // namespace hesse
