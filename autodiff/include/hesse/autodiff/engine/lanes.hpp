#pragma once

#include "hesse/autodiff/elementwise.hpp"

#include <array>

/// Loops over entries that lie side by side, in packs. Entries that fill no pack go through one as well, so that the
/// bits of a result do not depend on where it stands.
namespace hesse::engine {

/// out = f(in...), entry by entry; out may be one of the inputs.
template <class T, class F, class... In>
void map_entries(Index n, T* out, const F& f, const In*... in) {
    using P = LanesOf<T>;
    constexpr Index size = Lanes<P>::size;
    Index i = 0;
    for (; i + size <= n; i += size) Lanes<P>::store(f(Lanes<P>::load(in + i)...), out + i);
    if constexpr (size > 1) {
        const auto rest = static_cast<int>(n - i);
        if (rest != 0) P(f(P::load(in + i, rest, T(0))...)).store(out + i, rest);
    }
}

/// The sum of f(in...) over all entries.
template <class T, class F, class... In>
T sum_entries(Index n, const F& f, const In*... in) {
    using P = LanesOf<T>;
    constexpr Index size = Lanes<P>::size;
    P even(T(0)), odd(T(0));
    Index i = 0;
    for (; i + 2 * size <= n; i += 2 * size) {
        even = even + f(Lanes<P>::load(in + i)...);
        odd = odd + f(Lanes<P>::load(in + i + size)...);
    }
    if (i + size <= n) {
        even = even + f(Lanes<P>::load(in + i)...);
        i += size;
    }
    std::array<T, std::size_t{size}> lanes;
    Lanes<P>::store(even + odd, lanes.data());
    T sum = lanes[0];
    for (std::size_t k = 1; k < lanes.size(); ++k) sum += lanes[k];
    if constexpr (size > 1) {
        const auto rest = static_cast<int>(n - i);
        if (rest != 0) {
            P(f(P::load(in + i, rest, T(0))...)).store(lanes.data(), rest);
            for (int k = 0; k < rest; ++k) sum += lanes[static_cast<std::size_t>(k)];
        }
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
