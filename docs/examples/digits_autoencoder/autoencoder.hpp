#pragma once

#include <hesse/hesse.hpp>

#include <Eigen/Core>

namespace demo {

/// A tanh autoencoder with weight decay, as a loss of all its weights and biases:
///     f(theta) = 1/(2N) sum over images x of |W2 tanh(W1 x + b1) + b2 - x|^2  +  decay/2 |theta|^2.
/// This is all that hesse needs to differentiate it.
struct Autoencoder {
    const Eigen::MatrixXd& images;  // (64 x N), must outlive the loss
    hesse::Index hidden = 16;
    double decay = 0.01;

    [[nodiscard]] hesse::Index parameters() const {
        return 2 * hidden * images.rows() + hidden + images.rows();
    }

    auto operator()(const auto& theta) const {
        using hesse::shape;
        const hesse::Index pixels = images.rows();
        const auto [w1, b1, w2, b2] =
            hesse::unpack(theta, shape(hidden, pixels), shape(hidden), shape(pixels, hidden), shape(pixels));
        const auto code = tanh((w1 * images).colwise() + b1);
        const auto error_squared = (((w2 * code).colwise() + b2) - images).squaredNorm();
        const double count = static_cast<double>(images.cols());
        return error_squared * (0.5 / count) + theta.squaredNorm() * (0.5 * decay);
    }
};

}  // namespace demo
