#include "hesse/optim/models/multilayer_perceptron.hpp"

#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

const MatrixXd inputs = random_matrix(3, 20, 1);
const std::vector<int> labels{0, 1, 2, 3, 3, 2, 1, 0, 1, 1, 2, 0, 3, 0, 2, 1, 0, 3, 2, 2};

template <class Activation = Tanh>
auto classifier(const std::vector<Index>& hidden, const Activation& activation = {},
                const Initialiser& initialiser = Initialiser::glorot_uniform()) {
    return model([=](const auto& p) {
        return mean(
            cross_entropy(multilayer_perceptron(p, inputs, hidden, 4, activation, initialiser), labels));
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(multilayer_perceptron_model)

BOOST_AUTO_TEST_CASE(every_layer_has_weights_and_biases) {
    BOOST_TEST(classifier({}).size() == 3 * 4 + 4);
    BOOST_TEST(classifier({7}).size() == (3 + 1) * 7 + (7 + 1) * 4);
    const auto network = classifier({7, 5, 6});
    BOOST_TEST(network.size() == 4 * 7 + 8 * 5 + 6 * 6 + 7 * 4);
    BOOST_TEST(network.parameters()["layer 4/bias"].first == network.size() - 4);
    Index biases = 0;
    for (const Segment& bias : network.parameters().ending_in("bias")) biases += bias.count;
    BOOST_TEST(biases == 7 + 5 + 6 + 4);
}

BOOST_AUTO_TEST_CASE(the_loss_is_that_of_loops_over_samples) {
    const auto network = classifier({5});
    const VectorXd x = random_vector(network.size(), 2);
    double loss = 0.0;
    for (Index n = 0; n < 20; ++n) {
        double hidden[5], score[4], sum = 0.0;
        for (Index i = 0; i < 5; ++i) {
            double z = x[15 + i];
            for (Index j = 0; j < 3; ++j) z += x[i + 5 * j] * inputs(j, n);
            hidden[i] = std::tanh(z);
        }
        for (Index i = 0; i < 4; ++i) {
            score[i] = x[40 + i];
            for (Index j = 0; j < 5; ++j) score[i] += x[20 + i + 4 * j] * hidden[j];
            sum += std::exp(score[i]);
        }
        loss += std::log(sum) - score[labels[static_cast<std::size_t>(n)]];
    }
    BOOST_TEST(std::abs(network(x) - loss / 20.0) < 1e-14);
}

BOOST_AUTO_TEST_CASE(its_derivatives_hold) {
    const auto check = [](const auto& network) {
        const auto report = check_derivatives(objective(network, network.size()), network.initial(3));
        BOOST_TEST(report.passed(), report);
    };
    check(classifier({6, 5}));
    check(classifier({6, 5, 4}, Softplus{}, Initialiser::he_normal()));
}

BOOST_AUTO_TEST_CASE(weights_of_zero_know_nothing_of_the_class) {
    const auto network = classifier({6, 5}, Tanh{}, Initialiser::zeros());
    BOOST_TEST(std::abs(network(network.initial(4)) - std::log(4.0)) < 1e-15);
}

BOOST_AUTO_TEST_CASE(it_learns_by_heart_what_it_has_units_for) {
    const auto network = classifier({16});
    const auto f = objective(network, network.size());
    const auto found =
        minimize(f, network.initial(5), LimitedMemoryBfgs{}, Stopping{.budget = 3000, .target_value = 0.05});
    BOOST_TEST(found.value <= 0.05);
}

BOOST_AUTO_TEST_SUITE_END()
