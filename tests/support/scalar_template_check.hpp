#pragma once

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>

namespace hesse::test {

template <class T>
using VectorOf = Eigen::Matrix<T, Eigen::Dynamic, 1>;
template <class T>
using MatrixOf = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;

/// Scalar code in the style of templates, on the tape and on the truth's numbers. Eigen adds plain doubles in
/// packets, so that value(x) agrees with the recording to rounding only.
template <class Loss>
void check_template(const Loss& loss, const VectorXd& x, Precision precision = {}) {
    const auto f = objective(loss, x.size(), scalars);
    const auto at = f.linearize(x);
    BOOST_TEST(f.value(x) == at.value(), boost::test_tools::tolerance(1e-13));
    Derivatives given{at.value(), at.value(), at.gradient(), test_directions(x.size()), {}};
    given.products = at.hessian() * given.directions;
    compare(
        given, [&](const HyperDualVector& theta) -> HyperDual { return loss(theta); }, x, precision);
}

}  // namespace hesse::test
