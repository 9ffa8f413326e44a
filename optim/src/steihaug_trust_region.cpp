#include "hesse/optim/steihaug_trust_region.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "options.hpp"
#include "trust_radius.hpp"

#include <algorithm>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {
namespace {

struct Model final : BoundedModel {
    Iterate& at;
    TruncatedConjugateGradients& solver;
    Preconditioner& preconditioner;
    double maximum_radius;
    Index products;
    double residual = 0.0;

    Model(Iterate& point, TruncatedConjugateGradients& conjugate_gradients, Preconditioner& rule,
          double maximum, Index most)
        : at(point),
          solver(conjugate_gradients),
          preconditioner(rule),
          maximum_radius(maximum),
          products(most) {}

    static Minimum minimum(const TruncatedConjugateGradients::Result& found) {
        return {-found.model, found.norm, found.residual, found.finite};
    }
    Minimum minimize(double& radius, double tolerance) override {
        residual = tolerance;
        const CurrentHessian hessian{at};
        return minimum(solver.minimize(hessian, at.gradient_data(), radius, tolerance,
                                       std::clamp<Index>(at.affordable_products(), 1, products),
                                       preconditioner));
    }
    Minimum again(double radius) override {
        const auto cut = solver.again(radius);
        return cut ? minimum(*cut) : minimize(radius, residual);
    }
    [[nodiscard]] const double* step() const override { return solver.step(); }
    [[nodiscard]] double adapted(double radius, const Trial& trial) const override {
        return adapted_radius(radius, trial, maximum_radius);
    }
};

}  // namespace

SteihaugTrustRegion::SteihaugTrustRegion(Options options)
    : options_(std::move(options)), escape_(options_.escape), steps_(options_.acceptance) {
    if (options_.initial_radius) require_positive(name, "initial_radius", *options_.initial_radius);
    if (options_.maximum_radius) require_positive(name, "maximum_radius", *options_.maximum_radius);
    if (options_.initial_radius && options_.maximum_radius)
        require_at_most(name, "initial_radius", *options_.initial_radius, "maximum_radius",
                        *options_.maximum_radius);
    require_in(name, "acceptance", options_.acceptance, 0.0, 0.25);
    require_at_least(name, "products", options_.products, 0);
    steps_.set_bound(options_.initial_radius.value_or(0.0));
}

void SteihaugTrustRegion::start(Iterate& at) {
    solver_.emplace(at.space());
    options_.preconditioner.start(at);
    escape_.start(at);
    steps_.start(at, first_radius(at, options_.initial_radius, maximum_radius(at, options_.maximum_radius)));
}

void SteihaugTrustRegion::restart(Iterate& at) {
    steps_.set_bound(
        std::min(std::max(radius(), at.last_move()), maximum_radius(at, options_.maximum_radius)));
}

StepOutcome SteihaugTrustRegion::step(Iterate& at) {
    if (at.gradient_norm() == 0.0) return StepOutcome::converged;
    options_.preconditioner.update(at);
    Model model(at, *solver_, options_.preconditioner, maximum_radius(at, options_.maximum_radius),
                products_of_step(options_.products, at.size()));
    const StepOutcome outcome = steps_.step(at, model);
    if (outcome == StepOutcome::moved) options_.preconditioner.accept();
    return outcome;
}

void SteihaugTrustRegion::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    steps_.save(state, "radius");
    escape_.save(out);
    options_.preconditioner.save(out);
}

void SteihaugTrustRegion::load(std::istream& in) {
    StateReader state(in, name, 2);
    const auto steps = BoundedModelSteps::read(state, "radius");
    NegativeCurvatureEscape escape = escape_;
    escape.load(in);
    options_.preconditioner.load(in);
    escape_ = std::move(escape);
    steps_.set_state(steps);
}

}  // namespace hesse
