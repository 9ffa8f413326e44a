#pragma once

#include "hesse/optim/counters.hpp"

#include <optional>
#include <string>
#include <vector>

namespace hesse::bench {

/// What a method made of a problem.
struct Outcome {
    std::string problem, method;
    /// Until the first point with |g|_2 <= goal, without certificates; nothing if there was none.
    std::optional<Evaluations> solved;
    long steps = 0;  // until then, or all
    Evaluations
        certificate;  // of the whole run: what it took to make sure of the point, and to leave saddles on the way
    std::string end;     // the status, or what SciPy ended by
    double value = 0.0;  // at the end
    double seconds = 0.0;

    /// Products and twice the gradients: the measure of the targets; infinite where the problem is not solved.
    [[nodiscard]] double products_and_gradients() const;
    /// In gradients, values too.
    [[nodiscard]] double gradient_equivalents() const;
};

inline constexpr double goal = 1e-6;

/// The methods that are compared, by name.
std::vector<std::string> methods();
/// Runs one of them on a problem of the collection.
Outcome run_method(const std::string& method, const std::string& problem);

/// The outcomes of SciPy's methods, as scipy_counts.py has written them down. Throws std::runtime_error if the file is not one.
std::vector<Outcome> scipy_outcomes(const std::string& path);

}  // namespace hesse::bench
