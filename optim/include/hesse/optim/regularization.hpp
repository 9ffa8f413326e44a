#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>

namespace hesse {

// What bounds a step on the model g's + 1/2 s'Hs, which need not be convex. Either way the global minimizer solves
//     (H + lambda I) s = -g,   H + lambda I positive semidefinite,   lambda >= 0,
// where lambda and |s| belong together: |s| = length(lambda), or lambda = 0 and the bound admits |s|.
// 1 / length(lambda) - 1 / |s(lambda)| is convex and decreasing, so that Newton's method finds lambda for both.

/// |s| <= radius
struct TrustRegionBound {
    static constexpr std::string_view parameter = "radius", krylov_name = "KrylovTrustRegion",
                                      tridiagonal_name = "TridiagonalTrustRegion::solve";
    static constexpr double share = 0.5;  // m(s) = 1/2 g's - share lambda |s|^2

    double radius;

    [[nodiscard]] double length(double /*lambda*/) const { return radius; }
    [[nodiscard]] double slope() const { return 0.0; }  // of length
    /// Whether a step of this length may have multiplier(norm).
    [[nodiscard]] bool admits(double norm) const { return norm <= radius; }
    /// At most this multiplier belongs to a step no longer than `norm`, if it is admitted.
    [[nodiscard]] double multiplier(double /*norm*/) const { return 0.0; }
    /// No multiplier is larger.
    [[nodiscard]] double largest_multiplier(double norm_h, double norm_g) const {
        return norm_h + norm_g / radius;
    }
    /// The exponent of a unit of length in which a problem with |H| = 2^h, |g| = 2^g is solved, steps near it having norms near one:
    /// first the unit for small multipliers, then that for others.
    [[nodiscard]] int small_unit(int h, int g) const { return std::min(std::ilogb(radius), g - h); }
    [[nodiscard]] int unit(int /*h*/, int /*g*/) const { return std::ilogb(radius); }
    /// The same bound in units 2^length of length and 2^curvature of H.
    [[nodiscard]] TrustRegionBound in_units(int length, int /*curvature*/) const {
        return {std::scalbn(radius, -length)};
    }
};

/// The model has a term (sigma / 3) |s|^3 more.
struct CubicTerm {
    static constexpr std::string_view parameter = "sigma", krylov_name = "KrylovCubic",
                                      tridiagonal_name = "TridiagonalCubic::solve";
    static constexpr double share = 1.0 / 6.0;

    double sigma;

    [[nodiscard]] double length(double lambda) const { return lambda / sigma; }
    [[nodiscard]] double slope() const { return 1.0 / sigma; }
    [[nodiscard]] bool admits(double /*norm*/) const { return true; }
    [[nodiscard]] double multiplier(double norm) const { return sigma * norm; }
    // (lambda - |H|) lambda <= sigma |g|
    [[nodiscard]] double largest_multiplier(double norm_h, double norm_g) const {
        const double product = sigma * norm_g;
        const double root = std::sqrt(norm_h * norm_h + 4.0 * product);
        return norm_h + (product == 0.0 ? 0.0 : 2.0 * product / (norm_h + root));
    }
    [[nodiscard]] int small_unit(int h, int g) const { return std::min(unit(h, g), g - h); }
    [[nodiscard]] int unit(int h, int g) const {
        const int s = std::ilogb(sigma);
        return std::max(h, (g + s) / 2) - s;
    }
    [[nodiscard]] CubicTerm in_units(int length, int curvature) const {
        return {std::scalbn(sigma, length - curvature)};
    }
};

}  // namespace hesse
