#pragma once

#include "hesse/optim/elementwise_method.hpp"

#include <cstddef>
#include <limits>
#include <string_view>

namespace hesse {

/// x <- x - step_size g(x). On a quadratic it converges for step_size < 2 / (largest eigenvalue).
struct GradientDescentRule {
    struct Options {
        Schedule step_size = 1e-2;
        double weight_decay = 0.0;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "GradientDescent";
    static constexpr std::size_t vectors = 0;
    static void check(const Options&) {}
    struct Step;
};

using GradientDescent = ElementwiseMethod<GradientDescentRule>;
extern template class ElementwiseMethod<GradientDescentRule>;
static_assert(Optimizer<GradientDescent>);

}  // namespace hesse
