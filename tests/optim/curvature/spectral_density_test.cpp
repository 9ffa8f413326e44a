#include "hesse/optim/curvature/spectral_density.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

BOOST_AUTO_TEST_SUITE(density_of_the_spectrum)

BOOST_AUTO_TEST_CASE(polynomials_are_integrated_exactly_for_each_vector) {
    // z'A^p z / z'z for the very vectors that were drawn: quadrature with 6 nodes is exact up to degree 11, and so are two
    // runs of different length on the same vectors alike.
    const MatrixXd m = MatrixXd::Random(40, 40);
    const MatrixXd a = m + m.transpose();
    const auto density = [&](Index steps) {
        return spectral_density(a, {.vectors = 3, .steps = steps, .seed = 4});
    };
    const SpectralDensity six = density(6), twenty = density(20);
    for (int p = 0; p <= 11; ++p) {
        const auto power = [p](double x) { return std::pow(x / 10.0, p); };
        BOOST_TEST(
            std::abs(six.mean(power).value - twenty.mean(power).value) <=
            1e-12 * (1.0 +
                     std::abs(twenty.mean([p](double x) { return std::pow(std::abs(x) / 10.0, p); }).value)));
    }
    BOOST_TEST(std::abs(six.mean([](double) { return 1.0; }).value - 1.0) <= 1e-14);
    BOOST_TEST(six.products() == 2 + 3 * 6);
}

BOOST_AUTO_TEST_CASE(traces_of_functions_lie_within_their_standard_errors) {
    const VectorXd d = VectorXd::LinSpaced(2000, 0.5, 3.0);
    const SpectralDensity found = spectral_density(d.asDiagonal(), {.vectors = 20, .steps = 40});
    const auto check = [&](double (*f)(double)) {
        double exact = 0.0;
        for (const double x : d) exact += f(x) / 2000.0;
        const Estimate estimate = found.mean(f);
        BOOST_TEST(std::abs(estimate.value - exact) <= 5.0 * estimate.standard_error);
        BOOST_TEST(estimate.standard_error < 0.02);
    };
    check([](double x) { return std::log(x); });
    check([](double x) { return std::exp(-x); });
    check([](double x) { return x * x; });
}

BOOST_AUTO_TEST_CASE(negative_eigenvalues_are_counted_roughly) {
    VectorXd d(1000);
    d << VectorXd::LinSpaced(150, -2.0, -0.5), VectorXd::LinSpaced(850, 0.5, 4.0);
    const Estimate count = spectral_density(d.asDiagonal(), {.vectors = 20, .steps = 60}).count_below(0.0);
    BOOST_TEST(std::abs(count.value - 150.0) <= 5.0 * count.standard_error);
    BOOST_TEST(count.standard_error < 15.0);
}

BOOST_AUTO_TEST_CASE(the_density_integrates_to_one_and_shows_a_gap) {
    VectorXd d(600);
    d << VectorXd::Constant(300, -1.0), VectorXd::Constant(300, 2.0);
    const SpectralDensity found = spectral_density(d.asDiagonal(), {.vectors = 5, .steps = 10});
    BOOST_TEST(std::abs(found.lowest() + 1.0) <= 1e-12);
    BOOST_TEST(std::abs(found.highest() - 2.0) <= 1e-12);
    double integral = 0.0;
    const double step = 0.001;
    for (double t = -3.0; t < 4.0; t += step) integral += step * found.density(t, 0.1).value;
    BOOST_TEST(std::abs(integral - 1.0) <= 1e-6);
    BOOST_TEST(found.density(0.5, 0.1).value < 1e-6);
    BOOST_TEST(found.density(-1.0, 0.1).value > 1.0);
    BOOST_TEST(found.natural_width() > 0.0);
}

BOOST_AUTO_TEST_CASE(small_and_zero_operators_are_whole_at_once) {
    const SpectralDensity one = spectral_density(MatrixXd::Constant(1, 1, -3.0));
    BOOST_TEST(one.mean([](double x) { return x; }).value == -3.0);
    BOOST_TEST(one.products() == 2 + 10);
    const SpectralDensity zero = spectral_density(MatrixXd::Zero(50, 50));
    BOOST_TEST(zero.lowest() == 0.0);
    BOOST_TEST(zero.natural_width() > 0.0);
}

BOOST_AUTO_TEST_CASE(the_seed_decides) {
    const VectorXd d = VectorXd::LinSpaced(300, -1.0, 1.0);
    const auto mean = [&](std::uint64_t seed) {
        return spectral_density(d.asDiagonal(), {.seed = seed}).mean([](double x) { return x; }).value;
    };
    BOOST_TEST(mean(1) == mean(1));
    BOOST_TEST(mean(1) != mean(2));
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const MatrixXd a = MatrixXd::Identity(3, 3);
    BOOST_CHECK_THROW((void)spectral_density(a, {.vectors = 0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)spectral_density(a, {.steps = 0}), std::invalid_argument);
    BOOST_CHECK_THROW((void)spectral_density(MatrixXd{{1.0, 2.0}, {0.0, 1.0}}), std::invalid_argument);
    BOOST_CHECK_THROW((void)spectral_density(a).density(0.0, 0.0), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
