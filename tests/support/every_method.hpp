#pragma once

#include "hesse/optim/adaptive_cubic_regularization.hpp"
#include "hesse/optim/adaptive_methods.hpp"
#include "hesse/optim/barzilai_borwein.hpp"
#include "hesse/optim/curvature_bounded_gradient_descent.hpp"
#include "hesse/optim/diagonal_preconditioner.hpp"
#include "hesse/optim/escape_saddles.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/handover.hpp"
#include "hesse/optim/hessian_free.hpp"
#include "hesse/optim/layerwise_methods.hpp"
#include "hesse/optim/levenberg_marquardt.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/longer_steps.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/nesterov.hpp"
#include "hesse/optim/newton_conjugate_gradients.hpp"
#include "hesse/optim/nonlinear_conjugate_gradients.hpp"
#include "hesse/optim/perturbed.hpp"
#include "hesse/optim/perturbed_accelerated_gradient_descent.hpp"
#include "hesse/optim/perturbed_gradient_descent.hpp"
#include "hesse/optim/quasi_newton_preconditioner.hpp"
#include "hesse/optim/saddle_free_newton.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/steepest_descent.hpp"
#include "hesse/optim/steihaug_trust_region.hpp"
#include "hesse/optim/trust_region.hpp"

#include <optional>

namespace hesse::test {

/// Calls visit(method, label) for every optimizer of the library that needs no sum over data, with options that suit `Wells`. A new one
/// is added here: the tests of what must hold of all of them are then its own, too.
template <class Visit>
void for_every_method(Visit visit) {
    const auto adaptive = [&]<class M>(const M* = nullptr) {
        visit(M(typename M::Options{.step_size = 0.02}), M::name);
    };
    const double step = 0.1;

    visit(GradientDescent({.step_size = step}), "GradientDescent");
    visit(GradientDescent({.step_size = cosine_decay(step, 200)},
                          {{{.first = 1, .count = 1}, {.step_size = 0.05}}}),
          "GradientDescent, with a schedule and a group");
    visit(MovingAverageMomentum({.step_size = step}), "MovingAverageMomentum");
    visit(HeavyBall({.step_size = step}), "HeavyBall");
    visit(NesterovMomentum({.step_size = step}), "NesterovMomentum");
    visit(Nesterov({.step_size = step}), "Nesterov");
    visit(
        Nesterov(
            {.step_size = step_decay(step, 0.9, 50), .momentum = std::nullopt, .restart = Restart::gradient}),
        "Nesterov, with restarts and a schedule");
    adaptive.template operator()<AdaGrad>();
    adaptive.template operator()<RMSprop>();
    adaptive.template operator()<Adam>();
    adaptive.template operator()<AdamW>();
    adaptive.template operator()<AMSGrad>();
    adaptive.template operator()<NAdam>();
    adaptive.template operator()<AdaBelief>();
    adaptive.template operator()<Lion>();
    adaptive.template operator()<LARS>();
    adaptive.template operator()<LAMB>();

    visit(CurvatureBoundedGradientDescent({.fraction = 0.9}), "CurvatureBoundedGradientDescent");
    visit(SteepestDescent({.rule = SearchRule::armijo}), "SteepestDescent, Armijo");
    visit(SteepestDescent({.rule = SearchRule::wolfe}), "SteepestDescent, Wolfe");
    visit(BarzilaiBorwein{}, "BarzilaiBorwein");
    visit(NonlinearConjugateGradients{}, "NonlinearConjugateGradients");
    visit(LimitedMemoryBfgs({.memory = 4}), "LimitedMemoryBfgs");

    visit(NewtonConjugateGradients{}, "NewtonConjugateGradients");
    visit(NewtonConjugateGradients({.preconditioner = QuasiNewtonPreconditioner({.memory = 4})}),
          "NewtonConjugateGradients, preconditioned");
    visit(HessianFree{}, "HessianFree");
    visit(LevenbergMarquardt{}, "LevenbergMarquardt");
    visit(SaddleFreeNewton({.subspace = 6}), "SaddleFreeNewton");
    visit(TrustRegion({.initial_radius = 0.1}), "TrustRegion");
    visit(SteihaugTrustRegion({.initial_radius = 0.1}), "SteihaugTrustRegion");
    visit(SteihaugTrustRegion({.initial_radius = 0.1, .preconditioner = DiagonalPreconditioner{}}),
          "SteihaugTrustRegion, preconditioned");
    visit(AdaptiveCubicRegularization({.initial_length = 0.1}), "AdaptiveCubicRegularization");

    const double near_saddle = 1e-2;
    visit(PerturbedGradientDescent({.step_size = step, .gradient_threshold = near_saddle, .patience = 20}),
          "PerturbedGradientDescent");
    visit(PerturbedAcceleratedGradientDescent(
              {.step_size = step, .gradient_threshold = near_saddle, .patience = 20}),
          "PerturbedAcceleratedGradientDescent");
    visit(Perturbed(HeavyBall({.step_size = step}), {.gradient_threshold = near_saddle, .patience = 20}),
          "Perturbed");
    visit(LongerSteps(GradientDescent({.step_size = step})), "LongerSteps");
    visit(Handover(Adam({.step_size = 0.02}), AfterSteps{10}, TrustRegion({.initial_radius = 0.1})),
          "Handover");
    visit(escape_saddles(LimitedMemoryBfgs({.memory = 4})), "escape_saddles");
}

}  // namespace hesse::test
