#include "hesse/optim/stochastic/averaged_pairs.hpp"

#include "hesse/optim/state_text.hpp"
#include "hesse/optim/stochastic/batch_loss.hpp"

#include <algorithm>
#include <utility>

namespace hesse {

AveragedPairs::AveragedPairs(Index memory, Index interval, BatchSampler::Options batches)
    : memory_(memory), interval_(interval), batches_(std::move(batches)) {}

void AveragedPairs::start(const Iterate& at) {
    BatchSampler::Options fitting = batches_;
    fitting.size = std::min(fitting.size, at.data_rows());
    sampler_.emplace(std::move(fitting));
    sampler_->start(at.data_rows());
    inverse_.start(at.space(), memory_);
    for (Buffer* vector : {&sum_, &average_, &next_, &fresh_.s, &fresh_.y})
        vector->assign(static_cast<std::size_t>(at.size()), 0.0);
    forget();
}

void AveragedPairs::forget() {
    inverse_.forget();
    std::fill(sum_.begin(), sum_.end(), 0.0);
    added_ = averages_ = 0;
}

void AveragedPairs::add(Iterate& at, const double* x) {
    const VectorSpace& space = at.space();
    space.add(1.0, x, sum_.data());
    if (++added_ < interval_) return;
    space.combine(1.0 / static_cast<double>(interval_), sum_.data(), 0.0, next_.data());
    if (averages_ > 0) {
        BatchLoss loss(at, sampler_->next());
        if (loss.gradient(next_.data()) != nullptr) {
            space.copy(next_.data(), fresh_.s.data());
            space.add(-1.0, average_.data(), fresh_.s.data());
            loss.apply_hessian(fresh_.s.data(), fresh_.y.data());
            inverse_.add(fresh_);
        }
    }
    std::swap(average_, next_);
    std::fill(sum_.begin(), sum_.end(), 0.0);
    added_ = 0;
    ++averages_;
}

void AveragedPairs::save(StateWriter& out) const {
    out.integer("averages", averages_);
    out.integer("added", added_);
    out.vector("average", average_);
    out.vector("sum", sum_);
    inverse_.save(out);
    sampler_->save(out);
}

void AveragedPairs::load(StateReader& in, const char* type) {
    averages_ = in.integer("averages");
    added_ = in.integer("added");
    average_ = in.vector("average", average_.size());
    sum_ = in.vector("sum", sum_.size());
    inverse_.set_state(inverse_.read(in, type));
    sampler_->load(in);
}

}  // namespace hesse
