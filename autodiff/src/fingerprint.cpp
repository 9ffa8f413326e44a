#include "hesse/autodiff/sums/fingerprint.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hesse {

// Eight lanes, since a multiplication waits for the one before. No step loses a difference: each is a bijection of the lane.
void Fingerprint::add(const void* bytes, std::size_t count) {
    constexpr std::uint64_t odd = 0xff51afd7ed558ccd;
    constexpr std::size_t lanes = 8;
    std::uint64_t sums[lanes] = {hash_, 1, 2, 3, 4, 5, 6, 7};
    const auto* next = static_cast<const std::byte*>(bytes);
    const auto mix = [&](std::size_t lane, std::size_t length) {
        std::uint64_t word = 0;
        std::memcpy(&word, next, length);
        sums[lane] = std::rotl((sums[lane] ^ word) * odd, 29);
        next += length;
    };
    std::size_t left = count;
    for (; left >= lanes * sizeof(std::uint64_t); left -= lanes * sizeof(std::uint64_t))
        for (std::size_t lane = 0; lane < lanes; ++lane) mix(lane, sizeof(std::uint64_t));
    for (std::size_t lane = 0; left > 0; lane = (lane + 1) % lanes) {
        const std::size_t length = std::min(left, sizeof(std::uint64_t));
        mix(lane, length);
        left -= length;
    }
    std::uint64_t all = count;
    for (const std::uint64_t lane : sums) {
        all = (all ^ lane) * odd;
        all ^= all >> 29;
    }
    hash_ = all * odd;
}

}  // namespace hesse
