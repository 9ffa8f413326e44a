#include "hesse/autodiff.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// 1/2 |W_L ... W_1 - A|^2 for square matrices: at zero all derivatives below order L vanish.
auto deep_linear_network(Index width, int depth) {
    const MatrixXd target = MatrixXd::Identity(width, width) + 0.1 * MatrixXd::Ones(width, width);
    return objective(
        [=]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) {
            using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
            const Index size = width * width;
            const auto layer = [&](int k) -> Matrix {
                return theta.segment(k * size, size).reshaped(width, width);
            };
            Matrix product = layer(0);
            for (int k = 1; k < depth; ++k) product = (layer(k) * product).eval();
            T sum = 0.0;
            for (Index i = 0; i < size; ++i) {
                const T residual = product(i % width, i / width) - target(i % width, i / width);
                sum += 0.5 * residual * residual;
            }
            return sum;
        },
        depth * width * width, scalars);
}

}  // namespace

// Where the second order cannot tell, the run goes on by higher orders (NegativeCurvatureEscape::leave_degenerate).
BOOST_AUTO_TEST_SUITE(degenerate_escape)

BOOST_AUTO_TEST_CASE(saddles_of_orders_three_and_four_are_left_along_a_line) {
    const auto cubic = objective(
        [](const auto& x) { return x[0] * x[0] + x[1] * x[1] * x[1] + 0.25 * x[1] * x[1] * x[1] * x[1]; }, 2,
        scalars);
    const auto found = minimize(cubic, Vector2d(0.0, 0.0), TrustRegion{});
    BOOST_TEST(found.escapes == 1);
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.x[1] + 3.0) <= 1e-6);  // y^3 + y^4 / 4 at -3: -6.75
    BOOST_TEST(std::abs(found.value + 6.75) <= 1e-10);

    const auto quartic = objective(
        [](const auto& x) {
            const auto s = x[1] * x[1];
            return x[0] * x[0] - s * s + s * s * s;
        },
        2, scalars);
    const auto two_thirds = minimize(quartic, Vector2d(0.0, 0.0), GradientDescent{{.step_size = 0.05}},
                                     Stopping{}, NegativeCurvatureEscape{});
    BOOST_TEST(std::abs(two_thirds.value + 4.0 / 27.0) <= 1e-9);  // y^2 = 2/3
    BOOST_REQUIRE(two_thirds.escape_history.size() == 1);
    BOOST_TEST(two_thirds.escape_history[0].left);
    BOOST_TEST(two_thirds.escape_history[0].gradient_equivalents > 0.0);
}

BOOST_AUTO_TEST_CASE(a_curve_leads_down_where_every_line_leads_up) {
    // x^2/2 + x y^2 + y^4/4 = (x + y^2)^2/2 - y^4/4: on the axis y it rises, on the curve x = -y^2 it falls.
    const auto f = objective(
        [](const auto& x) {
            const auto s = x[1] * x[1];
            return 0.5 * x[0] * x[0] + x[0] * s + 0.25 * s * s + s * s * s * s;
        },
        2, scalars);
    const auto found = minimize(f, Vector2d(0.0, 0.0), TrustRegion{});
    BOOST_TEST(found.escapes == 1);
    BOOST_TEST((found.status == Status::second_order));
    // With t = y^2 the curve has -t^2/4 + t^4: t^2 = 1/8, and the value -1/64.
    BOOST_TEST(std::abs(found.value + 1.0 / 64.0) <= 1e-10);
}

BOOST_AUTO_TEST_CASE(the_origin_of_deep_linear_networks_is_left) {
    for (const int depth : {3, 4, 5}) {
        const auto f = deep_linear_network(3, depth);
        const VectorXd zero = VectorXd::Zero(f.size());
        const auto stays = minimize(f, zero, Adam{});
        BOOST_TEST((stays.status == Status::degenerate));
        const auto found = minimize(f, zero, TrustRegion{}, Stopping{.iterations = 3000});
        BOOST_TEST(found.escapes >= 1);
        BOOST_TEST(found.value <= 1e-8);
    }
}

BOOST_AUTO_TEST_CASE(a_minimum_of_order_four_and_a_flat_valley_are_not_left) {
    const auto bowl =
        objective([](const auto& x) { return x[0] * x[0] + x[1] * x[1] * x[1] * x[1]; }, 2, scalars);
    const auto at_bowl = minimize(bowl, Vector2d(0.0, 0.0), TrustRegion{});
    BOOST_TEST((at_bowl.status == Status::degenerate));
    BOOST_TEST((at_bowl.x == Vector2d(0.0, 0.0)));
    BOOST_TEST(at_bowl.escapes == 0);

    const auto valley = objective(
        [](const auto& w) {
            const auto r = 1.0 - w[0] * w[1];
            return r * r;
        },
        2, scalars);
    const auto at_valley = minimize(valley, Vector2d(1.0, 1.0), TrustRegion{});
    BOOST_TEST((at_valley.status == Status::degenerate));
    BOOST_TEST(at_valley.escapes == 0);
    BOOST_TEST((at_valley.x == Vector2d(1.0, 1.0)));
}

BOOST_AUTO_TEST_SUITE_END()
