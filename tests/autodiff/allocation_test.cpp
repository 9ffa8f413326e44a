#include "hesse/autodiff/array_comparisons.hpp"
#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/layers.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/rearrangement.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "hesse/autodiff/shapes.hpp"
#include "support/allocation_counter.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <utility>

/// A loop that linearises and multiplies again and again takes no memory once it has what it needs.
namespace {
using namespace hesse;
using namespace hesse::test;

/// Allocations of `rounds` rounds as an optimizer makes them: the next linearisation is made while the last one is
/// alive, some products each.
template <class F>
std::size_t allocations_of_a_loop(const F& f, const VectorXd& start) {
    using Linearization = decltype(f.linearize(start));
    VectorXd x = start, direction = VectorXd::Ones(x.size()), product(x.size());
    std::optional<Linearization> current(f.linearize(x)), trial;
    const auto round = [&] {
        x *= 0.999;
        trial.emplace(f.linearize(x));
        for (int k = 0; k < 3; ++k) {
            trial->hessian().apply(direction, product);
            direction = product / product.norm();
        }
        current.emplace(std::move(*trial));
        trial.reset();
    };
    for (int i = 0; i < 3; ++i) round();
    const AllocationCounter counter;
    for (int i = 0; i < 5; ++i) round();
    return counter.count();
}
}  // namespace

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(the_counter_sees_eigen_and_the_library) {
    const AllocationCounter counter;
    const VectorXd x = VectorXd::Ones(100);
    const Buffer buffer(100, x.sum());
    const std::size_t counted = counter.count();
    BOOST_TEST(counted == (AllocationCounter::works() ? 2u : 0u));  // sanitizers hide them
}

BOOST_AUTO_TEST_CASE(scalar_code_takes_no_memory_in_the_steady_state) {
    const auto rosenbrock = [](const auto& x) {
        typename std::decay_t<decltype(x)>::Scalar s = 0;
        for (Index i = 0; i + 1 < x.size(); ++i) {
            const typename std::decay_t<decltype(x)>::Scalar a = x[i + 1] - x[i] * x[i], b = 1.0 - x[i];
            s += 100.0 * (a * a) + b * b * exp(-b);
        }
        return s;
    };
    BOOST_TEST(allocations_of_a_loop(objective(rosenbrock, 500, scalars), random_vector(500, 1)) == 0u);
    BOOST_TEST(allocations_of_a_loop(objective(rosenbrock, 500), random_vector(500, 1)) == 0u);
}

BOOST_AUTO_TEST_CASE(array_code_takes_no_memory_in_the_steady_state) {
    const auto f = objective(
        [](const auto& x) {
            const Index n = x.size();
            const auto a = x.head(n - 1).array(), b = x.tail(n - 1).array();
            const auto y = exp(x * 0.1);
            const auto m = (y + x).reshaped(20, 50);
            return (100.0 * (b - a.square()).square() + (1.0 - a).square()).sum() + log_sum_exp(m) +
                   m.colwise().sum().squaredNorm() + (m.rowwise() - m.row(0)).squaredNorm() + y(3) * y(5) +
                   m.col(2).dot(m.col(3)) + m.maxCoeff();
        },
        1000);
    BOOST_TEST(allocations_of_a_loop(f, random_vector(1000, 2)) == 0u);
}

BOOST_AUTO_TEST_CASE(a_network_takes_no_memory_in_the_steady_state) {
    const Index inputs = 20, hidden = 15, classes = 4, images = 70;
    const MatrixXd data = random_matrix(inputs, images, 3);
    Eigen::VectorXi labels(images);
    for (Index j = 0; j < images; ++j) labels[j] = static_cast<int>(j % classes);
    const Index n = hidden * inputs + hidden + classes * hidden + classes;
    const auto f = objective(
        [&](const auto& theta) {
            const auto [w1, b1, w2, b2] =
                unpack(theta, shape(hidden, inputs), shape(hidden), shape(classes, hidden), shape(classes));
            const auto y = tanh((w1 * data).colwise() + b1);
            const auto scores = (w2 * y).colwise() + b2;
            return mean(log_sum_exp(scores, by_column) - pick(scores, labels)) + 0.01 * theta.squaredNorm();
        },
        n);
    BOOST_TEST(allocations_of_a_loop(f, random_vector(n, 4)) == 0u);
}

BOOST_AUTO_TEST_CASE(layers_take_no_memory_in_the_steady_state) {
    const Index d = 8, tokens = 12;
    const MatrixXd data = random_matrix(d, tokens, 10);
    const std::vector<int> labels{0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3}, chosen{3, 1, 1};
    const auto f = objective(
        [&](const auto& theta) {
            const auto [w, gain, taps] = unpack(theta, shape(3 * d, d), shape(d), shape(2, 3));
            const auto x = (w * layer_norm(w.topRows(d) * data, gain, gain)).eval();
            const auto y =
                attention(x.topRows(d), x.middleRows(d, d), x.bottomRows(d), {.sequences = 3, .heads = 2});
            const auto z = convolution_1d(y, taps, d, 1, 3, 1, 1);
            return mean(cross_entropy(y, labels)) + max_pooling_1d(z, d, 2, 2, 2).sum() +
                   average_pooling_1d(z, d, 2, 2, 2).squaredNorm() + sort(y, by_column).row(0).sum() +
                   gather_rows(softmax(y, by_row), chosen).squaredNorm() + gain.prod() +
                   batched_multiply(y, y, 3, {.left = true}).squaredNorm();
        },
        3 * d * d + d + 6);
    BOOST_TEST(allocations_of_a_loop(f, random_vector(f.size(), 11)) == 0u);
}

BOOST_AUTO_TEST_CASE(comparisons_and_constants_take_no_memory_in_the_steady_state) {
    const auto data = constant(random_matrix(300, 1, 8));
    const auto f = objective(
        [&](const auto& x) {
            const auto a = x.array();
            return select(a < data.array(), a * a, exp(a)).sum() +
                   (x - 2.0 * data.cwiseProduct(data)).squaredNorm();
        },
        300);
    BOOST_TEST(allocations_of_a_loop(f, random_vector(300, 9)) == 0u);
}

BOOST_AUTO_TEST_CASE(temporary_constants_take_no_memory_of_the_library) {
    // Eigen evaluates 2 * data into a matrix that the recording keeps, in memory that it has already.
    const MatrixXd data = random_matrix(30, 30, 5);
    const auto f =
        objective([&](const auto& x) { return (2.0 * data * x + data.col(1) * 3.0).squaredNorm(); }, 30);
    BOOST_TEST(allocations_of_a_loop(f, random_vector(30, 6)) == 0u);
}

BOOST_AUTO_TEST_CASE(memory_in_use_is_told_by_kind) {
    const auto f = objective([](const auto& x) { return (exp(x).array() * x.array()).sum(); }, 1000);
    auto at = f.linearize(random_vector(1000, 7));
    const auto before = at.memory();
    BOOST_TEST(before.values >= 1000 * sizeof(double));
    BOOST_TEST(before.kept >= 1000 * sizeof(double));  // the exponentials
    VectorXd out(1000);
    at.hessian().apply(VectorXd::Ones(1000), out);
    const auto after = at.memory();
    BOOST_TEST(after.sweeps > before.sweeps);  // tangents come with the first product
    BOOST_TEST(after.total() == after.values + after.sweeps + after.statements + after.nodes + after.kept);
}

BOOST_AUTO_TEST_SUITE_END()
