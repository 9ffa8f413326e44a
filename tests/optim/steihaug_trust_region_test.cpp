#include "hesse/optim/steihaug_trust_region.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/diagonal_preconditioner.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/quasi_newton_preconditioner.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"
#include "support/published_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

const Stopping first_order{.gradient_norm = 1e-6, .iterations = 5000, .second_order = false};

std::vector<SteihaugTrustRegion> all_kinds() {
    return {SteihaugTrustRegion{}, SteihaugTrustRegion({.preconditioner = DiagonalPreconditioner{}}),
            SteihaugTrustRegion({.preconditioner = QuasiNewtonPreconditioner{}})};
}

/// sum i^2 x_i^2 + x_i^4 + x_i^2 x_{i+1}^2: condition 1e6, and nearly diagonal.
auto diagonally_dominant(Index n) {
    const VectorXd d = VectorXd::LinSpaced(n, 1.0, static_cast<double>(n)).cwiseAbs2();
    return objective(
        [d](const auto& x) {
            const Index m = x.size() - 1;
            const auto a = x.head(m).array(), b = x.tail(m).array();
            return (d.array() * x.array().square()).sum() + x.array().square().square().sum() +
                   (a * b).square().sum();
        },
        n);
}

BOOST_AUTO_TEST_SUITE(steihaug_trust_region)

BOOST_AUTO_TEST_CASE(published_problems_are_solved) {
    for (const SteihaugTrustRegion& method : all_kinds()) {
        const Solution w = minimize(objective(test::wood, 4, scalars), VectorXd{{-3.0, -1.0, -3.0, -1.0}},
                                    method, first_order);
        BOOST_TEST((w.status == Status::first_order));
        BOOST_TEST((w.x - VectorXd::Ones(4)).norm() <= 1e-5);
        const Solution p = minimize(objective(test::powell_singular, 4, scalars),
                                    VectorXd{{3.0, -1.0, 0.0, 1.0}}, method, first_order);
        BOOST_TEST((p.status == Status::first_order));
        BOOST_TEST(p.value <= 1e-8);
        VectorXd start(100);
        for (Index i = 0; i < 100; ++i) start[i] = i % 2 == 0 ? -1.2 : 1.0;
        const Solution r = minimize(objective(test::chained_rosenbrock, 100), start, method, first_order);
        BOOST_TEST((r.status == Status::first_order));
        // Either of the two minima (Shang and Qiu, Evolutionary Computation 14 (2006) 119).
        const bool global = (r.x - VectorXd::Ones(100)).norm() <= 1e-4;
        const bool other = r.x[0] < -0.99 && (r.x.tail(90) - VectorXd::Ones(90)).norm() <= 1e-3 &&
                           std::abs(r.value - 3.98662) <= 1e-4;
        BOOST_TEST((global || other));
    }
}

BOOST_AUTO_TEST_CASE(preconditioners_save_products) {
    const Index n = 400;
    const auto f = diagonally_dominant(n);
    const auto products = [&](Preconditioner preconditioner) {
        const Solution found =
            minimize(f, VectorXd::Ones(n), SteihaugTrustRegion({.preconditioner = std::move(preconditioner)}),
                     first_order);
        BOOST_TEST((found.status == Status::first_order));
        BOOST_TEST(found.value <= 1e-12);
        return found.counters.total().products;
    };
    const Index none = products({});
    BOOST_TEST(products(DiagonalPreconditioner{}) < none / 20);
    BOOST_TEST(products(QuasiNewtonPreconditioner{}) < 3 * none / 4);
    const VectorXd inverse = VectorXd::LinSpaced(n, 1.0, static_cast<double>(n)).cwiseAbs2().cwiseInverse();
    BOOST_TEST(products([=](const auto& r) { return r.cwiseProduct(inverse).eval(); }) < none / 20);
}

BOOST_AUTO_TEST_CASE(powers_of_two_of_the_loss_take_the_same_path) {
    const auto f = test::rosenbrock();
    for (const SteihaugTrustRegion& method : all_kinds()) {
        const Vector2d start(-1.2, 1.0);
        const Solution found = minimize(f, start, method, Stopping{.gradient_norm = 0x1p-30});
        for (const double factor : {0x1p40, 0x1p-40}) {
            const test::AnalyticObjective scaled{
                2, [=](const VectorXd& x) { return factor * f.value(x); },
                [=](const VectorXd& x) -> VectorXd { return factor * f.linearize(x).gradient(); },
                [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                    VectorXd out(2);
                    f.linearize(x).hessian().apply(v, out);
                    return factor * out;
                }};
            const Solution other =
                minimize(scaled, start, method, Stopping{.gradient_norm = 0x1p-30 * factor});
            BOOST_TEST(other.iterations == found.iterations);
            BOOST_TEST((other.x == found.x));  // bit for bit
        }
    }
}

BOOST_AUTO_TEST_CASE(rejected_steps_cut_the_path_without_products) {
    // 1/2 x'Dx - c'x + 100 |x|^4: the quadratic model at 0 knows nothing of the quartic wall.
    const VectorXd d = VectorXd::LinSpaced(20, 1.0, 20.0), c = VectorXd::Ones(20);
    const test::AnalyticObjective f{
        20,
        [=](const VectorXd& x) {
            return 0.5 * x.dot(d.cwiseProduct(x)) - c.dot(x) + 100.0 * x.squaredNorm() * x.squaredNorm();
        },
        [=](const VectorXd& x) -> VectorXd { return d.cwiseProduct(x) - c + 400.0 * x.squaredNorm() * x; },
        [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
            return d.cwiseProduct(v) + 400.0 * (x.squaredNorm() * v + 2.0 * x.dot(v) * x);
        }};
    ErasedObjective erased(f);
    const VectorXd zero = VectorXd::Zero(20);
    Iterate at(erased, zero.data());
    SteihaugTrustRegion method;
    method.start(at);
    BOOST_TEST((method.step(at) == StepOutcome::moved));
    BOOST_TEST(at.counters().total().values >= 2);  // all but the last were rejected
    BOOST_TEST(at.last_move() <= 0.26);

    TruncatedConjugateGradients once{VectorSpace(20)};
    Preconditioner none;
    const MatrixXd h = d.asDiagonal();
    const VectorXd g = -c;
    const auto path = once.minimize(h, g.data(), 1.0, 0.5 * g.norm(), 200, none);
    BOOST_TEST(f.counts().products == path.products);
}

BOOST_AUTO_TEST_CASE(the_radius_follows_the_length_of_a_preconditioned_step) {
    // Newton's steps, whatever the units of the variables: x_i in units of 2^(3 i).
    const VectorXd units{{1.0, 8.0, 64.0}};
    const auto f = test::quadratic(units.cwiseAbs2().asDiagonal());
    Preconditioner exact = [=](const auto& r) { return r.cwiseQuotient(units.cwiseAbs2()).eval(); };
    const Solution found =
        minimize(f, VectorXd::Ones(3), SteihaugTrustRegion({.initial_radius = 2.0, .preconditioner = exact}),
                 first_order);
    BOOST_TEST(found.iterations == 1);  // the step is -x, of length sqrt(3)
    BOOST_TEST(found.counters.total().products == 1);
}

BOOST_AUTO_TEST_CASE(what_must_hold_of_every_method) {
    for (const SteihaugTrustRegion& method : all_kinds()) {
        test::check_saved_state(method);
        test::check_failed_steps(method);
        test::check_rounding_floor(method);
        test::check_escape(method);
    }
}

BOOST_AUTO_TEST_CASE(a_preconditioner_that_is_not_definite_is_an_error) {
    const SteihaugTrustRegion method({.preconditioner = [](const auto& r) { return (-r).eval(); }});
    BOOST_CHECK_THROW(minimize(test::rosenbrock(), Vector2d(-1.2, 1.0), method), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_gradient_whose_square_underflows_is_no_preconditioner_s_fault) {
    const auto f = test::quadratic(Eigen::MatrixXd::Identity(2, 2));
    const Solution found = minimize(f, Vector2d(1e-170, 1e-170), SteihaugTrustRegion{},
                                    Stopping{.gradient_norm = 0.0, .second_order = false});
    BOOST_TEST((found.status == Status::rounding_floor));
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    using M = SteihaugTrustRegion;
    BOOST_TEST(test::message_of<M>({.initial_radius = -1.0}) ==
               "SteihaugTrustRegion: initial_radius is -1, expected a finite positive number");
    BOOST_TEST(test::message_of<M>({.maximum_radius = 0.0}) ==
               "SteihaugTrustRegion: maximum_radius is 0, expected a finite positive number");
    BOOST_TEST(test::message_of<M>({.acceptance = 0.25}) ==
               "SteihaugTrustRegion: acceptance is 0.25, expected 0 <= acceptance < 0.25");
    BOOST_TEST(test::message_of<M>({.products = -1}) ==
               "SteihaugTrustRegion: products is -1, expected at least 0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
