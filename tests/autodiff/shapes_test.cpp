#include "hesse/autodiff/shapes.hpp"

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(shapes)

BOOST_AUTO_TEST_CASE(a_shape_of_one_number_is_a_column) {
    static_assert(shape(3).rows == 3 && shape(3).cols == 1);
    static_assert(shape(2, 5).rows == 2 && shape(2, 5).cols == 5);
}

BOOST_AUTO_TEST_CASE(parameters_are_cut_in_order_column_by_column) {
    const VectorXd x = random_vector(12, 1);
    const auto [a, b, c] = unpack(x, shape(2, 3), shape(4), shape(1, 2));
    BOOST_TEST((a == x.head(6).reshaped(2, 3)));
    BOOST_TEST((b == x.segment(6, 4)));
    BOOST_TEST((c == x.tail(2).transpose()));
    BOOST_TEST(a.data() == x.data());  // a view
}

BOOST_AUTO_TEST_CASE(parameters_of_a_recording_are_views_with_derivatives) {
    const auto f = objective(
        [](const auto& theta) {
            const auto [a, b, c] = unpack(theta, shape(2, 3), shape(3), shape(1, 2));
            return (c * (a * b)).sum() + std::get<0>(unpack(theta, shape(11, 1)))(10);
        },
        11);
    const auto loops = [](const HyperDualVector& x) {
        HyperDual s = x[10];
        for (Index i = 0; i < 2; ++i) {
            for (Index j = 0; j < 3; ++j) s += x[9 + i] * x[i + 2 * j] * x[6 + j];
        }
        return s;
    };
    check_loss(f, loops, random_vector(11, 2));
}

BOOST_AUTO_TEST_CASE(empty_parts_are_allowed) {
    const auto f = objective(
        [](const auto& theta) {
            const auto [none, all, nothing] = unpack(theta, shape(0, 5), shape(4), shape(0));
            return all.squaredNorm() + none.sum() + nothing.sum();
        },
        4);
    const VectorXd x = random_vector(4, 3);
    BOOST_TEST(f.linearize(x).gradient() == 2 * x);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fill_the_vector_are_refused) {
    const VectorXd x = random_vector(12, 4);
    const auto says = [](const std::string& text) {
        return [text](const std::invalid_argument& error) { return std::string(error.what()) == text; };
    };
    const std::string text =
        "unpack: the shapes (2 x 3), (4 x 1) have 10 entries together, but the vector has 12";
    const auto f =
        objective([](const auto& t) { return std::get<1>(unpack(t, shape(2, 3), shape(4))).sum(); }, 12);
    BOOST_CHECK_EXCEPTION((void)f.value(x), std::invalid_argument, says(text));
    BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::invalid_argument, says(text));
    BOOST_CHECK_EXCEPTION((void)unpack(x, shape(2, 3), shape(4)), std::invalid_argument, says(text));
    BOOST_CHECK_EXCEPTION((void)unpack(x, shape(-2, -3), shape(6)), std::invalid_argument,
                          says("unpack: the shape (-2 x -3) is negative"));
}

BOOST_AUTO_TEST_SUITE_END()
