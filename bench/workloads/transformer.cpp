#include "losses/transformer.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "peers/peer.hpp"

// One pre-norm transformer block.
namespace hesse::bench {
namespace {

/// `inputs` are data.inputs as an array of the library.
template <class Inputs, class Theta>
auto transformer(const Transformer& data, const Inputs& inputs, const Theta& theta) {
    const Index d = data.d, hidden = data.hidden();
    const auto [gain_1, shift_1, gain_2, shift_2, w_qkv, b_qkv, w_o, b_o, w_1, b_1, w_2, b_2] =
        unpack(theta, shape(d), shape(d), shape(d), shape(d), shape(3 * d, d), shape(3 * d), shape(d, d),
               shape(d), shape(hidden, d), shape(hidden), shape(d, hidden), shape(d));

    const auto qkv = (w_qkv * layer_norm(inputs, gain_1, shift_1)).colwise() + b_qkv;
    const auto attended = attention(qkv.topRows(d), qkv.middleRows(d, d), qkv.bottomRows(d),
                                    {.sequences = data.batch, .heads = data.heads});
    const auto y = inputs + ((w_o * attended).colwise() + b_o);
    const auto z = (w_1 * layer_norm(y, gain_2, shift_2)).colwise() + b_1;
    const auto out = (w_2 * gelu_tanh(z)).colwise() + b_2;
    return (out + y - data.targets).squaredNorm() / static_cast<double>(data.inputs.size());
}

void measure(Session& session) {
    const Transformer data(128, 4, 64, 16);
    const Problem problem("transformer", "array", data.start());
    const auto inputs = copy(data.inputs);
    const auto f =
        objective([&](const auto& theta) { return transformer(data, inputs, theta); }, problem.size());
    race_with_peers(session, problem, ArrayLoss(&data), {hesse_method(f, problem)},
                    {.product_repeated = Target{"libtorch", 0.7}});
}

const Registration registration{"transformer", measure};

}  // namespace
}  // namespace hesse::bench
