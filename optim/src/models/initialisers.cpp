#include "hesse/optim/models/initialisers.hpp"

#include "../options.hpp"

#include <Eigen/QR>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

double positive(const char* rule, const char* fan, Index count) {
    if (count < 1)
        throw std::invalid_argument(
            fmt::format("Initialiser::{}: fan {} is {}, expected at least 1", rule, fan, count));
    return static_cast<double>(count);
}
double glorot_variance(const char* rule, Fans fans) {
    return 2.0 / (positive(rule, "in", fans.in) + positive(rule, "out", fans.out));
}
double he_variance(const char* rule, Fans fans) { return 2.0 / positive(rule, "in", fans.in); }

void require_scale(const char* rule, const char* name, double scale) {
    if (!(scale >= 0.0) || std::isinf(scale))
        throw std::invalid_argument(fmt::format(
            "Initialiser::{}: {} is {}, expected a finite number that is not negative", rule, name, scale));
}

void draw_normal(RandomGenerator& generator, Shape shape, double deviation, double* out) {
    std::generate_n(out, shape.rows * shape.cols, [&] { return deviation * generator.normal(); });
}
void draw_uniform(RandomGenerator& generator, Shape shape, double bound, double* out) {
    std::generate_n(out, shape.rows * shape.cols, [&] { return bound * (2.0 * generator.uniform() - 1.0); });
}

/// Normal or uniform numbers with the variance that `variance(rule, fans)` says, times gain^2.
template <class Variance>
Initialiser scaled_normal(const char* rule, double gain, Variance variance) {
    require_scale(rule, "gain", gain);
    return Initialiser([=](RandomGenerator& generator, Shape shape, Fans fans, double* out) {
        draw_normal(generator, shape, gain * std::sqrt(variance(rule, fans)), out);
    });
}
template <class Variance>
Initialiser scaled_uniform(const char* rule, double gain, Variance variance) {
    require_scale(rule, "gain", gain);
    // Uniform numbers on (-b, b) have variance b^2 / 3.
    return Initialiser([=](RandomGenerator& generator, Shape shape, Fans fans, double* out) {
        draw_uniform(generator, shape, gain * std::sqrt(3.0 * variance(rule, fans)), out);
    });
}

void draw_orthogonal(RandomGenerator& generator, Shape shape, double gain, double* out) {
    const Index tall = std::max(shape.rows, shape.cols), narrow = std::min(shape.rows, shape.cols);
    Eigen::MatrixXd normal(tall, narrow);
    draw_normal(generator, {tall, narrow}, 1.0, normal.data());
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(normal);
    Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(tall, narrow);
    for (Index j = 0; j < narrow; ++j) {
        if (qr.matrixQR()(j, j) < 0.0) q.col(j) *= -1.0;
    }
    Eigen::Map<Eigen::MatrixXd> to(out, shape.rows, shape.cols);
    if (shape.rows >= shape.cols) to = gain * q;
    else to = gain * q.transpose();
}

}  // namespace

Initialiser::Initialiser(Draw draw) : draw_(std::move(draw)) {
    if (!draw_) throw std::invalid_argument("Initialiser: the rule is empty, expected a function");
}

Initialiser Initialiser::constant(double value) {
    if (!std::isfinite(value))
        throw std::invalid_argument(
            fmt::format("Initialiser::constant: value is {}, expected a finite number", value));
    return Initialiser([value](RandomGenerator&, Shape shape, Fans, double* out) {
        std::fill_n(out, shape.rows * shape.cols, value);
    });
}

Initialiser Initialiser::normal(double standard_deviation) {
    require_scale("normal", "standard_deviation", standard_deviation);
    return Initialiser([=](RandomGenerator& generator, Shape shape, Fans, double* out) {
        draw_normal(generator, shape, standard_deviation, out);
    });
}

Initialiser Initialiser::uniform(double bound) {
    require_scale("uniform", "bound", bound);
    return Initialiser([=](RandomGenerator& generator, Shape shape, Fans, double* out) {
        draw_uniform(generator, shape, bound, out);
    });
}

Initialiser Initialiser::glorot_normal(double gain) {
    return scaled_normal("glorot_normal", gain, glorot_variance);
}
Initialiser Initialiser::glorot_uniform(double gain) {
    return scaled_uniform("glorot_uniform", gain, glorot_variance);
}
Initialiser Initialiser::he_normal(double gain) { return scaled_normal("he_normal", gain, he_variance); }
Initialiser Initialiser::he_uniform(double gain) { return scaled_uniform("he_uniform", gain, he_variance); }

Initialiser Initialiser::orthogonal(double gain) {
    require_scale("orthogonal", "gain", gain);
    return Initialiser([gain](RandomGenerator& generator, Shape shape, Fans, double* out) {
        draw_orthogonal(generator, shape, gain, out);
    });
}

}  // namespace hesse
