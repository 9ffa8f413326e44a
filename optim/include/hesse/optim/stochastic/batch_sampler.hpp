#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/random.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace hesse {

class StateReader;
class StateWriter;

/// How rows get into batches.
enum class Sampling {
    shuffled_epochs,      ///< every row once an epoch, in an order that is shuffled anew for each
    without_replacement,  ///< no row twice in a batch, batches independent of each other
    with_replacement      ///< every row independent of all others
};

/// Draws batches of rows, seeded. Which rows have come, and the order of those to come, are part of its state.
class BatchSampler {
public:
    struct Options {
        Index size = 64;  ///< rows of a batch; the last one of an epoch may have fewer
        Sampling sampling = Sampling::shuffled_epochs;
        /// A label for each row, none negative, or none at all: every batch then has rows of each label in the proportions
        /// of the data, rounded up or down at random where they are no whole numbers. Not for shuffled epochs.
        std::vector<int> strata = {};
        std::uint64_t seed = 0;

        /// Throws std::invalid_argument in the name of `type` if an option is out of range.
        void check(std::string_view type) const;
    };

    BatchSampler() : BatchSampler(Options{}) {}
    explicit BatchSampler(Options options);

    /// Begins, for data of so many rows. Throws std::invalid_argument in the name of `type` if a batch without replacement has more
    /// rows than there are, or there is not one stratum for each row.
    void start(Index rows, std::string_view type = "BatchSampler");
    /// The next batch, valid until the one after it is drawn. Throws std::logic_error before a start.
    [[nodiscard]] std::span<const Index> next();

    [[nodiscard]] Index rows() const { return rows_; }
    /// How many batches are one pass over the data.
    [[nodiscard]] Index batches_per_epoch() const { return (rows_ + options_.size - 1) / options_.size; }

    void save(StateWriter& out) const;
    /// Throws std::invalid_argument if the state is of other data, and leaves the sampler as it was.
    void load(StateReader& in);

private:
    void shuffle(std::vector<Index>& order, Index first, Index count);
    void draw(std::vector<Index>& from, Index count);

    Options options_;
    RandomGenerator random_;
    Index rows_ = 0;
    std::vector<std::vector<Index>>
        strata_;        // the rows of each; one of all rows where there are none. Permuted.
    Index cursor_ = 0;  // in the epoch
    std::vector<Index> batch_;
};

}  // namespace hesse
