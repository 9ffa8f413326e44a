#include "hesse/optim/iterate.hpp"

#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

struct Standing {
    test::AnalyticObjective f;
    ErasedObjective<test::AnalyticObjective> erased{f};
    Iterate at;
    Standing(test::AnalyticObjective objective, const VectorXd& x)
        : f(std::move(objective)), at(erased, x.data()) {}
};

/// x^2/2 + y^2/2 with NaN where x > 1 and a gradient of infinity where y > 1.
test::AnalyticObjective fenced() {
    return {2, [](const VectorXd& x) { return x[0] > 1.0 ? std::nan("") : 0.5 * x.squaredNorm(); },
            [](const VectorXd& x) -> VectorXd { return x[1] > 1.0 ? VectorXd(Vector2d(0.0, HUGE_VAL)) : x; },
            [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(iterate)

BOOST_AUTO_TEST_CASE(value_and_gradient_belong_to_x) {
    Standing standing(test::double_well(), Vector2d(1.0, 2.0));
    Iterate& at = standing.at;
    BOOST_TEST(at.value() == 0.5 - 2.0 + 4.0);
    BOOST_TEST((at.gradient() == Vector2d(1.0, 6.0)));
    BOOST_TEST(at.gradient_norm() == std::sqrt(37.0));
    BOOST_TEST((at.hessian_vector(Vector2d(1.0, 1.0)) == Vector2d(1.0, 11.0)));

    BOOST_TEST(at.move_to(at.x() - 0.5 * at.gradient()));
    BOOST_TEST((at.x() == Vector2d(0.5, -1.0)));
    BOOST_TEST((at.gradient() == Vector2d(0.5, 0.0)));
    BOOST_TEST(at.last_move() == 0.5 * std::sqrt(37.0));
}

BOOST_AUTO_TEST_CASE(a_trial_changes_nothing_until_it_is_accepted) {
    Standing standing(test::double_well(), Vector2d(1.0, 2.0));
    Iterate& at = standing.at;
    const Vector2d y(0.0, 1.0);
    BOOST_TEST(at.linearize_trial(y.data()));
    BOOST_TEST(at.trial_value() == -0.25);
    BOOST_TEST((at.x() == Vector2d(1.0, 2.0)));
    BOOST_TEST((at.gradient() == Vector2d(1.0, 6.0)));
    at.accept_trial();
    BOOST_TEST(at.value() == -0.25);
    BOOST_TEST(at.gradient_norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(what_is_not_finite_is_rejected) {
    Standing standing(fenced(), Vector2d(0.5, 0.5));
    Iterate& at = standing.at;
    BOOST_TEST(std::isinf(at.value_at(Vector2d(2.0, 0.0).eval().data())));
    BOOST_TEST(!at.last_trial_finite());
    BOOST_TEST(!at.move_to(Vector2d(2.0, 0.0)));
    BOOST_TEST(!at.move_to(Vector2d(0.0, 2.0)));  // the value is finite there, the gradient is not
    BOOST_TEST((at.x() == Vector2d(0.5, 0.5)));
    BOOST_TEST(at.move_to(Vector2d(0.0, 0.0)));
    BOOST_TEST(at.last_trial_finite());
}

BOOST_AUTO_TEST_CASE(what_has_overflown_is_a_trial_that_failed) {
    const auto f = test::double_well();
    ErasedObjective erased(f);
    const Vector2d start(1.0, 0.5);
    Iterate at(erased, start.data());
    const auto before = at.counters().total();
    const double infinite[] = {std::numeric_limits<double>::infinity(), 1.0}, large[] = {1e308, 0.0};
    BOOST_TEST(std::isinf(at.value_at(infinite)));
    BOOST_TEST(!at.linearize_trial(infinite));
    BOOST_TEST(std::isinf(at.value_along(large, 10.0)));
    BOOST_TEST(!at.linearize_along(large, 10.0));
    BOOST_TEST(!at.last_trial_finite());
    double out[] = {0.0, 0.0};
    at.apply_hessian(infinite, out);
    BOOST_TEST(std::isnan(out[0]));
    BOOST_TEST(at.counters().total().gradients == before.gradients);
    BOOST_TEST(at.counters().total().products == before.products);
    BOOST_TEST((at.x() == start));
}

BOOST_AUTO_TEST_CASE(evaluations_are_counted_under_the_purpose_in_force) {
    Standing standing(test::double_well(), Vector2d(1.0, 2.0));
    Iterate& at = standing.at;
    const Vector2d y(0.0, 1.0);
    at.value_at(y.data());
    {
        const Charge charge(at, Purpose::escape);
        at.value_at(y.data());
        at.move_to(y);
    }
    BOOST_TEST((at.hessian_vector(y) == Vector2d(0.0, 2.0)));
    BOOST_TEST((at.counters()[Purpose::step] == Evaluations{1, 1, 1}));
    BOOST_TEST((at.counters()[Purpose::escape] == Evaluations{1, 1, 0}));
    BOOST_TEST((at.counters().total() == Evaluations{2, 2, 1}));
    const CostModel cost;
    BOOST_TEST(std::abs(at.counters().total().gradient_equivalents() -
                        (2.0 * cost.value + 2.0 * cost.gradient + cost.product)) < 1e-15);
}

BOOST_AUTO_TEST_CASE(products_with_the_gauss_newton_matrix_are_products) {
    const test::WithGaussNewton f(test::double_well());
    ErasedObjective erased(f);
    const Vector2d x(1.0, 2.0), v(1.0, 1.0);
    Iterate at(erased, x.data());
    Vector2d product;
    at.apply_gauss_newton(v.data(), product.data());
    BOOST_TEST((product == Vector2d(1.0, 11.0)));
    BOOST_TEST(at.counters().total().products == 1);
}

BOOST_AUTO_TEST_CASE(the_best_point_is_kept_when_it_is_left) {
    Standing standing(test::quadratic(Vector2d(1.0, 1.0).asDiagonal()), Vector2d(2.0, 0.0));
    Iterate& at = standing.at;
    const auto best = [&] { return Vector2d(at.best_x_data()[0], at.best_x_data()[1]); };
    for (const double x : {1.0, 3.0, 0.5, 0.75, 0.25, 4.0, 5.0}) {
        at.move_to(Vector2d(x, 0.0));
        BOOST_TEST(at.best_value() <= at.value());
        BOOST_TEST(0.5 * best().squaredNorm() == at.best_value());
        BOOST_TEST(best().norm() == at.best_gradient_norm());
    }
    BOOST_TEST((best() == Vector2d(0.25, 0.0)));
    at.linearize_trial(Vector2d(0.0, 0.0).eval().data());  // what is only tried is no point of the run
    BOOST_TEST((best() == Vector2d(0.25, 0.0)));
}

BOOST_AUTO_TEST_CASE(a_point_prepared_in_the_iterates_own_room_is_moved_to) {
    Standing standing(test::double_well(), Vector2d(1.0, 2.0));
    standing.at.next_data()[0] = 0.5;
    standing.at.next_data()[1] = -1.0;
    BOOST_TEST(standing.at.move_to(standing.at.next_data()));
    BOOST_TEST((standing.at.x() == Vector2d(0.5, -1.0)));
    BOOST_TEST(std::abs(standing.at.last_move() - std::sqrt(9.25)) <= 1e-15);
}

BOOST_AUTO_TEST_CASE(the_budget_pays_for_whole_products) {
    Standing standing(test::double_well(), Vector2d(1.0, 2.0));
    standing.at.set_limits(0.0, 10.0, {});  // one gradient is spent
    BOOST_TEST(standing.at.affordable_products() == 4);
    standing.at.set_limits(0.0, 0.5, {});
    BOOST_TEST(standing.at.affordable_products() == 0);
    standing.at.set_limits(0.0, std::numeric_limits<double>::infinity(), {});
    BOOST_TEST(standing.at.affordable_products() > 1'000'000'000);
}

BOOST_AUTO_TEST_CASE(the_rounding_floor_scales_with_the_loss) {
    Standing small(test::quadratic(Vector2d(1.0, 1.0).asDiagonal()), Vector2d(1.0, 1.0));
    Standing large(test::quadratic(Vector2d(0x1p40, 0x1p40).asDiagonal()), Vector2d(1.0, 1.0));
    BOOST_TEST(small.at.rounding_floor() == 10.0 * std::numeric_limits<double>::epsilon());
    BOOST_TEST(large.at.rounding_floor() == 0x1p40 * small.at.rounding_floor());
}

BOOST_AUTO_TEST_SUITE_END()
