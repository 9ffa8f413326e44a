#pragma once

#include "hesse/optim/limited_memory_inverse.hpp"
#include "hesse/optim/optimizer.hpp"
#include "hesse/optim/wolfe_line_search.hpp"

#include <iosfwd>
#include <string_view>

namespace hesse {

/// The quasi-Newton method of Liu and Nocedal, Math. Prog. 45 (1989) 503: P g with the inverse Hessian P of the last pairs
/// s = x+ - x, y = g+ - g (LimitedMemoryInverse), and a line search with the conditions of Wolfe.
/// With the search every pair has s'y > 0, but for rounding. Where the search fails the memory is
/// dropped and the gradient tried once. f times a power of two takes the same path.
/// Bounds on parameters are kept: entries that are held have no part in directions and pairs (Bertsekas, SIAM J. Control Optim. 20
/// (1982) 221), and the search goes no further than to the first bound, or tries projections of where it would begin.
/// One gradient a step, most often; 2 memory + 4 vectors, and 2 memory^2 numbers.
class LimitedMemoryBfgs {
public:
    struct Options {
        Index memory = 10;          // pairs
        double first_length = 1.0;  // of the first step that is tried, and after each loss of the memory
        WolfeOptions search{};
    };
    static constexpr std::string_view name = "LimitedMemoryBfgs";
    static constexpr Needs needs{.keeps_bounds = true, .compares_losses = true};

    LimitedMemoryBfgs() : LimitedMemoryBfgs(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit LimitedMemoryBfgs(Options options);

    void start(Iterate& at);
    StepOutcome step(Iterate& at);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return inverse_.pairs(); }

private:
    Options options_;
    WolfeLineSearch search_;
    LimitedMemoryInverse inverse_;
    LimitedMemoryInverse::Pair fresh_;
    Buffer direction_;
};
static_assert(Optimizer<LimitedMemoryBfgs>);

}  // namespace hesse
