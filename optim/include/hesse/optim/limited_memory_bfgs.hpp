#pragma once

#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/wolfe_line_search.hpp"

#include <iosfwd>
#include <string_view>
#include <vector>

namespace hesse {

/// The quasi-Newton method of Liu and Nocedal, Math. Prog. 45 (1989) 503: H g by two loops over the last pairs s = x+ - x,
/// y = g+ - g, from H0 = (s'y / y'y) I, and a line search with the conditions of Wolfe.
/// A pair is kept if s'y is more than 1e-10 |s| |y|: with the search it is, but for rounding. Where the search fails the memory is
/// dropped and the gradient tried once. f times a power of two takes the same path.
/// One gradient a step, most often; 2 memory + 4 vectors.
class LimitedMemoryBfgs {
public:
    struct Options {
        Index memory = 10;          // pairs
        double first_length = 1.0;  // of the first step that is tried, and after each loss of the memory
        WolfeOptions search{};
    };
    static constexpr std::string_view name = "LimitedMemoryBfgs";
    static constexpr Needs needs{};

    LimitedMemoryBfgs() : LimitedMemoryBfgs(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit LimitedMemoryBfgs(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return pairs_; }

private:
    struct Pair {
        Buffer s, y;
        double product = 0.0;  // s'y
    };
    /// The pair that is `age` steps old.
    [[nodiscard]] const Pair& pair(Index age) const;
    void find_direction(const Iterate& at, Index pairs);
    void remember(const Iterate& at);

    Options options_;
    WolfeLineSearch search_;
    std::vector<Pair> memory_;  // a ring
    Pair fresh_;                // x and g before a step, then its pair
    Index next_ = 0, pairs_ = 0;
    double curvature_ = 0.0;  // y'y / s'y of the last pair: how curved the loss is, at most, where it was
    Buffer direction_;
    std::vector<double> coefficients_;
};
static_assert(Optimizer<LimitedMemoryBfgs>);

}  // namespace hesse
