#include "hesse/optim/curvature/log_determinant_estimate.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::log_determinant_estimate;
using hesse::LogDeterminantEstimate;
using hesse::SpectralDensityOptions;

BOOST_AUTO_TEST_SUITE(log_determinants)

BOOST_AUTO_TEST_CASE(multiples_of_the_identity_are_exact) {
    const MatrixXd a = 3.0 * MatrixXd::Identity(50, 50);
    const LogDeterminantEstimate found = log_determinant_estimate(a);
    BOOST_TEST(std::abs(found.value - 50.0 * std::log(3.0)) <= 1e-12);
    BOOST_TEST(found.standard_error <= 1e-12);
    BOOST_TEST(found.positive_definite);
    BOOST_TEST(found.products == 2 + 10);
}

BOOST_AUTO_TEST_CASE(the_laplacian_with_a_shift_has_a_determinant_by_recurrence) {
    // det of the tridiagonal matrix (-1, d, -1): sinh((n + 1) t) / sinh t with d = 2 cosh t.
    const Index n = 400;
    const double d = 2.1, t = std::acosh(0.5 * d);
    MatrixXd a = d * MatrixXd::Identity(n, n);
    a.diagonal(1).setConstant(-1.0);
    a.diagonal(-1).setConstant(-1.0);
    const double exact = (n + 1) * t - std::log(2.0 * std::sinh(t));
    for (std::uint64_t seed : {0, 1, 2}) {
        SpectralDensityOptions options;
        options.vectors = 40;
        options.seed = seed;
        const LogDeterminantEstimate found = log_determinant_estimate(a, options);
        BOOST_TEST(std::abs(found.value - exact) <= 4.0 * found.standard_error);
        BOOST_TEST(found.standard_error <= 0.05 * exact);
        BOOST_TEST(found.positive_definite);
        BOOST_TEST(found.seed == seed);
    }
}

BOOST_AUTO_TEST_CASE(indefinite_and_singular_operators_are_told) {
    VectorXd d = VectorXd::Constant(30, 2.0);
    d.head(15).setConstant(-2.0);
    const LogDeterminantEstimate found = log_determinant_estimate(d.asDiagonal());
    BOOST_TEST(!found.positive_definite);
    BOOST_TEST(std::abs(found.value - 30.0 * std::log(2.0)) <= 1e-11);
    const LogDeterminantEstimate zero = log_determinant_estimate(MatrixXd::Zero(5, 5).eval());
    BOOST_TEST(!zero.positive_definite);
    BOOST_TEST(zero.value == -std::numeric_limits<double>::infinity());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
