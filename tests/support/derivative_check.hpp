#pragma once

#include "hesse/autodiff/objective.hpp"
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

/// What check_loss has to say of a linearisation.
template <class Vector, class Linearized>
void check_linearized(typename Vector::Scalar value, const Vector& first_gradient, const Linearized& at,
                      const HyperDualLoss& truth, const VectorXd& x, Precision precision) {
    using T = typename Vector::Scalar;
    require_same_bits(first_gradient.template cast<double>(), at.gradient().template cast<double>());
    Derivatives given{static_cast<double>(value),
                      static_cast<double>(at.value()),
                      at.gradient().template cast<double>(),
                      test_directions(x.size()),
                      {}};
    given.products.resize(x.size(), given.directions.cols());
    Vector out(x.size());
    for (Index k = 0; k < given.directions.cols(); ++k) {
        at.hessian().apply(given.directions.col(k).template cast<T>(), out);
        given.products.col(k) = out.template cast<double>();
        Vector once(x.size());
        at.hessian().apply_once(given.directions.col(k).template cast<T>(), once);
        require_near(once.template cast<double>(), given.products.col(k), precision);
    }
    compare(given, truth, x, precision);
}
// Most objectives have one of these: compiled once.
extern template void check_linearized(double, const VectorXd&, const Linearization<double>&,
                                      const HyperDualLoss&, const VectorXd&, Precision);
extern template void check_linearized(float, const Eigen::VectorXf&, const Linearization<float>&,
                                      const HyperDualLoss&, const VectorXd&, Precision);

/// Value, gradient and Hessian products of the objective f at x against the same loss as plain loops:
/// `loops(theta)` for an Eigen vector of HyperDual.
template <class F, class Loops>
void check_loss(const F& f, const Loops& loops, const VectorXd& x, Precision precision = {}) {
    using Vector = typename F::Vector;
    const Vector point = x.cast<typename Vector::Scalar>();
    // A recording may be swept in another way where it follows one like it.
    const Vector first_gradient = f.linearize(point).gradient();
    const auto at = f.linearize(point);
    check_linearized<Vector>(
        f.value(point), first_gradient, at,
        [&](const HyperDualVector& theta) -> HyperDual { return loops(theta); }, x, precision);
}

}  // namespace hesse::test
