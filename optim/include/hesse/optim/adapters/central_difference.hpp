#pragma once

#include "hesse/optim/adapters/functions.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hesse::adapters {

/// x + a v. Here as below VectorSpace does the arithmetic, so that results do not depend on the flags that its
/// user is compiled with, nor on where vectors lie in memory.
inline Eigen::VectorXd moved(const Point& x, double a, const Point& v) {
    Eigen::VectorXd y = x;
    VectorSpace(x.size()).add(a, v.data(), y.data());
    return y;
}

/// out = dF(x)[v] by central differences of a vector function F along v,
///     (F(x + h u) - F(x - h u)) |v| / 2h,   u = v/|v|,   h = eps^(1/3) max(typical_size, |x|),
/// where the truncation, of order h^2, and the rounding, of order eps / h, are of one size.
class CentralDifference {
public:
    CentralDifference(const Point& x, double typical_size)
        : step_(std::cbrt(epsilon) * std::max(typical_size, norm(x))) {}

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

}  // namespace hesse::adapters
