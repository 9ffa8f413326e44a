#include "hesse/optim/curvature/random_start_bound.hpp"

#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {

using Eigen::VectorXd;
using hesse::Index;
using hesse::Lanczos;
using hesse::RandomGenerator;
using hesse::RandomStartBound;
using hesse::VectorSpace;

BOOST_AUTO_TEST_SUITE(random_start_bound)

BOOST_AUTO_TEST_CASE(it_is_the_theorem_of_kuczynski_and_wozniakowski_up_to_their_constant) {
    // Their failure probability for one end, 1.648 sqrt(n) exp(-(2k - 1) sqrt(e)), solved for e.
    const Index n = 10000, k = 200;
    const double delta = 0.01;
    const double root = std::log(1.648 * std::sqrt(static_cast<double>(n)) / (0.5 * delta)) / (2.0 * k - 1.0);
    const double theirs = root * root / (1.0 - 2.0 * root * root);
    const double ours = RandomStartBound(n, delta).error(k, 1.0, 1.0);
    // Our constant is 2 sqrt(2/pi) = 1.596, and tanh(x) < x: slightly sharper, by the share of log(1.648/1.596).
    BOOST_TEST(ours <= theirs);
    BOOST_TEST(ours >= 0.99 * theirs);
}

BOOST_AUTO_TEST_CASE(the_number_of_steps_is_the_first_that_suffices) {
    const RandomStartBound bound(5000, 0.01);
    for (double error : {0.3, 1e-2, 1e-4}) {
        const Index k = bound.steps_for(error, 2.0);
        BOOST_TEST(bound.error(k, 1e9, 2.0) <= error);
        BOOST_TEST(bound.error(k - 1, 1e9, 2.0) > error);
    }
    BOOST_TEST(bound.steps_for(1e-12, 2.0) == 5000);
    BOOST_TEST(bound.steps_for(0.0, 2.0) == 5000);
}

BOOST_AUTO_TEST_CASE(nothing_is_known_after_one_step_and_all_when_nothing_is_left_over) {
    const RandomStartBound bound(100, 0.01);
    BOOST_TEST(bound.error(1, std::numeric_limits<double>::infinity(), 1.0) ==
               std::numeric_limits<double>::infinity());
    BOOST_TEST(bound.error(100, 0.0, 1.0) == 0.0);
    BOOST_TEST(bound.error(3, 0.0, 1.0) == 0.0);  // an invariant subspace
}

BOOST_AUTO_TEST_CASE(n_steps_alone_prove_no_more_than_the_others) {
    // Columns that are not stored lose their orthogonality: the count of steps says how many polynomials were
    // tried, never that the space is filled. Solved for one end: tanh(arcosh(1/t) / (2k - 1))^2, with
    // t = 1/2 0.01 sqrt(pi / 200).
    const double infinity = std::numeric_limits<double>::infinity();
    const RandomStartBound bound(100, 0.01);
    const double t = 0.005 * std::sqrt(std::acos(-1.0) / 200.0);
    for (const Index k : {99, 100, 101, 1000}) {
        const double e = std::pow(std::tanh(std::acosh(1.0 / t) / (2.0 * static_cast<double>(k) - 1.0)), 2);
        BOOST_TEST(bound.error(k, infinity, 1.0) == e / (1.0 - 2.0 * e), boost::test_tools::tolerance(1e-13));
    }
}

BOOST_AUTO_TEST_CASE(runs_break_the_bound_less_often_than_it_says) {
    // Spectra without a gap are the hardest; a large failure probability makes the event visible.
    const Index n = 400;
    for (double failure : {0.5, 0.1}) {
        const RandomStartBound bound(n, failure);
        for (const double power : {0.5, 1.0, 2.0, 6.0}) {
            VectorXd d(n);
            for (Index i = 0; i < n; ++i)
                d[i] = std::pow(static_cast<double>(i) / static_cast<double>(n - 1), power);
            int failures = 0;
            Lanczos lanczos(VectorSpace(n), n);
            for (unsigned seed = 0; seed < 100; ++seed) {
                RandomGenerator random(seed);
                VectorXd start(n);
                random.unit_vector(VectorSpace(n), start.data());
                const auto a = d.asDiagonal();
                lanczos.start(a, start.data());
                bool failed = false;
                for (Index k = 1; k <= 40; ++k) {
                    lanczos.step();
                    const double low = lanczos.lowest().value, high = lanczos.highest().value;
                    const double error = bound.error(k, lanczos.beta().back(), high - low);
                    failed = failed || low - error > 1e-14 || high + error < 1.0 - 1e-14;
                }
                failures += failed;
            }
            // 100 failure, and three standard deviations.
            BOOST_TEST(failures <= 100.0 * failure + 30.0 * std::sqrt(failure * (1.0 - failure)));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_bound_is_not_empty) {
    // 99 steps see -0.01 in a spectrum of [-0.01, 1] and n = 10^4; the error must be of that order.
    BOOST_TEST(RandomStartBound(10000, 0.01).error(99, 1.0, 1.0) < 0.004);
}

BOOST_AUTO_TEST_CASE(a_probability_outside_its_range_is_refused) {
    for (double wrong : {0.0, 1.0, -0.1, std::numeric_limits<double>::quiet_NaN()})
        BOOST_CHECK_THROW(RandomStartBound(10, wrong), std::invalid_argument);
    BOOST_CHECK_EXCEPTION(RandomStartBound(10, 1.5), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()) ==
                                     "RandomStartBound: failure_probability is 1.5, expected a number "
                                     "between 0 and 1";
                          });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
