#include "hesse/optim/stochastic/hessian_sample.hpp"

#include "hesse/optim/state_text.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace hesse {

HessianSample::HessianSample(Options options) : options_(options), random_(options.seed) {
    require_at_least("HessianSample", "rows", options_.rows, 0);
}

Index HessianSample::first_rows() const {
    const Index wanted = options_.rows > 0 ? options_.rows : (data_rows_ + 9) / 10;
    return std::min(wanted, data_rows_);
}

void HessianSample::start(Index data_rows) {
    if (data_rows < 1)
        throw std::invalid_argument(fmt::format(
            "HessianSample: the objective is a sum over {} rows of data, expected at least 1", data_rows));
    data_rows_ = data_rows;
    rows_ = first_rows();
    longest_ = 0.0;
    random_ = RandomGenerator(options_.seed);
}

/// Knuth, The Art of Computer Programming 2, section 3.4.2, algorithm S.
std::vector<Index> HessianSample::draw() {
    std::vector<Index> drawn;
    drawn.reserve(static_cast<std::size_t>(rows_));
    Index wanted = rows_;
    for (Index row = 0; wanted > 0; ++row) {
        const Index left = data_rows_ - row;
        if (wanted < left && random_.below(left) >= wanted) continue;
        drawn.push_back(row);
        --wanted;
    }
    return drawn;
}

void HessianSample::adapt(double length) {
    longest_ = std::max(longest_, length);
    const Index first = first_rows();
    const double shorter = longest_ / length;  // NaN for 0 / 0
    const double wanted = std::ceil(static_cast<double>(first) * shorter * shorter);
    rows_ =
        wanted < static_cast<double>(data_rows_) ? std::max(static_cast<Index>(wanted), first) : data_rows_;
}

void HessianSample::save(StateWriter& out) const {
    out.integer("data_rows", data_rows_);
    out.integer("rows", rows_);
    out.number("longest", longest_);
    out.random("random", random_);
}

void HessianSample::load(StateReader& in) {
    const auto data_rows = in.integer("data_rows");
    if (data_rows != data_rows_)
        throw std::invalid_argument(
            fmt::format("HessianSample: the state is of a sum over {} rows, the objective has {}", data_rows,
                        data_rows_));
    rows_ = std::clamp<Index>(in.integer("rows"), 1, data_rows_);
    longest_ = in.number("longest");
    random_ = in.random("random");
}

}  // namespace hesse
