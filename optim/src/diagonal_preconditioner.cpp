#include "hesse/optim/diagonal_preconditioner.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <algorithm>
#include <cmath>
#include <istream>
#include <ostream>
#include <utility>

namespace hesse {

DiagonalPreconditioner::DiagonalPreconditioner(Options options) : options_(options) {
    require_at_least(name, "products", options_.products, 1);
    require_in(name, "memory", options_.memory, 0.0, 1.0);
    require_probability(name, "floor", options_.floor);
}

void DiagonalPreconditioner::start(Iterate& at) {
    const auto n = static_cast<std::size_t>(at.size());
    average_.random = RandomGenerator(options_.seed);
    average_.points = 0;
    average_.squares.assign(n, 0.0);
    next_.squares.resize(n);
    signs_.resize(n);
    inverse_.assign(n, 1.0);
}

/// Without a diagonal that is finite and not zero this point leaves no trace, and P is the identity.
void DiagonalPreconditioner::update(Iterate& at) {
    const VectorSpace& space = at.space();
    next_.random = average_.random;
    next_.points = average_.points + 1;
    next_.squares = average_.squares;
    const double weight = std::max(1.0 / static_cast<double>(next_.points), 1.0 - options_.memory) /
                          static_cast<double>(options_.products);
    space.scale(1.0 - weight * static_cast<double>(options_.products), next_.squares.data());
    for (Index k = 0; k < options_.products; ++k) {
        next_.random.signs(space, signs_.data());
        at.apply_hessian(signs_.data(), inverse_.data());
        // The signs are gone with the square.
        for (std::size_t i = 0; i < inverse_.size(); ++i)
            next_.squares[i] += weight * inverse_[i] * inverse_[i];
    }
    const double largest = std::sqrt(*std::max_element(next_.squares.begin(), next_.squares.end()));
    if (!space.all_finite(next_.squares.data()) || largest == 0.0) {
        next_ = average_;
        std::fill(inverse_.begin(), inverse_.end(), 1.0);
        return;
    }
    for (std::size_t i = 0; i < inverse_.size(); ++i)
        inverse_[i] = 1.0 / std::max(std::sqrt(next_.squares[i]), options_.floor * largest);
}

void DiagonalPreconditioner::accept() { std::swap(average_, next_); }

void DiagonalPreconditioner::apply(const double* in, double* out) const {
    for (std::size_t i = 0; i < inverse_.size(); ++i) out[i] = inverse_[i] * in[i];
}

void DiagonalPreconditioner::save(std::ostream& out) const {
    StateWriter state(out, name, 1);
    state.random("random", average_.random);
    state.integer("points", average_.points);
    state.vector("squares", average_.squares);
}

void DiagonalPreconditioner::load(std::istream& in) {
    StateReader state(in, name, 1);
    RandomGenerator random = state.random("random");
    const Index points = state.integer("points");
    average_.squares = state.vector("squares", inverse_.size());
    average_.random = random;
    average_.points = points;
}

}  // namespace hesse
