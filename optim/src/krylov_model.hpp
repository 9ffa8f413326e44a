#pragma once

#include "current_hessian.hpp"
#include "hesse/optim/bounded_model_steps.hpp"
#include "hesse/optim/krylov_subproblem.hpp"

#include <algorithm>

namespace hesse {

/// The quadratic model at the iterate, minimised in the Krylov space of its gradient. How the bound adapts is up to the method.
template <class Bound>
class KrylovModel : public BoundedModel {
public:
    KrylovModel(Iterate& at, KrylovSubproblem<Bound>& subproblem) : at_(at), subproblem_(subproblem) {}

    Minimum minimize(double& bound, double tolerance) override {
        const CurrentHessian hessian{at_};
        return minimum(subproblem_.minimize(hessian, at_.gradient_data(), bound, tolerance,
                                            std::max<Index>(at_.affordable_products(), 1)));
    }
    Minimum again(double bound) final { return minimum(subproblem_.again(bound)); }
    [[nodiscard]] const double* step() const final { return subproblem_.step(); }

protected:
    ~KrylovModel() = default;
    [[nodiscard]] const Iterate& at() const { return at_; }

private:
    static Minimum minimum(const KrylovResult& found) { return {-found.model, found.norm, found.finite}; }

    Iterate& at_;
    KrylovSubproblem<Bound>& subproblem_;
};

}  // namespace hesse
