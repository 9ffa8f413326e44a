#include "hesse/optim/escape_saddles.hpp"

#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/nesterov.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <sstream>

using Eigen::Vector2d;
using namespace hesse;

namespace {

BOOST_AUTO_TEST_SUITE(escaping_saddles)

BOOST_AUTO_TEST_CASE(methods_that_stall_at_a_saddle_leave_it) {
    // From the stable axis every method of first order converges to the saddle at zero.
    const auto f = test::double_well();
    const Vector2d start(0.3, 0.0);
    const auto alone = [&](const auto& method) {
        return minimize(f, start, method, Stopping{.gradient_norm = 1e-5});
    };
    const auto leaving = [&](const auto& method) {
        return minimize(f, start, escape_saddles(method),
                        Stopping{.gradient_norm = 1e-5, .iterations = 20'000});
    };
    const auto check = [&](const auto& method) {
        BOOST_TEST((alone(method).status == Status::saddle));
        const Solution found = leaving(method);
        BOOST_TEST((found.status == Status::second_order));
        BOOST_TEST(std::abs(found.value + 0.25) <= 1e-8);
        BOOST_TEST(found.escapes == 1);
    };
    check(HeavyBall{{.step_size = 0.1, .momentum = 0.5}});
    check(Nesterov{{.step_size = 0.1, .momentum = 0.5}});
    check(GradientDescent{{.step_size = 0.1}});
    check(LimitedMemoryBfgs{});
}

BOOST_AUTO_TEST_CASE(the_name_and_the_state_are_the_methods) {
    const auto method = escape_saddles(HeavyBall{{.step_size = 0.1}});
    static_assert(Optimizer<EscapingSaddles<HeavyBall>>);
    BOOST_TEST(std::string(EscapingSaddles<HeavyBall>::name) == "HeavyBall");
    const auto f = test::rosenbrock();
    ErasedObjective erased(f), other(f);
    const Vector2d start(-0.5, 0.5);
    Iterate at(erased, start.data());
    auto first = escape_saddles(HeavyBall{{.step_size = 1e-3}}), second = first;
    first.start(at);
    for (int k = 0; k < 5; ++k) first.step(at);
    std::stringstream state;
    first.save(state);
    Iterate beside(other, at.x_data());
    second.start(beside);
    second.load(state);
    for (int k = 0; k < 5; ++k) {
        first.step(at);
        second.step(beside);
    }
    BOOST_TEST((at.x() == beside.x()));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
