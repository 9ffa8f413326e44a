#include "hesse/optim/curvature/minimum_eigenvalue_oracle.hpp"

#include "hesse/optim/curvature/random_start_bound.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::CurvatureAnswer;
using hesse::Index;
using hesse::minimum_eigenvalue;
using hesse::MinimumEigenpair;
using hesse::MinimumEigenvalueOptions;
using hesse::RandomGenerator;
using hesse::RandomStartBound;

MinimumEigenvalueOptions with_epsilon(double epsilon) {
    MinimumEigenvalueOptions options;
    options.epsilon = epsilon;
    return options;
}

/// The spectrum without a gap in [-m, m], and one eigenvalue below zero if `lowest` is.
VectorXd spectrum(Index n, double lowest) {
    VectorXd d(n);
    for (Index i = 0; i < n; ++i) {
        const double t = static_cast<double>(i) / static_cast<double>(n - 1);
        d[i] = lowest + (1.0 - lowest) * t * t;
    }
    return d;
}

void check_negative(const MinimumEigenpair& found, const MatrixXd& a) {
    BOOST_TEST((found.answer == CurvatureAnswer::negative));
    BOOST_TEST(std::abs(found.direction.norm() - 1.0) <= 1e-14);
    const double curvature = found.direction.dot(a * found.direction);
    BOOST_TEST(std::abs(curvature - found.curvature) <= 1e-13 * a.norm());
    BOOST_TEST(curvature <= -0.5 * found.epsilon);
}

BOOST_AUTO_TEST_SUITE(minimum_eigenvalue_oracle)

BOOST_AUTO_TEST_CASE(negative_curvature_is_found_and_measured) {
    for (double lowest : {-1.0, -0.01, -1e-3}) {
        const MatrixXd a = spectrum(300, lowest).asDiagonal();
        for (unsigned seed = 0; seed < 20; ++seed)
            check_negative(minimum_eigenvalue(a, with_epsilon(-lowest), seed), a);
    }
}

BOOST_AUTO_TEST_CASE(its_absence_is_certified_within_the_announced_products) {
    const Index n = 1000;
    const double epsilon = 0.01, failure = 0.01;
    const MatrixXd a = spectrum(n, 0.0).asDiagonal();
    const MinimumEigenpair found = minimum_eigenvalue(a, with_epsilon(epsilon), 5);
    BOOST_TEST((found.answer == CurvatureAnswer::certified));
    BOOST_TEST(found.lower_bound >= -epsilon);
    BOOST_TEST(found.lower_bound <= 0.0);
    BOOST_TEST(found.failure_probability == failure);
    BOOST_TEST(found.seed == 5u);
    // With spread 1, and all of epsilon for the error; steps are looked at in sixteenth parts.
    const double announced = 0.25 * std::log(10.2 * n / (failure * failure)) / std::sqrt(epsilon);
    BOOST_TEST(static_cast<double>(found.steps) >= announced);
    BOOST_TEST(static_cast<double>(found.steps) <= 1.2 * announced);
    BOOST_TEST(found.products == found.steps + 3);  // symmetry and the direction
    BOOST_TEST(std::abs(found.direction.dot(a * found.direction) - found.curvature) <= 1e-13);
}

BOOST_AUTO_TEST_CASE(independent_runs_multiply_their_failure_probabilities) {
    const Index n = 1000;
    const MatrixXd a = spectrum(n, 0.0).asDiagonal();
    MinimumEigenvalueOptions options = with_epsilon(0.01);
    options.failure_probability = 1e-12;
    const MinimumEigenpair one = minimum_eigenvalue(a, options, 5);
    options.runs = 3;
    const MinimumEigenpair three = minimum_eigenvalue(a, options, 5);
    for (const MinimumEigenpair* found : {&one, &three}) {
        BOOST_TEST((found->answer == CurvatureAnswer::certified));
        BOOST_TEST(found->failure_probability == 1e-12);
        BOOST_TEST(found->lower_bound >= -0.01);
        BOOST_TEST(found->lower_bound <= 0.0);
        BOOST_TEST(std::abs(found->direction.dot(a * found->direction) - found->curvature) <= 1e-13);
    }
    BOOST_TEST(three.runs == 3);
    // Three runs at 1e-4 each: their bases are smaller, together they take more.
    options.runs = 1;
    options.failure_probability = 1e-4;
    const MinimumEigenpair each = minimum_eigenvalue(a, options, 5);
    BOOST_TEST(std::abs(static_cast<double>(three.steps - 3 * each.steps)) <= 6.0);
    BOOST_TEST(3 * one.steps > three.steps);

    // Negative curvature that one run finds needs no other.
    options.runs = 4;
    check_negative(minimum_eigenvalue(spectrum(n, -0.05).asDiagonal().toDenseMatrix(), options, 1),
                   spectrum(n, -0.05).asDiagonal().toDenseMatrix());
}

BOOST_AUTO_TEST_CASE(two_hundred_starts_are_not_fooled) {
    // M / epsilon = 100 and no gap, n = 1000: a failure a hundred is allowed, none is to be expected.
    const VectorXd d = spectrum(1000, -0.01);
    int wrong = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        const MinimumEigenpair found = minimum_eigenvalue(d.asDiagonal(), with_epsilon(0.009), seed);
        wrong += found.answer != CurvatureAnswer::negative;
        BOOST_REQUIRE(found.lower_bound <= -0.01 + 1e-14);  // the bound held
    }
    BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_CASE(invariant_subspaces_are_left_at_random_or_end_the_search) {
    for (double c : {0.0, 1.0}) {
        const MinimumEigenpair found = minimum_eigenvalue(MatrixXd(c * MatrixXd::Identity(100, 100)));
        BOOST_TEST((found.answer == CurvatureAnswer::certified));
        BOOST_TEST(found.products <= 4);
        BOOST_TEST(found.curvature == c, boost::test_tools::tolerance(1e-14));
    }
    const MatrixXd minus = -MatrixXd::Identity(100, 100);
    check_negative(minimum_eigenvalue(minus), minus);
    VectorXd d(1000);
    d << VectorXd::Constant(500, -1.0), VectorXd::Constant(500, 1.0);
    const MinimumEigenpair found = minimum_eigenvalue(d.asDiagonal());
    BOOST_TEST((found.answer == CurvatureAnswer::negative));
    BOOST_TEST(std::abs(found.curvature + 1.0) <= 1e-13);
}

BOOST_AUTO_TEST_CASE(small_problems_are_decided_however_small_the_eigenvalue) {
    for (Index n : {1, 2, 3, 8}) {
        VectorXd d = VectorXd::LinSpaced(n, 1.0, 2.0);
        d[0] = 1e-6;
        MinimumEigenpair found = minimum_eigenvalue(d.asDiagonal(), with_epsilon(1e-7));
        BOOST_TEST((found.answer == CurvatureAnswer::certified));
        BOOST_TEST(found.lower_bound > 0.0);
        d[0] = -1e-6;
        found = minimum_eigenvalue(d.asDiagonal(), with_epsilon(1e-7));
        BOOST_TEST((found.answer == CurvatureAnswer::negative));
        BOOST_TEST(found.curvature <= -0.5e-7);
        BOOST_TEST(found.curvature >= -1e-6 - 1e-15);
    }
}

BOOST_AUTO_TEST_CASE(a_direction_can_be_refined_to_an_eigenvector) {
    const MatrixXd a = spectrum(300, -0.5).asDiagonal();
    MinimumEigenvalueOptions options = with_epsilon(0.1);
    const MinimumEigenpair rough = minimum_eigenvalue(a, options);
    options.residual = 1e-6;
    const MinimumEigenpair fine = minimum_eigenvalue(a, options);
    check_negative(fine, a);
    BOOST_TEST(fine.products > rough.products);
    BOOST_TEST(fine.residual <= 1.01e-6 * 0.5);
    BOOST_TEST(std::abs(fine.curvature + 0.5) <= 1e-10);
}

BOOST_AUTO_TEST_CASE(little_memory_costs_products_and_not_the_answer) {
    const Index n = 2000;
    for (double lowest : {-0.002, 0.0}) {
        const VectorXd d = spectrum(n, lowest);
        MinimumEigenvalueOptions options = with_epsilon(0.002);
        const MinimumEigenpair full = minimum_eigenvalue(d.asDiagonal(), options);
        options.memory = 10 * n * sizeof(double);
        const MinimumEigenpair narrow = minimum_eigenvalue(d.asDiagonal(), options);
        BOOST_TEST((narrow.answer == full.answer));
        BOOST_TEST(narrow.steps == full.steps);
        BOOST_TEST(narrow.products == full.products + full.steps - 10);
        BOOST_TEST(std::abs(narrow.curvature - full.curvature) <= 1e-9);
        BOOST_TEST(std::abs(narrow.direction.dot(full.direction)) >= 1.0 - 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(n_steps_certify_only_with_the_whole_basis) {
    // One eigenvalue of -1e-6 under eleven that reach 10^5.5 and n - 12 between 0 and 1e-5. Two stored columns
    // soon lose their orthogonality: after n steps the run has not seen the lowest eigenvalue.
    for (const Index n : {50, 100}) {
        VectorXd d(n);
        for (Index i = 0; i < n; ++i) {
            const double large = i > n - 12 ? std::pow(10.0, 0.5 * static_cast<double>(i - n + 12)) : 0.0;
            d[i] = 1e-5 * static_cast<double>(i) / static_cast<double>(n) + large;
        }
        d[0] = -1e-6;
        MinimumEigenvalueOptions options = with_epsilon(5e-7);
        options.memory = 2 * static_cast<std::size_t>(n) * sizeof(double);
        for (unsigned seed = 0; seed < 20; ++seed) {
            const MinimumEigenpair found = minimum_eigenvalue(d.asDiagonal(), options, seed);
            BOOST_TEST((found.answer != CurvatureAnswer::certified));
            BOOST_TEST(found.lower_bound <= -1e-6);
            BOOST_TEST((found.answer == CurvatureAnswer::negative || found.steps > n));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_small_beta_certifies_only_with_the_whole_basis) {
    // Five eigenvalues, so that the fifth step leaves nothing over: all is known if the columns are orthonormal.
    const Index n = 100;
    VectorXd d(n);
    for (Index i = 0; i < n; ++i) d[i] = 1.0 + static_cast<double>(i % 5);
    MinimumEigenvalueOptions options = with_epsilon(0.1);
    const MinimumEigenpair full = minimum_eigenvalue(d.asDiagonal(), options);
    BOOST_TEST((full.answer == CurvatureAnswer::certified));
    BOOST_TEST(full.steps == 5);
    options.memory = 2 * static_cast<std::size_t>(n) * sizeof(double);
    const MinimumEigenpair narrow = minimum_eigenvalue(d.asDiagonal(), options);
    const double by_steps = RandomStartBound(n, options.failure_probability)
                                .error(narrow.steps, std::numeric_limits<double>::infinity(), 4.0);
    BOOST_TEST((narrow.answer == CurvatureAnswer::certified) == (1.0 - by_steps >= -0.1));
}

BOOST_AUTO_TEST_CASE(a_negative_answer_comes_from_an_explicit_product) {
    // Minus the identity for the run's first product, plus the identity for ever after: a batch that changed.
    // What the run believes of its direction is not what is measured.
    struct Changing {
        mutable int products = 0;
        Index rows() const { return 10; }
        void apply(const double* in, double* out) const {
            const double sign = ++products == 1 ? -1.0 : 1.0;
            for (Index i = 0; i < 10; ++i) out[i] = sign * in[i];
        }
    } changing;
    RandomGenerator random(1);
    VectorXd direction(10);
    const auto found = minimum_eigenvalue(changing, with_epsilon(0.1), random, direction.data());
    BOOST_TEST((found.answer == CurvatureAnswer::undecided));
    BOOST_TEST(found.curvature == 1.0, boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(a_budget_that_ends_too_soon_is_undecided) {
    const VectorXd d = spectrum(1000, 0.0);
    for (Index budget : {2, 3, 20}) {
        MinimumEigenvalueOptions options = with_epsilon(1e-6);
        options.max_products = budget;
        RandomGenerator random(1);
        VectorXd direction(1000);
        const auto found = minimum_eigenvalue(d.asDiagonal(), options, random, direction.data());
        BOOST_TEST((found.answer == CurvatureAnswer::undecided));
        BOOST_TEST(found.products == budget);
        BOOST_TEST(found.curvature >= 0.0);
        BOOST_TEST(found.lower_bound <= 0.0);
    }
}

BOOST_AUTO_TEST_CASE(the_stream_of_the_caller_decides_the_start) {
    const VectorXd d = spectrum(200, -0.1);
    RandomGenerator random(1), same(1);
    VectorXd first(200), second(200), third(200);
    const auto options = with_epsilon(0.1);
    minimum_eigenvalue(d.asDiagonal(), options, random, first.data());
    minimum_eigenvalue(d.asDiagonal(), options, random, second.data());
    minimum_eigenvalue(d.asDiagonal(), options, same, third.data());
    BOOST_TEST((first == third));
    BOOST_TEST((first != second));
}

BOOST_AUTO_TEST_CASE(products_that_are_not_finite_are_an_answer_to_algorithms_and_an_error_to_users) {
    const MatrixXd bad = MatrixXd::Constant(3, 3, std::numeric_limits<double>::quiet_NaN());
    RandomGenerator random(1);
    VectorXd direction(3);
    BOOST_TEST((minimum_eigenvalue(bad, {}, random, direction.data()).answer == CurvatureAnswer::not_finite));
    BOOST_CHECK_EXCEPTION(minimum_eigenvalue(bad), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()).find("is not finite") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const MatrixXd a = MatrixXd::Identity(3, 3);
    const auto refused = [&](auto change, const char* text) {
        MinimumEigenvalueOptions options;
        change(options);
        BOOST_CHECK_EXCEPTION(
            minimum_eigenvalue(a, options), std::invalid_argument,
            [text](const std::invalid_argument& error) { return std::string(error.what()).find(text) == 0; });
    };
    refused([](auto& o) { o.epsilon = 0.0; },
            "minimum_eigenvalue: epsilon is 0, expected a finite positive number");
    refused([](auto& o) { o.epsilon = -1.0; }, "minimum_eigenvalue: epsilon is -1");
    refused([](auto& o) { o.failure_probability = 1.0; }, "minimum_eigenvalue: failure_probability is 1,");
    refused([](auto& o) { o.max_products = 0; },
            "minimum_eigenvalue: max_products is 0, expected at least 2");
    refused([](auto& o) { o.residual = -0.1; }, "minimum_eigenvalue: residual is -0.1");
    BOOST_CHECK_THROW(minimum_eigenvalue(MatrixXd{{0.0, 1.0}, {0.0, 0.0}}), std::invalid_argument);
    BOOST_CHECK_THROW(minimum_eigenvalue(MatrixXd(0, 0)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
