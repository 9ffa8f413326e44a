#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/vector_space.hpp"

#include <optional>
#include <vector>

namespace hesse {

class StateReader;
class StateWriter;

/// The inverse of a Hessian, approximated by BFGS from the last pairs s, y = Hs or a difference of gradients: positive definite, as
/// pairs without positive curvature are refused. Two loops over the pairs, from (s'y / y'y) I of the last one.
/// Nocedal, Math. Comp. 35 (1980) 773. 2 memory vectors; where the space is divided among ranks each keeps its part of them, and
/// all must ask the same: a pair takes one sum over the ranks, P v one of a number for each loop and pair, and a gather.
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
    void forget() { pairs_ = 0; }

    /// v (n) <- P v; unchanged without pairs.
    void apply(double* v);

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
    void set_state(State state);

private:
    [[nodiscard]] const Pair& pair(Index age) const;
    [[nodiscard]] double dot(const Buffer& x, const double* part) const;

    std::optional<VectorSpace> space_, part_;
    std::vector<Pair> memory_;  // a ring
    Pair spare_;                // where the space is divided
    Index next_ = 0, pairs_ = 0;
    double curvature_ = 0.0;
    std::vector<double> coefficients_;
};

}  // namespace hesse
