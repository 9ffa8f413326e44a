#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/sums/communicator.hpp"
#include "hesse/autodiff/sums/rows.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <vector>

namespace hesse {

/// How a sum over data is evaluated.
struct FiniteSumOptions {
    /// Rows of a part. 0: as many as keep a recording and the data it reads in cache, or make its work large beside that on
    /// the parameters, found by recording a few.
    Index rows_per_part = 0;
    /// 0: as many as the machine has processors. Results do not depend on it.
    int threads = 0;
    /// Bytes of recordings that a linearisation keeps for further products.
    std::size_t memory = std::size_t{1} << 30;
    /// The average over rows and not their sum.
    bool average = false;
    /// The processes among which the rows are divided: each evaluates its own, and all have the same results. None: this
    /// process has all rows.
    std::shared_ptr<Communicator> communicator = nullptr;

    /// Throws std::invalid_argument if an option is out of range, or there are no rows.
    void check(Index rows) const;
};

/// Parts of a sum that are evaluated here, of all that there are.
struct PartsHere {
    std::vector<Rows> parts;
    Index first = 0;  // the number of the first
    Index total = 0;
};

/// The rows 0, ..., rows - 1 in parts of so many, the last of what is left; of the ranks of `communicator`, which may be null,
/// those of this one. Throws std::invalid_argument if it would have none.
[[nodiscard]] PartsHere parts_of_rows(Index rows, Index rows_per_part, const Communicator* communicator);
/// The same of the rows listed, each on the rank that has it: the tree that sums are added up along is again the same for 1, 2,
/// 4 and 8 ranks. Parts may be empty. The rows have to be there: see require_rows.
[[nodiscard]] PartsHere parts_of_rows(Index rows, Index rows_per_part, const Communicator* communicator,
                                      std::span<const Index> listed);

/// Throws std::invalid_argument if no row is listed, or one that is not among `rows`.
void require_rows(std::span<const Index> listed, Index rows);

/// How many rows make a part of n parameters, of which each takes so many bytes, recorded.
[[nodiscard]] Index rows_for_a_part(Index rows, Index n, std::size_t bytes_of_row);

/// The same, found by recording the loss of a few rows at zero, where it need not be finite.
template <class Maker>
Index rows_for_a_part(const Maker& maker, Index rows) {
    constexpr Index without_measure = 256;
    constexpr std::size_t enough = std::size_t{1} << 18;
    using Vector = Eigen::Matrix<typename Maker::Scalar, Eigen::Dynamic, 1>;
    const Vector x = Vector::Zero(maker.size());
    const auto bytes_of = [&](Index count) -> std::size_t {
        const Rows some(0, count, rows);
        const auto at = maker.on(some).linearize(x);
        if constexpr (requires { at.memory().total(); }) return at.memory().total() + some.bytes_of_data();
        else return 0;
    };
    try {
        Index count = 1;
        std::size_t before = 0, now = bytes_of(count);
        const std::size_t of_parameters = now;
        while (now != 0 && now < of_parameters + enough && 2 * count <= std::min(rows, Index{8192})) {
            before = now;
            count *= 2;
            now = bytes_of(count);
        }
        if (now == 0 || count == 1) return std::min(rows, without_measure);
        const std::size_t more = now > before ? now - before : 0;  // none where rows leave no trace
        return rows_for_a_part(rows, maker.size(), more / static_cast<std::size_t>(count - count / 2));
    } catch (...) {
        return std::min(rows, without_measure);
    }
}

}  // namespace hesse
