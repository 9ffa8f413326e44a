#include "hesse/optim/check_gradient.hpp"

#include "hesse/optim/adapters.hpp"
#include "hesse/optim/checkpoint.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"
#include "support/wells.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;
using hesse::adapters::Point;

namespace {

/// sum_i exp(x_i) + x_i^2, with a mistake in one entry of the gradient or of the products.
test::AnalyticObjective exponentials(Index n, Index wrong_gradient, Index wrong_product, double by = 0.5) {
    return {n, [](const VectorXd& x) { return x.array().exp().sum() + x.squaredNorm(); },
            [=](const VectorXd& x) -> VectorXd {
                VectorXd g = x.array().exp() + 2.0 * x.array();
                if (wrong_gradient >= 0) g[wrong_gradient] += by;
                return g;
            },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                VectorXd product = (x.array().exp() + 2.0) * v.array();
                if (wrong_product >= 0) product[wrong_product] += by * v[wrong_product];
                return product;
            }};
}

template <class F>
std::string fault_of(const F& f, const VectorXd& x, DerivativeCheckOptions options = {.coordinates = 0}) {
    try {
        minimize(f, x, GradientDescent({1e-3}), Stopping{.iterations = 1}, check_gradient(options));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing thrown";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checked_gradient)

BOOST_AUTO_TEST_CASE(right_derivatives_pass) {
    BOOST_TEST(fault_of(exponentials(1, -1, -1), VectorXd::Ones(1)) == "nothing thrown");
    BOOST_TEST(fault_of(exponentials(1000, -1, -1), VectorXd::LinSpaced(1000, -2.0, 2.0)) ==
               "nothing thrown");
    BOOST_TEST(fault_of(test::rosenbrock(), Vector2d(-1.2, 1.0)) == "nothing thrown");
    BOOST_TEST(fault_of(test::Wells(), test::Wells::start()) == "nothing thrown");
    const auto differenced = gradient_objective(
        2, [](const Point& x) { return std::exp(x[0]) + x[1] * x[1] * x[0]; },
        [](const Point& x) -> VectorXd { return Vector2d(std::exp(x[0]) + x[1] * x[1], 2.0 * x[0] * x[1]); });
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        BOOST_TEST(fault_of(differenced, Vector2d(0.3, -2.0), {.coordinates = 0, .seed = seed}) ==
                   "nothing thrown");
}

BOOST_AUTO_TEST_CASE(a_wrong_entry_of_the_gradient_is_found_among_many) {
    const Index n = 1000;
    const VectorXd x = VectorXd::LinSpaced(n, -2.0, 2.0);
    for (const Index wrong : {Index{0}, Index{1}, Index{517}, n - 1})
        for (const double by : {10.0, 1e-2, 1e-4}) {
            const std::string text = fault_of(exponentials(n, wrong, -1, by), x);
            const double right = std::exp(x[wrong]) + 2.0 * x[wrong];
            BOOST_TEST(contains(text, "check_gradient: the gradient is wrong"), text);
            const std::string entry = "entry " + std::to_string(wrong) + ": given ";
            BOOST_TEST_REQUIRE(contains(text, entry), text);
            const std::string numbers = text.substr(text.find(entry) + entry.size());
            BOOST_TEST(std::abs(std::stod(numbers) - (right + by)) <= 1e-12 * (std::abs(right) + by));
            const double expected = std::stod(numbers.substr(numbers.find("expected ") + 9));
            BOOST_TEST(std::abs(expected - right) <= 0.1 * by, text);
        }
}

BOOST_AUTO_TEST_CASE(a_gradient_of_another_sign_or_scale_is_found) {
    const auto with_factor = [](double factor) {
        const auto good = test::rosenbrock();
        return test::AnalyticObjective(
            2, [=](const VectorXd& x) { return good.value(x); },
            [=](const VectorXd& x) -> VectorXd { return factor * good.linearize(x).gradient(); },
            [=](const VectorXd& x, const VectorXd& v) -> VectorXd {
                VectorXd product(2);
                good.linearize(x).hessian().apply(v, product);
                return factor * product;
            });
    };
    for (const double factor : {-1.0, 0.0, 0.5, 1.001})
        BOOST_TEST(contains(fault_of(with_factor(factor), Vector2d(-1.2, 1.0)), "the gradient is wrong"));
    // At the minimum any of them is right.
    for (const double factor : {-1.0, 0.0, 0.5, 1.001})
        BOOST_TEST(contains(fault_of(with_factor(factor), Vector2d(1.0, 1.0)),
                            "check_gradient: beside the start, the gradient is wrong"));
    BOOST_TEST(fault_of(test::rosenbrock(), Vector2d(1.0, 1.0)) == "nothing thrown");
}

BOOST_AUTO_TEST_CASE(an_entry_that_is_right_at_the_start_alone_is_found_beside_it) {
    const test::AnalyticObjective f(
        2, [](const VectorXd& x) { return x[0] * x[0] + x[1]; },
        [](const VectorXd& x) -> VectorXd { return Vector2d(4.0 * x[0], 1.0); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return Vector2d(4.0 * v[0], 0.0); });
    const std::string text = fault_of(f, Vector2d(0.0, 0.0));
    BOOST_TEST(contains(text, "check_gradient: beside the start, the gradient is wrong"), text);
    BOOST_TEST(contains(text, "entry 0: given"), text);
}

BOOST_AUTO_TEST_CASE(bounds_and_fixed_parameters_are_respected) {
    // Defined for x0 >= 0, x1 = 3, and x2 of any size.
    Index outside = 0;
    const auto loss_with = [&](double wrong) {
        return test::AnalyticObjective(
            3,
            [&](const VectorXd& x) {
                outside += x[0] < 0.0 || x[1] != 3.0 ? 1 : 0;
                return std::pow(x[0], 1.5) + x[0] + x[2] * x[2];
            },
            [wrong](const VectorXd& x) -> VectorXd {
                return Eigen::Vector3d(1.5 * std::sqrt(x[0]) + 1.0, 17.0, (2.0 + wrong) * x[2]);
            },
            [wrong](const VectorXd& x, const VectorXd& v) -> VectorXd {
                return Eigen::Vector3d(0.75 / std::sqrt(x[0]) * v[0], 0.0, (2.0 + wrong) * v[2]);
            });
    };
    const Eigen::Vector3d start(0.0, 3.0, 1.0);
    const double none = std::numeric_limits<double>::infinity();
    const Bounds positive(Eigen::Vector3d(0.0, -none, -none), Eigen::Vector3d(none, none, none));
    const auto message = [&](double wrong) {
        try {
            minimize(loss_with(wrong), start, LimitedMemoryBfgs{}, positive, Fixed{{{1, 1}}},
                     check_gradient(), Stopping{.iterations = 2, .second_order = false});
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    BOOST_TEST(message(0.0) == "nothing thrown");
    BOOST_TEST(outside == 0);
    BOOST_TEST(contains(message(0.1), "the gradient is wrong"));
    BOOST_TEST(contains(message(0.1), "entry 2: given"));
}

BOOST_AUTO_TEST_CASE(a_wrong_product_is_named_by_its_entry) {
    const Index n = 50;
    const VectorXd x = VectorXd::LinSpaced(n, -1.0, 1.0);
    const std::string text = fault_of(exponentials(n, -1, 31, 0.1), x);
    BOOST_TEST(contains(text,
                        "check_gradient: the Hessian product with random direction 0 is wrong in 1 of 50 "
                        "entries, most so in entry 31: given "),
               text);
    // Without a relation to the gradient nearly all are.
    const auto f = test::AnalyticObjective(
        n, [](const VectorXd& y) { return y.array().cosh().sum(); },
        [](const VectorXd& y) -> VectorXd { return y.array().sinh(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return -v; });
    BOOST_TEST(contains(fault_of(f, x), "is wrong in 50 of 50 entries"));
}

BOOST_AUTO_TEST_CASE(values_that_disagree_are_named) {
    struct Loss {
        struct Linearization {
            VectorXd x;
            [[nodiscard]] double value() const { return 0.5 * x.squaredNorm() + 1.0; }
            [[nodiscard]] const VectorXd& gradient() const { return x; }
            [[nodiscard]] const Linearization& hessian() const { return *this; }
            [[nodiscard]] Index rows() const { return 2; }
            void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const { out = in; }
        };
        [[nodiscard]] Index size() const { return 2; }
        [[nodiscard]] double value(const VectorXd& x) const { return 0.5 * x.squaredNorm(); }
        [[nodiscard]] Linearization linearize(const VectorXd& x) const { return {x}; }
    };
    BOOST_TEST(fault_of(Loss{}, Vector2d(2.0, 0.0)) ==
               "check_gradient: the value is 2, that of the linearisation 3");
}

BOOST_AUTO_TEST_CASE(the_check_costs_what_it_says_and_changes_no_run) {
    const auto f = exponentials(100, -1, -1), other = exponentials(100, -1, -1);
    const VectorXd x = VectorXd::LinSpaced(100, -2.0, 2.0);
    const Stopping stopping{.iterations = 10};
    const Solution with = minimize(f, x, TrustRegion{}, stopping, check_gradient());
    const Solution without = minimize(other, x, TrustRegion{}, stopping);
    BOOST_TEST((with.counters == without.counters));
    BOOST_TEST((with.x.array() == without.x.array()).all());
    const Index values = f.counts().values - other.counts().values;
    const Index gradients = f.counts().linearizations - other.counts().linearizations;
    BOOST_TEST(values > 3 * 10);
    BOOST_TEST(values < 2 * 3 * 40 + 10);
    BOOST_TEST(gradients > 3 * 10);
    BOOST_TEST(gradients < 2 * 3 * 40);
}

BOOST_AUTO_TEST_CASE(a_resumed_run_is_checked_where_it_goes_on) {
    const std::string path = (std::filesystem::temp_directory_path() / "hesse_check_gradient_test").string();
    // Right for |x| > 1/2 alone.
    const test::AnalyticObjective f{
        1, [](const VectorXd& x) { return 0.5 * x[0] * x[0]; },
        [](const VectorXd& x) -> VectorXd { return (x[0] > 0.5 ? 1.0 : 2.0) * x; },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    const VectorXd start = VectorXd::Constant(1, 4.0);
    minimize(f, start, GradientDescent({0.5}), Stopping{.iterations = 5}, checkpoint_to(path),
             check_gradient());
    BOOST_CHECK_THROW(minimize(f, start, GradientDescent({0.5}), resume_from(path), check_gradient()),
                      std::invalid_argument);
    std::remove(path.c_str());
}

BOOST_AUTO_TEST_SUITE_END()
