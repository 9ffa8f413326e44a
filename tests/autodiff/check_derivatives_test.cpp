#include "hesse/autodiff/check_derivatives.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

/// sum exp(x_i) + x_i x_(i+1), by hand, with mistakes to order.
struct ByHand {
    enum Mistake { none, gradient_entry, product_entry, unsymmetric, other_value, gradient_size };
    Index n = 6;
    Mistake mistake = none;
    double by = 1e-4;  // relative size of the mistake

    struct Linearization {
        const ByHand& loss;
        VectorXd x;
        [[nodiscard]] double value() const {
            return loss.value(x) + (loss.mistake == other_value ? loss.by : 0);
        }
        [[nodiscard]] VectorXd gradient() const {
            if (loss.mistake == gradient_size) return VectorXd::Zero(x.size() + 1);
            VectorXd g = x.array().exp();
            g.head(x.size() - 1) += x.tail(x.size() - 1);
            g.tail(x.size() - 1) += x.head(x.size() - 1);
            if (loss.mistake == gradient_entry) g[3] *= 1 + loss.by;
            return g;
        }
        [[nodiscard]] const Linearization& hessian() const { return *this; }
        void apply(const VectorXd& in, Eigen::Ref<VectorXd> out) const {
            const Index last = x.size() - 1;
            out = x.array().exp() * in.array();
            out.head(last) += in.tail(last);
            out.tail(last) += in.head(last);
            if (loss.mistake == product_entry) out[2] += loss.by * in[2];  // symmetric, but not the Hessian
            if (loss.mistake == unsymmetric) out[1] += loss.by * in[4];
        }
    };

    [[nodiscard]] Index size() const { return n; }
    [[nodiscard]] double value(const VectorXd& x) const {
        return x.array().exp().sum() + x.head(n - 1).dot(x.tail(n - 1));
    }
    [[nodiscard]] Linearization linearize(const VectorXd& x) const { return {*this, x}; }
};
static_assert(DifferentiatedLoss<ByHand>);

std::string text_of(const DerivativeReport& report) {
    std::ostringstream text;
    text << report;
    return text.str();
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::vector<Index> coordinates_of(const DerivativeReport::Comparison& comparison) {
    std::vector<Index> all;
    for (const auto& entry : comparison.disagreements) all.push_back(entry.coordinate);
    return all;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(check_derivatives)

BOOST_AUTO_TEST_CASE(right_derivatives_pass_and_differences_confirm_many_digits) {
    const auto report = hesse::check_derivatives(ByHand{}, random_vector(6, 1));
    BOOST_TEST(report.passed(), text_of(report));
    BOOST_TEST(report.gradient.checked == 6);
    BOOST_TEST(report.products.size() == 3u);
    BOOST_TEST(report.symmetry.size() == 3u);
    // Extrapolated central differences of a smooth function: h^4 against noise / h leaves about 1e-12.
    BOOST_TEST(report.gradient.largest_error < 1e-10);
    BOOST_TEST(report.gradient.largest_estimate < 1e-9);
    BOOST_TEST(report.products[0].largest_error < 1e-10);
    BOOST_TEST(contains(text_of(report), "6 parameters: passed"));
}

BOOST_AUTO_TEST_CASE(a_loss_on_the_tape_passes) {
    const auto f = objective([](const auto& x) { return log(exp(x).sum()) * x.squaredNorm(); }, 9);
    for (const std::uint64_t seed : {2, 3, 4}) {
        const auto report = hesse::check_derivatives(f, random_vector(9, seed, -3, 3));
        BOOST_TEST(report.passed(), text_of(report));
        BOOST_TEST(report.value == report.linearized_value);
    }
}

BOOST_AUTO_TEST_CASE(parameters_of_all_magnitudes_pass) {
    // x_i between 1e-3 and 1e6: steps are relative to the large ones and absolute for the small ones.
    const VectorXd scale{{1e-3, 1.0, 1e3, 1e6}};
    const auto f = objective(
        [&](const auto& x) {
            return exp(x.cwiseQuotient(scale)).sum() + x.cwiseQuotient(scale).squaredNorm();
        },
        4);
    const auto report = hesse::check_derivatives(f, scale.cwiseProduct(random_vector(4, 5)));
    BOOST_TEST(report.passed(), text_of(report));
}

BOOST_AUTO_TEST_CASE(slopes_see_entries_that_are_not_checked_one_by_one) {
    const auto report = hesse::check_derivatives(ByHand{500, ByHand::gradient_entry, 1e-2},
                                                 random_vector(500, 10), {.coordinates = 0});
    BOOST_TEST(report.gradient.checked == 0);
    BOOST_TEST(!report.passed());
    BOOST_TEST(report.slopes.size() == 3u);
    for (const auto& slope : report.slopes) {
        BOOST_TEST_REQUIRE(!slope.holds());
        BOOST_TEST(slope.worst->coordinate == 3);
        BOOST_TEST(slope.worst->differenced * 1.01 == slope.worst->exact, boost::test_tools::tolerance(1e-6));
    }
    BOOST_TEST(contains(text_of(report), "DISAGREE, most of it in coordinate 3\n"));
}

BOOST_AUTO_TEST_CASE(the_edge_of_the_domain_is_no_obstacle) {
    // log is NaN, or throws, on the far side: the first steps lead there.
    const VectorXd x{{0.01, 0.5}};
    const auto nan = objective([](const auto& t) { return log(t).sum() * t.sum(); }, 2);
    BOOST_TEST(hesse::check_derivatives(nan, x).passed());
    const auto throws = objective(
        [](const auto& t) {
            if (t(0) <= 0.0) throw std::domain_error("negative");
            return log(t).sum() * t.sum();
        },
        2);
    BOOST_TEST(hesse::check_derivatives(throws, x).passed());
}

BOOST_AUTO_TEST_CASE(a_constant_and_a_linear_loss_pass) {
    const auto constant = objective([](const auto&) { return 3.0; }, 2);
    BOOST_TEST(hesse::check_derivatives(constant, random_vector(2, 6)).passed());
    const VectorXd weights = random_vector(40, 7);
    const auto linear = objective([&](const auto& x) { return 1e6 + x.dot(weights); }, 40);
    const auto report = hesse::check_derivatives(linear, random_vector(40, 8));
    BOOST_TEST(report.passed(), text_of(report));
}

BOOST_AUTO_TEST_CASE(a_wrong_gradient_entry_is_named) {
    const VectorXd x = random_vector(6, 9);
    for (const double by : {1.0, 1e-2, 1e-5}) {
        const auto report = hesse::check_derivatives(ByHand{6, ByHand::gradient_entry, by}, x);
        BOOST_TEST(!report.passed());
        BOOST_TEST(coordinates_of(report.gradient) == std::vector<Index>{3});
        const auto& entry = report.gradient.disagreements.at(0);
        BOOST_TEST(entry.differenced * (1 + by) == entry.exact, boost::test_tools::tolerance(1e-9));
    }
    const std::string text = text_of(hesse::check_derivatives(ByHand{6, ByHand::gradient_entry, 0.5}, x));
    BOOST_TEST(contains(text, "FAILED"));
    BOOST_TEST(contains(text, "1 disagrees"));
    BOOST_TEST(contains(text, "\n             3 "));
}

BOOST_AUTO_TEST_CASE(a_wrong_product_entry_is_named_though_the_hessian_is_symmetric) {
    const auto report =
        hesse::check_derivatives(ByHand{6, ByHand::product_entry, 1e-4}, random_vector(6, 10));
    BOOST_TEST(!report.passed());
    BOOST_TEST(report.gradient.disagreements.empty());
    for (const auto& product : report.products) BOOST_TEST(coordinates_of(product) == std::vector<Index>{2});
    for (const auto& pair : report.symmetry) BOOST_TEST(pair.holds());
}

BOOST_AUTO_TEST_CASE(an_unsymmetric_hessian_is_named) {
    const auto report = hesse::check_derivatives(ByHand{6, ByHand::unsymmetric, 1e-3}, random_vector(6, 11));
    BOOST_TEST(!report.passed());
    for (const auto& product : report.products) BOOST_TEST(coordinates_of(product) == std::vector<Index>{1});
    for (const auto& pair : report.symmetry) BOOST_TEST(!pair.holds());
    BOOST_TEST(contains(text_of(report), "the Hessian is not symmetric"));
}

BOOST_AUTO_TEST_CASE(two_values_that_differ_are_reported) {
    const auto report = hesse::check_derivatives(ByHand{6, ByHand::other_value, 1e-9}, random_vector(6, 12));
    BOOST_TEST(!report.values_agree());
    BOOST_TEST(!report.passed());
    BOOST_TEST(report.gradient.disagreements.empty());
    BOOST_TEST(contains(text_of(report), "DISAGREE"));
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_fails_without_a_throw) {
    const auto f = objective([](const auto& x) { return log(x).sum(); }, 2);
    const auto report = hesse::check_derivatives(f, VectorXd{{-1.0, 2.0}});
    BOOST_TEST(!report.values_agree());
    BOOST_TEST(!report.passed());
    BOOST_TEST(contains(text_of(report), "FAILED"));
}

BOOST_AUTO_TEST_CASE(of_many_coordinates_a_sample_is_checked_and_the_seed_decides_which) {
    const ByHand loss{2000};
    const VectorXd x = random_vector(2000, 13);
    DerivativeCheckOptions options;
    options.coordinates = 50;
    options.directions = 1;
    const auto report = hesse::check_derivatives(loss, x, options);
    BOOST_TEST(report.passed(), text_of(report));
    BOOST_TEST(report.gradient.checked == 50);
    BOOST_TEST(report.products.size() == 1u);
    BOOST_TEST(report.products[0].checked == 2000);
    BOOST_TEST(text_of(report) == text_of(hesse::check_derivatives(loss, x, options)));
    options.seed = 1;
    BOOST_TEST(text_of(report) != text_of(hesse::check_derivatives(loss, x, options)));
}

BOOST_AUTO_TEST_CASE(a_long_list_of_disagreements_is_cut_in_print_only) {
    struct AllWrong : ByHand {
        struct Wrong : ByHand::Linearization {
            [[nodiscard]] VectorXd gradient() const { return 2.0 * ByHand::Linearization::gradient(); }
        };
        [[nodiscard]] Wrong linearize(const VectorXd& x) const { return {{*this, x}}; }
    };
    const AllWrong loss{{30}};
    const auto report = hesse::check_derivatives(loss, random_vector(30, 14));
    BOOST_TEST(report.gradient.disagreements.size() == 30u);
    BOOST_TEST(contains(text_of(report), "and 20 more"));
}

BOOST_AUTO_TEST_CASE(arguments_that_do_not_fit_are_refused) {
    const ByHand loss;
    const VectorXd x = random_vector(6, 15);
    const auto says = [](const std::string& text) {
        return [text](const std::invalid_argument& error) {
            BOOST_TEST(std::string(error.what()) == text);
            return true;
        };
    };
    BOOST_CHECK_EXCEPTION(hesse::check_derivatives(loss, VectorXd::Zero(5)), std::invalid_argument,
                          says("check_derivatives: the point has 5 entries, expected 6"));
    VectorXd bad = x;
    bad[4] = std::numeric_limits<double>::infinity();
    BOOST_CHECK_EXCEPTION(
        hesse::check_derivatives(loss, bad), std::invalid_argument,
        says("check_derivatives: the point has the entry inf at 4, expected finite numbers"));
    BOOST_CHECK_EXCEPTION(hesse::check_derivatives(ByHand{0}, VectorXd()), std::invalid_argument,
                          says("check_derivatives: the loss has 0 parameters, expected at least 1"));
    BOOST_CHECK_EXCEPTION(hesse::check_derivatives(ByHand{6, ByHand::gradient_size}, x),
                          std::invalid_argument,
                          says("check_derivatives: the gradient has 7 entries, the loss 6 parameters"));
    DerivativeCheckOptions options;
    options.directions = 0;
    BOOST_CHECK_EXCEPTION(hesse::check_derivatives(loss, x, options), std::invalid_argument,
                          says("check_derivatives: options.directions is 0, expected at least 1"));
    options = {};
    options.coordinates = -1;
    BOOST_CHECK_EXCEPTION(hesse::check_derivatives(loss, x, options), std::invalid_argument,
                          says("check_derivatives: options.coordinates is -1, expected at least 0"));
    options = {};
    options.tolerance = -1;
    BOOST_CHECK_EXCEPTION(
        hesse::check_derivatives(loss, x, options), std::invalid_argument,
        says("check_derivatives: options.tolerance is -1.000000, expected a finite number >= 0"));
}

BOOST_AUTO_TEST_SUITE_END()
