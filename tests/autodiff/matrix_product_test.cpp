#include "hesse/autodiff/matrix_product.hpp"

#include "hesse/autodiff/constants.hpp"
#include "support/derivative_check.hpp"
#include "support/error_text.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <stdexcept>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(matrix_product)

// vec(A X B) = (B' x A) vec X
BOOST_AUTO_TEST_CASE(a_kronecker_product_is_a_product_from_both_sides) {
    const MatrixXd A = random_matrix(2, 3, 1), X = random_matrix(3, 4, 2), B = random_matrix(4, 5, 3);
    const MatrixXd right = B.transpose(), expected = A * X * B;
    const VectorXd x = X.reshaped();
    const auto y = (kronecker(copy(right), A) * x).eval();
    for (Index i = 0; i < y.size(); ++i) BOOST_TEST(std::abs(y(i) - expected.reshaped()(i)) < 1e-14);
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_named) {
    const auto a = copy(MatrixXd::Ones(3, 2)), square = copy(MatrixXd::Ones(3, 3)),
               b = copy(MatrixXd::Ones(2, 1));
    const std::pair<std::function<void()>, const char*> cases[] = {
        {[&] { (void)quadratic_form(b, square); },
         "quadratic_form: the shapes (2 x 1) and (3 x 3) do not fit"},
        {[&] { (void)quadratic_form(a, square); },
         "quadratic_form: the shapes (3 x 2) and (3 x 3) do not fit"},
        {[&] { (void)quadratic_form(a, square, by_row); },
         "quadratic_form: the shapes (2 x 3) and (3 x 3) do not fit"},
        {[&] { (void)trace(a); }, "trace: the shapes (3 x 2) and (2 x 2) do not fit"},
        {[&] { (void)trace_of_product(a, a); },
         "trace_of_product: the shapes (3 x 2) and (3 x 2) do not fit"},
        {[&] { (void)outer(a, b); }, "outer: the shapes (3 x 2) and (2 x 1) do not fit"}};
    for (const auto& one : cases) {
        const auto says_so = [&](const std::invalid_argument& error) {
            BOOST_TEST(without_line(error) == std::string(one.second));
            return true;
        };
        BOOST_CHECK_EXCEPTION(one.first(), std::invalid_argument, says_so);
    }
}

BOOST_AUTO_TEST_SUITE_END()
