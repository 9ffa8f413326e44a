#pragma once

#include "support/hyper_dual.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <functional>
#include <utility>

namespace hesse::test {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Uniform on [low, high], the same with every compiler.
VectorXd random_vector(Index n, std::uint64_t seed, double low = -1.0, double high = 1.0);
MatrixXd random_matrix(Index rows, Index cols, std::uint64_t seed, double low = -1.0, double high = 1.0);

/// A loss in hyper-dual numbers: the truth.
using HyperDualVector = Eigen::Matrix<HyperDual, Eigen::Dynamic, 1>;
using HyperDualLoss = std::function<HyperDual(const HyperDualVector&)>;

/// What a tape says of a loss at one point.
struct Derivatives {
    double value;             // of f.value(x)
    double linearized_value;  // of f.linearize(x)
    VectorXd gradient;
    MatrixXd directions;  // (n x k), given
    MatrixXd products;    // (n x k), H * directions
};
/// Two fixed random directions for n parameters.
MatrixXd test_directions(Index n);

/// How exact the derivatives must be: errors relative to the largest entry of the result, or to `scale` where
/// intermediate numbers are larger than that. The default leaves room for some hundred roundings.
struct Precision {
    double scale = 1.0;
    double relative = 2e-14;
};

/// Compares with the truth, and the two values with each other bit for bit. Coordinates are compared one by
/// one; of many, some, and then random sums of all of them.
void compare(const Derivatives& given, const HyperDualLoss& truth, const VectorXd& x, Precision precision);

/// Two products are equal to rounding where both are finite, or the test fails.
void require_near(const VectorXd& once, const VectorXd& product, Precision precision);
/// Both are equal, or the test fails.
void require_same_bits(const VectorXd& a, const VectorXd& b);

/// Value, gradient and Hessian products of the objective f at x against the same loss as plain loops:
/// `loops(theta)` for an Eigen vector of HyperDual.
template <class F, class Loops>
void check_loss(const F& f, const Loops& loops, const VectorXd& x, Precision precision = {}) {
    using T = typename F::Vector::Scalar;
    const typename F::Vector point = x.cast<T>();
    // A recording may be swept in another way where it follows one like it.
    const typename F::Vector first_gradient = f.linearize(point).gradient();
    const auto at = f.linearize(point);
    require_same_bits(first_gradient.template cast<double>(), at.gradient().template cast<double>());
    Derivatives given{static_cast<double>(f.value(point)),
                      static_cast<double>(at.value()),
                      at.gradient().template cast<double>(),
                      test_directions(x.size()),
                      {}};
    given.products.resize(x.size(), given.directions.cols());
    typename F::Vector out(x.size());
    for (Index k = 0; k < given.directions.cols(); ++k) {
        at.hessian().apply(given.directions.col(k).template cast<T>(), out);
        given.products.col(k) = out.template cast<double>();
        typename F::Vector once(x.size());
        at.hessian().apply_once(given.directions.col(k).template cast<T>(), once);
        require_near(once.template cast<double>(), given.products.col(k), precision);
    }
    compare(
        given, [&](const HyperDualVector& theta) -> HyperDual { return loops(theta); }, x, precision);
}

}  // namespace hesse::test
