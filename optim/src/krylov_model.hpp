#pragma once

#include "hesse/optim/bounded_model_steps.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/krylov_subproblem.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

/// The quadratic model at the iterate with a Hessian that the caller chooses, minimised in the Krylov space of its gradient. How the bound adapts is up to the method.
template <class Bound>
class KrylovModel : public BoundedModel {
public:
    KrylovModel(Iterate& at, OperatorRef hessian, KrylovSubproblem<Bound>& subproblem, Index products,
                double least_progress)
        : at_(at),
          hessian_(hessian),
          subproblem_(subproblem),
          products_(products),
          least_progress_(least_progress) {}

    Minimum minimize(double& bound, double tolerance) override {
        return minimum(subproblem_.minimize(hessian_, at_.gradient_data(), bound, tolerance,
                                            std::clamp<Index>(at_.affordable_products(), 1, products_),
                                            least_progress_));
    }
    Minimum again(double bound) final { return minimum(subproblem_.again(bound)); }
    [[nodiscard]] const double* step() const final { return subproblem_.step(); }

protected:
    ~KrylovModel() = default;
    [[nodiscard]] const Iterate& at() const { return at_; }

private:
    static Minimum minimum(const KrylovResult& found) {
        // H s + g = -lambda s + residual q, and q is orthogonal to s.
        return {.decrease = -found.model,
                .length = found.norm,
                .gradient = std::hypot(found.multiplier * found.norm, found.residual),
                .finite = found.finite};
    }

    Iterate& at_;
    OperatorRef hessian_;
    KrylovSubproblem<Bound>& subproblem_;
    Index products_;
    double least_progress_;
};

}  // namespace hesse
