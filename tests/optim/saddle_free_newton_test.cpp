#include "hesse/optim/saddle_free_newton.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// Moré, Garbow and Hillstrom, ACM Trans. Math. Softw. 7 (1981) 17, nos. 14, 21, 13.
const auto wood = [](const auto& x) {
    const auto a = x[1] - x[0] * x[0], c = x[3] - x[2] * x[2];
    const auto b = 1.0 - x[0], d = 1.0 - x[2];
    const auto e = x[1] + x[3] - 2.0;
    const auto g = x[1] - x[3];
    return 100.0 * a * a + b * b + 90.0 * c * c + d * d + 10.0 * e * e + 0.1 * g * g;
};
const auto powell_singular = [](const auto& x) {
    const auto a = x[0] + 10.0 * x[1];
    const auto b = x[2] - x[3], d = x[0] - x[3];
    const auto c = x[1] - 2.0 * x[2];
    return a * a + 5.0 * b * b + c * c * c * c + 10.0 * d * d * d * d;
};
const auto chained_rosenbrock = [](const auto& x) {
    const Index n = x.size();
    const auto a = x.head(n - 1).array(), b = x.tail(n - 1).array();
    return (100.0 * (b - a.square()).square() + (1.0 - a).square()).sum();
};

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 5000, .second_order = false};

BOOST_AUTO_TEST_SUITE(saddle_free_newton)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    const Solution w = minimize(objective(wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                SaddleFreeNewton{}, first_order);
    BOOST_TEST((w.status == Status::first_order));
    BOOST_TEST(w.value <= 1e-12);
    BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
    BOOST_TEST(w.counters.total().gradients <= 150);
    const Solution p = minimize(objective(powell_singular, 4, scalars), VectorXd{{3.0, -1.0, 0.0, 1.0}},
                                SaddleFreeNewton{}, first_order);
    BOOST_TEST((p.status == Status::first_order));
    BOOST_TEST(p.value <= 1e-8);
    for (const Index n : {2, 10, 100}) {
        VectorXd start(n);
        for (Index i = 0; i < n; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
        const Solution r = minimize(objective(chained_rosenbrock, n), start, SaddleFreeNewton{}, first_order);
        BOOST_TEST((r.status == Status::first_order));
        BOOST_TEST(r.gradient_norm <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_few_steps_whatever_its_scale) {
    const Index n = 100;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 100.0);
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-40, 0x1p40}) {
        // The tape tells its own rounding, which scales with the loss.
        const auto f = objective(
            [&](const auto& x) { return (0.5 * scale) * (d.array() * x.array().square()).sum(); }, n);
        const Solution found =
            minimize(f, VectorXd::Ones(n), SaddleFreeNewton{},
                     Stopping{.gradient_norm = scale * 1e-8, .iterations = 500, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.iterations <= 12);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(a_saddle_repels_it_where_it_attracts_newton) {
    // f = x^2 - y^2: |H|^-1 g = (x, -y).
    const auto f = test::saddle();
    ErasedObjective erased(f);
    const Vector2d start(0.1, 0.1);
    Iterate at(erased, start.data());
    SaddleFreeNewton method;
    method.start(at);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST((at.x() - Vector2d(0.0, 0.2)).norm() <= 1e-14);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST((at.x() - Vector2d(0.0, 0.4)).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(a_saved_state_goes_on_bit_for_bit) {
    const auto f = test::rosenbrock();
    ErasedObjective erased(f), other(f);
    const Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    SaddleFreeNewton first, second;
    first.start(at);
    for (int k = 0; k < 7; ++k) first.step(at);
    std::stringstream state;
    first.save(state);
    Iterate beside(other, at.x_data());
    second.start(beside);
    second.load(state);
    for (int k = 0; k < 8; ++k) {
        first.step(at);
        second.step(beside);
        BOOST_TEST((at.x() == beside.x()));
    }
    std::stringstream foreign("HeavyBall 1\n");
    BOOST_CHECK_THROW(second.load(foreign), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_or_is_not_finite_changes_nothing) {
    enum { sound, throwing, infinite } loss = sound;
    const auto rosenbrock = test::rosenbrock();
    const test::AnalyticObjective f(
        2,
        [&](const VectorXd& x) {
            if (loss == throwing) throw std::runtime_error("no data");
            return loss == infinite ? std::numeric_limits<double>::infinity() : rosenbrock.value(x);
        },
        [&](const VectorXd& x) -> VectorXd { return rosenbrock.linearize(x).gradient(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; });
    ErasedObjective erased(f);
    const Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    SaddleFreeNewton method;
    method.start(at);
    const auto state = [&] {
        std::ostringstream out;
        method.save(out);
        return out.str();
    };
    for (int k = 0; k < 4; ++k) {
        const std::string before = state();
        const VectorXd x = at.x();
        loss = throwing;
        BOOST_CHECK_THROW(method.step(at), std::runtime_error);
        BOOST_TEST(state() == before);
        loss = infinite;
        BOOST_TEST((method.step(at) == StepOutcome::not_finite));
        BOOST_TEST(state() == before);
        BOOST_TEST((at.x() == x));
        loss = sound;
        BOOST_TEST((method.step(at) == StepOutcome::moved));
    }
}

BOOST_AUTO_TEST_CASE(the_floor_of_the_loss_ends_it_and_throws_nothing) {
    // The gradient has an error that no step removes.
    const test::AnalyticObjective f{2, [](const VectorXd& x) { return 1e8 + 0.5 * x.squaredNorm(); },
                                    [](const VectorXd& x) -> VectorXd { return x + Vector2d(1e-5, -1e-5); },
                                    [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    const Solution found =
        minimize(f, Vector2d(3.0, 4.0), SaddleFreeNewton{},
                 Stopping{.gradient_norm = 1e-12, .iterations = 500, .second_order = false});
    BOOST_TEST((found.status == Status::rounding_floor || found.status == Status::line_search ||
                found.status == Status::first_order));
    BOOST_TEST(found.x.norm() <= 1e-3);
    BOOST_TEST(found.iterations < 100);
}

BOOST_AUTO_TEST_CASE(a_saddle_is_left_with_an_escape) {
    const Solution found = minimize(test::double_well(), Vector2d(1.0, 0.0), SaddleFreeNewton{}, Stopping{},
                                    NegativeCurvatureEscape{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.value + 0.25) <= 1e-10);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(SaddleFreeNewton({.subspace = 0}), std::invalid_argument,
                          says("SaddleFreeNewton: subspace is 0"));
    BOOST_CHECK_EXCEPTION(SaddleFreeNewton({.floor = 0.0}), std::invalid_argument,
                          says("floor is 0, expected 0 < floor <= 1"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
