#pragma once

#include "attempt.hpp"
#include <hesse/optim.hpp>

#include <Eigen/Core>

#include <filesystem>
#include <string>
#include <vector>

namespace demo {

/// The origin seen in two ways: by classify, and by theory from the covariance of the data.
struct Origin {
    hesse::Verdict verdict;
    double value = 0.0;      // half the trace of the covariance
    double lowest = 0.0;     // decay minus the covariance's largest eigenvalue
    hesse::Index index = 0;  // negative eigenvalues of the Hessian
};

/// The report: one page of HTML that needs no other file. It shows the table, the picture loss.svg of the
/// same directory if there is one, and what they mean. Throws std::runtime_error if it cannot be written.
void write_page(const std::filesystem::path& directory, const Origin& origin,
                const std::vector<Attempt>& attempts, double budget);

/// What the table shows, a sentence or two for each fact.
std::vector<std::string> findings(const std::vector<Attempt>& attempts);

}  // namespace demo
