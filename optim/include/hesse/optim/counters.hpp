#pragma once

#include "hesse/autodiff/memory.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <string_view>

namespace hesse {

/// What an evaluation costs, in gradients. The only place where the library says so.
///
/// A reverse-mode gradient includes the value: one sweep forward and about two such sweeps' work backward,
/// so that a value is a third of a gradient. A Hessian product at a point that is linearised already takes a
/// tangent sweep and an adjoint-tangent sweep, twice the work of the sweeps they follow; a difference of two
/// gradients costs the same.
struct CostModel {
    double value = 1.0 / 3.0;
    double gradient = 1.0;
    double product = 2.0;
};

/// How often each oracle was asked. A gradient includes the value at its point. What was asked of some rows of data counts
/// as that share of all of them.
struct Evaluations {
    Index values = 0;
    Index gradients = 0;
    Index products = 0;
    double batch_values = 0.0;
    double batch_gradients = 0.0;
    double batch_products = 0.0;

    Evaluations& operator+=(const Evaluations& other) {
        values += other.values;
        gradients += other.gradients;
        products += other.products;
        batch_values += other.batch_values;
        batch_gradients += other.batch_gradients;
        batch_products += other.batch_products;
        return *this;
    }
    friend bool operator==(const Evaluations&, const Evaluations&) = default;

    [[nodiscard]] bool on_batches() const {
        return batch_values > 0.0 || batch_gradients > 0.0 || batch_products > 0.0;
    }

    [[nodiscard]] double gradient_equivalents(const CostModel& cost = {}) const {
        return cost.value * (static_cast<double>(values) + batch_values) +
               cost.gradient * (static_cast<double>(gradients) + batch_gradients) +
               cost.product * (static_cast<double>(products) + batch_products);
    }
};

/// What evaluations were made for.
enum class Purpose {
    step,        // the optimizer's own steps, the start included
    escape,      // leaving a saddle along a direction of negative curvature
    certificate  // finding out what kind of point was reached
};
inline constexpr std::size_t purpose_count = 3;
/// What reports and histories call them.
inline constexpr std::array<std::string_view, purpose_count> purpose_names{"steps", "escapes",
                                                                           "certificates"};

/// The evaluations of a run by purpose.
class Counters {
public:
    Evaluations& operator[](Purpose purpose) { return by_purpose_[static_cast<std::size_t>(purpose)]; }
    const Evaluations& operator[](Purpose purpose) const {
        return by_purpose_[static_cast<std::size_t>(purpose)];
    }
    [[nodiscard]] Evaluations total() const {
        Evaluations sum;
        for (const Evaluations& part : by_purpose_) sum += part;
        return sum;
    }
    friend bool operator==(const Counters&, const Counters&) = default;

private:
    std::array<Evaluations, purpose_count> by_purpose_{};
};

}  // namespace hesse
