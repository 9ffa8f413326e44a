#pragma once

#include "hesse/optim/iterate.hpp"
#include "hesse/optim/objective.hpp"

#include <algorithm>
#include <vector>

namespace hesse {

/// The loss as a function of the parameters that are not held at a bound, at one point: what verdicts within a box are about.
class FaceObjective final : public ObjectiveRef {
public:
    FaceObjective(ObjectiveRef& f, const Iterate& at)
        : f_(f), whole_in_(static_cast<std::size_t>(at.size()), 0.0), whole_out_(whole_in_.size()) {
        for (Index i = 0; i < at.size(); ++i)
            if (!at.held(i)) free_.push_back(static_cast<std::size_t>(i));
        gradient_.resize(free_.size());
        take(f_.gradient(Slot::current), gradient_.data());
    }

    [[nodiscard]] Index size() const override { return static_cast<Index>(free_.size()); }
    double value(const double*) override { return f_.value(Slot::current); }
    void linearize(const double*, Slot) override {}
    [[nodiscard]] double value(Slot slot) const override { return f_.value(slot); }
    [[nodiscard]] const double* gradient(Slot) const override { return gradient_.data(); }
    void apply_hessian(Slot slot, const double* in, double* out) const override {
        put(in, whole_in_.data());
        f_.apply_hessian(slot, whole_in_.data(), whole_out_.data());
        take(whole_out_.data(), out);
    }
    [[nodiscard]] double rounding_error(Slot slot) const override { return f_.rounding_error(slot); }
    [[nodiscard]] double product_precision(Slot slot) const override { return f_.product_precision(slot); }
    [[nodiscard]] Communicator* communicator() const override { return f_.communicator(); }
    void accept_trial() override {}

    /// A vector (n) from its free entries; the others stay as they are.
    void put(const double* entries, double* whole) const {
        for (std::size_t k = 0; k < free_.size(); ++k) whole[free_[k]] = entries[k];
    }

private:
    void take(const double* whole, double* entries) const {
        for (std::size_t k = 0; k < free_.size(); ++k) entries[k] = whole[free_[k]];
    }

    ObjectiveRef& f_;
    std::vector<std::size_t> free_;
    Buffer gradient_;
    mutable Buffer whole_in_, whole_out_;
};

}  // namespace hesse
