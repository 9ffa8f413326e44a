#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/parameter_groups.hpp"
#include "hesse/optim/schedule.hpp"
#include "hesse/optim/step_shortening.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <vector>

namespace hesse {

/// A method of first order that moves each parameter by what it has seen of its gradients. The rule says what a step does to one
/// parameter: it has a name, Options with at least
///     Schedule step_size;
///     double weight_decay = 0.0;   // x <- x - step_size weight_decay x beside the step: decoupled decay
///     double clip_norm = infinity; // the gradient of a group is shortened to this norm first
/// so many numbers of state a parameter, `vectors`, and
///     Step(options, moment)        what is the same for all parameters of a group in one step
///     step.move(g, x, state)       updates the state and returns by how much x changes
/// One gradient a step, and passes over x, g and the state. Bounds on parameters are kept by projection. A step to where the loss is not
/// finite is rejected, the state begins again, and it and all after it are half as long.
template <class Rule>
class ElementwiseMethod {
public:
    using Options = typename Rule::Options;
    using Group = ParameterGroup<Options>;
    static constexpr std::string_view name = Rule::name;
    static constexpr Needs needs{.keeps_bounds = true};

    ElementwiseMethod() : ElementwiseMethod(Options{}) {}
    /// All parameters alike, but for those in the groups; what lies before, between and after them is a group each. Throws std::invalid_argument, naming the option, if one is out of its range,
    /// or groups overlap.
    explicit ElementwiseMethod(Options options, std::vector<Group> groups = {});

    /// Throws std::invalid_argument if a group ends after the last parameter.
    void start(Iterate& at);
    /// The state begins again; schedules go on.
    void restart(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    double move(Iterate& at, const Group& group);

    std::vector<Group> given_;   // by position; the options of what is in none of them come last
    std::vector<Group> groups_;  // of start: every parameter is in one
    std::int64_t steps_ = 0;     // since start
    std::int64_t age_ = 0;       // of the state
    StepShortening shortening_;
    std::array<Buffer, Rule::vectors> state_, next_state_;
};

}  // namespace hesse
