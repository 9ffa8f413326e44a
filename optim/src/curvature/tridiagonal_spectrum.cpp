#include "hesse/optim/curvature/tridiagonal_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace hesse {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double tiny = std::numeric_limits<double>::min();
/// Two or three sweeps are enough for an eigenvalue.
constexpr std::size_t sweeps_per_eigenvalue = 30;

}  // namespace

void TridiagonalSpectrum::compute(const Tridiagonal& t) {
    const std::size_t k = t.diagonal.size();
    values_.assign(t.diagonal.begin(), t.diagonal.end());
    beside_.assign(t.beside.begin(), t.beside.end());
    vectors_.assign(k * k, 0.0);
    for (std::size_t i = 0; i < k; ++i) vectors_[i * k + i] = 1.0;

    std::size_t last = k == 0 ? 0 : k - 1, left = sweeps_per_eigenvalue * k;
    const auto negligible = [&](std::size_t i) {
        return std::abs(beside_[i]) <= eps * (std::abs(values_[i]) + std::abs(values_[i + 1])) ||
               std::abs(beside_[i]) < tiny;
    };
    while (last > 0) {
        for (std::size_t i = 0; i < last; ++i)
            if (negligible(i)) beside_[i] = 0.0;
        if (beside_[last - 1] == 0.0) {
            --last;
            continue;
        }
        std::size_t first = last - 1;
        while (first > 0 && beside_[first - 1] != 0.0) --first;
        if (left-- == 0) throw std::runtime_error("TridiagonalSpectrum: the QR algorithm has not converged");
        sweep(first, last);
    }
}

/// One QR step on the block of rows first to last: the shift is the eigenvalue of its last 2 x 2 block that is nearer to the end.
void TridiagonalSpectrum::sweep(std::size_t first, std::size_t last) {
    const double b = beside_[last - 1];
    const double half = 0.5 * (values_[last - 1] - values_[last]);
    const double shift = values_[last] - b * (b / (half + std::copysign(std::hypot(half, b), half)));
    double x = values_[first] - shift, bulge = beside_[first];
    for (std::size_t i = first; i < last && bulge != 0.0; ++i) {
        const double length = std::hypot(x, bulge), cosine = x / length, sine = bulge / length;
        if (i > first) beside_[i - 1] = length;
        rotate(i, cosine, sine);
        if (i + 1 == last) break;
        x = beside_[i];
        bulge = sine * beside_[i + 1];
        beside_[i + 1] *= cosine;
    }
}

/// T <- G'TG and Q <- QG for the rotation G = (cosine, -sine; sine, cosine) of the coordinates i and i + 1; what else it does to their
/// neighbours is left to the caller.
void TridiagonalSpectrum::rotate(std::size_t i, double cosine, double sine) {
    const double upper = values_[i], lower = values_[i + 1], b = beside_[i];
    const double mixed = 2.0 * cosine * sine * b;
    values_[i] = cosine * cosine * upper + mixed + sine * sine * lower;
    values_[i + 1] = sine * sine * upper - mixed + cosine * cosine * lower;
    beside_[i] = cosine * sine * (lower - upper) + (cosine * cosine - sine * sine) * b;

    const std::size_t k = values_.size();
    double* first = vectors_.data() + i * k;
    double* second = first + k;
    for (std::size_t j = 0; j < k; ++j) {
        const double before = first[j];
        first[j] = cosine * before + sine * second[j];
        second[j] = cosine * second[j] - sine * before;
    }
}

}  // namespace hesse
