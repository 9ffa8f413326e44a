#include "hesse/optim/trust_region.hpp"

#include "current_hessian.hpp"
#include "hesse/optim/state_text.hpp"
#include "krylov_model.hpp"
#include "options.hpp"
#include "trust_radius.hpp"

#include <algorithm>
#include <istream>
#include <ostream>

namespace hesse {
namespace {

constexpr double least_progress = 0.5;  // of a product, where the step ends on the boundary

struct Model final : KrylovModel<TrustRegionBound> {
    Model(Iterate& at, OperatorRef hessian, KrylovTrustRegion& subproblem, Index products, double maximum)
        : KrylovModel(at, hessian, subproblem, products, least_progress), maximum_radius(maximum) {}
    [[nodiscard]] double adapted(double radius, const Trial& trial) const override {
        return adapted_radius(radius, trial, maximum_radius);
    }
    double maximum_radius;
};

}  // namespace

TrustRegion::TrustRegion(Options options)
    : options_(options), escape_(options.escape), steps_(options.acceptance) {
    if (options_.initial_radius) require_positive(name, "initial_radius", *options_.initial_radius);
    if (options_.maximum_radius) require_positive(name, "maximum_radius", *options_.maximum_radius);
    if (options_.initial_radius && options_.maximum_radius)
        require_at_most(name, "initial_radius", *options_.initial_radius, "maximum_radius",
                        *options_.maximum_radius);
    require_in(name, "acceptance", options_.acceptance, 0.0, 0.25);
    require_at_least(name, "subspace", options_.subspace, 2);
    require_at_least(name, "products", options_.products, 0);
    steps_.set_bound(options_.initial_radius.value_or(0.0));
}

void TrustRegion::start(Iterate& at) {
    const Index columns = Basis::columns_within(options_.memory / 2, at.size());
    subproblem_.emplace(at.space(), std::min(options_.subspace, std::max<Index>(columns, 8)),
                        at.product_precision());
    escape_.start(at);
    steps_.start(at, first_radius(at, options_.initial_radius, maximum_radius(at, options_.maximum_radius)));
}

void TrustRegion::restart(Iterate& at) {
    steps_.set_bound(
        std::min(std::max(radius(), at.last_move()), maximum_radius(at, options_.maximum_radius)));
}

StepOutcome TrustRegion::step(Iterate& at) { return step(at, CurrentHessian{at}); }

StepOutcome TrustRegion::step(Iterate& at, OperatorRef hessian) {
    Model model(at, hessian, *subproblem_, products_of_step(options_.products, at.size()),
                maximum_radius(at, options_.maximum_radius));
    return steps_.step(at, model);
}

void TrustRegion::save(std::ostream& out) const {
    StateWriter state(out, name, 2);
    steps_.save(state, "radius");
    escape_.save(out);
}

void TrustRegion::load(std::istream& in) {
    StateReader state(in, name, 2);
    const auto steps = BoundedModelSteps::read(state, "radius");
    escape_.load(in);
    steps_.set_state(steps);
}

}  // namespace hesse
