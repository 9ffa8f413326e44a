#include "hesse/optim/curvature/degenerate_point.hpp"

#include "hesse/optim/curvature/examine_degenerate.hpp"
#include "hesse/optim/curvature/json.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

template <class Loss>
DegeneratePoint examine(const Loss& loss, const VectorXd& x, const DegenerateOptions& options = {}) {
    return examine_degenerate(objective(loss, x.size(), scalars), x, options);
}

/// The loss falls along the curve, for small steps.
template <class Loss>
void check_escape(const Loss& loss, const VectorXd& x, const DegeneratePoint& point) {
    const auto f = objective(loss, x.size(), scalars);
    for (const double t : {0.1, 0.03, 0.01}) BOOST_TEST(f.value(point.curve(x, t)) < f.value(x));
}

BOOST_AUTO_TEST_SUITE(degenerate_points)

BOOST_AUTO_TEST_CASE(two_dimensions_with_one_flat) {
    const VectorXd zero = VectorXd::Zero(2);
    const auto kind = [&](const auto& loss) { return examine(loss, zero).kind; };
    using enum DegenerateKind;
    BOOST_TEST((kind([](const auto& x) { return x[0] * x[0] + pow(x[1], 4); }) == minimum));
    BOOST_TEST((kind([](const auto& x) { return x[0] * x[0] - pow(x[1], 4); }) == saddle));
    BOOST_TEST((kind([](const auto& x) { return x[0] * x[0] + pow(x[1], 3); }) == saddle));
    BOOST_TEST((kind([](const auto& x) { return -x[0] * x[0] - pow(x[1], 4); }) == maximum));
    BOOST_TEST((kind([](const auto& x) { return -x[0] * x[0] + pow(x[1], 4); }) == saddle));
    BOOST_TEST((kind([](const auto& x) { return x[0] * x[0] - x[1] * x[1]; }) == saddle));
    BOOST_TEST((kind([](const auto& x) { return x[0] * x[0] + x[1] * x[1]; }) == not_degenerate));
    BOOST_TEST((kind([](const auto& x) { return x[0] * x[0] + 0.0 * x[1]; }) == undecided));
}

BOOST_AUTO_TEST_CASE(peano_is_a_saddle_although_it_is_a_minimum_along_every_line) {
    const auto peano = [](const auto& x) {
        const auto square = x[0] * x[0];
        return (x[1] - square) * (x[1] - 3.0 * square);
    };
    const VectorXd zero = VectorXd::Zero(2);
    const DegeneratePoint point = examine(peano, zero);
    BOOST_TEST((point.kind == DegenerateKind::saddle));
    BOOST_TEST(point.order == 4);
    BOOST_TEST(point.nullity == 1);
    BOOST_TEST(std::abs(point.fourth + 24.0) <= 1e-9);  // 72 - 96
    check_escape(peano, zero, point);
    // along y = 2 x^2, where f = -x^4
    BOOST_TEST(std::abs(std::abs(point.direction.col(0)[0]) - 1.0) <= 1e-9);
    BOOST_TEST(std::abs(point.bend.col(0)[1] - 2.0) <= 1e-8);
}

BOOST_AUTO_TEST_CASE(the_valley_of_the_two_weight_network_is_undecided) {
    const auto loss = [](const auto& w) {
        const auto r = 1.0 - w[0] * w[1];
        return r * r;
    };
    const DegeneratePoint valley = examine(loss, VectorXd{{1.0, 1.0}});
    BOOST_TEST((valley.kind == DegenerateKind::undecided));
    BOOST_TEST(std::abs(valley.fourth) <= 1e-8);  // 6 - 6
    BOOST_TEST(describe(valley).find("flat valley") != std::string::npos);
    const DegeneratePoint origin = examine(loss, VectorXd{{0.0, 0.0}});
    BOOST_TEST((origin.kind == DegenerateKind::saddle));
    BOOST_TEST(origin.order == 2);
}

BOOST_AUTO_TEST_CASE(the_monkey_saddle_is_one_by_third_order) {
    const auto monkey = [](const auto& x) { return x[0] * x[0] * x[0] - 3.0 * x[0] * x[1] * x[1]; };
    const DegeneratePoint point = examine(monkey, VectorXd::Zero(2));
    BOOST_TEST((point.kind == DegenerateKind::saddle));
    BOOST_TEST(point.order == 3);
    BOOST_TEST(point.nullity == 2);
    check_escape(monkey, VectorXd::Zero(2), point);
}

BOOST_AUTO_TEST_CASE(powell_s_singular_function_has_a_minimum) {
    const auto powell = [](const auto& x) {
        return pow(x[0] + 10.0 * x[1], 2) + 5.0 * pow(x[2] - x[3], 2) + pow(x[1] - 2.0 * x[2], 4) +
               10.0 * pow(x[0] - x[3], 4);
    };
    const DegeneratePoint point = examine(powell, VectorXd::Zero(4));
    BOOST_TEST((point.kind == DegenerateKind::minimum));
    BOOST_TEST(point.order == 4);
    BOOST_TEST(point.nullity == 2);
    BOOST_TEST(point.fourth > 0.0);
}

BOOST_AUTO_TEST_CASE(deep_linear_networks_are_saddles_at_zero_by_the_order_of_their_depth) {
    for (const int depth : {3, 4, 5, 6}) {
        const auto network = [depth](const auto& w) {
            typename std::decay_t<decltype(w)>::Scalar all = w[0];
            for (int k = 1; k < depth; ++k) all *= w[k];
            const auto r = all - 1.0;
            return 0.5 * r * r;
        };
        const DegeneratePoint point = examine(network, VectorXd::Zero(depth));
        BOOST_TEST((point.kind == DegenerateKind::saddle));
        BOOST_TEST(point.order == depth);
        BOOST_TEST(point.nullity == depth);
        check_escape(network, VectorXd::Zero(depth), point);
    }
}

BOOST_AUTO_TEST_CASE(quartics_in_several_dimensions) {
    using enum DegenerateKind;
    const VectorXd zero = VectorXd::Zero(5);
    const auto quartic = [](double last) {
        return [last](const auto& x) {
            return x[0] * x[0] + pow(x[1], 4) + pow(x[2], 4) + pow(x[3], 4) + last * pow(x[4], 4);
        };
    };
    BOOST_TEST((examine(quartic(1.0), zero).kind == likely_minimum));
    BOOST_TEST((examine(quartic(0.0), zero).kind == undecided));
    const DegeneratePoint falling = examine(quartic(-0.01), zero);
    BOOST_TEST((falling.kind == saddle));
    check_escape(quartic(-0.01), zero, falling);
    const auto all = [](const auto& x) { return -pow(x[0], 4) - pow(x[1], 4) - 2.0 * pow(x[2], 4); };
    BOOST_TEST((examine(all, VectorXd::Zero(3)).kind == likely_maximum));
    const auto mixed = [](const auto& x) { return pow(x[0], 4) + pow(x[1], 4) - 0.1 * pow(x[2], 4); };
    BOOST_TEST((examine(mixed, VectorXd::Zero(3)).kind == saddle));
    const auto sextic = [](const auto& x) { return pow(x[0], 6); };
    BOOST_TEST((examine(sextic, VectorXd::Zero(1)).kind == minimum));
    const auto constant = [](const auto& x) { return 3.0 + 0.0 * x[0]; };
    BOOST_TEST((examine(constant, VectorXd::Zero(2)).kind == undecided));
}

BOOST_AUTO_TEST_CASE(scales_of_the_loss_and_of_the_seed_do_not_matter) {
    for (const double scale : {0x1p-40, 1.0, 0x1p40}) {
        const auto peano = [scale](const auto& x) {
            const auto square = x[0] * x[0];
            return scale * (x[1] - square) * (x[1] - 3.0 * square);
        };
        BOOST_TEST((examine(peano, VectorXd::Zero(2)).kind == DegenerateKind::saddle));
    }
    const auto loss = [](const auto& x) { return x[0] * x[0] + pow(x[1], 4) + pow(x[2], 4) + pow(x[3], 4); };
    for (std::uint64_t seed = 0; seed < 5; ++seed)
        BOOST_TEST((examine(loss, VectorXd::Zero(4), {.seed = seed}).kind == DegenerateKind::likely_minimum));
}

BOOST_AUTO_TEST_CASE(a_verdict_goes_on_to_higher_orders_where_the_second_cannot_tell) {
    const VectorXd zero = VectorXd::Zero(2);
    const auto verdict = [&](const auto& loss) {
        return classify(objective(loss, 2, scalars), zero, higher_orders);
    };
    using Kind = CriticalPointKind;
    const CriticalPoint minimum = verdict([](const auto& x) { return x[0] * x[0] + pow(x[1], 4); });
    BOOST_TEST((minimum.kind == Kind::degenerate));
    BOOST_TEST((minimum.conclusion() == Kind::minimum));
    BOOST_TEST(describe(minimum).find("higher orders: strict minimum by order 4") != std::string::npos);
    BOOST_TEST(to_json(minimum).find("\"conclusion\": \"minimum\"") != std::string::npos);
    const CriticalPoint saddle = verdict([](const auto& x) { return x[0] * x[0] + pow(x[1], 3); });
    BOOST_TEST((saddle.conclusion() == Kind::saddle));
    BOOST_TEST(saddle.higher_order->order == 3);
    const CriticalPoint maximum = verdict([](const auto& x) { return -x[0] * x[0] - pow(x[1], 4); });
    BOOST_TEST((maximum.conclusion() == Kind::maximum));
    const CriticalPoint valley = verdict([](const auto& x) { return x[0] * x[0] + 0.0 * x[1]; });
    BOOST_TEST((valley.conclusion() == Kind::degenerate));
    // Where the second order decides, it is not asked.
    const CriticalPoint plain = verdict([](const auto& x) { return x[0] * x[0] - x[1] * x[1]; });
    BOOST_TEST((plain.conclusion() == Kind::saddle));
    BOOST_TEST(!plain.higher_order.has_value());
}

BOOST_AUTO_TEST_CASE(products_that_do_not_suffice_leave_it_undecided) {
    // Of 100 eigenvalues 60 are zero, the others spread, so that neither end is found at once.
    const auto loss = [](const auto& x) {
        auto sum = 0.0 * x[0];
        for (Eigen::Index i = 0; i < x.size(); ++i)
            sum += (i < 60 ? 0.0 : double(i - 59)) * x[i] * x[i] + pow(x[i], 4);
        return sum;
    };
    const VectorXd zero = VectorXd::Zero(100);
    for (Eigen::Index products = 16; products < 60; ++products) {
        const DegeneratePoint point = examine(loss, zero, {.max_products = products});
        BOOST_TEST((point.kind == DegenerateKind::undecided));
        BOOST_TEST(point.products <= products);
    }
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto f = objective([](const auto& x) { return x[0] * x[0] + pow(x[1], 4); }, 2, scalars);
    BOOST_CHECK_THROW((void)examine_degenerate(f, VectorXd::Zero(3)), std::invalid_argument);
    BOOST_CHECK_THROW((void)examine_degenerate(f, VectorXd::Zero(2), {.tolerance = -1.0}),
                      std::invalid_argument);
    BOOST_CHECK_THROW(
        (void)examine_degenerate(f, VectorXd::Constant(2, std::numeric_limits<double>::quiet_NaN())),
        std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
