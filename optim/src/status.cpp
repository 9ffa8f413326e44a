#include "hesse/optim/status.hpp"

#include <ostream>

namespace hesse {

std::string_view to_string(Status status) {
    switch (status) {
        case Status::first_order:
            return "first_order";
        case Status::second_order:
            return "second_order";
        case Status::saddle:
            return "saddle";
        case Status::degenerate:
            return "degenerate";
        case Status::method_ended:
            return "method_ended";
        case Status::unbounded:
            return "unbounded";
        case Status::rounding_floor:
            return "rounding_floor";
        case Status::value_reached:
            return "value_reached";
        case Status::small_step:
            return "small_step";
        case Status::small_decrease:
            return "small_decrease";
        case Status::budget:
            return "budget";
        case Status::time:
            return "time";
        case Status::iterations:
            return "iterations";
        case Status::line_search:
            return "line_search";
        case Status::not_finite:
            return "not_finite";
        case Status::not_symmetric:
            return "not_symmetric";
        case Status::stopped_by_user:
            return "stopped_by_user";
    }
    return "unknown";
}

std::string_view describe(Status status) {
    switch (status) {
        case Status::first_order:
            return "The gradient is below the goal. Curvature was not examined, or not far enough for the "
                   "certificate, so the point may be a saddle: set Stopping::second_order, or call classify "
                   "with more products and memory.";
        case Status::second_order:
            return "The gradient is below the goal and no negative curvature was found: the verdict says "
                   "with "
                   "what tolerance and probability.";
        case Status::saddle:
            return "Stopped at a saddle or a maximum: the verdict holds a direction along which the loss "
                   "curves down. Pass NegativeCurvatureEscape{} to minimize, or use "
                   "TrustRegion, which has one; if one was in use, it found no lower point.";
        case Status::degenerate:
            return "The gradient is below the goal and the lowest curvature is zero within tolerance: second "
                   "order cannot tell a minimum from a saddle here. Flat valleys of equal minima look so.";
        case Status::method_ended:
            return "The method's own test says that no step is left to take, but the gradient is above the "
                   "goal of the run: ask the method for more, or continue with another one.";
        case Status::unbounded:
            return "The loss fell below Stopping::lowest_value, as one without a minimum does. Bound it, by "
                   "weight decay say, or lower that limit.";
        case Status::rounding_floor:
            return "Steps change the loss by less than its rounding error: this is as far as the loss can be "
                   "followed in double precision. Ask for a larger gradient norm, or rescale the loss.";
        case Status::value_reached:
            return "The loss is as low as Stopping::target_value asked for. The gradient may be anything.";
        case Status::small_step:
            return "The last step was shorter than Stopping::step_length, but the gradient is above the "
                   "goal: a "
                   "method that creeps takes such steps far from any minimum. Ask for shorter ones, or use "
                   "another method.";
        case Status::small_decrease:
            return "The last steps lowered the loss by less than Stopping::decrease, but the gradient is "
                   "above "
                   "the goal: lower that limit, or use another method.";
        case Status::budget:
            return "The budget of gradient-equivalents is spent. Raise Stopping::budget; a checkpoint goes "
                   "on "
                   "from here.";
        case Status::time:
            return "The time is spent. Raise Stopping::seconds; a checkpoint goes on from here.";
        case Status::iterations:
            return "The iterations are spent. Raise Stopping::iterations, or use a method of second order. "
                   "If the "
                   "loss rose on the way, as the history shows, take smaller steps; if it crept, larger "
                   "ones.";
        case Status::line_search:
            return "No step was found that lowers the loss. Check the derivatives with check_derivatives; a "
                   "loss with kinks has no descent direction at a kink.";
        case Status::not_finite:
            return "The loss, its gradient or products with its Hessian became infinite or NaN. Try a "
                   "smaller "
                   "step, or start elsewhere; where the gradient is below the goal it is the products: "
                   "without "
                   "Stopping::second_order the run ends there.";
        case Status::not_symmetric:
            return "The Hessian products of the loss are not symmetric, so there is no verdict: "
                   "check_derivatives shows by how much u'Hv and v'Hu differ.";
        case Status::stopped_by_user:
            return "An observer or Ctrl-C stopped the run; a checkpoint goes on from here.";
    }
    return "Unknown status.";
}

std::ostream& operator<<(std::ostream& out, Status status) { return out << to_string(status); }

}  // namespace hesse
