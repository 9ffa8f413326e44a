#pragma once

#include "problems/any_objective.hpp"

#include <Eigen/Core>

#include <string>
#include <string_view>
#include <vector>

/// Published unconstrained problems: the collection that optimizers are run on. Formulas and starts are those of
/// CUTEst (Gould, Orban and Toint, Comput. Optim. Appl. 60 (2015) 545), whose names they bear. Where a file there departs
/// from the paper by mistake, the paper's is here: its source does not say CUTEst. MGH is More, Garbow and Hillstrom, ACM
/// Trans. Math. Softw. 7 (1981) 17.
namespace hesse::problems {

struct Problem {
    std::string name;    // and size: "WOODS 4000"
    std::string source;  // where formula and start are published
    AnyObjective loss;
    Eigen::VectorXd start;
    /// Values of local minima, the global one first where it is known, at one of which a descent from the start may
    /// end. Empty for a size that names() does not list.
    std::vector<double> minima;
    bool many_minima =
        false;  // there are others, too many to list: a descent ends at one of them, rarely at the global one
};

/// The problems of the collection: name and size.
std::vector<std::string> names();

/// Makes the problem of that name and size, "WOODS 4000"; of problems of any size it may be one that names() does
/// not list. Throws std::invalid_argument if there is none.
Problem make(std::string_view name);

}  // namespace hesse::problems
