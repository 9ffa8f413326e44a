#pragma once

#include "attempt.hpp"
#include "autoencoder.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace demo {

struct Start {
    std::string name;
    Eigen::VectorXd theta;
};

/// The gradient norm at which a run counts as arrived.
inline constexpr double gradient_goal = 1e-6;

/// Every method of the library from every start, each on the same budget of gradient-equivalents, as many
/// runs at a time as the machine has processors. Each point where a run ends is then examined by classify,
/// which is not charged to the run. The runs do not depend on each other or on their order.
std::vector<Attempt> compare_methods(const Autoencoder& loss, const std::vector<Start>& starts,
                                     double budget);

}  // namespace demo
