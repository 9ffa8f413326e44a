#include "hesse/autodiff/operations/piecewise.hpp"

#include "hesse/autodiff/operations/exponential.hpp"
#include "rule_check.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {
using namespace hesse;
using D = Dual<double>;

using test::infinity;
using test::not_a_number;
}  // namespace

BOOST_AUTO_TEST_SUITE(piecewise)

BOOST_AUTO_TEST_CASE(abs_has_its_derivatives_off_zero) {
    test::check_rule<Abs>({0.3, -1e100, -2, -1e-6, 1e-6, 1, 1e100});
    test::check_value<Abs>(-infinity, infinity);
    test::check_value<Abs>(not_a_number, not_a_number);
}

BOOST_AUTO_TEST_CASE(the_derivative_of_abs_at_zero_is_zero) {
    for (const double x : {0.0, -0.0}) {
        BOOST_TEST(abs(test::seeded(x)).value.tangent == 0);
        BOOST_TEST(abs(test::seeded(x)).tangent.tangent == 0);
    }
}

BOOST_AUTO_TEST_CASE(relu_has_its_derivatives_and_zero_at_zero) {
    test::check_rule<Relu>({0.3, -1e100, -2, -1e-6, 1e-6, 1, 1e100});
    BOOST_TEST(relu(D(0.0, 1.0)).tangent == 0);
    BOOST_TEST(relu(-3) == 0);
    test::check_value<Relu>(not_a_number, not_a_number);
    test::check_value<Relu>(-infinity, 0);
}

BOOST_AUTO_TEST_CASE(max_and_min_take_the_derivative_of_the_chosen_side) {
    const D a(1.0, 10.0);
    const D b(2.0, 20.0);
    BOOST_TEST(max(a, b).value == 2);
    BOOST_TEST(max(a, b).tangent == 20);
    BOOST_TEST(max(b, a).tangent == 20);
    BOOST_TEST(min(a, b).value == 1);
    BOOST_TEST(min(a, b).tangent == 10);
    BOOST_TEST(min(b, a).tangent == 10);
    BOOST_TEST(max(a, 0).tangent == 10);
    BOOST_TEST(max(3, a).tangent == 0);
    BOOST_TEST(min(a, 0.5).tangent == 0);
}

BOOST_AUTO_TEST_CASE(on_a_tie_both_sides_of_max_and_min_count_half) {
    const D a(1.0, 10.0);
    const D b(1.0, 20.0);
    BOOST_TEST(max(a, b).tangent == 15);
    BOOST_TEST(min(a, b).tangent == 15);
    BOOST_TEST(Maximum::value(a, b).tangent == 15);  // value and apply agree on duals
    BOOST_TEST(Minimum::value(a, b).tangent == 15);
    const D x(0.0, 1.0);
    BOOST_TEST(max(x, -x).tangent == 0);  // |x|
}

BOOST_AUTO_TEST_CASE(the_functions_of_two_numbers_have_their_partials_off_ties) {
    const std::vector<test::Point> points = {{1, 2}, {2, -1}, {-3, -4}, {1e100, 1}, {0.5, 0.25}};
    test::check_binary_rule<Maximum>(points);
    test::check_binary_rule<Minimum>(points);
    test::check_binary_rule<Fmax>(points);
    test::check_binary_rule<Fmin>(points);
    test::check_binary_rule<Fdim>(points);
    test::check_binary_rule<Copysign>(points);
}

BOOST_AUTO_TEST_CASE(fmax_and_fmin_pass_over_nan) {
    const D x(1.0, 10.0);
    const D bad(not_a_number, infinity);
    for (const D& y : {fmax(x, bad), fmax(bad, x), fmin(x, bad), fmin(bad, x)}) {
        BOOST_TEST(y.value == 1);
        BOOST_TEST(y.tangent == 10);
    }
    BOOST_TEST(fmax(x, D(1.0, 20.0)).tangent == 15);
    BOOST_TEST(fmin(x, D(1.0, 20.0)).tangent == 15);
    BOOST_TEST(std::isnan(fmax(bad, bad).value));
}

BOOST_AUTO_TEST_CASE(fdim_and_copysign_have_slope_zero_at_their_kinks) {
    const D x(1.0, 10.0);
    BOOST_TEST(fdim(x, 1.0).value == 0);
    BOOST_TEST(fdim(x, 1.0).tangent == 0);
    BOOST_TEST(fdim(infinity, infinity) == 0);
    BOOST_TEST(std::isnan(fdim(not_a_number, 1.0)));
    BOOST_TEST(copysign(D(0.0, 1.0), -1.0).tangent == 0);
    BOOST_TEST(copysign(x, -0.0).value == -1);
    BOOST_TEST(copysign(x, -0.0).tangent == -10);
    BOOST_TEST(fabs(D(-2.0, 1.0)).tangent == -1);
}

BOOST_AUTO_TEST_CASE(clamp_has_slope_one_between_its_bounds_and_a_half_at_them) {
    const auto slope = [](double x) { return clamp(D(x, 1.0), -1.0, 2.0).tangent; };
    BOOST_TEST(slope(0.5) == 1);
    BOOST_TEST(slope(-1.5) == 0);
    BOOST_TEST(slope(2.5) == 0);
    BOOST_TEST(slope(-1) == 0.5);
    BOOST_TEST(slope(2) == 0.5);
    BOOST_TEST(clamp(5, 1, 3) == 3);
    BOOST_TEST(clamp(D(3.0, 1.0), D(0.0, 5.0), D(1.0, 7.0)).tangent == 7);
    BOOST_TEST(std::isnan(clamp(not_a_number, 0.0, 1.0)));
}

BOOST_AUTO_TEST_CASE(what_is_not_chosen_may_have_infinite_slopes) {
    const D x(0.0, 1.0);
    BOOST_TEST(max(log(x), D(-10.0, 3.0)).tangent == 3);
    BOOST_TEST(min(D(2.0, 3.0), 1.0 / x).tangent == 3);
    BOOST_TEST(relu(log(x)).tangent == 0);
    BOOST_TEST(clamp(log(x), -10.0, 10.0).tangent == 0);
    BOOST_TEST(select(x > 0.0, log(x), x).tangent == 1);
}

BOOST_AUTO_TEST_CASE(max_and_min_pass_nan_on_from_either_side) {
    using P = Pack<double>;
    BOOST_TEST(std::isnan(max(P(not_a_number), P(1))[0]));
    BOOST_TEST(std::isnan(max(P(1), P(not_a_number))[0]));
    BOOST_TEST(std::isnan(min(P(not_a_number), 1)[0]));
    BOOST_TEST(std::isnan(min(1, P(not_a_number))[0]));
    BOOST_TEST(std::isnan(max(D(not_a_number), D(1)).value));
    BOOST_TEST(max(P(infinity), P(-infinity))[0] == infinity);
}

BOOST_AUTO_TEST_CASE(select_takes_value_and_tangent_of_one_side_only) {
    const D a(1.0, 10.0);
    const D bad(not_a_number, infinity);
    BOOST_TEST(select(true, a, bad).tangent == 10);
    BOOST_TEST(select(false, bad, a).tangent == 10);
    BOOST_TEST(select(a > 0.0, a, 7).tangent == 10);
    BOOST_TEST(select(a > 2.0, a, 7).value == 7);
    BOOST_TEST(select(a > 2.0, a, 7).tangent == 0);
    BOOST_TEST(apply<Select>(true, a, D(2.0, 3.0)).tangent == 10);
}

BOOST_AUTO_TEST_CASE(a_condition_is_a_truth_or_a_number) {
    using P = Pack<double>;
    const std::vector<double> flags = {1, 0, -2, 0, 1, 1, 0, 0};
    const P a(5);
    const P b(6);
    const P by_number = apply<Select>(P::load(flags.data()), a, b);
    const P by_mask = apply<Select>(P::load(flags.data()) != P(0), a, b);
    const P slope = Select::partial<1>(P::load(flags.data()) != P(0), a, b, by_mask);
    for (int lane = 0; lane < P::size; ++lane) {
        const bool flag = flags[static_cast<std::size_t>(lane)] != 0;
        BOOST_TEST(by_number[lane] == (flag ? 5 : 6));
        BOOST_TEST(by_mask[lane] == (flag ? 5 : 6));
        BOOST_TEST(slope[lane] == (flag ? 1 : 0));
    }
    BOOST_TEST(apply<Select>(2, 5.0, 6.0) == 5);
    BOOST_TEST(apply<Select>(false, 5.0, 6.0) == 6);
}

BOOST_AUTO_TEST_CASE(second_derivatives_of_these_rules_are_known_to_vanish) {
    static_assert(is_piecewise_linear<Abs> && is_piecewise_linear<Relu> && is_piecewise_linear<Maximum> &&
                  is_piecewise_linear<Minimum> && is_piecewise_linear<Select>);
    const auto y = max(test::seeded(2.0) * 3.0, 1.0);
    BOOST_TEST(y.value.tangent == 3);
    BOOST_TEST(y.tangent.tangent == 0);
}

BOOST_AUTO_TEST_SUITE_END()
