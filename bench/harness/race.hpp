#pragma once

#include "harness/report.hpp"

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hesse::bench {

/// Computes something once and returns where the result begins, or null if there is nothing to compare.
using Computation = std::function<const double*()>;

/// One way to compute a quantity.
struct Contender {
    std::string name;
    Computation run;
    /// How many results one run computes: times are divided by it.
    int results_per_run = 1;
    /// Memory it works in.
    std::optional<double> bytes = {};
    /// What it promises.
    std::optional<Target> target = {};
    /// Whether heap allocations are counted, in runs after the first ones.
    bool count_allocations = false;
    /// Whether its time goes into the report, or only to the caller.
    bool reported = true;
};

/// What all contenders of a race compute.
struct Quantity {
    std::string workload;
    long size;
    std::string style;  // scalar, array or static
    std::string name;   // value, gradient, product_fresh, product_repeated or product_block8
    std::size_t entries;
};

/// Times the contenders against each other, reports one entry for each, and returns the seconds of each.
///
/// First their results are compared, to 1e-10 of the largest entry; std::runtime_error if they differ. Then
/// they alternate in each of `rounds` rounds (fewer, but at least five, if that takes longer than half a
/// minute), and what counts is each one's fastest round. Time is processor time of the whole process, so that other programs on the machine are not measured, and threads that
/// somebody might start are.
std::vector<double> race(const Quantity& quantity, std::span<const Contender> contenders, int rounds,
                         Report& report);

}  // namespace hesse::bench
