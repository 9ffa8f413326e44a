#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/simd.hpp"

#include <array>
#include <type_traits>
#include <utility>

/// Sums over rows of a few columns and a few vectors at once, so that both are read from memory once. Columns are doubles,
/// or floats, which are widened: all sums are in double.
namespace hesse::kernels {

using Numbers = Pack<double>;

/// f(0), ..., f(N - 1), unrolled whatever a compiler thinks of the size of the code.
template <int N, class F>
[[gnu::always_inline]] inline void unrolled(F f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, I>{}), ...);
    }
    (std::make_integer_sequence<int, N>{});
}

/// f(i, pack) for the packs of numbers that begin at the entries i = 0, ... of `length`, and for what is left, one by one: Pack of
/// pack is the type to load them as.
template <class F>
[[gnu::always_inline]] inline void for_packs(Index length, F f) {
    Index i = 0;
    for (; i + Numbers::size <= length; i += Numbers::size) f(i, std::type_identity<Numbers>{});
    for (; i < length; ++i) f(i, std::type_identity<Pack<double, ScalarArchitecture>>{});
}

/// dots[c][r] += x_c' w_r over `length` rows. Two registers for each sum: independent chains, and a smaller rounding error
/// than one. The order of the additions does not depend on C, R.
template <int C, int R, class T>
inline void add_dots(const std::array<const T*, C>& x, const std::array<const double*, R>& w, Index length,
                     double (&dots)[C][R]) {
    constexpr Index width = Numbers::size;
    Numbers even[C][R], odd[C][R];
    unrolled<C * R>([&](auto k) { even[k / R][k % R] = odd[k / R][k % R] = Numbers(0.0); });
    Index i = 0;
    for (; i + 2 * width <= length; i += 2 * width) {
        Numbers w0[R], w1[R];
        unrolled<R>([&](auto r) {
            w0[r] = Numbers::load(w[r] + i);
            w1[r] = Numbers::load(w[r] + i + width);
        });
        unrolled<C>([&](auto c) {
            const Numbers x0 = Numbers::load(x[c] + i);
            const Numbers x1 = Numbers::load(x[c] + i + width);
            unrolled<R>([&](auto r) {
                even[c][r] = multiply_add(x0, w0[r], even[c][r]);
                odd[c][r] = multiply_add(x1, w1[r], odd[c][r]);
            });
        });
    }
    unrolled<C * R>([&](auto k) {
        constexpr int c = k / R, r = k % R;
        double rest = 0.0;
        for (Index row = i; row < length; ++row) rest += static_cast<double>(x[c][row]) * w[r][row];
        dots[c][r] += sum(even[c][r] + odd[c][r]) + rest;
    });
}

/// |u|^2 of the vector whose numbers from i on are u(i, pack), which is asked once for each, in the order in which add_dots
/// adds up u'u.
template <class U>
inline double square(Index length, U u) {
    constexpr Index width = Numbers::size;
    constexpr std::type_identity<Numbers> pack;
    Numbers even(0.0), odd(0.0);
    Index i = 0;
    for (; i + 2 * width <= length; i += 2 * width) {
        const Numbers u0 = u(i, pack), u1 = u(i + width, pack);
        even = multiply_add(u0, u0, even);
        odd = multiply_add(u1, u1, odd);
    }
    using One = Pack<double, ScalarArchitecture>;
    One rest(0.0);
    for (; i < length; ++i) {
        const One last = u(i, std::type_identity<One>{});
        rest += last * last;
    }
    return sum(even + odd) + sum(rest);
}

/// w_r += sum_c a[c][r] x_c over `length` rows.
template <int C, int R, class T>
inline void add_columns(const std::array<const T*, C>& x, const double (&a)[C][R],
                        const std::array<double*, R>& w, Index length) {
    constexpr Index width = Numbers::size;
    Numbers factor[C][R];
    unrolled<C * R>([&](auto k) { factor[k / R][k % R] = Numbers(a[k / R][k % R]); });
    Index i = 0;
    for (; i + width <= length; i += width) {
        Numbers total[R];
        unrolled<R>([&](auto r) { total[r] = Numbers::load(w[r] + i); });
        unrolled<C>([&](auto c) {
            const Numbers column = Numbers::load(x[c] + i);
            unrolled<R>([&](auto r) { total[r] = multiply_add(factor[c][r], column, total[r]); });
        });
        unrolled<R>([&](auto r) { total[r].store(w[r] + i); });
    }
    for (; i < length; ++i)
        unrolled<C * R>([&](auto k) { w[k % R][i] += a[k / R][k % R] * static_cast<double>(x[k / R][i]); });
}

}  // namespace hesse::kernels
