#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace hesse {

/// A few bits of some bytes, by which ranks find out whether all have the same: as some small whole numbers, which are added up over
/// the ranks beside others.
class Fingerprint {
public:
    Fingerprint() = default;
    Fingerprint(const void* bytes, std::size_t count) { add(bytes, count); }
    void add(const void* bytes, std::size_t count);
    [[nodiscard]] std::uint64_t hash() const { return hash_; }

    /// How many numbers of type T it is written as.
    template <class T>
    static constexpr std::size_t numbers = std::numeric_limits<T>::digits < 53 ? 8 : 2;
    template <class T>
    void write(T* x) const {
        for (std::size_t k = 0; k < numbers<T>; k += 2) {
            const auto bits = static_cast<T>(hash_ << (k / 2 * bits_of<T>) >> (64 - bits_of<T>));
            x[k] = bits;
            x[k + 1] = bits * bits;
        }
    }
    /// Whether the sums are those of equal numbers: their variance, which is exact, is zero. More ranks than it is exact for are
    /// not told apart.
    template <class T>
    [[nodiscard]] static bool same(const T* sums, int ranks) {
        bool equal = true;
        for (std::size_t k = 0; k < numbers<T>; k += 2)
            equal = equal && sums[k + 1] * static_cast<T>(ranks) == sums[k] * sums[k];
        return equal || ranks > most_ranks<T>;
    }

private:
    template <class T>
    static constexpr int most_ranks = std::numeric_limits<T>::digits < 53 ? 1 << 8 : 1 << 12;
    // most_ranks^2 squares are a whole number.
    template <class T>
    static constexpr int bits_of = std::numeric_limits<T>::digits < 53 ? 4 : 14;

    std::uint64_t hash_ = 0x9e3779b97f4a7c15;
};

}  // namespace hesse
