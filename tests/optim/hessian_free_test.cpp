#include "hesse/optim/hessian_free.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/adapters.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/least_squares_problems.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <type_traits>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::adapters::Point;

namespace {

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 500, .second_order = false};

/// |A x - b|^2 / 2 by its products.
auto linear(const MatrixXd& a, const VectorXd& b) {
    return residual_objective(
        a.cols(), a.rows(), [=](const Point& x) -> VectorXd { return a * x - b; },
        [=](const Point&, const Point& v) -> VectorXd { return a * v; },
        [=](const Point&, const Point& u) -> VectorXd { return a.transpose() * u; });
}

BOOST_AUTO_TEST_SUITE(hessian_free)

BOOST_AUTO_TEST_CASE(published_problems_reach_their_published_optima) {
    test::for_each_least_squares_problem([](const auto& problem) {
        for (const Index diagonal_products : {Index{0}, problem.start.size()}) {
            const Solution found =
                minimize(problem.objective(), problem.start,
                         HessianFree({.diagonal_products = diagonal_products}), first_order);
            BOOST_TEST_CONTEXT(problem.name << ", products for the preconditioner " << diagonal_products) {
                BOOST_TEST((found.status == Status::first_order || found.status == Status::rounding_floor));
                BOOST_TEST(found.gradient_norm <= 1e-5);
                BOOST_TEST(std::abs(2.0 * found.value - problem.least) <= 3e-6 * problem.least + 1e-8);
                BOOST_TEST(found.iterations <= 60);
            }
        }
    });
}

BOOST_AUTO_TEST_CASE(a_network_with_a_convex_loss_of_its_outputs_is_trained) {
    // Cross-entropy of three classes by two layers: 4 -> 6 -> 3 on 60 points, whose classes a linear map of them gives.
    const MatrixXd data = MatrixXd::Random(4, 60), truth = MatrixXd::Random(3, 4);
    Eigen::VectorXi labels(60);
    for (Index j = 0; j < 60; ++j) {
        Index best = 0;
        (truth * data.col(j)).maxCoeff(&best);
        labels[j] = static_cast<int>(best);
    }
    const auto network = [&](const auto& theta) {
        const auto w = unpack(theta, shape(6, 4), shape(6), shape(3, 6), shape(3));
        const auto hidden = tanh((std::get<0>(w) * data).colwise() + std::get<1>(w));
        return (std::get<2>(w) * hidden).colwise() + std::get<3>(w);
    };
    const auto loss = [&](const auto& scores) {
        return mean(log_sum_exp(scores, by_column) - pick(scores, labels)) + 1e-4 * scores.squaredNorm();
    };
    const Index n = 24 + 6 + 18 + 3;
    VectorXd start(n);
    RandomGenerator random(3);
    random.normal(VectorSpace(n), start.data());
    const Solution found = minimize(composed(loss, network, n), VectorXd(0.5 * start), HessianFree{},
                                    Stopping{.gradient_norm = 1e-5, .iterations = 200});
    BOOST_TEST_MESSAGE(found.iterations << " steps, " << found.counters.total().products
                                        << " products, value " << found.value << ", gradient "
                                        << found.gradient_norm);
    BOOST_TEST(found.gradient_norm <= 1e-5);
    BOOST_TEST((found.status != Status::saddle));
    BOOST_TEST(found.value < 0.2);
}

BOOST_AUTO_TEST_CASE(conjugate_gradients_stop_long_before_they_are_done) {
    // Of 400 different eigenvalues hundreds of iterations would be needed; a step makes a part of them and falls all the same.
    const Index n = 400;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 100.0).cwiseSqrt();
    const MatrixXd a = d.asDiagonal();
    const VectorXd b = VectorXd::Ones(n);
    const Solution one = minimize(linear(a, b), VectorXd::Zero(n), HessianFree({.damping = 1e-10}),
                                  Stopping{.gradient_norm = 0.0, .iterations = 1, .second_order = false});
    BOOST_TEST(one.counters.total().products < 60);
    BOOST_TEST(one.value < 1e-2 * 0.5 * static_cast<double>(n));
}

BOOST_AUTO_TEST_CASE(what_one_step_cuts_short_the_next_one_goes_on_with) {
    // Three products a step on a badly conditioned linear problem.
    const Index n = 50;
    const VectorXd d = VectorXd::LinSpaced(n, 0.0, 1.0).array() * 0.5 * std::log(1e3);
    const auto f = linear(MatrixXd(VectorXd(d.array().exp()).asDiagonal()), VectorXd::Ones(n));
    const auto value = [&](double start_decay) {
        const Solution found = minimize(
            f, VectorXd::Zero(n), HessianFree({.damping = 1e-6, .start_decay = start_decay, .products = 3}),
            Stopping{.gradient_norm = 0.0, .iterations = 40, .second_order = false});
        BOOST_TEST_MESSAGE("decay " << start_decay << ": " << found.value << " after "
                                    << found.counters.total().products << " products");
        return found.value;
    };
    BOOST_TEST(value(0.95) < 0.5 * value(0.0));
}

BOOST_AUTO_TEST_CASE(the_units_of_the_loss_do_not_matter) {
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-20, 0x1p20}) {  // of the residuals
        const auto residuals = [&](const auto& x) {
            auto r = test::kowalik_osborne_residuals(x);
            for (Index i = 0; i < r.size(); ++i) r[i] *= scale;
            return r;
        };
        const Solution found = minimize(
            least_squares(residuals, 4, scalars), VectorXd{{0.25, 0.39, 0.415, 0.39}}, HessianFree{},
            Stopping{.gradient_norm = scale * scale * 1e-6, .iterations = 100, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(the_damping_follows_the_ratio) {
    // On a linear problem the model is the loss: every step makes it two thirds of what it was.
    const auto f = linear(MatrixXd::Random(8, 5), VectorXd::Random(8));
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Ones(5);
    Iterate at(erased, start.data());
    HessianFree method;
    method.start(at);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    for (int k = 0; k < 3; ++k) {
        const double before = method.damping();
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST(std::abs(method.damping() / before - 2.0 / 3.0) <= 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(iterates_before_the_last_one_are_looked_up) {
    // Along the small eigenvalue the model is right near the start and the loss rises steeply farther out: early iterates are
    // lower than the last one, and one of them is where the line search begins.
    const auto residuals = [](const auto& x) {
        std::remove_cvref_t<decltype(x)> r(3);
        r[0] = 10.0 * (x[0] - 1.0);
        r[1] = 1e-2 * x[1] - 1.0;
        r[2] = exp(10.0 * (x[1] - 1.0));
        return r;
    };
    const auto f = least_squares(residuals, 2, scalars);
    const auto run = [&](Index kept) {
        return minimize(f, VectorXd::Zero(2), HessianFree({.damping = 1e-8, .kept = kept}),
                        Stopping{.gradient_norm = 0.0, .iterations = 1, .second_order = false});
    };
    const Solution all = run(10), last = run(1);
    BOOST_TEST(all.value < f.value(VectorXd::Zero(2)));
    BOOST_TEST(all.value < last.value);
}

BOOST_AUTO_TEST_CASE(saddles_that_the_gauss_newton_matrix_cannot_see_are_left) {
    // (1 - w1 w2)^2 / 2 along w1 = -w2: J'J is never negative, and J is zero at the saddle.
    const auto residuals = [](const auto& w) {
        std::remove_cvref_t<decltype(w)> r(1);
        r[0] = 1.0 - w[0] * w[1];
        return r;
    };
    const auto f = least_squares(residuals, 2, scalars);
    for (const Vector2d& start : {Vector2d(0.0, 0.0), Vector2d(0.7, -0.7)}) {
        const Solution found = minimize(f, start, HessianFree{});
        BOOST_TEST(found.escapes >= 1);
        BOOST_TEST((found.status != Status::saddle));
        BOOST_TEST(found.value <= 1e-10);
    }
    // Without a budget for the verdict nothing is claimed.
    const Solution unexamined =
        minimize(f, Vector2d(0.7, -0.7), HessianFree{}, Stopping{.second_order = false});
    BOOST_TEST((unexamined.status == Status::first_order));
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_not_semidefinite_is_damped_until_it_is) {
    // -x^2 / 2 + x^4 / 4 from beside the maximum, with its Hessian for a Gauss-Newton matrix.
    const test::WithGaussNewton f(test::AnalyticObjective(
        1, [](const VectorXd& x) { return -0.5 * x[0] * x[0] + 0.25 * std::pow(x[0], 4); },
        [](const VectorXd& x) -> VectorXd { return VectorXd::Constant(1, -x[0] + std::pow(x[0], 3)); },
        [](const VectorXd& x, const VectorXd& v) -> VectorXd { return (3.0 * x[0] * x[0] - 1.0) * v; }));
    const Solution found = minimize(f, VectorXd::Constant(1, 0.1), HessianFree{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.x[0] - 1.0) <= 1e-6);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    for (const Index diagonal_products : {0, 1, 2}) {
        const HessianFree method({.diagonal_products = diagonal_products});
        test::check_saved_state(method);
        test::check_failed_steps(method);
        test::check_rounding_floor(method);
        test::check_escape(method);
    }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    BOOST_TEST(test::message_of<HessianFree>({.damping = 0.0}) ==
               "HessianFree: damping is 0, expected a finite positive number");
    BOOST_TEST(test::message_of<HessianFree>({.start_decay = 1.0}) ==
               "HessianFree: start_decay is 1, expected 0 <= start_decay < 1");
    BOOST_TEST(test::message_of<HessianFree>({.products = 0}) ==
               "HessianFree: products is 0, expected at least 1");
    BOOST_TEST(test::message_of<HessianFree>({.kept = 0}) == "HessianFree: kept is 0, expected at least 1");
    BOOST_TEST(test::message_of<HessianFree>({.preconditioner_power = -1.0}) ==
               "HessianFree: preconditioner_power is -1, expected a number from 0 to 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
