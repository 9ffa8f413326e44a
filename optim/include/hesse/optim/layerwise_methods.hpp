#pragma once

#include "hesse/optim/elementwise_method.hpp"

#include <cstddef>
#include <limits>
#include <string_view>

namespace hesse {

/// Methods of first order for large batches whose steps are as long, in each group, as the group's parameters are large: a group is a
/// layer (see layout). Without groups all parameters are one. Their weight_decay is a part of the gradient, since the length of the
/// step is relative; a group that is zero, or has no gradient, is moved without scaling.

/// v <- momentum v + step_size r (g + weight_decay x),  x <- x - v,
/// r = trust_coefficient |x| / (|g| + weight_decay |x|).
/// You, Gitman and Ginsburg, arXiv:1708.03888.
struct LarsRule {
    struct Options {
        Schedule step_size = 1.0;
        double momentum = 0.9;
        double trust_coefficient = 1e-3;
        double weight_decay = 0.0;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "LARS";
    static constexpr std::size_t vectors = 1;
    static constexpr bool uses_norms = true;
    static void check(const Options& options);
    struct Step;
};

/// u = m^ / (sqrt(v^) + epsilon) + weight_decay x with Adam's averages,  x <- x - step_size |x| / |u| u.
/// You et al., ICLR 2020.
struct LambRule {
    struct Options {
        Schedule step_size = 1e-3;
        double first_decay = 0.9;
        double second_decay = 0.999;
        double epsilon = 1e-6;
        double weight_decay = 0.0;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "LAMB";
    static constexpr std::size_t vectors = 2;
    static constexpr bool scales_groups = true;
    static void check(const Options& options);
    struct Step;
};

using LARS = ElementwiseMethod<LarsRule>;
using LAMB = ElementwiseMethod<LambRule>;

extern template class ElementwiseMethod<LarsRule>;
extern template class ElementwiseMethod<LambRule>;

static_assert(Optimizer<LARS> && Optimizer<LAMB>);

}  // namespace hesse
