#include "published/outcome.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse::bench {

std::vector<Outcome> scipy_outcomes(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line) ||
        line != "problem,method,end,steps,values,gradients,products,least_gradient")
        throw std::runtime_error("scipy_outcomes: '" + path + "' is no table of scipy_counts.py");
    std::vector<Outcome> outcomes;
    while (std::getline(file, line)) {
        std::istringstream cells(line);
        std::vector<std::string> row;
        for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
        if (row.size() < 7 || row[1].empty()) continue;  // the last line names the version
        Outcome outcome;
        outcome.problem = row[0];
        outcome.method = "SciPy " + row[1];
        outcome.end = row[2];
        outcome.steps = std::stol(row[3]);
        if (outcome.end == "solved")
            outcome.solved = Evaluations{
                .values = std::stol(row[4]), .gradients = std::stol(row[5]), .products = std::stol(row[6])};
        outcomes.push_back(outcome);
    }
    return outcomes;
}

}  // namespace hesse::bench
