#pragma once

#include "hesse/autodiff.hpp"

/// Losses that optimizers are compared on, written as a user writes them.
namespace hesse::test {

/// Moré, Garbow and Hillstrom, ACM Trans. Math. Softw. 7 (1981) 17: nos. 14 and 13, and the chained function of Rosenbrock.
inline constexpr auto wood = [](const auto& x) {
    const auto a = x[1] - x[0] * x[0], c = x[3] - x[2] * x[2];
    const auto b = 1.0 - x[0], d = 1.0 - x[2];
    const auto e = x[1] + x[3] - 2.0;
    const auto g = x[1] - x[3];
    return 100.0 * a * a + b * b + 90.0 * c * c + d * d + 10.0 * e * e + 0.1 * g * g;
};
inline constexpr auto powell_singular = [](const auto& x) {
    const auto a = x[0] + 10.0 * x[1];
    const auto b = x[2] - x[3], d = x[0] - x[3];
    const auto c = x[1] - 2.0 * x[2];
    return a * a + 5.0 * b * b + c * c * c * c + 10.0 * d * d * d * d;
};
inline constexpr auto chained_rosenbrock = [](const auto& x) {
    const Index n = x.size();
    const auto a = x.head(n - 1).array(), b = x.tail(n - 1).array();
    return (100.0 * (b - a.square()).square() + (1.0 - a).square()).sum();
};

}  // namespace hesse::test
