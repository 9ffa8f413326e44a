#include "hesse/autodiff/matrix_functions.hpp"

#include "support/matrix_words.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(matrix_functions)

BOOST_AUTO_TEST_CASE(every_function_of_constants_and_variables_in_every_layout_is_its_loops) {
    for (const WordCase& word : word_cases()) {
        for (const WordLayout layout : {WordLayout::dense, WordLayout::block, WordLayout::transposed}) {
            for (const auto& [a, b] :
                 {std::pair{true, true}, std::pair{true, false}, std::pair{false, true}}) {
                if (!word.uses_b && b) continue;
                const WordLoss loss{word, a, b, layout};
                const Index n = loss.size();
                BOOST_TEST_CONTEXT(word.name << ", layout " << static_cast<int>(layout) << ", variable " << a
                                             << b) {
                    check_loss(objective(loss, n),
                               [&](const HyperDualVector& theta) { return loss.loops(theta); },
                               random_vector(n, 7), {.scale = 10, .relative = 1e-13});
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(float_has_its_own_precision) {
    for (const WordCase& word : word_cases()) {
        const WordLoss loss{word, true, word.uses_b, WordLayout::dense};
        const Index n = loss.size();
        const auto f = objective(loss, n);
        const VectorXd x = random_vector(n, 7), u = random_vector(n, 8);
        const auto wide = f.linearize(x);
        const auto narrow = f.over<float>().linearize(x.cast<float>());
        const VectorXd gradient = wide.gradient(), product = wide.hessian() * u;
        const Eigen::VectorXf narrow_product = narrow.hessian() * Eigen::VectorXf(u.cast<float>());
        BOOST_TEST_CONTEXT(word.name) {
            BOOST_TEST(f.over<float>().value(x.cast<float>()) == narrow.value());
            BOOST_TEST((Eigen::VectorXf(narrow.gradient()).cast<double>() - gradient).norm() <
                       1e-4 * (10 + gradient.norm()));
            BOOST_TEST((narrow_product.cast<double>() - product).norm() < 1e-4 * (10 + product.norm()));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
