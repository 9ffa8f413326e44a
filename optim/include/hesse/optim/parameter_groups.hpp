#pragma once

#include "hesse/autodiff/shapes.hpp"

#include <array>
#include <concepts>

namespace hesse {

/// Parameters that follow each other.
struct Segment {
    Index first = 0;
    Index count = 0;
};

/// Where unpack with the same shapes puts its parts:
///     const auto [weights, biases] = layout(shape(10, 64), shape(10));
template <class... S>
    requires(std::same_as<S, Shape> && ...)
constexpr std::array<Segment, sizeof...(S)> layout(S... shapes) {
    Index first = 0;
    const auto next = [&first](const Shape& s) {
        const Segment segment{first, s.rows * s.cols};
        first += segment.count;
        return segment;
    };
    return {next(shapes)...};  // braces evaluate from left to right
}

/// Parameters for which a method has options of their own: any of them, as layer-wise step sizes or decay of weights alone.
///     Adam(Adam::Options{.step_size = 1e-3}, {{weights, {.step_size = 1e-4}}});
template <class Options>
struct ParameterGroup {
    Segment where;
    Options options{};
};

}  // namespace hesse
