#include "hesse/optim/quasi_newton_preconditioner.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

QuasiNewtonPreconditioner::QuasiNewtonPreconditioner(Options options) : options_(options) {
    require_at_least(name, "memory", options_.memory, 1);
}

void QuasiNewtonPreconditioner::start(Iterate& at) {
    inverse_.start(at.space(), options_.memory);
    fresh_.resize(static_cast<std::size_t>(options_.memory));
    for (auto& pair : fresh_) {
        pair.s.resize(static_cast<std::size_t>(at.size()));
        pair.y.resize(pair.s.size());
    }
    update(at);
}

/// Every stride-th pair is kept; when there is no room left, every other one of them goes, and the stride doubles.
void QuasiNewtonPreconditioner::observe(const double* s, const double* hs) {
    if (seen_ == 0) stride_ = 1;
    if (seen_++ % stride_ != 0) return;
    if (kept_ == options_.memory) {
        kept_ = (kept_ + 1) / 2;
        for (Index k = 1; k < kept_; ++k)
            std::swap(fresh_[static_cast<std::size_t>(k)], fresh_[static_cast<std::size_t>(2 * k)]);
        stride_ *= 2;
        if ((seen_ - 1) % stride_ != 0) return;
    }
    if (kept_ == options_.memory) return;  // room for one pair: the first
    auto& pair = fresh_[static_cast<std::size_t>(kept_)];
    std::copy(s, s + pair.s.size(), pair.s.begin());
    std::copy(hs, hs + pair.y.size(), pair.y.begin());
    ++kept_;
}

void QuasiNewtonPreconditioner::accept() {
    for (Index k = 0; k < kept_; ++k) inverse_.add(fresh_[static_cast<std::size_t>(k)]);
    kept_ = 0;
}

void QuasiNewtonPreconditioner::apply(const double* in, double* out) {
    std::copy(in, in + fresh_.front().s.size(), out);
    inverse_.apply(out);
}

void QuasiNewtonPreconditioner::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    inverse_.save(state);
}

void QuasiNewtonPreconditioner::load(std::istream& in) {
    StateReader state(in, name, 1);
    inverse_.set_state(inverse_.read(state, "QuasiNewtonPreconditioner"));
}

}  // namespace hesse
