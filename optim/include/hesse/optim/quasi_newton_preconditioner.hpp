#pragma once

#include "hesse/optim/limited_memory_inverse.hpp"
#include "hesse/optim/preconditioner.hpp"

#include <iosfwd>
#include <string_view>
#include <vector>

namespace hesse {

/// The limited-memory BFGS inverse of pairs s, Hs that the conjugate gradients of the steps before have met on their way: no product
/// of its own. The pairs of a step are taken at even distances, `memory` at most, and become the preconditioner once the step is
/// taken; it is the same as long as one linear system is solved. Where a step makes fewer, older pairs stay.
/// Morales and Nocedal, SIAM J. Optim. 10 (2000) 1079. 4 memory vectors.
class QuasiNewtonPreconditioner {
public:
    struct Options {
        Index memory = 20;  // pairs
    };
    static constexpr std::string_view name = "QuasiNewtonPreconditioner";

    QuasiNewtonPreconditioner() : QuasiNewtonPreconditioner(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit QuasiNewtonPreconditioner(Options options);

    void start(Iterate& at);
    void update(Iterate&) { seen_ = kept_ = 0; }
    void observe(const double* s, const double* hs);
    void accept();
    void apply(const double* in, double* out);
    void save(std::ostream& out) const;
    void load(std::istream& in);

    /// How many pairs are in use.
    [[nodiscard]] Index pairs() const { return inverse_.pairs(); }

private:
    Options options_;
    LimitedMemoryInverse inverse_;
    std::vector<LimitedMemoryInverse::Pair> fresh_;  // of this step
    Index part_first_ = 0;
    Index seen_ = 0, kept_ = 0, stride_ = 1;  // pairs of this step; every so many are kept
};

}  // namespace hesse
