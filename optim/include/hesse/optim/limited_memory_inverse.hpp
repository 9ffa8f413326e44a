#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/vector_space.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace hesse {

class StateReader;
class StateWriter;

/// The inverse of a Hessian, approximated by BFGS from the last pairs s, y = Hs or a difference of gradients: positive definite, as
/// pairs without positive curvature are refused. The two loops of Nocedal, Math. Comp. 35 (1980) 773, over the pairs, from
/// (s'y / y'y) I of the last one, in the coefficients of v and all s and y: their inner products are kept. So P v goes
/// through the memory twice, and a pair's products come from the first of these passes. 2 memory vectors; where the space is
/// divided among ranks each keeps its part of them, and all must ask the same: a pair takes one sum over the ranks, P v one, of at
/// most 4 memory numbers, and a gather.
class LimitedMemoryInverse {
public:
    struct Pair {
        Buffer s, y;
        double product = 0.0;  // s'y
    };

    /// No pairs, and room for this many. memory >= 1.
    void start(const VectorSpace& space, Index memory);

    /// Takes over s and y (n) if s'y is more than 1e-10 |s| |y|: true if it did. The pair may get memory in exchange.
    bool add(Pair& pair);
    /// The same of a pair of which only the part of this rank is there.
    bool add_parts(Pair& pair);
    void forget() { next_ = pairs_ = 0; }

    /// out (n) = scale P v, out = v allowed; scale v without pairs.
    void apply(const double* v, double* out, double scale = 1.0);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return pairs_; }
    /// y'y / s'y of the pair that was added last: how curved the loss is, at most, where it was. 0 before the first.
    [[nodiscard]] double curvature() const { return curvature_; }

    void save(StateWriter& out) const;
    struct State {
        double curvature = 0.0;
        std::vector<Pair> pairs;  // from the oldest
    };
    /// Throws std::invalid_argument, in the name of `type`, if there are more pairs than memory.
    [[nodiscard]] State read(StateReader& in, const char* type) const;
    /// Where the space is divided, all ranks together.
    void set_state(State state);

private:
    [[nodiscard]] std::size_t slot(Index age) const;
    std::span<const double* const> columns();
    void take(Pair& pair);
    void keep_newest(const double* products, std::size_t stride);
    void learn_newest();
    void project(const double* part);

    std::optional<VectorSpace> space_, part_;
    std::vector<Pair> memory_;  // a ring
    Pair spare_;                // where the space is divided
    Index next_ = 0, pairs_ = 0;
    double curvature_ = 0.0;
    Buffer sy_, yy_;             // s_i'y_j and y_i'y_j of slots, by rows, where j is not older than i
    bool newest_known_ = false;  // whether they have those of the last pair
    std::vector<const double*> columns_;  // s, y of the last pair, of the one before, ...
    Buffer projections_, coefficients_;   // of columns
};

}  // namespace hesse
