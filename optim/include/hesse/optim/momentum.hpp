#pragma once

#include "hesse/optim/elementwise_method.hpp"

#include <cstddef>
#include <limits>
#include <string_view>

namespace hesse {

/// Of the forms of momentum below; the same numbers mean different steps in each.
struct MomentumOptions {
    Schedule step_size = 1e-2;
    Schedule momentum = 0.9;  // 0 gives plain gradient descent
    double weight_decay = 0.0;
    double clip_norm = std::numeric_limits<double>::infinity();
};

/// Gradient descent along an exponential moving average of the gradients:
///     v <- momentum v + (1 - momentum) g(x),    x <- x - step_size v.
/// The same path as HeavyBall with step (1 - momentum) step_size. The first steps are short by a factor of
/// 1 - momentum, since the average starts from zero.
struct MovingAverageRule {
    using Options = MomentumOptions;
    static constexpr std::string_view name = "MovingAverageMomentum";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

/// Gradient descent with Polyak momentum:
///     v <- momentum v - step_size g(x),    x <- x + v.
/// B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. On a quadratic
/// with eigenvalues in [mu, L] his choice is step_size = 4 / (sqrt L + sqrt mu)^2 and
/// momentum = ((sqrt L - sqrt mu) / (sqrt L + sqrt mu))^2: see polyak_momentum().
struct HeavyBallRule {
    using Options = MomentumOptions;
    static constexpr std::string_view name = "HeavyBall";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

/// Nesterov's momentum, entry by entry: with the gradient at the point looked ahead to, which is the iterate,
///     v <- momentum v - step_size g(x),    x <- x + momentum v - step_size g(x).
/// The same path as `Nesterov` (nesterov.hpp), which grows its momentum and restarts, takes with the same numbers. I. Sutskever, J.
/// Martens, G. Dahl and G. Hinton, ICML 2013, in the variables of Bengio, Boulanger-Lewandowski and Pascanu, ICASSP 2013.
struct NesterovMomentumRule {
    using Options = MomentumOptions;
    static constexpr std::string_view name = "NesterovMomentum";
    static constexpr std::size_t vectors = 1;
    static void check(const Options& options);
    struct Step;
};

using MovingAverageMomentum = ElementwiseMethod<MovingAverageRule>;
using HeavyBall = ElementwiseMethod<HeavyBallRule>;
using NesterovMomentum = ElementwiseMethod<NesterovMomentumRule>;
extern template class ElementwiseMethod<MovingAverageRule>;
extern template class ElementwiseMethod<HeavyBallRule>;
extern template class ElementwiseMethod<NesterovMomentumRule>;
static_assert(Optimizer<MovingAverageMomentum> && Optimizer<HeavyBall> && Optimizer<NesterovMomentum>);

/// Polyak's optimal options of HeavyBall for a quadratic with eigenvalues in [lowest, highest].
/// Throws std::invalid_argument unless 0 < lowest <= highest.
MomentumOptions polyak_momentum(double lowest, double highest);

}  // namespace hesse
