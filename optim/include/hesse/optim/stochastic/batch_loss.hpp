#pragma once

#include "hesse/optim/iterate.hpp"

#include <array>
#include <cmath>
#include <span>

namespace hesse {

/// The loss on some rows of the data, whose evaluations are booked as shares of those on all rows. Gradients and products are those on
/// the face where the iterate lies: parameters that are Fixed have no part in them.
class BatchLoss {
public:
    using Slot = ObjectiveRef::Slot;

    /// `rows` must outlive this.
    BatchLoss(Iterate& at, std::span<const Index> rows)
        : at_(at),
          batch_(at.batch(rows)),
          share_(static_cast<double>(rows.size()) / static_cast<double>(at.data_rows())) {}

    /// The gradient (n) at x (n), which stays until the next one in this slot; null where the loss or its gradient is not finite.
    const double* gradient(const double* x, Slot slot = Slot::current) {
        batch_.objective->linearize(x, slot);
        at_.count_on_batch(&Evaluations::batch_gradients, share_);
        const double* const g = batch_.objective->gradient(slot);
        if (!std::isfinite(batch_.objective->value(slot)) || !at_.space().all_finite(g)) return nullptr;
        if (!at_.bounded()) return g;
        Buffer& face = faces_[slot == Slot::current ? 0 : 1];
        face.assign(g, g + at_.size());
        at_.keep_on_face(face.data());
        return face.data();
    }
    /// The loss where the last gradient was asked for.
    [[nodiscard]] double value() const { return batch_.objective->value(Slot::current); }
    [[nodiscard]] double value(const double* x) {
        at_.count_on_batch(&Evaluations::batch_values, share_);
        return batch_.objective->value(x);
    }
    /// out = H in where the last gradient was asked for.
    void apply_hessian(const double* in, double* out) {
        if (at_.bounded()) {
            along_face_.assign(in, in + at_.size());
            at_.keep_on_face(along_face_.data());
            in = along_face_.data();
        }
        batch_.objective->apply_hessian(Slot::current, in, out);
        at_.keep_on_face(out);
        at_.count_on_batch(&Evaluations::batch_products, share_);
    }

private:
    Iterate& at_;
    OwnedObjective batch_;
    double share_;
    std::array<Buffer, 2> faces_;  // of the slots, within a box
    Buffer along_face_;
};

}  // namespace hesse
