#include "hesse/optim/stochastic/batch_objective.hpp"

#include "hesse/optim/iterate.hpp"

#include <cmath>
#include <span>

namespace hesse {

Index BatchObjective::size() const { return whole_.size(); }

double BatchObjective::value(const double* x) {
    const Batch& batch = at(Slot::current);
    whole_.count_on_batch(&Evaluations::batch_values, batch.share(sampler_.rows()));
    return batch.loss.objective->value(x);
}

bool BatchObjective::begin(const double* x) {
    linearize(x, Slot::current);
    begun_ = std::isfinite(value(Slot::current)) && whole_.space().all_finite(gradient(Slot::current));
    return begun_;
}

void BatchObjective::linearize(const double* x, Slot slot) {
    Batch& batch = batches_[slot == Slot::current ? current_ : 1 - current_];
    if (begun_ || closed_) {
        begun_ = false;
        batch = batches_[current_];
        return;
    }
    const std::span<const Index> rows = sampler_.next();
    batch.loss = {};
    batch.rows.assign(rows.begin(), rows.end());
    batch.loss = whole_.batch(batch.rows);
    batch.loss.objective->linearize(x, Slot::current);
    whole_.count_on_batch(&Evaluations::batch_gradients, batch.share(sampler_.rows()));
}

double BatchObjective::value(Slot slot) const { return at(slot).loss.objective->value(Slot::current); }
const double* BatchObjective::gradient(Slot slot) const {
    return at(slot).loss.objective->gradient(Slot::current);
}
void BatchObjective::apply_hessian(Slot slot, const double* in, double* out) const {
    at(slot).loss.objective->apply_hessian(Slot::current, in, out);
    whole_.count_on_batch(&Evaluations::batch_products, at(slot).share(sampler_.rows()));
}
void BatchObjective::apply_gauss_newton(Slot slot, const double* in, double* out) const {
    at(slot).loss.objective->apply_gauss_newton(Slot::current, in, out);
    whole_.count_on_batch(&Evaluations::batch_products, at(slot).share(sampler_.rows()));
}
double BatchObjective::rounding_error(Slot slot) const {
    return at(slot).loss.objective->rounding_error(Slot::current);
}
Communicator* BatchObjective::communicator() const { return whole_.communicator(); }

}  // namespace hesse
