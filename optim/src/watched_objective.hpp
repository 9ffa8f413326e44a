#pragma once

#include "hesse/optim/objective.hpp"
#include "hesse/optim/vector_space.hpp"

namespace hesse {

/// Passes products on, counts them and notes whether they are finite.
class WatchedObjective final : public ObjectiveRef {
public:
    explicit WatchedObjective(ObjectiveRef& f) : f_(f), space_(f.size()) {}

    [[nodiscard]] Index products() const { return products_; }
    [[nodiscard]] bool finite() const { return finite_; }

    [[nodiscard]] Index size() const override { return f_.size(); }
    double value(const double* x) override { return f_.value(x); }
    void linearize(const double* x, Slot slot) override { f_.linearize(x, slot); }
    [[nodiscard]] double value(Slot slot) const override { return f_.value(slot); }
    [[nodiscard]] const double* gradient(Slot slot) const override { return f_.gradient(slot); }
    void apply_hessian(Slot slot, const double* in, double* out) const override {
        f_.apply_hessian(slot, in, out);
        note_product(out);
    }
    void apply_hessian_once(Slot slot, const double* in, double* out) const override {
        f_.apply_hessian_once(slot, in, out);
        note_product(out);
    }
    void apply_hessian_block(Slot slot, const double* in, Index count, double* out) const override {
        f_.apply_hessian_block(slot, in, count, out);
        for (Index k = 0; k < count; ++k) note_product(out + k * size());
    }
    void apply_gauss_newton(Slot slot, const double* in, double* out) const override {
        f_.apply_gauss_newton(slot, in, out);
        note_product(out);
    }
    [[nodiscard]] double rounding_error(Slot slot) const override { return f_.rounding_error(slot); }
    [[nodiscard]] double product_precision(Slot slot) const override { return f_.product_precision(slot); }
    [[nodiscard]] Communicator* communicator() const override { return f_.communicator(); }
    void accept_trial() override { f_.accept_trial(); }

private:
    void note_product(const double* out) const {
        ++products_;
        finite_ = finite_ && space_.all_finite(out);
    }

    ObjectiveRef& f_;
    VectorSpace space_;
    mutable Index products_ = 0;
    mutable bool finite_ = true;
};

}  // namespace hesse
