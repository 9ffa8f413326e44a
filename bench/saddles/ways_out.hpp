#pragma once

#include "saddles/saddles.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hesse::bench {

/// What a method took to leave a saddle.
struct WayOut {
    std::string method;
    /// Gradient-equivalents until the loss has fallen half of the way from the saddle to its least value, verdicts included; nothing if
    /// it did not.
    std::optional<double> cost;
    std::string end;                      // the status
    long products = 0;                    // of the cost
    bool from_the_saddle_itself = false;  // whether the method leaves it where the gradient is exactly zero
};

/// From a distance of 1e-6, and from the saddle itself, by every method. Step lengths are those that |H| at the saddle suggests.
std::vector<WayOut> ways_out(const Saddle& saddle, double budget);

}  // namespace hesse::bench
