#pragma once

#include "hesse/autodiff/elementwise.hpp"

#include <array>
#include <limits>

/// Loops over entries that lie side by side, in packs. Entries that fill no pack are part of one that repeats some before
/// them, or is filled up where there are none, so that the bits of a result do not depend on where it stands.
namespace hesse::engine {

/// out = f(in...), entry by entry; out may be one of the inputs.
template <class T, class F, class... In>
void map_entries(Index n, T* out, const F& f, const In*... in) {
    using P = LanesOf<T>;
    constexpr Index size = Lanes<P>::size;
    const auto at = [&](Index i) { return P(f(Lanes<P>::load(in + i)...)); };
    if (n >= size) {
        const P last = at(n - size);  // of the inputs as they were
        for (Index i = 0; i + size <= n; i += size) Lanes<P>::store(at(i), out + i);
        Lanes<P>::store(last, out + n - size);
    } else if constexpr (size > 1) {
        const auto rest = static_cast<int>(n);
        if (rest != 0) P(f(P::load(in, rest, T(0))...)).store(out, rest);
    }
}

/// The sum of f(in...) over all entries.
template <class T, class F, class... In>
T sum_entries(Index n, const F& f, const In*... in) {
    using P = LanesOf<T>;
    constexpr Index size = Lanes<P>::size;
    const auto at = [&](Index i) { return P(f(Lanes<P>::load(in + i)...)); };
    std::array<T, std::size_t{size}> lanes;
    const Index rest = n % size;
    T sum(0);
    if (n >= size) {
        P even = at(0), odd(T(0));
        Index i = size;
        for (; i + 2 * size <= n; i += 2 * size) {
            even = even + at(i);
            odd = odd + at(i + size);
        }
        if (i + size <= n) odd = odd + at(i);
        Lanes<P>::store(even + odd, lanes.data());
        for (const T& lane : lanes) sum += lane;
        if (rest != 0) Lanes<P>::store(at(n - size), lanes.data());
        for (Index k = size - rest; k < size; ++k) sum += lanes[static_cast<std::size_t>(k)];
    } else if constexpr (size > 1) {
        P(f(P::load(in, static_cast<int>(rest), T(0))...)).store(lanes.data(), static_cast<int>(rest));
        for (Index k = 0; k < rest; ++k) sum += lanes[static_cast<std::size_t>(k)];
    }
    return sum;
}

/// The largest entry; -infinity of none. What it makes of NaN is not said.
template <class T>
T largest_entry(Index n, const T* x) {
    using P = LanesOf<T>;
    constexpr Index size = Lanes<P>::size;
    T largest(-std::numeric_limits<ScalarOf<T>>::infinity());
    Index i = 0;
    if (n >= size) {
        P pack(largest);
        for (; i + size <= n; i += size) {
            const P entries = Lanes<P>::load(x + i);
            pack = select(entries > pack, entries, pack);
        }
        std::array<T, std::size_t{size}> lanes;
        Lanes<P>::store(pack, lanes.data());
        for (const T& lane : lanes) largest = lane > largest ? lane : largest;
    }
    for (; i < n; ++i) largest = x[i] > largest ? x[i] : largest;
    return largest;
}

}  // namespace hesse::engine
