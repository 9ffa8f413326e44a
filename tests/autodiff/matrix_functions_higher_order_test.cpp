#include "hesse/higher_order.hpp"
#include "support/matrix_words.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(matrix_functions_higher_order)

// The value over Taylor numbers, the gradient over them and the Hessian product over duals come by different ways.
BOOST_AUTO_TEST_CASE(derivatives_to_the_fourth_order_of_every_function_agree_with_each_other) {
    std::vector<WordCase> cases = word_cases();
    const MatrixXd singular = Eigen::Vector4d(1, 2, 0, 0).asDiagonal();
    cases.push_back({Word::determinant, "determinant of a singular matrix", {4, 4}, {4, 1}, singular, false});
    for (const WordCase& word : cases) {
        const WordLoss loss{word, true, word.uses_b, WordLayout::dense};
        const Index n = loss.size();
        const auto f = objective(loss, n);
        const bool at_zero = &word == &cases.back();
        const VectorXd x = at_zero ? VectorXd::Zero(n) : random_vector(n, 7), u = random_vector(n, 8),
                       v = random_vector(n, 9);
        BOOST_TEST_CONTEXT(word.name) {
            const auto along = directional_derivatives<3>(f, x, u);
            const MatrixXd gradients = gradient_derivatives<3>(f, x, u);
            const auto at = f.linearize(x);
            const auto near = [](const auto& a, const auto& b, double relative) {
                BOOST_TEST((a - b).norm() <= relative * (10 + a.norm()), (a - b).norm()
                                                                             << " of " << a.norm());
            };
            near(VectorXd(gradients.col(0)), VectorXd(at.gradient()), 1e-12);
            near(VectorXd(gradients.col(1)), VectorXd(at.hessian() * u), 1e-12);
            for (Index k = 0; k < 3; ++k) {
                const double slope = along[static_cast<std::size_t>(k) + 1];
                BOOST_TEST(std::abs(gradients.col(k).dot(u) - slope) < 1e-10 * (100 + std::abs(slope)));
            }
            const auto third = [&](const VectorXd& point, const VectorXd& w) {
                return VectorXd(third_derivative(f, point, u, w));
            };
            near(third(x, u), VectorXd(gradients.col(2)), 1e-11);
            near(third(x, v), VectorXd(third_derivative(f, x, v, u)), 1e-11);
            const double h = 1e-4;
            const VectorXd slope_of_product =
                (f.linearize(x + h * u).hessian() * v - f.linearize(x - h * u).hessian() * v) / (2 * h);
            near(third(x, v), slope_of_product, 1e-5);
            const VectorXd slope_of_third = (third(x + h * u, u) - third(x - h * u, u)) / (2 * h);
            near(VectorXd(gradients.col(3)), slope_of_third, 1e-5);
        }
    }
}

BOOST_AUTO_TEST_CASE(third_derivatives_where_eigenvalues_coincide_are_nan) {
    const MatrixXd one = MatrixXd::Identity(4, 4);
    const WordLoss loss{
        {Word::symmetric_eigenvalues, "", {4, 4}, {4, 1}, one, false}, true, false, WordLayout::dense};
    const VectorXd x = VectorXd::Zero(16), u = random_vector(16, 8);
    BOOST_TEST(VectorXd(third_derivative(objective(loss, 16), x, u, u)).array().isNaN().any());
}

BOOST_AUTO_TEST_SUITE_END()
