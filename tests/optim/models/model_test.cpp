#include "hesse/optim/models/model.hpp"

#include "error_text.hpp"
#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

const MatrixXd data = random_matrix(3, 6, 1);

// Two layers without a name of their own, and one within a scope.
const auto body = [](const auto& p) {
    const auto hidden = tanh(p.take("weights", shape(4, 3)) * data).eval();
    const auto inner = p.in("inner");
    const auto more = inner.take("weights", shape(4, 4), Initialiser::orthogonal()) * hidden;
    const auto shifted = more.colwise() + inner.take("bias", shape(4), Initialiser::constant(0.25));
    return (p.take("output", shape(2, 4)) * exp(-shifted)).squaredNorm();
};

template <bool checkpoints>
auto nested(const auto& p) {
    const auto run = [](const auto& q, const auto& f, const auto&... x) {
        if constexpr (checkpoints) return q.checkpoint(f, x...);
        else return f(q, x...);
    };
    const auto layer = [](const auto& q, const auto& x) {
        return tanh(q.take("weights", shape(x.rows(), x.rows())) * x).eval();
    };
    const auto twice = [run, layer](const auto& q, const auto& x) {
        const auto y = run(q.in("first"), layer, x);
        const auto scale = q.take("scale", shape(1), Initialiser::ones());
        return (run(q.in("second"), layer, y) * scale(0)).eval();
    };
    const auto first = (p.take("first", shape(3, 3)) * data).eval();
    const auto none = run(
        p, [](const auto&, const auto& x) { return exp(x).eval(); }, first);
    const auto second = run(p.in("twice"), twice, none);
    return (p.take("last", shape(1, 3)) * second).squaredNorm();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_builder)

BOOST_AUTO_TEST_CASE(the_body_is_the_list_of_its_parameters) {
    const auto network = model(body);
    BOOST_TEST(network.size() == 12 + 16 + 4 + 8);
    std::vector<std::string> names;
    for (const auto& parameter : network.parameters().all()) names.push_back(parameter.name);
    const std::vector<std::string> expected{"weights", "inner/weights", "inner/bias", "output"};
    BOOST_TEST(names == expected, boost::test_tools::per_element());
    const Segment bias = network.parameters()["inner/bias"];
    BOOST_TEST(bias.first == 28);
    BOOST_TEST(bias.count == 4);
    const auto weights = network.parameters().ending_in("weights");
    BOOST_TEST(weights.size() == 2u);
    BOOST_TEST(weights[1].first == 12);
}

BOOST_AUTO_TEST_CASE(it_is_the_loss_that_unpack_would_make) {
    const auto network = model(body);
    const auto f = objective(network, network.size());
    const auto by_hand = objective(
        [](const auto& theta) {
            const auto [a, b, c, d] = unpack(theta, shape(4, 3), shape(4, 4), shape(4), shape(2, 4));
            return (d * exp(-((b * tanh(a * data).eval()).colwise() + c))).squaredNorm();
        },
        40);
    const VectorXd x = random_vector(40, 2), v = random_vector(40, 3);
    const auto at = f.linearize(x), expected = by_hand.linearize(x);
    BOOST_TEST(at.value() == expected.value());
    BOOST_TEST((at.gradient() == expected.gradient()));
    const VectorXd product = at.hessian() * v, expected_product = expected.hessian() * v;
    BOOST_TEST((product == expected_product));
    BOOST_TEST(network(x) == at.value());  // Eigen's vectors, too
}

BOOST_AUTO_TEST_CASE(initial_values_are_drawn_in_order) {
    const auto network = model(body);
    const VectorXd x = network.initial(7);
    BOOST_TEST((x == network.initial(RandomGenerator(7))));
    BOOST_TEST((x != network.initial(8)));
    BOOST_TEST((x.segment(28, 4).array() == 0.25).all());
    const Eigen::Map<const MatrixXd> inner(x.data() + 12, 4, 4);
    BOOST_TEST((inner.transpose() * inner - MatrixXd::Identity(4, 4)).norm() < 1e-14);
    // The first one, (4 x 3), by default: uniform within sqrt(6 / 7).
    BOOST_TEST(x.head(12).cwiseAbs().maxCoeff() < std::sqrt(6.0 / 7.0));
    RandomGenerator generator(7);
    BOOST_TEST(std::abs(x[0] - std::sqrt(6.0 / 7.0) * (2.0 * generator.uniform() - 1.0)) < 1e-15);
}

BOOST_AUTO_TEST_CASE(checkpoints_within_checkpoints_change_no_derivative) {
    const auto plain = model([](const auto& p) { return nested<false>(p); });
    const auto rerun = model([](const auto& p) { return nested<true>(p); });
    BOOST_TEST(plain.size() == 9 + 9 + 1 + 9 + 3);
    BOOST_TEST(rerun.size() == plain.size());
    for (std::size_t k = 0; k < plain.parameters().all().size(); ++k)
        BOOST_TEST(plain.parameters().all()[k].name == rerun.parameters().all()[k].name);
    const auto f = objective(plain, plain.size());
    const auto g = objective(rerun, rerun.size());
    const VectorXd x = plain.initial(1), v = random_vector(plain.size(), 4);
    const auto a = f.linearize(x), b = g.linearize(x);
    BOOST_TEST(a.value() == b.value());
    BOOST_TEST(g.value(x) == b.value());
    BOOST_TEST((a.gradient() - b.gradient()).norm() < 1e-13 * a.gradient().norm());
    BOOST_TEST((a.hessian() * v - b.hessian() * v).norm() < 1e-13 * (a.hessian() * v).norm());
    const auto report = check_derivatives(g, x);
    BOOST_TEST(report.passed(), report);
}

BOOST_AUTO_TEST_CASE(a_model_may_take_data_and_be_a_sum_over_rows) {
    const MatrixXd x = random_matrix(2, 30, 5), y = random_matrix(1, 30, 6);
    const auto network = model(
        [](const auto& p, const auto& inputs, const auto& targets) {
            const auto h = tanh(p.take("weights", shape(5, inputs.rows())) * inputs).eval();
            return (p.take("output", shape(1, 5)) * h - targets).squaredNorm();
        },
        x, y);
    BOOST_TEST(network.size() == 15);
    const auto sum = finite_sum(30,
                                [&](const auto& theta, const Rows& rows) {
                                    return network(theta, rows.columns_of(x), rows.columns_of(y));
                                },
                                network.size(), {.rows_per_part = 7});
    const auto whole = objective([&](const auto& theta) { return network(theta, x, y); }, network.size());
    const VectorXd theta = network.initial(2);
    BOOST_TEST(std::abs(sum.value(theta) - whole.value(theta)) < 1e-12);
    BOOST_TEST((sum.linearize(theta).gradient() - whole.linearize(theta).gradient()).norm() < 1e-12);
}

BOOST_AUTO_TEST_CASE(a_body_that_reads_something_else_is_refused) {
    Index rows = 2, count = 2;
    const auto network = model([&](const auto& p) {
        auto sum = p.take("a", shape(rows, 3)).sum();
        for (Index k = 1; k < count; ++k) sum += p.take("b" + std::to_string(k), shape(2)).sum();
        return sum;
    });
    const VectorXd x = random_vector(8, 7);
    BOOST_TEST(std::abs(network(x) - x.sum()) < 1e-14);
    rows = 3;
    BOOST_TEST(message_of([&] { network(x); }) ==
               "model: 'a' is read as (3 x 3), but was declared as (2 x 3)");
    rows = 2;
    count = 1;
    BOOST_TEST(
        message_of([&] { network(x); }) ==
        "model: 1 arrays were read, but 2 were declared; the model must read the same ones in each run");
    count = 3;
    BOOST_TEST(message_of([&] { network(x); }) ==
               "model: 'b2' is read, but only 2 arrays were declared; the model must read the same ones in "
               "each run");
    count = 2;
    BOOST_TEST(message_of([&] { network(VectorXd(x.head(7))); }).find("7") != std::string::npos);
    BOOST_TEST(message_of([&] { (void)network.parameters()["c"]; }) ==
               "ParameterList: no parameter is named 'c'; the 2 names begin with 'a'");
    BOOST_TEST(message_of([&] { model([](const auto& p) { return p.take("a", shape(0, 3)).sum(); }); }) ==
               "model: the parameter 'a' has the shape (0 x 3), expected at least one entry");
    BOOST_TEST(std::abs(network(x) - x.sum()) < 1e-14);
}

BOOST_AUTO_TEST_CASE(names_are_unique_and_tell_when_the_order_is_another) {
    BOOST_TEST(message_of([] {
                   model([](const auto& p) { return (p.take("a", shape(2)) + p.take("a", shape(2))).sum(); });
               }) ==
               "model: the parameter 'a' is declared twice; give each layer names of its own: p.in(\"...\")");
    bool swapped = false;
    const auto network = model([&](const auto& p) {
        const auto first = p.in(swapped ? "right" : "left").take("a", shape(3));
        const auto second = p.in(swapped ? "left" : "right").take("a", shape(3));
        return first.dot(second);
    });
    swapped = true;
    BOOST_TEST(message_of([&] {
                   network(random_vector(6, 9));
               }).starts_with("model: 'right/a' is read where 'left/a' was declared"));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_was_not_declared_is_refused) {
    bool checkpoints = false;
    const auto network = model([&](const auto& p) {
        const auto square = [](const auto& q) { return q.take("a", shape(3)).squaredNorm(); };
        if (checkpoints) return p.checkpoint(square);
        return square(p);
    });
    checkpoints = true;
    BOOST_TEST(
        message_of([&] { network(random_vector(3, 8)); }) ==
        "model: a checkpoint after 0 arrays was not declared; the model must make the same ones in each run");
}

BOOST_AUTO_TEST_SUITE_END()
