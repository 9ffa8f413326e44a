#include "hesse/optim/stochastic/batch_sampler.hpp"

#include "../options.hpp"
#include "hesse/optim/state_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

namespace hesse {

void BatchSampler::Options::check(std::string_view type) const {
    require_at_least(type, "batches.size", size, 1);
    if (!strata.empty() && sampling == Sampling::shuffled_epochs)
        throw std::invalid_argument(
            fmt::format("{}: batches.strata has labels, expected none with Sampling::shuffled_epochs", type));
    for (std::size_t i = 0; i < strata.size(); ++i)
        if (strata[i] < 0)
            throw std::invalid_argument(
                fmt::format("{}: batches.strata has the label {} at {}, expected none that is negative", type,
                            strata[i], i));
}

BatchSampler::BatchSampler(Options options) : options_(std::move(options)), random_(options_.seed) {
    options_.check("BatchSampler");
}

void BatchSampler::start(Index rows, std::string_view type) {
    if (rows < 1)
        throw std::invalid_argument(
            fmt::format("{}: the objective is a sum over {} rows of data, expected at least 1", type, rows));
    if (options_.sampling != Sampling::with_replacement && options_.size > rows)
        throw std::invalid_argument(fmt::format(
            "{}: batches.size is {}, expected at most {}, the number of rows", type, options_.size, rows));
    if (!options_.strata.empty() && static_cast<Index>(options_.strata.size()) != rows)
        throw std::invalid_argument(
            fmt::format("{}: batches.strata has {} labels, expected {}, one for each row", type,
                        options_.strata.size(), rows));
    random_ = RandomGenerator(options_.seed);
    rows_ = rows;
    cursor_ = 0;
    // In the order of the labels, however large they are.
    std::map<int, std::vector<Index>> rows_of;
    for (Index i = 0; i < rows; ++i)
        rows_of[options_.strata.empty() ? 0 : options_.strata[static_cast<std::size_t>(i)]].push_back(i);
    strata_.clear();
    for (auto& [label, of_label] : rows_of) strata_.push_back(std::move(of_label));
}

/// Fisher and Yates, the first `count` places of what begins at `first`.
void BatchSampler::shuffle(std::vector<Index>& order, Index first, Index count) {
    const auto size = static_cast<Index>(order.size());
    for (Index k = first; k < std::min(first + count, size); ++k)
        std::swap(order[static_cast<std::size_t>(k)],
                  order[static_cast<std::size_t>(k + random_.below(size - k))]);
}

void BatchSampler::draw(std::vector<Index>& from, Index count) {
    if (options_.sampling == Sampling::with_replacement) {
        for (Index k = 0; k < count; ++k)
            batch_.push_back(from[static_cast<std::size_t>(random_.below(static_cast<Index>(from.size())))]);
        return;
    }
    shuffle(from, 0, count);
    batch_.insert(batch_.end(), from.begin(), from.begin() + count);
}

std::span<const Index> BatchSampler::next() {
    if (rows_ == 0) throw std::logic_error("BatchSampler: next before start");
    batch_.clear();
    if (options_.sampling == Sampling::shuffled_epochs) {
        std::vector<Index>& order = strata_.front();
        if (cursor_ == 0) shuffle(order, 0, rows_);
        const Index count = std::min(options_.size, rows_ - cursor_);
        batch_.assign(order.begin() + cursor_, order.begin() + cursor_ + count);
        cursor_ = cursor_ + count == rows_ ? 0 : cursor_ + count;
    } else {
        // Shares are rounded up or down at random, by one offset for all: each row is as likely to come as any other.
        const Index offset = strata_.size() > 1 ? random_.below(rows_) : 0;
        Index due = 0, drawn = 0;  // due: in units of 1 / rows
        for (auto& stratum : strata_) {
            due += options_.size * static_cast<Index>(stratum.size());
            const Index until = (due + offset) / rows_;
            draw(stratum, until - drawn);
            drawn = until;
        }
    }
    return batch_;
}

void BatchSampler::save(StateWriter& out) const {
    out.integer("rows", rows_);
    out.integer("size", options_.size);
    out.integer("sampling", static_cast<Index>(options_.sampling));
    out.integer("cursor", cursor_);
    out.random("random", random_);
    for (const auto& stratum : strata_) {
        const Buffer order(stratum.begin(), stratum.end());
        out.vector("order", order);
    }
}

void BatchSampler::load(StateReader& in) {
    const Index rows = in.integer("rows"), size = in.integer("size"), sampling = in.integer("sampling");
    const Index cursor = in.integer("cursor");
    if (size != options_.size || sampling != static_cast<Index>(options_.sampling))
        throw std::invalid_argument(fmt::format(
            "BatchSampler: the state is of batches of {} rows, Sampling {}, batches.size is {}, sampling {}",
            size, sampling, options_.size, static_cast<Index>(options_.sampling)));
    if (rows != rows_ || cursor < 0 || cursor >= rows_)
        throw std::invalid_argument(fmt::format(
            "BatchSampler: the state is of {} rows at {}, the data have {}", rows, cursor, rows_));
    RandomGenerator random = in.random("random");
    auto strata = strata_;
    for (auto& stratum : strata) {
        const Buffer order = in.vector("order", stratum.size());
        for (std::size_t k = 0; k < order.size(); ++k) stratum[k] = static_cast<Index>(order[k]);
        auto before = strata_[static_cast<std::size_t>(&stratum - strata.data())], after = stratum;
        std::sort(before.begin(), before.end());
        std::sort(after.begin(), after.end());
        if (before != after)
            throw std::invalid_argument("BatchSampler: the order is not one of the rows of the data");
    }
    random_ = std::move(random);
    cursor_ = cursor;
    strata_ = std::move(strata);
}

}  // namespace hesse
