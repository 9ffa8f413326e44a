#pragma once

#include <Eigen/Core>

#include <cmath>
#include <vector>

namespace hesse::bench {

/// A sequence for a recurrent network of `layers` layers of `width` units.
struct LstmData {
    Eigen::Index layers, width;
    Eigen::MatrixXd sequence;  // (width x steps), zeros and ones
    Eigen::MatrixXd state;     // (width x 2 layers): hidden and cell of each layer before the first step

    LstmData(Eigen::Index layers, Eigen::Index width, Eigen::Index steps);

    // Where the parameters begin: for each layer weights (width x 4) and biases (width x 4), of the gates
    // forget, input, output and of the change; weights of the input, weights and biases of the prediction.
    [[nodiscard]] Eigen::Index layer(Eigen::Index l) const { return 8 * width * l; }
    [[nodiscard]] Eigen::Index input_weights() const { return layer(layers); }
    [[nodiscard]] Eigen::Index parameters() const { return input_weights() + 3 * width; }
    /// Bits that are predicted.
    [[nodiscard]] double predictions() const { return static_cast<double>(width * (sequence.cols() - 1)); }
    /// Where it is measured.
    [[nodiscard]] Eigen::VectorXd start() const;
};

template <class T>
static T sigmoid_of(const T& x) {
    using std::exp;
    return 1.0 / (1.0 + exp(-x));
}

/// Minus the mean over steps and bits of (y - log(2 + sum exp(y))) times the next step's bit, y the network's
/// prediction: a long short-term memory with diagonal weights, as in ADBench. `static` as all losses here are,
/// see rosenbrock.hpp.
template <class T>
static T lstm(const LstmData& data, const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) {
    using std::exp;
    using std::log;
    using std::tanh;
    const Eigen::Index b = data.width;
    const T* input_weight = theta.data() + data.input_weights();
    const T* output_weight = input_weight + b;
    const T* output_bias = output_weight + b;

    std::vector<T> hidden(data.layers * b), cell(data.layers * b), input(b), y(b);
    for (Eigen::Index l = 0; l < data.layers; ++l) {
        for (Eigen::Index i = 0; i < b; ++i) {
            hidden[l * b + i] = data.state(i, 2 * l);
            cell[l * b + i] = data.state(i, 2 * l + 1);
        }
    }
    T loss = 0.0;
    for (Eigen::Index t = 0; t + 1 < data.sequence.cols(); ++t) {
        for (Eigen::Index i = 0; i < b; ++i) input[i] = data.sequence(i, t) * input_weight[i];
        for (Eigen::Index l = 0; l < data.layers; ++l) {
            const T* weight = theta.data() + data.layer(l);
            const T* bias = weight + 4 * b;
            for (Eigen::Index i = 0; i < b; ++i) {
                T& h = hidden[l * b + i];
                T& c = cell[l * b + i];
                T forget = sigmoid_of<T>(input[i] * weight[i] + bias[i]);
                T accept = sigmoid_of<T>(h * weight[b + i] + bias[b + i]);
                T output = sigmoid_of<T>(input[i] * weight[2 * b + i] + bias[2 * b + i]);
                T change = tanh(h * weight[3 * b + i] + bias[3 * b + i]);
                c = c * forget + accept * change;
                h = output * tanh(c);
                input[i] = h;
            }
        }
        T sum = 2.0;
        for (Eigen::Index i = 0; i < b; ++i) {
            y[i] = input[i] * output_weight[i] + output_bias[i];
            sum += exp(y[i]);
        }
        T normalisation = log(sum);
        for (Eigen::Index i = 0; i < b; ++i) loss += (y[i] - normalisation) * data.sequence(i, t + 1);
    }
    return -loss / data.predictions();
}

}  // namespace hesse::bench
