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
    part_first_ = at.space().part_first();
    const Index length = at.space().part().dimension();
    for (auto& pair : fresh_) {
        pair.s.resize(static_cast<std::size_t>(length));
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
    std::copy_n(s + part_first_, pair.s.size(), pair.s.begin());
    std::copy_n(hs + part_first_, pair.y.size(), pair.y.begin());
    ++kept_;
}

void QuasiNewtonPreconditioner::accept() {
    for (Index k = 0; k < kept_; ++k) inverse_.add_parts(fresh_[static_cast<std::size_t>(k)]);
    kept_ = 0;
}

void QuasiNewtonPreconditioner::apply(const double* in, double* out) { inverse_.apply(in, out); }

void QuasiNewtonPreconditioner::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    inverse_.save(state);
}

void QuasiNewtonPreconditioner::load(std::istream& in) {
    StateReader state(in, name, 1);
    inverse_.set_state(inverse_.read(state, "QuasiNewtonPreconditioner"));
}

}  // namespace hesse
