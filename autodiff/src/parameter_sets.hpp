#pragma once

#include "hesse/autodiff/memory.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace hesse {

/// Throws std::length_error: the pattern of a Hessian takes more than it may.
[[noreturn]] void throw_too_many_entries(std::size_t most_entries);

/// Sets of parameters, sorted. Equal ones are one and have one number: 0 is the empty set, 1 + i that of parameter i alone.
class ParameterSets {
public:
    using Id = std::uint32_t;
    static constexpr Id empty = 0;
    static Id single(std::size_t parameter) { return static_cast<Id>(parameter) + 1; }

    /// With at most `most_entries` members of all sets together, beyond those of one.
    ParameterSets(std::size_t parameters, std::size_t most_entries);

    [[nodiscard]] bool is_single(Id id) const { return id != empty && id <= parameters_; }
    [[nodiscard]] std::span<const std::uint32_t> members(Id id) const {
        if (id <= parameters_) return {members_.data() + id - (id != empty ? 1 : 0), id != empty ? 1u : 0u};
        const std::size_t k = id - parameters_ - 1;
        return {members_.data() + begin_[k], begin_[k + 1] - begin_[k]};
    }
    /// Throws std::length_error, as all that makes sets.
    Id unite(Id a, Id b);
    /// Of several, which are reordered.
    Id unite(std::vector<Id>& ids);

private:
    Id merge(std::span<const Id> ids);
    Id intern();
    std::size_t& cell_for(std::span<const std::uint32_t> members, std::uint64_t hash);
    void grow();
    static std::uint64_t hash(std::span<const std::uint32_t> members);

    std::size_t parameters_, most_entries_;
    std::vector<std::uint32_t> members_;            // first every parameter, then those of the other sets
    std::vector<std::size_t> begin_;                // of these, and where the next one will begin
    std::vector<std::size_t> cells_;                // ids by the hash of their members, 0 where free
    std::unordered_map<std::uint64_t, Id> unions_;  // of two larger sets
    std::vector<std::uint32_t> merged_;
    std::vector<Id> pair_;
};

}  // namespace hesse
