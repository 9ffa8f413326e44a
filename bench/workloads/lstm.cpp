#include "hand/lstm.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/lstm.hpp"
#include "peers/peer.hpp"
#include "plain/losses.hpp"

#include <vector>

// A long short-term memory of two layers over 1024 steps, as scalar loops, and with a layer's units in arrays.
namespace hesse::bench {
namespace {

/// The loss of losses/lstm.hpp in array words; `sequence` is data.sequence.
template <class Theta>
auto array_lstm(const LstmData& data, const Eigen::MatrixXd& sequence, const Theta& theta) {
    using Scalar = typename Theta::Scalar;
    const Index b = data.width;
    const auto part = [&](Index first) { return theta.segment(first, b).array(); };
    const auto input_weight = part(data.input_weights());
    const auto output_weight = part(data.input_weights() + b);
    const auto output_bias = part(data.input_weights() + 2 * b);

    std::vector<Vector<Scalar>> hidden, cell;
    for (Index l = 0; l < data.layers; ++l) {
        hidden.emplace_back(data.state.col(2 * l));
        cell.emplace_back(data.state.col(2 * l + 1));
    }
    Scalar loss = 0;
    for (Index t = 0; t + 1 < sequence.cols(); ++t) {
        Vector<Scalar> input = (sequence.col(t).array() * input_weight).matrix();
        for (Index l = 0; l < data.layers; ++l) {
            const Index w = data.layer(l);
            const auto in = input.array(), h = hidden[l].array(), c = cell[l].array();
            const auto forget = sigmoid(in * part(w) + part(w + 4 * b));
            const auto accept = sigmoid(h * part(w + b) + part(w + 5 * b));
            const auto output = sigmoid(in * part(w + 2 * b) + part(w + 6 * b));
            const auto change = tanh(h * part(w + 3 * b) + part(w + 7 * b));
            cell[l] = (c * forget + accept * change).matrix();
            hidden[l] = (output * tanh(cell[l].array())).matrix();
            input = hidden[l];
        }
        const auto y = input.array() * output_weight + output_bias;
        const double bits = sequence.col(t + 1).sum();
        loss += (y * sequence.col(t + 1).array()).sum() - bits * log(2.0 + exp(y).sum());
    }
    return -loss / data.predictions();
}

void measure(Session& session) {
    const LstmData data(2, 14, 1024);
    const Method plain = plain_method([&, x = data.start()] { return plain::lstm(data, x); });

    const Problem scalar("lstm", "scalar", data.start());
    const auto by_loops = objective(
        [&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) { return lstm(data, theta); },
        scalar.size());
    race_with_peers(session, scalar, ScalarLoss(&data),
                    {plain, method_of("hand", std::make_shared<hand::Lstm>(data), scalar),
                     hesse_method(by_loops, scalar)},
                    {.gradient = Target{"plain", 2.0},
                     .product_repeated = Target{"plain", 2.2},
                     .product_block = Target{"plain", 1.5}});

    const Problem array("lstm", "array", data.start());
    const auto by_arrays =
        objective([&](const auto& theta) { return array_lstm(data, data.sequence, theta); }, array.size());
    race_methods(
        session, array,
        {plain, method_of("hand", std::make_shared<hand::Lstm>(data), array), hesse_method(by_arrays, array)},
        {.gradient = Target{"plain", 1.3}, .product_repeated = Target{"plain", 1.8}});
}

const Registration registration{"lstm", measure};

}  // namespace
}  // namespace hesse::bench
