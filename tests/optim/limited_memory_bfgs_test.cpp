#include "hesse/optim/limited_memory_bfgs.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"
#include "support/published_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 5000, .second_order = false};

BOOST_AUTO_TEST_SUITE(limited_memory_bfgs)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    const Solution w = minimize(objective(test::wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                LimitedMemoryBfgs{}, first_order);
    BOOST_TEST((w.status == Status::first_order));
    BOOST_TEST(w.value <= 1e-12);
    BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
    BOOST_TEST(w.counters.total().gradients <= 150);
    const Solution p = minimize(objective(test::powell_singular, 4, scalars), VectorXd{{3.0, -1.0, 0.0, 1.0}},
                                LimitedMemoryBfgs{}, first_order);
    BOOST_TEST((p.status == Status::first_order));
    BOOST_TEST(p.value <= 1e-8);
    for (const Index n : {2, 10, 1000}) {
        VectorXd start(n);
        for (Index i = 0; i < n; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
        const Solution r =
            minimize(objective(test::chained_rosenbrock, n), start, LimitedMemoryBfgs{}, first_order);
        BOOST_TEST((r.status == Status::first_order));
        BOOST_TEST(r.gradient_norm <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_few_gradients_whatever_its_scale) {
    const Index n = 100;
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, 100.0);
    const VectorXd start = VectorXd::Ones(n);
    std::vector<double> gradients;
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-40, 0x1p40}) {
        const test::AnalyticObjective f{
            n, [=](const VectorXd& x) { return 0.5 * scale * x.dot(d.cwiseProduct(x)); },
            [=](const VectorXd& x) -> VectorXd { return scale * d.cwiseProduct(x); },
            [=](const VectorXd&, const VectorXd& v) -> VectorXd { return scale * d.cwiseProduct(v); }};
        const Solution found =
            minimize(f, start, LimitedMemoryBfgs{},
                     Stopping{.gradient_norm = scale * 1e-6, .iterations = 500, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.counters.total().gradients <= 80);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(pairs_are_kept_as_many_as_asked_for) {
    const auto f = test::rosenbrock();
    ErasedObjective erased(f);
    const Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    LimitedMemoryBfgs method({.memory = 3});
    method.start(at);
    BOOST_TEST(method.pairs() == 0);
    for (Index k = 1; k <= 6; ++k) {
        const double before = at.value();
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST(at.value() < before);
        BOOST_TEST(method.pairs() <= 3);
    }
    BOOST_TEST(method.pairs() == 3);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(LimitedMemoryBfgs({.memory = 4}));
    test::check_failed_steps(LimitedMemoryBfgs{});
    test::check_rounding_floor(LimitedMemoryBfgs{});
    test::check_escape(LimitedMemoryBfgs{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(LimitedMemoryBfgs({.memory = 0}), std::invalid_argument,
                          says("LimitedMemoryBfgs: memory is 0"));
    BOOST_CHECK_EXCEPTION(LimitedMemoryBfgs({.first_length = -1.0}), std::invalid_argument,
                          says("first_length is -1"));
    BOOST_CHECK_EXCEPTION(LimitedMemoryBfgs({.search = {.curvature = 2.0}}), std::invalid_argument,
                          says("curvature is 2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
