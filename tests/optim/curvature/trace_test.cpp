#include "hesse/optim/curvature/trace.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using enum TraceMethod;

constexpr TraceMethod methods[] = {hutchinson, hutch_plus_plus, xtrace};

/// Orthogonal, from random numbers.
MatrixXd random_orthogonal(Index n) {
    return Eigen::HouseholderQR<MatrixXd>(MatrixXd::Random(n, n)).householderQ();
}
MatrixXd with_spectrum(const VectorXd& d) {
    const MatrixXd q = random_orthogonal(d.size());
    return q * d.asDiagonal() * q.transpose();
}

BOOST_AUTO_TEST_SUITE(traces)

BOOST_AUTO_TEST_CASE(as_many_products_as_rows_give_the_exact_trace) {
    const MatrixXd a = with_spectrum(VectorXd::LinSpaced(20, -3.0, 5.0));
    for (const TraceMethod method : methods) {
        const TraceEstimate found = trace_estimate(a, {.method = method, .products = 20});
        BOOST_TEST(std::abs(found.value - 20.0) <= 1e-12);
        BOOST_TEST(found.standard_error == 0.0);
        BOOST_TEST(found.exact);
        BOOST_TEST(found.products == 20);
    }
}

BOOST_AUTO_TEST_CASE(estimates_are_unbiased_and_lie_within_their_errors) {
    const MatrixXd a = with_spectrum(VectorXd::LinSpaced(200, -1.0, 2.0));
    const double exact = a.trace();
    for (const TraceMethod method : methods) {
        int outside = 0;
        double mean = 0.0, error = 0.0;
        for (std::uint64_t seed = 0; seed < 100; ++seed) {
            const TraceEstimate found = trace_estimate(a, {.method = method, .products = 60, .seed = seed});
            BOOST_TEST(found.products <= 60);
            BOOST_TEST(!found.exact);
            mean += found.value / 100.0;
            error += found.standard_error / 100.0;
            outside += std::abs(found.value - exact) > 3.0 * found.standard_error ? 1 : 0;
        }
        BOOST_TEST(outside <= 5);
        BOOST_TEST(std::abs(mean - exact) <= 0.4 * error);
    }
}

BOOST_AUTO_TEST_CASE(what_decays_fast_is_found_by_the_range_finders) {
    VectorXd d(300);
    for (Index i = 0; i < 300; ++i) d[i] = std::pow(0.7, static_cast<double>(i));
    const MatrixXd a = with_spectrum(d);
    const auto error = [&](TraceMethod method) {
        double sum = 0.0;
        for (std::uint64_t seed = 0; seed < 10; ++seed)
            sum += std::abs(trace_estimate(a, {.method = method, .products = 60, .seed = seed}).value -
                            d.sum()) /
                   10.0;
        return sum;
    };
    BOOST_TEST(error(hutch_plus_plus) < 1e-2 * error(hutchinson));
    BOOST_TEST(error(xtrace) < 0.1 * error(hutch_plus_plus));
}

BOOST_AUTO_TEST_CASE(low_rank_is_exact) {
    VectorXd d = VectorXd::Zero(100);
    d.head(5) << 1.0, 2.0, -3.0, 4.0, 5.0;
    const MatrixXd a = with_spectrum(d);
    for (const TraceMethod method : {hutch_plus_plus, xtrace}) {
        const TraceEstimate found = trace_estimate(a, {.method = method, .products = 24});
        BOOST_TEST(std::abs(found.value - 9.0) <= 1e-10);
        BOOST_TEST(found.standard_error <= 1e-10);
    }
    BOOST_TEST(trace_estimate(MatrixXd::Zero(50, 50), {.products = 12}).value == 0.0);
}

BOOST_AUTO_TEST_CASE(the_diagonal_and_the_frobenius_norm) {
    const VectorXd d = VectorXd::LinSpaced(80, -1.0, 2.0);
    const DiagonalEstimate diagonal = diagonal_estimate(d.asDiagonal(), 3);
    BOOST_TEST((diagonal.value.col(0) - d).cwiseAbs().maxCoeff() <= 1e-15);
    BOOST_TEST(diagonal.products == 3);
    const MatrixXd a = with_spectrum(d);
    const DiagonalEstimate dense = diagonal_estimate(a, 40);
    const VectorXd off =
        (dense.value.col(0) - a.diagonal()).cwiseAbs().cwiseQuotient(dense.standard_error.col(0));
    BOOST_TEST(off.maxCoeff() < 6.0);
    BOOST_TEST(off.mean() < 1.5);
    const DiagonalEstimate exact = diagonal_estimate(a, 80);
    BOOST_TEST((exact.value.col(0) - a.diagonal()).cwiseAbs().maxCoeff() <= 1e-13);
    const TraceEstimate norm = frobenius_norm_estimate(a, 40);
    BOOST_TEST(std::abs(norm.value - a.norm()) <= 5.0 * norm.standard_error);
    BOOST_TEST(std::abs(frobenius_norm_estimate(a, 80).value - a.norm()) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const MatrixXd a = MatrixXd::Identity(100, 100);
    BOOST_CHECK_THROW((void)trace_estimate(a, {.method = hutchinson, .products = 0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)trace_estimate(a, {.method = hutch_plus_plus, .products = 5}),
                      std::invalid_argument);
    BOOST_CHECK_THROW((void)trace_estimate(a, {.products = 3}), std::invalid_argument);
    const MatrixXd bad = MatrixXd::Constant(100, 100, std::numeric_limits<double>::quiet_NaN());
    BOOST_CHECK_THROW((void)trace_estimate(bad), std::invalid_argument);
    BOOST_CHECK_THROW((void)diagonal_estimate(bad, 0), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
