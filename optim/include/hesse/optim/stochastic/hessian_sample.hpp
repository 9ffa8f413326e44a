#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/random.hpp"

#include <cstdint>
#include <vector>

namespace hesse {

class StateReader;
class StateWriter;

/// The rows that stand for all of them in the Hessian of a step s:
///     min(N, rows (longest |s| so far / last |s|)^2)  of N, drawn without replacement, new ones for each step
/// The error of the Hessian of r rows is of the order of 1 / sqrt(r), and one of the order of |s| is what the theory of cubic steps
/// allows for: r ~ 1 / |s|^2, so that steps that converge come to use all rows. The last |s| stands for the next one.
/// Kohler and Lucchi, ICML 2017, theorem 7; Xu, Roosta and Mahoney, Math. Prog. 184 (2020) 35.
class HessianSample {
public:
    struct Options {
        Index rows = 0;  // of the first step, and of each one as long; 0: a tenth of the data
        std::uint64_t seed = 0;
    };

    HessianSample() : HessianSample(Options{}) {}
    /// Throws std::invalid_argument if rows is negative.
    explicit HessianSample(Options options);

    /// Of a sum over so many rows of data; at least 1.
    void start(Index data_rows);
    /// The next rows, in ascending order.
    [[nodiscard]] std::vector<Index> draw();
    /// After a step of this length, which is not negative.
    void adapt(double length);

    /// How many rows draw() returns next.
    [[nodiscard]] Index rows() const { return rows_; }
    [[nodiscard]] Index data_rows() const { return data_rows_; }

    void save(StateWriter& out) const;
    /// Throws std::invalid_argument, and may then be half read: read into a copy.
    void load(StateReader& in);

private:
    [[nodiscard]] Index first_rows() const;

    Options options_;
    RandomGenerator random_;
    Index data_rows_ = 1, rows_ = 1;
    double longest_ = 0.0;
};

}  // namespace hesse
