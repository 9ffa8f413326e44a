#pragma once

#include "hesse/optim/elementwise_method.hpp"

#include <cstddef>
#include <limits>
#include <string_view>

namespace hesse {

/// Methods of first order that scale each parameter by what they have seen of its gradients, each a rule of an ElementwiseMethod: that
/// says what step_size, weight_decay and clip_norm are, and how groups of parameters get options of their own.

/// Options of the rules with two moments. Rates of decay are in [0, 1).
struct MomentOptions {
    Schedule step_size = 1e-3;
    double first_decay = 0.9;     // of the average of gradients
    double second_decay = 0.999;  // of the average of their squares
    double epsilon = 1e-8;        // added to the root; scales with the gradient
    double weight_decay = 0.0;
    double clip_norm = std::numeric_limits<double>::infinity();
};

/// s <- s + g^2,  x <- x - step_size g / (sqrt(s) + epsilon).
/// Duchi, Hazan and Singer, JMLR 12 (2011) 2121.
struct AdaGradRule {
    struct Options {
        Schedule step_size = 1e-2;
        double epsilon = 1e-8;
        double weight_decay = 0.0;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "AdaGrad";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

/// s <- decay s + (1 - decay) g^2,  x <- x - step_size g / (sqrt(s) + epsilon), or / sqrt(s + epsilon).
/// T. Tieleman and G. Hinton, lecture 6.5 of Neural Networks for Machine Learning, 2012.
struct RmsPropRule {
    struct Options {
        Schedule step_size = 1e-3;
        double decay = 0.9;
        double epsilon = 1e-8;
        bool epsilon_in_root = false;
        double weight_decay = 0.0;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "RMSprop";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

/// m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,
/// x <- x - step_size m^ / (sqrt(v^) + epsilon),  m^ = m / (1 - b1^t),  v^ = v / (1 - b2^t).
/// Kingma and Ba, ICLR 2015.
struct AdamRule {
    using Options = MomentOptions;
    static constexpr std::string_view name = "Adam";
    static constexpr std::size_t vectors = 2;
    static void check(const Options& options);
    struct Step;
};

/// Adam with decay that the scaling does not touch: Adam's own weight_decay is that, too, and 0 by default.
/// Loshchilov and Hutter, ICLR 2019.
struct AdamWRule {
    struct Options {
        Schedule step_size = 1e-3;
        double first_decay = 0.9;
        double second_decay = 0.999;
        double epsilon = 1e-8;
        double weight_decay = 1e-2;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "AdamW";
    static constexpr std::size_t vectors = 2;
    static void check(const Options& options);
    struct Step;
};

/// Adam with the largest v so far in the place of v. Reddi, Kale and Kumar, ICLR 2018; with Adam's corrections of both moments.
struct AmsGradRule {
    using Options = MomentOptions;
    static constexpr std::string_view name = "AMSGrad";
    static constexpr std::size_t vectors = 3;
    static void check(const Options& options);
    struct Step;
};

/// Adam with Nesterov's look ahead: m^ = b1 m / (1 - b1^(t+1)) + (1 - b1) g / (1 - b1^t).
/// T. Dozat, ICLR workshop, 2016, with a constant b1.
struct NAdamRule {
    using Options = MomentOptions;
    static constexpr std::string_view name = "NAdam";
    static constexpr std::size_t vectors = 2;
    static void check(const Options& options);
    struct Step;
};

/// Adam with (g - m)^2 + epsilon in the place of g^2: long steps where the gradient is what was expected.
/// Zhuang et al., NeurIPS 2020.
struct AdaBeliefRule {
    using Options = MomentOptions;
    static constexpr std::string_view name = "AdaBelief";
    static constexpr std::size_t vectors = 2;
    static void check(const Options& options);
    struct Step;
};

/// x <- x - step_size sign(b1 m + (1 - b1) g),  m <- b2 m + (1 - b2) g.
/// Chen et al., NeurIPS 2023.
struct LionRule {
    struct Options {
        Schedule step_size = 1e-4;
        double first_decay = 0.9;    // in the direction
        double second_decay = 0.99;  // of the average
        double weight_decay = 0.0;
        double clip_norm = std::numeric_limits<double>::infinity();
    };
    static constexpr std::string_view name = "Lion";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

using AdaGrad = ElementwiseMethod<AdaGradRule>;
using RMSprop = ElementwiseMethod<RmsPropRule>;
using Adam = ElementwiseMethod<AdamRule>;
using AdamW = ElementwiseMethod<AdamWRule>;
using AMSGrad = ElementwiseMethod<AmsGradRule>;
using NAdam = ElementwiseMethod<NAdamRule>;
using AdaBelief = ElementwiseMethod<AdaBeliefRule>;
using Lion = ElementwiseMethod<LionRule>;

extern template class ElementwiseMethod<AdaGradRule>;
extern template class ElementwiseMethod<RmsPropRule>;
extern template class ElementwiseMethod<AdamRule>;
extern template class ElementwiseMethod<AdamWRule>;
extern template class ElementwiseMethod<AmsGradRule>;
extern template class ElementwiseMethod<NAdamRule>;
extern template class ElementwiseMethod<AdaBeliefRule>;
extern template class ElementwiseMethod<LionRule>;

static_assert(Optimizer<Adam>);

}  // namespace hesse
