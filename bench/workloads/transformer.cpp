#include "losses/transformer.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "peers/peer.hpp"

#include <cmath>
#include <numbers>

// One pre-norm transformer block.
namespace hesse::bench {
namespace {

/// Each column brought to mean 0 and variance 1, then gain and shift of each row.
template <class X, class Gain, class Shift>
auto layer_norm(const X& x, const Gain& gain, const Shift& shift) {
    const auto centred = (x.rowwise() - x.colwise().mean()).eval();
    const auto variance = centred.array().square().colwise().mean();
    const auto normal = centred.array().rowwise() / sqrt(variance + Transformer::epsilon);
    return ((normal.colwise() * gain.array()).colwise() + shift.array()).matrix().eval();
}

template <class Theta>
auto transformer(const Transformer& data, const Eigen::MatrixXd& inputs, const Theta& theta) {
    using Scalar = typename Theta::Scalar;
    const Index d = data.d, width = d / data.heads, length = data.length, hidden = data.hidden();
    const auto [gain_1, shift_1, gain_2, shift_2, w_qkv, b_qkv, w_o, b_o, w_1, b_1, w_2, b_2] =
        unpack(theta, shape(d), shape(d), shape(d), shape(d), shape(3 * d, d), shape(3 * d), shape(d, d),
               shape(d), shape(hidden, d), shape(hidden), shape(d, hidden), shape(d));

    const Matrix<Scalar> x = inputs;
    const auto qkv = ((w_qkv * layer_norm(x.matrix(), gain_1, shift_1)).colwise() + b_qkv).eval();
    Matrix<Scalar> attended(d, inputs.cols());
    for (Index sequence = 0; sequence < data.batch; ++sequence) {
        for (Index head = 0; head < data.heads; ++head) {
            const Index row = head * width, col = sequence * length;
            const auto q = qkv.block(row, col, width, length);
            const auto k = qkv.block(d + row, col, width, length);
            const auto v = qkv.block(2 * d + row, col, width, length);
            const auto scores = (k.transpose() * q * (1 / std::sqrt(static_cast<double>(width)))).eval();
            const auto weights = exp(scores.rowwise() - log_sum_exp(scores, by_column));
            attended.block(row, col, width, length) = v * weights;
        }
    }
    const auto y = ((w_o * attended.matrix()).colwise() + b_o).eval() + inputs;
    const auto z = ((w_1 * layer_norm(y.eval(), gain_2, shift_2)).colwise() + b_1).eval();
    const double c = std::sqrt(2 / std::numbers::pi);
    const auto active =
        0.5 * z.array() * (1.0 + tanh(c * (z.array() + 0.044715 * (z.array() * z.array().square()))));
    const auto out = (w_2 * active.matrix()).colwise() + b_2;
    return (out + y - data.targets).squaredNorm() / static_cast<double>(inputs.size());
}

void measure(Session& session) {
    const Transformer data(128, 4, 64, 16);
    const Problem problem("transformer", "array", data.start());
    const auto f =
        objective([&](const auto& theta) { return transformer(data, data.inputs, theta); }, problem.size());
    race_with_peers(session, problem, ArrayLoss(&data), {hesse_method(f, problem)},
                    {.product_repeated = Target{"libtorch", 0.7}});
}

const Registration registration{"transformer", measure};

}  // namespace
}  // namespace hesse::bench
