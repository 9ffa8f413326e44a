#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <string_view>
#include <utility>

namespace hesse {

struct LongerStepOptions {
    double factor = 10.0;             // by which steps are lengthened
    double gradient_threshold = 0.0;  // where the gradient is at most this; 0: everywhere
    Index longest_wait = 32;          // steps at most between two tries
};

/// When to go further along a move: what LongerSteps does beside its method.
class StepLengthening {
public:
    explicit StepLengthening(LongerStepOptions options);

    void start(const Iterate& at);
    /// Forgets the last move.
    void restart() { pending_ = false; }
    /// Moves `factor` times as far along the last move, if that was made where the gradient is small and the loss is lower there.
    bool lengthen(Iterate& at);
    /// Looks at where a step of the method begins; note_move says that it was made.
    void look(const Iterate& at);
    void note_move();

    /// How many steps were lengthened since start.
    [[nodiscard]] Index count() const { return count_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    LongerStepOptions options_;
    bool pending_ = false,
         flat_ = false;  // a move that may be lengthened was made, from from_; one would be, from here_
    Index wait_ = 1, waited_ = 0;  // steps until the next try, which grow where tries fail
    Index count_ = 0;
    Buffer from_, here_, next_;
};

/// A method whose steps are longer for a while where that pays, as it does near a saddle: after a move the point `factor` times as far
/// is tried, and taken if the loss is lower there; where it is not, the next try waits, one step, two, four and so on. Near a saddle of
/// curvature -c a step of gradient descent multiplies the distance by 1 + factor step_size c; near a minimum long steps climb, and are
/// not taken. Costs a value a try, and a gradient for each longer step. What has no gradient at all is not moved.
template <Optimizer Method>
class LongerSteps {
public:
    static constexpr std::string_view name = "LongerSteps";
    static constexpr Needs needs = [] {
        Needs all = Method::needs;
        all.compares_losses = true;
        return all;
    }();

    /// Throws std::invalid_argument if an option is out of range.
    explicit LongerSteps(Method method, LongerStepOptions options = {})
        : method_(std::move(method)), lengthening_(options) {}

    void start(Iterate& at) {
        method_.start(at);
        lengthening_.start(at);
    }
    void restart(Iterate& at) {
        lengthening_.restart();
        hesse::restart(method_, at);
    }
    StepOutcome step(Iterate& at) {
        if (lengthening_.lengthen(at)) return StepOutcome::moved;
        lengthening_.look(at);
        const StepOutcome outcome = method_.step(at);
        if (outcome == StepOutcome::moved) lengthening_.note_move();
        return outcome;
    }
    NegativeCurvatureEscape& escape()
        requires LeavesSaddles<Method>
    {
        return method_.escape();
    }
    void save(std::ostream& out) const {
        lengthening_.save(out);
        method_.save(out);
    }
    void load(std::istream& in) {
        StepLengthening lengthening = lengthening_;
        lengthening.load(in);
        method_.load(in);
        lengthening_ = std::move(lengthening);
    }

    /// How many steps were lengthened since start.
    [[nodiscard]] Index lengthened() const { return lengthening_.count(); }

private:
    Method method_;
    StepLengthening lengthening_;
};

}  // namespace hesse
