#include "hesse/optim/nonlinear_conjugate_gradients.hpp"

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

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 20'000, .second_order = false};

BOOST_AUTO_TEST_SUITE(nonlinear_conjugate_gradients)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    const Solution w = minimize(objective(test::wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                NonlinearConjugateGradients{}, first_order);
    BOOST_TEST((w.status == Status::first_order));
    BOOST_TEST(w.value <= 1e-12);
    BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
    BOOST_TEST(w.counters.total().gradients <= 600);
    const Solution p = minimize(objective(test::powell_singular, 4, scalars), VectorXd{{3.0, -1.0, 0.0, 1.0}},
                                NonlinearConjugateGradients{}, first_order);
    BOOST_TEST((p.status == Status::first_order));
    BOOST_TEST(p.value <= 1e-8);
    for (const Index n : {2, 10, 1000}) {
        VectorXd start(n);
        for (Index i = 0; i < n; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
        const Solution r = minimize(objective(test::chained_rosenbrock, n), start,
                                    NonlinearConjugateGradients{}, first_order);
        BOOST_TEST((r.status == Status::first_order));
        BOOST_TEST(r.gradient_norm <= 1e-6);
    }
}

BOOST_AUTO_TEST_CASE(a_quadratic_takes_about_its_conjugate_directions_whatever_its_scale) {
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
            minimize(f, start, NonlinearConjugateGradients{},
                     Stopping{.gradient_norm = scale * 1e-6, .iterations = 500, .second_order = false});
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.counters.total().gradients <= 160);
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(a_curved_valley_takes_the_same_path_whatever_its_scale) {
    VectorXd reference;
    for (const double scale : {1.0, 0x1p-40, 0x1p40}) {
        const auto f = objective([scale](const auto& x) { return scale * test::chained_rosenbrock(x); }, 10);
        const Solution found =
            minimize(f, VectorXd::Constant(10, -1.0), NonlinearConjugateGradients{},
                     Stopping{.gradient_norm = 0.0, .iterations = 60, .second_order = false});
        if (reference.size() == 0) reference = found.x;
        BOOST_TEST((found.x == reference));  // bit for bit
    }
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    test::check_saved_state(NonlinearConjugateGradients{});
    test::check_failed_steps(NonlinearConjugateGradients{});
    test::check_rounding_floor(NonlinearConjugateGradients{});
    test::check_escape(NonlinearConjugateGradients{});
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(NonlinearConjugateGradients({.first_length = -1.0}), std::invalid_argument,
                          says("NonlinearConjugateGradients: first_length is -1"));
    BOOST_CHECK_EXCEPTION(NonlinearConjugateGradients({.search = {.curvature = 2.0}}), std::invalid_argument,
                          says("curvature is 2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
