#include "hesse/optim/curvature/condition_number.hpp"

#include "../options.hpp"
#include "hesse/autodiff/memory.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {
namespace {

constexpr const char* function = "condition_number";

/// A (A in).
class SquaredOperator {
public:
    explicit SquaredOperator(OperatorRef a) : a_(a), between_(static_cast<std::size_t>(a.rows())) {}

    [[nodiscard]] Index rows() const { return a_.rows(); }
    [[nodiscard]] Communicator* communicator() const { return a_.communicator(); }
    void apply(const double* in, double* out) const {
        a_.apply(in, between_.data());
        a_.apply(between_.data(), out);
    }

private:
    OperatorRef a_;
    mutable Buffer between_;
};

/// The root of an eigenvalue of A^2, which is known to within its error bound.
EigenvalueEstimate magnitude(const EigenvalueEstimate& squared) {
    EigenvalueEstimate root = squared;
    root.value = std::sqrt(std::max(0.0, squared.value));
    // |sqrt(s + e) - sqrt(s)| is at most sqrt(e), and at most e / sqrt(s).
    const auto error = [&](double e) {
        return std::min(std::sqrt(e), root.value > 0.0 ? e / root.value : std::sqrt(e));
    };
    root.residual = error(squared.residual);
    root.error_bound = error(squared.error_bound);
    return root;
}

}  // namespace

ConditionNumber condition_number(OperatorRef a, const ExtremeEigenpairOptions& options) {
    const auto n = static_cast<std::size_t>(a.rows());
    Buffer lowest_vector(n), highest_vector(n);
    const ExtremeEigenvalues ends =
        extreme_eigenvalues(a, options, lowest_vector.data(), highest_vector.data(), function);
    ConditionNumber found;
    found.products = ends.products;
    const bool negative_is_larger = -ends.lowest.value > ends.highest.value;
    found.largest = negative_is_larger ? ends.lowest : ends.highest;
    const bool definite = ends.lowest.value > 0.0 || ends.highest.value < 0.0;
    if (definite) {
        found.smallest = negative_is_larger ? ends.highest : ends.lowest;
    } else {
        ExtremeEigenpairOptions half = options;
        half.max_products = std::max<Index>(3, (options.max_products - ends.products) / 2);
        half.check_symmetry = false;
        const SquaredOperator squared(a);
        const ExtremeEigenvalues inner =
            extreme_eigenvalues(squared, half, lowest_vector.data(), nullptr, function);
        found.products += 2 * inner.products;
        found.smallest = magnitude(inner.lowest);
    }
    const double largest = std::abs(found.largest.value), smallest = std::abs(found.smallest.value);
    const double infinity = std::numeric_limits<double>::infinity();
    const auto ratio = [infinity](double above, double below) {
        return below > 0.0 ? above / below : infinity;
    };
    found.value = smallest > found.smallest.error_bound ? largest / smallest : infinity;
    found.lower_bound =
        std::max(1.0, ratio(largest - found.largest.error_bound, smallest + found.smallest.error_bound));
    found.upper_bound = ratio(largest + found.largest.error_bound, smallest - found.smallest.error_bound);
    found.converged = found.largest.converged && found.smallest.converged;
    return found;
}

}  // namespace hesse
