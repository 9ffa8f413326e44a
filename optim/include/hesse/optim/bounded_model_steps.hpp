#pragma once

#include "hesse/optim/optimizer.hpp"

#include <limits>
#include <string_view>

namespace hesse {

class StateReader;
class StateWriter;

/// A model m of the loss around the iterate, and a bound, a number, that keeps its minimizer s near: the radius of a trust region,
/// or the weight of a term that grows with |s|. What BoundedModelSteps asks of it.
class BoundedModel {
public:
    struct Minimum {
        double decrease = 0.0;  // m(0) - m(s)
        double length = 0.0;    // |s|
        double gradient = 0.0;  // |Hs + g|, the gradient that the quadratic model expects at x + s
        bool finite = true;     // false: a product was NaN or infinite, and there is no step
    };
    /// What became of x + s.
    struct Trial {
        Minimum promised;
        double change = 0.0;  // f(x + s) - f(x), perhaps infinite
        double ratio = 0.0;   // (f(x) - f(x + s) + d) / (m(0) - m(s) + d)
        bool accepted = false;
    };

    /// Minimises m, to a residual of `tolerance`. A bound of zero is not known yet, and set.
    virtual Minimum minimize(double& bound, double tolerance) = 0;
    /// The same problem with a tighter bound.
    virtual Minimum again(double bound) = 0;
    /// s (n) of the last minimum.
    [[nodiscard]] virtual const double* step() const = 0;
    /// The next bound: tighter, if the trial was not accepted.
    [[nodiscard]] virtual double adapted(double bound, const Trial& trial) const = 0;

protected:
    ~BoundedModel() = default;
};

/// The loop that methods with a bounded model share:
///     x <- x + s if  ratio = (f(x) - f(x + s) + d) / (m(0) - m(s) + d) > acceptance,  d = 100 rounding floors, about 1000 eps |f|;
///     otherwise the model is minimised again within a tighter bound
/// The residual of a step may be min(1/2, max(sqrt(|g| / the largest |g| so far), e / 2)) |g|, where e is the error that the model
/// made in the last gradient, over the one before (Eisenstat and Walker, SIAM J. Sci. Comput. 17 (1996) 16, choice 1). On the
/// rounding floor of f, where its differences mean nothing, a step is taken as long as it makes the gradient smaller. Every test is relative: f times a power of two takes the
/// same path. Within bounds on parameters x + s is projected, and the model looked at where that leads.
/// Conn, Gould and Toint, Trust-Region Methods, 2000; the regularised ratio is theirs, section 17.4.2.
class BoundedModelSteps {
public:
    /// What goes on from step to step.
    struct State {
        double bound = 0.0;
        double largest_gradient = 0.0;  // seen so far: the scale of what is a small gradient
        double model_error =
            0.0;  // of the last step: how far |g| was from what the model expected, over |g| before
        // The least that the loss and its gradient have come to, and for how many steps nothing was less.
        double least_value = std::numeric_limits<double>::infinity();
        double least_gradient = std::numeric_limits<double>::infinity();
        Index idle_steps = 0;
    };

    explicit BoundedModelSteps(double acceptance) : acceptance_(acceptance) {}

    void start(const Iterate& at, double bound);
    StepOutcome step(Iterate& at, BoundedModel& model);

    [[nodiscard]] double bound() const { return state_.bound; }
    void set_bound(double bound) { state_.bound = bound; }

    /// As entries of the method's state; the bound has the name that the method gives it.
    void save(StateWriter& out, std::string_view bound) const;
    static State read(StateReader& in, std::string_view bound);
    void set_state(const State& state) { state_ = state; }

private:
    StepOutcome step_on_floor(Iterate& at);
    bool gradient_falls(Iterate& at) const;
    BoundedModel::Minimum project(Iterate& at, BoundedModel::Minimum promised);

    double acceptance_;
    State state_;
    Buffer next_;
    Buffer move_, product_;  // within bounds on parameters
};

}  // namespace hesse
