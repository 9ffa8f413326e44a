#include "hesse/optim/stochastic/gradient_noise.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::test::message_of;

namespace {

constexpr Index count = 80, width = 3;

struct LeastSquares {
    MatrixXd a = MatrixXd::NullaryExpr(count, width, [](Index i, Index j) {
        return std::sin(1.0 + 2.3 * static_cast<double>(i) + static_cast<double>(i * j)) +
               (j == 0 ? 1.0 : 0.0);
    });
    VectorXd b = VectorXd::NullaryExpr(count, [](Index i) { return std::cos(0.7 * static_cast<double>(i)); });

    auto sum(bool average) const {
        return test::linear_regression(a, b, {.rows_per_part = 16, .threads = 1, .average = average});
    }
    /// The trace of the covariance of single rows' gradients over the square of their mean.
    double noise_scale(const VectorXd& x) const {
        VectorXd mean = VectorXd::Zero(width);
        double squares = 0.0;
        for (Index i = 0; i < count; ++i) {
            const VectorXd g = (a.row(i).dot(x) - b[i]) * a.row(i).transpose();
            mean += g / static_cast<double>(count);
            squares += g.squaredNorm() / static_cast<double>(count);
        }
        return (squares - mean.squaredNorm()) / mean.squaredNorm();
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gradient_noise_)

BOOST_AUTO_TEST_CASE(it_is_that_of_the_rows) {
    const LeastSquares data;
    const VectorXd x = VectorXd::Ones(width);
    const double exact = data.noise_scale(x);
    for (const Index size : {1, 8, 50}) {
        const GradientNoise found =
            gradient_noise(data.sum(true), x, {.size = size, .batches = 4000, .seed = 3});
        BOOST_TEST(found.standard_error < 0.1 * exact);
        BOOST_TEST(std::abs(found.scale - exact) < 4.0 * found.standard_error);
        // A sum instead of an average is the same in other units.
        const GradientNoise of_sum =
            gradient_noise(data.sum(false), x, {.size = size, .batches = 4000, .seed = 3});
        BOOST_TEST(std::abs(of_sum.scale - found.scale) < 1e-9 * found.scale);
        BOOST_TEST(std::abs(of_sum.gradient_norm - count * found.gradient_norm) < 1e-9);
    }
}

BOOST_AUTO_TEST_CASE(rows_that_are_all_alike_have_none) {
    const auto f = finite_sum(
        10,
        [](const auto& x, const Rows& rows) { return static_cast<double>(rows.size()) * x.squaredNorm(); },
        2);
    BOOST_TEST(gradient_noise(f, VectorXd::Ones(2), {.size = 3}).scale < 1e-20);
    const GradientNoise at_minimum = gradient_noise(f, VectorXd::Zero(2), {.size = 3});
    BOOST_TEST(std::isinf(at_minimum.scale));
    BOOST_TEST(at_minimum.covariance_trace == 0.0);
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const LeastSquares data;
    const auto f = data.sum(true);
    BOOST_TEST(message_of([&] { (void)gradient_noise(f, VectorXd::Ones(width), {.batches = 1}); }) ==
               "gradient_noise: batches is 1, expected at least 2");
    BOOST_TEST(message_of([&] { (void)gradient_noise(f, VectorXd::Ones(2)); }) ==
               "finite_sum: the point has 2 entries, expected 3");
}

BOOST_AUTO_TEST_SUITE_END()
