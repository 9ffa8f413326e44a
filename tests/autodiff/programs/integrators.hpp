#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

/// Initial-value problems, quadrature and root finding, for any scalar.
namespace programs {

/// Classical Runge-Kutta steps for y' = f(t, y).
template <class T, std::size_t N, class F>
std::array<T, N> runge_kutta(const F& f, std::array<T, N> y, double end, int steps) {
    const double h = end / steps;
    const auto moved = [](const std::array<T, N>& from, const std::array<T, N>& along, double by) {
        std::array<T, N> to = from;
        for (std::size_t i = 0; i < N; ++i) to[i] += by * along[i];
        return to;
    };
    for (int step = 0; step < steps; ++step) {
        const double t = step * h;
        const auto k1 = f(t, y);
        const auto k2 = f(t + h / 2, moved(y, k1, h / 2));
        const auto k3 = f(t + h / 2, moved(y, k2, h / 2));
        const auto k4 = f(t + h, moved(y, k3, h));
        for (std::size_t i = 0; i < N; ++i) y[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
    }
    return y;
}

/// Predators and prey, dx/dt = x (a - b y), dy/dt = y (c x - d): the sum of squared distances from the data.
template <class T>
T predator_prey_misfit(const T& a, const T& b, const T& c, const T& d,
                       const std::vector<std::array<double, 2>>& data) {
    std::array<T, 2> state = {T(data[0][0]), T(data[0][1])};
    const auto rate = [&](double, const std::array<T, 2>& s) {
        return std::array<T, 2>{s[0] * (a - b * s[1]), s[1] * (c * s[0] - d)};
    };
    T misfit = 0;
    for (std::size_t i = 1; i < data.size(); ++i) {
        state = runge_kutta(rate, state, 0.5, 5);
        for (std::size_t k = 0; k < 2; ++k) {
            const T difference = state[k] - data[i][k];
            misfit += difference * difference;
        }
    }
    return misfit / (2.0 * static_cast<double>(data.size()));
}

/// The end of y' = f(y) by Euler and Heun steps, halved where the two differ by more than `tolerance`.
template <class T, class F>
T adaptive_solution(const F& f, T y, double end, double tolerance) {
    double t = 0, h = end / 8;
    while (t < end) {
        if (t + h > end) h = end - t;
        const T slope = f(y);
        const T euler = y + h * slope;
        const T heun = y + 0.5 * h * (slope + f(euler));
        T error = heun - euler;
        if (error < 0) error = -error;
        if (error > tolerance && h > 1e-6) {
            h /= 2;
            continue;
        }
        t += h;
        y = heun;
        if (error < tolerance / 4) h *= 2;
    }
    return y;
}

/// Adaptive Simpson quadrature of f over [a, b].
template <class T, class F>
T simpson(const F& f, T a, T b, T fa, T fm, T fb, double tolerance, int depth) {
    T m = (a + b) / 2;
    T left_middle = f(T((a + m) / 2)), right_middle = f(T((m + b) / 2));
    T whole = (b - a) / 6 * (fa + 4 * fm + fb);
    T left = (m - a) / 6 * (fa + 4 * left_middle + fm);
    T right = (b - m) / 6 * (fm + 4 * right_middle + fb);
    T error = left + right - whole;
    using std::abs;
    if (depth <= 0 || abs(error) < 15 * tolerance) return left + right + error / 15;
    return simpson(f, a, m, fa, left_middle, fm, tolerance / 2, depth - 1) +
           simpson(f, m, b, fm, right_middle, fb, tolerance / 2, depth - 1);
}
template <class T, class F>
T integral(const F& f, T a, T b, double tolerance) {
    T m = (a + b) / 2;
    return simpson<T>(f, a, b, f(a), f(m), f(b), tolerance, 12);
}

/// The root of f near x by Newton's method, whose derivative the caller knows.
template <class T, class F, class DF>
T newton(const F& f, const DF& slope, T x, int most) {
    for (int i = 0; i < most; ++i) {
        const T step = f(x) / slope(x);
        x -= step;
        if (step < 1e-18 && step > -1e-18) break;
    }
    return x;
}
/// sqrt(a) as the Babylonians had it.
template <class T>
T babylonian_root(const T& a) {
    T x = a > 1 ? a / 2 : 1.0;
    for (int i = 0; i < 12; ++i) x = (x + a / x) / 2;
    return x;
}

}  // namespace programs
