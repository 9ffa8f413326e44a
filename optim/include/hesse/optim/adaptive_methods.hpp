#pragma once

#include "hesse/optim/optimizer.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace hesse {

/// A method of first order that scales each parameter by what it has seen of its gradients. The rule says what a step does to
/// one parameter: it has a name, options, so many numbers of state a parameter, and
///     Step(options, step)            what is the same for all parameters in the step with this number, from 1 on
///     step.move(g, x, state)         updates the state and returns the new x
/// One gradient a step, and passes over x, g and the state.
template <class Rule>
class AdaptiveMethod {
public:
    using Options = typename Rule::Options;
    static constexpr std::string_view name = Rule::name;
    static constexpr Needs needs{};

    AdaptiveMethod() : AdaptiveMethod(Options{}) {}
    /// Throws std::invalid_argument, naming the option, if one is out of its range.
    explicit AdaptiveMethod(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    Options options_;
    std::int64_t steps_ = 0;
    std::array<Buffer, Rule::vectors> state_, next_state_;
    Buffer next_;
};

/// Options of the rules with two moments. Rates of decay are in [0, 1).
struct MomentOptions {
    double step_size = 1e-3;
    double first_decay = 0.9;     // of the average of gradients
    double second_decay = 0.999;  // of the average of their squares
    double epsilon = 1e-8;        // added to the root; scales with the gradient
};

/// s <- s + g^2,  x <- x - step_size g / (sqrt(s) + epsilon).
/// Duchi, Hazan and Singer, JMLR 12 (2011) 2121.
struct AdaGradRule {
    struct Options {
        double step_size = 1e-2;
        double epsilon = 1e-8;
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
        double step_size = 1e-3;
        double decay = 0.9;
        double epsilon = 1e-8;
        bool epsilon_in_root = false;
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

/// Adam, and x <- x - step_size weight_decay x beside it: decay that the scaling does not touch.
/// Loshchilov and Hutter, ICLR 2019.
struct AdamWRule {
    struct Options : MomentOptions {
        double weight_decay = 1e-2;
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

/// x <- x - step_size (sign(b1 m + (1 - b1) g) + weight_decay x),  m <- b2 m + (1 - b2) g.
/// Chen et al., NeurIPS 2023.
struct LionRule {
    struct Options {
        double step_size = 1e-4;
        double first_decay = 0.9;    // in the direction
        double second_decay = 0.99;  // of the average
        double weight_decay = 0.0;
    };
    static constexpr std::string_view name = "Lion";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

using AdaGrad = AdaptiveMethod<AdaGradRule>;
using RMSprop = AdaptiveMethod<RmsPropRule>;
using Adam = AdaptiveMethod<AdamRule>;
using AdamW = AdaptiveMethod<AdamWRule>;
using AMSGrad = AdaptiveMethod<AmsGradRule>;
using NAdam = AdaptiveMethod<NAdamRule>;
using AdaBelief = AdaptiveMethod<AdaBeliefRule>;
using Lion = AdaptiveMethod<LionRule>;

extern template class AdaptiveMethod<AdaGradRule>;
extern template class AdaptiveMethod<RmsPropRule>;
extern template class AdaptiveMethod<AdamRule>;
extern template class AdaptiveMethod<AdamWRule>;
extern template class AdaptiveMethod<AmsGradRule>;
extern template class AdaptiveMethod<NAdamRule>;
extern template class AdaptiveMethod<AdaBeliefRule>;
extern template class AdaptiveMethod<LionRule>;

static_assert(Optimizer<Adam>);

}  // namespace hesse
