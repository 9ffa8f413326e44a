#pragma once

#include <iosfwd>
#include <string_view>

namespace hesse {

/// Why a run ended. None of them is "success": each says what is known of the point.
enum class Status {
    first_order,     // the gradient is below the goal; curvature was not examined, or not far enough to tell
    second_order,    // and no negative curvature was found
    saddle,          // a saddle or a maximum: some direction curves down and nothing leaves the point
    degenerate,      // curvature is zero within tolerance: second order cannot tell
    method_ended,    // the method's own test says that no step is left; the gradient is above the goal
    unbounded,       // the loss fell below Stopping::lowest_value
    rounding_floor,  // steps change the loss by less than its rounding error
    value_reached,   // the loss is as low as Stopping::target_value
    small_step,      // the last step was shorter than Stopping::step_length
    small_decrease,  // the last steps lowered the loss by less than Stopping::decrease
    budget,          // gradient-equivalents are spent
    time,            // seconds are spent
    iterations,      // iterations are spent
    line_search,     // no step was found that lowers the loss
    not_finite,      // the loss is NaN or infinite wherever the method must go
    not_symmetric,   // the Hessian products of the loss are not those of a symmetric matrix
    stopped_by_user  // an observer asked for it, or Ctrl-C
};

/// The enumerator's name.
std::string_view to_string(Status status);

/// One or two sentences: what happened, and what to try.
std::string_view describe(Status status);

std::ostream& operator<<(std::ostream& out, Status status);

}  // namespace hesse
