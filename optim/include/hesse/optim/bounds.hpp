#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/parameter_groups.hpp"

#include <Eigen/Core>

#include <span>
#include <vector>

namespace hesse {

/// lower <= x <= upper, entry by entry: given to minimize beside a method that keeps bounds (its `needs` say so).
///     minimize(f, x, TrustRegion{}, Bounds(0.0, 1.0));
/// The points that a method tries are projected. Where a bound is met and the loss would fall beyond it, the entry is held: it has no
/// part in the gradient that the method sees, in its norm, in products of the Hessian and in verdicts, which are those of the loss on
/// the face of the box where the point lies. An entry at a bound where the slope is zero is not held, so that curvature along it counts,
/// whichever way it leads.
class Bounds {
public:
    /// The same for all entries; infinities where there is none. Throws std::invalid_argument unless lower <= upper.
    Bounds(double lower, double upper) : Bounds({&lower, 1}, {&upper, 1}) {}
    /// (n) each. Throws std::invalid_argument, naming the entry, unless lower <= upper and the lengths are the same.
    Bounds(const Eigen::Ref<const Eigen::VectorXd>& lower, const Eigen::Ref<const Eigen::VectorXd>& upper)
        : Bounds({lower.data(), static_cast<std::size_t>(lower.size())},
                 {upper.data(), static_cast<std::size_t>(upper.size())}) {}

    [[nodiscard]] std::span<const double> lower() const { return lower_; }  // 1 or n
    [[nodiscard]] std::span<const double> upper() const { return upper_; }

private:
    Bounds(std::span<const double> lower, std::span<const double> upper);

    Buffer lower_, upper_;
};

/// Parameters that stay where they start: given to minimize beside any method.
///     const auto [weights, biases] = layout(shape(10, 64), shape(10));
///     minimize(f, x, LimitedMemoryBfgs{}, Fixed{{biases}});
struct Fixed {
    std::vector<Segment> segments;
};

/// The bounds of one run, for each of its n parameters, as the Iterate has them.
class Box {
public:
    /// start: (n). Throws std::invalid_argument if bounds have another length, a segment ends after the last parameter, or the start
    /// lies outside.
    Box(const double* start, Index n, const Bounds* bounds, const Fixed* fixed);

    /// y <- the nearest point of the box.
    void project(double* y) const;
    /// The same for a point that was reached from x of the box: what is within rounding of a bound is put on it.
    void project_from(const double* x, double* y) const;
    /// The least t > 0 for which an entry of x + t d meets a bound; infinity if none does. Entries at bounds that d leads out of are
    /// not asked for.
    [[nodiscard]] double first_bound_along(const double* x, const double* d) const;
    [[nodiscard]] double lower(Index i) const { return lower_[static_cast<std::size_t>(i)]; }
    [[nodiscard]] double upper(Index i) const { return upper_[static_cast<std::size_t>(i)]; }
    /// Whether entry i of x is at a bound that d leads out of.
    [[nodiscard]] bool blocks(Index i, double x, double d) const {
        const auto k = static_cast<std::size_t>(i);
        return (x <= lower_[k] && d < 0.0) || (x >= upper_[k] && d > 0.0);
    }
    /// Whether entry i is held at x_i where the loss has the slope g_i.
    [[nodiscard]] bool holds(Index i, double x, double g) const {
        const auto k = static_cast<std::size_t>(i);
        return (x <= lower_[k] && (g > 0.0 || lower_[k] == upper_[k])) || (x >= upper_[k] && g < 0.0);
    }

private:
    Buffer lower_, upper_;
};

}  // namespace hesse
