#pragma once

#include "problems/any_objective.hpp"

#include <Eigen/Core>

#include <string>
#include <vector>

namespace hesse::bench {

/// A loss and a saddle of it that is known exactly.
struct Saddle {
    std::string name;
    std::string index;  // the number of its descent directions, or its order where there is none
    problems::AnyObjective loss;
    Eigen::VectorXd point;
    double lowest;  // the least value of the loss
};

/// The saddles that ways out are compared on, made one at a time.
std::vector<Saddle (*)()> saddles();

}  // namespace hesse::bench
