#include "saddles/saddles.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace hesse::bench {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd random_vector(Index n, std::uint64_t seed) {
    VectorXd v(n);
    RandomGenerator(seed).unit_vector(VectorSpace(n), v.data());
    return v;
}
MatrixXd random_matrix(Index rows, Index cols, std::uint64_t seed) {
    const double scale = std::sqrt(static_cast<double>(rows * cols));
    return scale * random_vector(rows * cols, seed).reshaped(rows, cols);
}
MatrixXd orthonormal(Index rows, Index cols, std::uint64_t seed) {
    const Eigen::HouseholderQR<MatrixXd> qr(random_matrix(rows, cols, seed));
    return qr.householderQ() * MatrixXd::Identity(rows, cols);
}

/// sum d_i y_i^2 / 2 + sum over the first `index` of y_i^4 / 4 for y = x reflected at a random plane: curvatures from -1 to -0.1 along
/// the first, from 0.01 to 1 along the others.
Saddle wells(Index n, Index index) {
    const MatrixXd v = random_vector(n, 11);  // (n x 1)
    VectorXd d(n);
    for (Index i = 0; i < n; ++i) {
        const auto part = [&](Index from, Index count) {
            return static_cast<double>(i - from) / static_cast<double>(std::max<Index>(count - 1, 1));
        };
        d[i] = i < index ? -std::pow(10.0, -part(0, index)) : std::pow(100.0, part(index, n - index) - 1.0);
    }
    const double lowest = -0.25 * d.head(index).squaredNorm();
    const auto loss = [v, d, index](const auto& x) {
        const auto y = (x - v * (2.0 * (v.transpose() * x))).array().eval();
        return 0.5 * (d.array() * y.square()).sum() + 0.25 * y.head(index).square().square().sum();
    };
    return {"coupled wells", std::to_string(index), problems::AnyObjective(objective(loss, n)),
            VectorXd::Zero(n), lowest};
}

/// |x|^4 / 4 - x'Mx / 2, M with 60 eigenvalues 2, 1.98, ... and 0.5 else, in reflected axes: sqrt(lambda_k) u_k is a saddle of index k - 1.
Saddle quartic_pca(Index n, Index index) {
    const MatrixXd v = random_vector(n, 12);  // (n x 1)
    VectorXd lambda = VectorXd::Constant(n, 0.5);
    for (Index i = 0; i < 60; ++i) lambda[i] = 2.0 - 0.02 * static_cast<double>(i);
    const auto loss = [v, lambda](const auto& x) {
        const auto y = (x - v * (2.0 * (v.transpose() * x))).array().eval();
        const auto square = y.square().sum();
        return 0.25 * square * square - 0.5 * (lambda.array() * y.square()).sum();
    };
    VectorXd u = VectorXd::Unit(n, index);
    u -= 2.0 * v(index, 0) * v;
    return {"quartic PCA", std::to_string(index), problems::AnyObjective(objective(loss, n)),
            std::sqrt(lambda[index]) * u, -0.25 * lambda[0] * lambda[0]};
}

/// |U V' - M|^2 / 2, M (60 x 40) with five singular values, in rank 5; the first `fitted` of them are fitted at the saddle.
Saddle factorisation(Index fitted) {
    constexpr Index m = 60, p = 40, rank = 5;
    const MatrixXd left = orthonormal(m, rank, 13), right = orthonormal(p, rank, 14);
    const VectorXd sigma = VectorXd::LinSpaced(rank, 3.0, 1.0);
    const MatrixXd target = left * sigma.asDiagonal() * right.transpose();
    const auto loss = [target](const auto& theta) {
        const auto [u, w] = unpack(theta, shape(m, rank), shape(p, rank));
        return 0.5 * (u * w.transpose() - target).squaredNorm();
    };
    VectorXd start = VectorXd::Zero((m + p) * rank);
    for (Index k = 0; k < fitted; ++k) {
        start.segment(k * m, m) = std::sqrt(sigma[k]) * left.col(k);
        start.segment(m * rank + k * p, p) = std::sqrt(sigma[k]) * right.col(k);
    }
    // Each column of U and V that is zero has one descent direction for each singular value that is left.
    return {"factorisation", std::to_string((rank - fitted) * (rank - fitted)),
            problems::AnyObjective(objective(loss, (m + p) * rank)), start, 0.0};
}

/// |W_L ... W_1 - A|^2 / 2 with 10 x 10 matrices, at zero: a saddle of order L.
template <int depth>
Saddle deep_linear_network() {
    constexpr Index width = 10;
    const MatrixXd target = orthonormal(width, width, 15);
    const auto loss = [target](const auto& theta) {
        const Shape square = shape(width, width);
        if constexpr (depth == 2) {
            const auto [a, b] = unpack(theta, square, square);
            return 0.5 * (b * a - target).squaredNorm();
        } else {
            const auto [a, b, c] = unpack(theta, square, square, square);
            return 0.5 * (c * (b * a) - target).squaredNorm();
        }
    };
    return {fmt::format("linear network of depth {}", depth), depth == 2 ? "100" : "order 3",
            problems::AnyObjective(objective(loss, depth * width * width)),
            VectorXd::Zero(depth * width * width), 0.0};
}

/// Mean over 256 columns of |W_2 tanh(W_1 x) - x|^2 / 2, x (64) of rank 8, with 16 hidden units, at zero.
Saddle autoencoder() {
    constexpr Index inputs = 64, hidden = 16, columns = 256, rank = 8;
    const MatrixXd data = 0.5 * orthonormal(inputs, rank, 16) * random_matrix(rank, columns, 17);
    const auto loss = [data](const auto& theta) {
        const auto [first, second] = unpack(theta, shape(hidden, inputs), shape(inputs, hidden));
        return (0.5 / static_cast<double>(columns)) * (second * tanh(first * data) - data).squaredNorm();
    };
    // The least value is not zero, since tanh bends, but far below half of that at the saddle.
    return {"autoencoder 64-16-64", "128", problems::AnyObjective(objective(loss, 2 * inputs * hidden)),
            VectorXd::Zero(2 * inputs * hidden), 0.0};
}

}  // namespace

std::vector<Saddle (*)()> saddles() {
    return {
        [] { return wells(1000, 1); },           [] { return wells(1000, 10); },
        [] { return wells(1000, 100); },         [] { return wells(100'000, 1); },
        [] { return wells(100'000, 10); },       [] { return wells(100'000, 100); },
        [] { return quartic_pca(1000, 1); },     [] { return quartic_pca(1000, 20); },
        [] { return quartic_pca(10'000, 50); },  [] { return factorisation(4); },
        [] { return factorisation(0); },         [] { return deep_linear_network<2>(); },
        [] { return deep_linear_network<3>(); }, autoencoder,
    };
}

}  // namespace hesse::bench
