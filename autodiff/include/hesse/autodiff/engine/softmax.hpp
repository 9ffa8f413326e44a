#pragma once

#include "hesse/autodiff/engine/lanes.hpp"
#include "hesse/autodiff/operations/exponential.hpp"

#include <cmath>
#include <limits>

/// Softmax and its relatives, on entries that lie side by side.
namespace hesse::engine {

/// The largest entry m of x, and sum_i exp(x_i - m).
template <class T>
struct ExponentialSum {
    T largest, sum;
};

/// Writes exp(x_i - m) to `weights`, which may be x itself. An infinite m is taken for what it is: of +inf entries each
/// weighs 1, all others 0; where all are -inf, none weighs anything and the sum is 0. NaN gives NaN.
template <class T>
ExponentialSum<T> exponential_weights(Index n, const T* x, T* weights) {
    using std::isfinite;
    const T largest = largest_entry(n, x);
    if (isfinite(largest)) {
        using P = LanesOf<T>;
        const P shift(largest);
        map_entries(
            n, weights, [&](const P& entry) { return P(apply<Exp>(P(entry - shift))); }, x);
        return {largest, sum_entries<T>(
                             n, [](const auto& weight) { return weight; }, weights)};
    }
    T sum(0);
    const bool none = largest < T(0);
    for (Index i = 0; i < n; ++i) {
        const bool nan = x[i] != x[i];
        weights[i] = nan ? x[i] : T(!none && x[i] == largest ? 1 : 0);
        sum += weights[i];
    }
    return {sum != sum ? sum : largest, sum};
}

/// Scales the weights to sum 1, unless there are none.
template <class T>
void normalize_weights(Index n, const T& sum, T* weights) {
    using P = LanesOf<T>;
    if (sum == T(0)) return;
    const P scale(T(1) / sum);
    map_entries(
        n, weights, [&](const P& weight) { return P(weight * scale); }, weights);
}

/// sum_i a_i b_i
template <class T>
T inner_product(Index n, const T* a, const T* b) {
    return sum_entries<T>(
        n, [](const auto& u, const auto& v) { return u * v; }, a, b);
}
template <class T>
T sum_of_entries(Index n, const T* a) {
    return sum_entries<T>(
        n, [](const auto& u) { return u; }, a);
}

// What the functions of slices have in common: of a slice x of n entries, y has outputs(n), and kept(n) numbers are kept.
// `product` gives the tangent of what `gradient` gives. All write their result and read what may be the same memory.

/// y = exp(x) / sum exp(x).      x_bar = y (y_bar - y'y_bar)
template <class T>
struct Softmax {
    static constexpr const char* name = "softmax";
    static Index outputs(Index n) { return n; }
    static Index kept(Index) { return 0; }

    void value(Index n, const T* x, T* y, T*) const {
        normalize_weights(n, exponential_weights(n, x, y).sum, y);
    }
    void gradient(Index n, const T* y, const T* y_bar, const T*, T* x_bar) const {
        using P = LanesOf<T>;
        const P mean(inner_product(n, y, y_bar));
        map_entries(
            n, x_bar, [&](const P& p, const P& p_bar) { return P(p * (p_bar - mean)); }, y, y_bar);
    }
    // The Jacobian diag(y) - y y' is symmetric.
    void tangent(Index n, const T* y, const T* x_dot, const T* kept_numbers, T* y_dot) const {
        gradient(n, y, x_dot, kept_numbers, y_dot);
    }
    void product(Index n, const T* y, const T* y_bar, const T* y_dot, const T* y_bar_dot, const T*, const T*,
                 T* x_bar_dot) const {
        using P = LanesOf<T>;
        const P mean(inner_product(n, y, y_bar));
        const P mean_dot(inner_product(n, y_dot, y_bar) + inner_product(n, y, y_bar_dot));
        map_entries(
            n, x_bar_dot,
            [&](const P& p, const P& p_bar, const P& p_dot, const P& p_bar_dot) {
                return P(p_dot * (p_bar - mean) + p * (p_bar_dot - mean_dot));
            },
            y, y_bar, y_dot, y_bar_dot);
    }
};

/// y = x - log sum exp(x), with p = exp(y) kept.      x_bar = y_bar - p sum(y_bar)
template <class T>
struct LogSoftmax {
    static constexpr const char* name = "log_softmax";
    static Index outputs(Index n) { return n; }
    static Index kept(Index n) { return n; }

    void value(Index n, const T* x, T* y, T* p) const {
        using std::isfinite;
        using std::log;
        using P = LanesOf<T>;
        const auto [largest, sum] = exponential_weights(n, x, p);
        if (isfinite(largest)) {
            const P shift(largest), logarithm(log(sum));
            map_entries(
                n, y, [&](const P& entry) { return P((entry - shift) - logarithm); }, x);
        } else {
            for (Index i = 0; i < n; ++i) y[i] = sum == T(0) ? x[i] : T(log(T(p[i] / sum)));
        }
        normalize_weights(n, sum, p);
    }
    void gradient(Index n, const T*, const T* y_bar, const T* p, T* x_bar) const {
        using P = LanesOf<T>;
        const P sum(sum_of_entries(n, y_bar));
        map_entries(
            n, x_bar, [&](const P& bar, const P& weight) { return P(bar - weight * sum); }, y_bar, p);
    }
    void tangent(Index n, const T*, const T* x_dot, const T* p, T* y_dot) const {
        using P = LanesOf<T>;
        const P mean(inner_product(n, p, x_dot));
        map_entries(
            n, y_dot, [&](const P& dot) { return P(dot - mean); }, x_dot);
    }
    // p_dot = p y_dot
    void product(Index n, const T*, const T* y_bar, const T* y_dot, const T* y_bar_dot, const T*, const T* p,
                 T* x_bar_dot) const {
        using P = LanesOf<T>;
        const P sum(sum_of_entries(n, y_bar)), sum_dot(sum_of_entries(n, y_bar_dot));
        map_entries(
            n, x_bar_dot,
            [&](const P& bar_dot, const P& weight, const P& dot) {
                return P(bar_dot - weight * (dot * sum + sum_dot));
            },
            y_bar_dot, p, y_dot);
    }
};

/// y = log sum exp(x), with p = exp(x - y) kept.      x_bar = p y_bar
template <class T>
struct LogSumExp {
    static constexpr const char* name = "log_sum_exp";
    static Index outputs(Index) { return 1; }
    static Index kept(Index n) { return n; }

    void value(Index n, const T* x, T* y, T* p) const {
        using std::isfinite;
        using std::log;
        const auto [largest, sum] = exponential_weights(n, x, p);
        *y = isfinite(largest) ? T(largest + log(sum)) : largest;
        normalize_weights(n, sum, p);
    }
    void gradient(Index n, const T*, const T* y_bar, const T* p, T* x_bar) const {
        using P = LanesOf<T>;
        const P bar(*y_bar);
        map_entries(
            n, x_bar, [&](const P& weight) { return P(weight * bar); }, p);
    }
    void tangent(Index n, const T*, const T* x_dot, const T* p, T* y_dot) const {
        *y_dot = inner_product(n, p, x_dot);
    }
    // p_dot = p (x_dot - y_dot)
    void product(Index n, const T*, const T* y_bar, const T* y_dot, const T* y_bar_dot, const T* x_dot,
                 const T* p, T* x_bar_dot) const {
        using P = LanesOf<T>;
        const P bar(*y_bar), dot(*y_dot), bar_dot(*y_bar_dot);
        map_entries(
            n, x_bar_dot,
            [&](const P& weight, const P& entry_dot) {
                return P(weight * (bar_dot + bar * (entry_dot - dot)));
            },
            p, x_dot);
    }
};

/// y = r (x - mean(x)) with r = (mean((x - mean(x))^2) + epsilon)^(-1/2), kept.
/// x_bar = r (y_bar - mean(y_bar) - y mean(y y_bar))
template <class T>
struct Standardize {
    static constexpr const char* name = "standardize";
    T epsilon;
    static Index outputs(Index n) { return n; }
    static Index kept(Index) { return 1; }

    static T mean(Index n, const T* x) { return sum_of_entries(n, x) / T(static_cast<ScalarOf<T>>(n)); }
    static T mean_of_product(Index n, const T* a, const T* b) {
        return inner_product(n, a, b) / T(static_cast<ScalarOf<T>>(n));
    }

    void value(Index n, const T* x, T* y, T* r) const {
        using std::sqrt;
        using P = LanesOf<T>;
        const P centre(mean(n, x));
        map_entries(
            n, y, [&](const P& entry) { return P(entry - centre); }, x);
        *r = T(1) / sqrt(T(mean_of_product(n, y, y) + epsilon));
        const P scale(*r);
        map_entries(
            n, y, [&](const P& entry) { return P(entry * scale); }, y);
    }
    void gradient(Index n, const T* y, const T* y_bar, const T* r, T* x_bar) const {
        using P = LanesOf<T>;
        const P centre(mean(n, y_bar)), slope(mean_of_product(n, y, y_bar)), scale(*r);
        map_entries(
            n, x_bar, [&](const P& z, const P& bar) { return P(scale * (bar - centre - z * slope)); }, y,
            y_bar);
    }
    // The Jacobian r (1 - 1 1'/n - y y'/n) is symmetric.
    void tangent(Index n, const T* y, const T* x_dot, const T* r, T* y_dot) const {
        gradient(n, y, x_dot, r, y_dot);
    }
    // r_dot = -r^2 mean(y x_dot)
    void product(Index n, const T* y, const T* y_bar, const T* y_dot, const T* y_bar_dot, const T* x_dot,
                 const T* r, T* x_bar_dot) const {
        using P = LanesOf<T>;
        const T relative = -*r * mean_of_product(n, y, x_dot);  // r_dot / r
        const P scale(*r), scale_dot(T(*r * relative));
        const P centre(mean(n, y_bar)), slope(mean_of_product(n, y, y_bar)), centre_dot(mean(n, y_bar_dot)),
            slope_dot(T(mean_of_product(n, y_dot, y_bar) + mean_of_product(n, y, y_bar_dot)));
        map_entries(
            n, x_bar_dot,
            [&](const P& z, const P& bar, const P& z_dot, const P& bar_dot) {
                return P(scale_dot * (bar - centre - z * slope) +
                         scale * (bar_dot - centre_dot - z_dot * slope - z * slope_dot));
            },
            y, y_bar, y_dot, y_bar_dot);
    }
};

}  // namespace hesse::engine
