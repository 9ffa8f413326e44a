#include "hesse/optim/tridiagonal_subproblem.hpp"

#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"
#include "options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace hesse {
namespace {

constexpr double epsilon = std::numeric_limits<double>::epsilon();
constexpr double length_tolerance = 1e-12;  // | |h| / length - 1 |
constexpr int iteration_limit = 200;        // bisection alone needs about 60 for a bracket to collapse

double norm_of(const Buffer& x) { return VectorSpace(static_cast<Index>(x.size())).norm(x.data()); }
double dot_of(const Buffer& x, const double* y) {
    return VectorSpace(static_cast<Index>(x.size())).dot(x.data(), y);
}

/// e with 2^e <= max|x_i| < 2^(e + 1); far below that of any number if x is zero.
int exponent_of(std::span<const double> x) {
    double largest = 0.0;
    for (const double entry : x) largest = std::max(largest, std::abs(entry));
    return largest == 0.0 ? -10'000 : std::ilogb(largest);
}

/// y = 2^exponent x
std::span<const double> scale_by_power(std::span<const double> x, int exponent, double* y) {
    std::transform(x.begin(), x.end(), y, [=](double entry) { return std::scalbn(entry, exponent); });
    return {y, x.size()};
}

/// 2^exponent x, or the largest number of that sign where this overflows.
double scaled_back(double x, int exponent) {
    constexpr double largest = std::numeric_limits<double>::max();
    return std::clamp(std::scalbn(x, exponent), -largest, largest);
}

/// At least the largest absolute eigenvalue of T.
double bound_on_norm(std::span<const double> diagonal, std::span<const double> off_diagonal) {
    double bound = 0.0;
    for (std::size_t i = 0; i < diagonal.size(); ++i) {
        double row = std::abs(diagonal[i]);
        if (i > 0) row += std::abs(off_diagonal[i - 1]);
        if (i < off_diagonal.size()) row += std::abs(off_diagonal[i]);
        bound = std::max(bound, row);
    }
    return bound;
}

void check(std::string_view where, std::span<const double> diagonal, std::span<const double> off_diagonal,
           std::span<const double> linear) {
    const std::size_t m = diagonal.size();
    if (m == 0 || off_diagonal.size() + 1 != m || linear.size() != m)
        throw std::invalid_argument(fmt::format(
            "{}: diagonal has {} entries, off_diagonal {} and linear {}; expected m >= 1, m - 1 and m", where,
            m, off_diagonal.size(), linear.size()));
    for (const auto entries : {diagonal, off_diagonal, linear})
        for (const double entry : entries)
            if (!std::isfinite(entry))
                throw std::invalid_argument(fmt::format("{}: an entry is {}", where, entry));
}

}  // namespace

/// Factors T + shift I; false unless it is positive definite.
template <class Bound>
bool TridiagonalSubproblem<Bound>::factor(double shift) {
    for (std::size_t i = 0; i < diagonal_.size(); ++i) {
        pivots_[i] = diagonal_[i] + shift;
        if (i > 0) {
            multipliers_[i - 1] = off_diagonal_[i - 1] / pivots_[i - 1];
            pivots_[i] -= multipliers_[i - 1] * off_diagonal_[i - 1];
        }
        if (!(pivots_[i] > 0.0) || !std::isfinite(pivots_[i])) return false;
    }
    return true;
}

template <class Bound>
void TridiagonalSubproblem<Bound>::solve_factored(const double* right_side, double* solution) const {
    const std::size_t m = pivots_.size();
    solution[0] = right_side[0];
    for (std::size_t i = 1; i < m; ++i) solution[i] = right_side[i] - multipliers_[i - 1] * solution[i - 1];
    solution[m - 1] /= pivots_[m - 1];
    for (std::size_t i = m - 1; i-- > 0;)
        solution[i] = solution[i] / pivots_[i] - multipliers_[i] * solution[i + 1];
}

/// h = -(T + shift I)^-1 b; false unless the matrix is (numerically) positive definite.
template <class Bound>
bool TridiagonalSubproblem<Bound>::solve_shifted(double shift) {
    if (!factor(shift)) return false;
    solve_factored(linear_.data(), h_.data());
    for (double& entry : h_) entry = -entry;
    norm_ = norm_of(h_);
    return std::isfinite(norm_);
}

/// h += tau u, |h| = length, where u is the leftmost eigenvector by inverse iteration with the last factors.
template <class Bound>
void TridiagonalSubproblem<Bound>::add_eigenvector(double length) {
    const VectorSpace space(static_cast<Index>(h_.size()));
    Buffer u(h_.size());
    RandomGenerator(0).unit_vector(space, u.data());
    for (int k = 0; k < 4; ++k) {
        solve_factored(u.data(), work_.data());
        space.combine(1.0 / space.norm(work_.data()), work_.data(), 0.0, u.data());
    }
    // Both roots of |h + tau u| = length give the same model up to b'u, which is what decides.
    const double along = space.dot(h_.data(), u.data());
    const double gap = std::max((length - norm_) * (length + norm_), 0.0);
    const double root = std::sqrt(along * along + gap);
    const double far = -(along + std::copysign(root, along));
    const double near = far == 0.0 ? 0.0 : -gap / far;
    const auto model = [&](double tau) {
        const std::size_t m = h_.size();
        double value = 0.0, before = 0.0;
        for (std::size_t i = 0; i < m; ++i) {
            const double entry = h_[i] + tau * u[i];
            value += entry * (linear_[i] + 0.5 * diagonal_[i] * entry);
            if (i > 0) value += before * off_diagonal_[i - 1] * entry;
            before = entry;
        }
        return value;
    };
    space.add(model(far) < model(near) ? far : near, u.data(), h_.data());
    norm_ = length;
}

template <class Bound>
auto TridiagonalSubproblem<Bound>::finish(double multiplier, bool boundary, bool hard_case) const -> Result {
    // With (T + lambda I) h = -b the model is a sum of terms that are not positive: nothing cancels.
    const double model = 0.5 * dot_of(h_, linear_.data()) - Bound::share * multiplier * norm_ * norm_;
    return {multiplier, std::min(model, 0.0), norm_, boundary, hard_case};
}

template <class Bound>
auto TridiagonalSubproblem<Bound>::solve(std::span<const double> diagonal,
                                         std::span<const double> off_diagonal, std::span<const double> linear,
                                         double parameter, double guess) -> Result {
    check(Bound::tridiagonal_name, diagonal, off_diagonal, linear);
    require_positive(Bound::tridiagonal_name, Bound::parameter, parameter);
    const Bound bound{parameter};
    // In units in which |T|, or lambda, and |h| are near one nothing over- or underflows on the way. The units
    // are powers of two, by which nothing is rounded.
    const int t = std::max(exponent_of(diagonal), exponent_of(off_diagonal)), b = exponent_of(linear);
    const std::size_t m = diagonal.size();
    int unit_h = 0, unit_t = 0;
    const auto scale = [&](int unit) {
        unit_h = unit;
        unit_t = std::max(t, b - unit_h);
        diagonal_ = scale_by_power(diagonal, -unit_t, scaled_.data());
        off_diagonal_ = scale_by_power(off_diagonal, -unit_t, scaled_.data() + m);
        linear_ = scale_by_power(linear, -unit_t - unit_h, scaled_.data() + 2 * m);
        return bound.in_units(unit_h, unit_t);
    };
    for (Buffer* buffer : {&pivots_, &multipliers_, &h_, &work_}) buffer->resize(m);
    scaled_.resize(3 * m);

    Result result;
    double small = 0.0;
    if (solve_small(scale(bound.small_unit(t, b)), small)) {
        result = finish(small, small > 0.0, false);
    } else {
        const Bound scaled = scale(bound.unit(t, b));
        result = solve_bounded(scaled, std::scalbn(guess, -unit_t));
    }
    for (double& entry : h_) entry = scaled_back(entry, unit_h);
    result.multiplier = scaled_back(result.multiplier, unit_t);
    result.model = scaled_back(result.model, 2 * unit_h + unit_t);
    result.norm = scaled_back(result.norm, unit_h);
    return result;
}

/// Whether lambda is zero, or so small that it makes no difference to |h|.
template <class Bound>
bool TridiagonalSubproblem<Bound>::solve_small(Bound bound, double& lambda) {
    if (!solve_shifted(0.0) || !bound.admits(norm_)) return false;
    lambda = bound.multiplier(norm_);
    const double before = norm_;
    return lambda == 0.0 || (solve_shifted(lambda) && norm_ >= (1.0 - length_tolerance) * before);
}

/// The problem in scaled units, for which solve_small is known to hold no solution unless b = 0.
template <class Bound>
auto TridiagonalSubproblem<Bound>::solve_bounded(Bound bound, double guess) -> Result {
    const double norm_b = VectorSpace(static_cast<Index>(linear_.size())).norm(linear_.data());
    const double norm_t = bound_on_norm(diagonal_, off_diagonal_);
    if (norm_b == 0.0 && factor(4.0 * epsilon * norm_t + std::numeric_limits<double>::min())) {
        std::fill(h_.begin(), h_.end(), 0.0);  // T is semidefinite: no step is better than none
        norm_ = 0.0;
        return finish(0.0, false, false);
    }

    const bool definite = solve_shifted(0.0);
    // lambda* is in [low, high]: T + low I is not definite or |h(low)| > length(low); |h(high)| <= length(high).
    double low = 0.0;
    if (!definite)
        for (const double entry : diagonal_) low = std::max(low, -entry);
    double high = (1.0 + 4.0 * epsilon) * bound.largest_multiplier(norm_t, norm_b);
    const auto inside = [&] { return std::max(std::sqrt(low * high), low + 0.01 * (high - low)); };

    double lambda = definite ? std::min(bound.multiplier(norm_), high) : inside();
    bool solved = definite && lambda == 0.0;
    if (!solved && guess > low && guess < high) lambda = guess;
    for (int k = 0; k < iteration_limit; ++k) {
        if (!solved) solved = solve_shifted(lambda);
        double next = 0.0;
        if (!solved) {
            low = lambda;
            next = inside();
        } else {
            const double length = bound.length(lambda);
            if (std::abs(norm_ / length - 1.0) <= length_tolerance) return finish(lambda, true, false);
            (norm_ > length ? low : high) = lambda;
            solve_factored(h_.data(), work_.data());
            const double falls = dot_of(h_, work_.data());  // -|h| d|h| / d lambda
            const double rises = norm_ / length * (norm_ / length) * norm_ * bound.slope();
            next = lambda + (norm_ * norm_ / (falls + rises)) * ((norm_ - length) / length);
            if (!(next > low && next < high)) next = inside();
        }
        // A definite T tells apart the smallest lambda; rounding of an indefinite one is of the order of eps |T|.
        const double rounding = 2.0 * epsilon * (definite ? high : high + norm_t);
        if (high - low <= rounding || next <= low || next >= high) break;
        lambda = next;
        solved = false;
    }

    // The bracket has collapsed on the smallest lambda for which T + lambda I is semidefinite; a shift of some
    // eps |T| more makes it definite in spite of rounding.
    double shift = high;
    for (double more = epsilon * (high + norm_t); !solve_shifted(shift); more *= 2.0) {
        shift = high + more;
        if (std::isfinite(shift)) continue;
        std::fill(h_.begin(), h_.end(), 0.0);  // beyond all numbers: there is no step
        norm_ = 0.0;
        return finish(0.0, false, false);
    }
    const double length = bound.length(shift);
    if (norm_ < length) {
        add_eigenvector(length);
    } else {
        for (double& entry : h_) entry *= length / norm_;  // too long by rounding only
        norm_ = length;
    }
    return finish(shift, true, true);
}

template class TridiagonalSubproblem<TrustRegionBound>;
template class TridiagonalSubproblem<CubicTerm>;

}  // namespace hesse
