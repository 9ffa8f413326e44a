#include "hesse/autodiff/check_derivatives.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iomanip>
#include <limits>
#include <numeric>
#include <ostream>
#include <random>
#include <sstream>

namespace hesse {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double epsilon = std::numeric_limits<double>::epsilon();

// Steps along a direction whose entries are about as large as the parameters'.
constexpr double first_step = 0.0625;
constexpr double step_ratio = 4.0;
constexpr int most_steps = 14;
// Errors of differences are estimates: an exact derivative may be this many times as far away.
constexpr double trust = 10.0;

/// A function of a step t along some direction, with `size` results, some of which may be infinite or NaN.
using Along = std::function<void(double t, double* results)>;

struct Slope {
    double value = std::numeric_limits<double>::quiet_NaN();
    double error = infinity;
    void consider(double other, double other_error) {
        if (std::isfinite(other) && other_error < error) *this = {other, other_error};
    }
};

/// Rounding errors of the results near t = 0, from the differences of order 6 at close equidistant points: a
/// smooth function has none there. At least the rounding of the results themselves.
Buffer estimate_noise(const Along& f, std::size_t size) {
    constexpr int order = 6;
    constexpr double spacing = 1e-9;
    constexpr double scale =
        924.0;  // (2 order)! / (order!)^2: variance of the differences, in that of the noise
    Buffer values(size * (order + 1));
    for (int k = 0; k <= order; ++k)
        f(spacing * (k - order / 2), values.data() + static_cast<std::size_t>(k) * size);
    Buffer noise(size);
    for (std::size_t i = 0; i < size; ++i) {
        std::array<double, order + 1> table;
        double largest = 0.0;
        for (std::size_t k = 0; k <= order; ++k) {
            table[k] = values[k * size + i];
            largest = std::max(largest, std::abs(table[k]));
        }
        for (int d = order; d > 0; --d) {
            for (std::size_t k = 0; k < static_cast<std::size_t>(d); ++k) table[k] = table[k + 1] - table[k];
        }
        const double measured = std::abs(table[0]) / std::sqrt(scale);
        noise[i] = std::max(epsilon * largest, std::isfinite(measured) ? measured : 0.0);
    }
    return noise;
}

/// df/dt at 0 of each result by central differences, at the step that suits each best.
std::vector<Slope> differentiate(const Along& f, std::size_t size) {
    const Buffer noise = estimate_noise(f, size);
    std::vector<Slope> slopes(size);
    Buffer forward(size), backward(size), coarse(size), fine(size), coarse_extrapolated(size);
    double h = first_step;
    for (int step = 0; step < most_steps; ++step, h /= step_ratio) {
        f(h, forward.data());
        f(-h, backward.data());
        bool hopeful = false;
        for (std::size_t i = 0; i < size; ++i) {
            const double rounding = noise[i] / h;
            fine[i] = (forward[i] - backward[i]) / (2.0 * h);
            if (step > 0) {
                // The error of a difference is c h^2 + ..., which two of them eliminate.
                constexpr double square = step_ratio * step_ratio;
                const double extrapolated = fine[i] + (fine[i] - coarse[i]) / (square - 1.0);
                slopes[i].consider(fine[i], std::abs(fine[i] - extrapolated) + rounding);
                if (step > 1) {
                    slopes[i].consider(extrapolated,
                                       std::abs(extrapolated - coarse_extrapolated[i]) + 2.0 * rounding);
                }
                coarse_extrapolated[i] = extrapolated;
            }
            // Rounding grows as h falls: a smaller step can help only while it is below the best error.
            hopeful = hopeful || !(rounding * step_ratio > slopes[i].error);
        }
        if (!hopeful) break;
        std::swap(coarse, fine);
    }
    return slopes;
}

/// Uniform numbers of the same bits with every standard library.
class Draws {
public:
    explicit Draws(std::uint64_t seed) : bits_(seed) {}
    /// On [-1, 1).
    double symmetric() { return static_cast<double>(bits_() >> 11) * 0x1p-52 - 1.0; }
    Index below(Index bound) {
        const double unit = static_cast<double>(bits_() >> 11) * 0x1p-53;
        return std::min(static_cast<Index>(unit * static_cast<double>(bound)), bound - 1);
    }

private:
    std::mt19937_64 bits_;
};

/// `count` of 0 ... n - 1, in order: Floyd's sampling (Bentley and Floyd, CACM 30 (1987) 754).
std::vector<Index> sample(Index n, Index count, Draws& draws) {
    std::vector<Index> chosen;
    for (Index j = n - count; j < n; ++j) {
        const Index candidate = draws.below(j + 1);
        const auto at = std::lower_bound(chosen.begin(), chosen.end(), candidate);
        if (at != chosen.end() && *at == candidate) {
            chosen.push_back(j);  // larger than all before it
        } else {
            chosen.insert(at, candidate);
        }
    }
    return chosen;
}

/// Adds one entry to a comparison. scale: the largest entry of the vector it belongs to.
void compare(DerivativeReport::Comparison& comparison, Index coordinate, double exact, const Slope& slope,
             double scale, double tolerance) {
    ++comparison.checked;
    const double error = std::abs(exact - slope.value);
    const double allowed = trust * slope.error + tolerance * scale;
    if (std::isfinite(error)) comparison.largest_error = std::max(comparison.largest_error, error);
    if (std::isfinite(slope.error)) {
        comparison.largest_estimate = std::max(comparison.largest_estimate, slope.error);
    }
    if (!(error <= allowed)) comparison.disagreements.push_back({coordinate, exact, slope.value, allowed});
}

double largest_entry(const double* x, Index n) {
    double largest = 0.0;
    for (Index i = 0; i < n; ++i) {
        if (std::isfinite(x[i])) largest = std::max(largest, std::abs(x[i]));
    }
    return largest;
}

void require(bool holds, const std::string& what) {
    if (!holds) throw std::invalid_argument("check_derivatives: " + what);
}

/// The check, step by step.
class Check {
public:
    Check(LossUnderCheck& loss, const double* x, const DerivativeCheckOptions& options)
        : loss_(loss), n_(loss.size()), x_(x, x + n_), options_(options), draws_(options.seed) {}

    DerivativeReport run() {
        report_.size = n_;
        const auto n = static_cast<std::size_t>(n_);
        const auto k = static_cast<std::size_t>(options_.directions);
        // One direction more than products, so that there is a partner for each.
        Buffer directions(n * (k + 1)), products(n * (k + 1)), gradient(n);
        for (double& entry : directions) entry = draws_.symmetric();
        report_.value = loss_.value(x_.data());
        report_.linearized_value = loss_.linearize(x_.data(), gradient.data(), options_.directions + 1,
                                                   directions.data(), products.data());
        report_.noise = estimate_noise(value_along(directions.data()), 1)[0];
        for (std::size_t d = 0; d < k; ++d) compare_slope(directions.data() + d * n, gradient);
        compare_gradient(gradient);
        for (std::size_t d = 0; d < k; ++d) {
            compare_product(directions.data() + d * n, products.data() + d * n);
            compare_symmetry(directions.data() + d * n, products.data() + d * n,
                             directions.data() + (d + 1) * n, products.data() + (d + 1) * n);
        }
        return std::move(report_);
    }

private:
    /// The length of a step in coordinate i: the size of the parameter, or 1.
    [[nodiscard]] double unit(std::size_t i) const { return std::max(1.0, std::abs(x_[i])); }

    /// Trial points may lie where the loss is not defined.
    template <class Evaluate>
    static void guarded(double* results, std::size_t size, const Evaluate& evaluate) {
        try {
            evaluate();
        } catch (const std::exception&) {
            std::fill_n(results, size, std::numeric_limits<double>::quiet_NaN());
        }
    }

    [[nodiscard]] Buffer moved(double t, const double* direction) const {
        Buffer point = x_;
        for (std::size_t i = 0; i < point.size(); ++i) point[i] += t * unit(i) * direction[i];
        return point;
    }
    Along value_along(const double* direction) {
        return [this, direction](double t, double* result) {
            guarded(result, 1, [&] { *result = loss_.value(moved(t, direction).data()); });
        };
    }

    /// How far the slope of the gradient along the entries [first, last) of a direction is from that of the values.
    [[nodiscard]] double slope_error(const Buffer& slopes, const Buffer& direction, std::size_t first,
                                     std::size_t last) {
        Buffer part(direction.size());
        std::copy(direction.data() + first, direction.data() + last, part.data() + first);
        const double exact = std::accumulate(slopes.begin() + static_cast<Index>(first),
                                             slopes.begin() + static_cast<Index>(last), 0.0);
        return exact - differentiate(value_along(part.data()), 1)[0].value;
    }

    // The direction is (unit_i v_i).
    void compare_slope(const double* v, const Buffer& gradient) {
        const std::size_t n = gradient.size();
        const Buffer direction(v, v + n);
        Buffer slopes(n);
        double square = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            slopes[i] = gradient[i] * unit(i) * direction[i];
            square += slopes[i] * slopes[i];
        }
        const Slope slope = differentiate(value_along(direction.data()), 1)[0];
        auto& found = report_.slopes.emplace_back();
        found.exact = std::accumulate(slopes.begin(), slopes.end(), 0.0);
        found.differenced = slope.value;
        found.tolerance = trust * slope.error + options_.tolerance * std::sqrt(square);
        if (found.holds()) return;

        std::size_t first = 0, last = n;
        double error = found.exact - found.differenced;
        while (last - first > 1) {
            const std::size_t middle = first + (last - first) / 2;
            const double left = slope_error(slopes, direction, first, middle);
            const double right = error - left;
            if (std::abs(left) >= std::abs(right)) last = middle;
            else first = middle;
            error = first == middle ? right : left;
        }
        const double unit_step = unit(first) * direction[first];
        found.worst = {static_cast<Index>(first), gradient[first],
                       gradient[first] - slope_error(slopes, direction, first, last) / unit_step,
                       found.tolerance / std::abs(unit_step)};
    }

    void compare_gradient(const Buffer& gradient) {
        const double scale = largest_entry(gradient.data(), n_);
        for (const Index coordinate : sample(n_, std::min(n_, options_.coordinates), draws_)) {
            const auto i = static_cast<std::size_t>(coordinate);
            Buffer point = x_;
            const auto along = [&](double t, double* result) {
                point[i] = x_[i] + t * unit(i);
                guarded(result, 1, [&] { *result = loss_.value(point.data()); });
            };
            Slope slope = differentiate(along, 1)[0];
            slope.value /= unit(i);
            slope.error /= unit(i);
            compare(report_.gradient, coordinate, gradient[i], slope, scale, options_.tolerance);
        }
    }

    // The direction of the product is (unit_i v_i), that of the differences: v is scaled back afterwards.
    void compare_product(const double* v, const double* product) {
        const auto n = static_cast<std::size_t>(n_);
        Buffer direction(v, v + n);
        for (std::size_t i = 0; i < n; ++i) direction[i] /= unit(i);
        const Along along = [&](double t, double* result) {
            guarded(result, n,
                    [&] { loss_.linearize(moved(t, direction.data()).data(), result, 0, nullptr, nullptr); });
        };
        const std::vector<Slope> slopes = differentiate(along, n);
        const double scale = largest_entry(product, n_);
        auto& comparison = report_.products.emplace_back();
        for (std::size_t i = 0; i < n; ++i) {
            compare(comparison, static_cast<Index>(i), product[i], slopes[i], scale, options_.tolerance);
        }
    }

    void compare_symmetry(const double* u, const double* hu, const double* v, const double* hv) {
        double u_hv = 0.0, v_hu = 0.0, size = 0.0;
        for (Index i = 0; i < n_; ++i) {
            u_hv += u[i] * hv[i];
            v_hu += v[i] * hu[i];
            size = std::max({size, std::abs(u[i] * hv[i]), std::abs(v[i] * hu[i])});
        }
        // Rounding is far below, but Hessians may be approximations of their own.
        const double allowed = options_.tolerance * size * std::sqrt(static_cast<double>(n_));
        report_.symmetry.push_back({u_hv, v_hu, allowed});
    }

    LossUnderCheck& loss_;
    Index n_;
    Buffer x_;
    const DerivativeCheckOptions& options_;
    Draws draws_;
    DerivativeReport report_;
};

void print(std::ostream& out, const DerivativeReport::Comparison& comparison) {
    constexpr std::size_t shown = 10;
    const std::size_t count = comparison.disagreements.size();
    out << std::setprecision(2) << comparison.checked << " entries, largest error "
        << comparison.largest_error << " (differences are exact to about " << comparison.largest_estimate
        << "), ";
    if (count == 0) {
        out << "all agree\n";
        return;
    }
    out << count << (count == 1 ? " disagrees\n" : " disagree\n");
    out << "    coordinate             exact       differenced   tolerance\n";
    for (std::size_t i = 0; i < std::min(count, shown); ++i) {
        const auto& entry = comparison.disagreements[i];
        out << std::setw(14) << entry.coordinate << std::setprecision(9) << std::setw(18) << entry.exact
            << std::setw(18) << entry.differenced << std::setprecision(2) << std::setw(12) << entry.tolerance
            << "\n";
    }
    if (count > shown) out << "    and " << count - shown << " more\n";
}

bool agrees(const DerivativeReport::Comparison& comparison) { return comparison.disagreements.empty(); }

}  // namespace

DerivativeReport check_derivatives(LossUnderCheck& loss, const double* x,
                                   const DerivativeCheckOptions& options) {
    require(loss.size() >= 1,
            "the loss has " + std::to_string(loss.size()) + " parameters, expected at least 1");
    require(options.coordinates >= 0,
            "options.coordinates is " + std::to_string(options.coordinates) + ", expected at least 0");
    require(options.directions >= 1,
            "options.directions is " + std::to_string(options.directions) + ", expected at least 1");
    require(options.tolerance >= 0.0 && std::isfinite(options.tolerance),
            "options.tolerance is " + std::to_string(options.tolerance) + ", expected a finite number >= 0");
    for (Index i = 0; i < loss.size(); ++i) {
        require(std::isfinite(x[i]), "the point has the entry " + std::to_string(x[i]) + " at " +
                                         std::to_string(i) + ", expected finite numbers");
    }
    return Check(loss, x, options).run();
}

bool DerivativeReport::Slope::holds() const { return std::abs(exact - differenced) <= tolerance; }

bool DerivativeReport::Symmetry::holds() const { return std::abs(u_hv - v_hu) <= tolerance; }

bool DerivativeReport::values_agree() const {
    return std::isfinite(value) && std::isfinite(linearized_value) &&
           std::abs(value - linearized_value) <= trust * noise;
}

bool DerivativeReport::passed() const {
    return values_agree() && agrees(gradient) && std::all_of(products.begin(), products.end(), agrees) &&
           std::all_of(slopes.begin(), slopes.end(), [](const Slope& s) { return s.holds(); }) &&
           std::all_of(symmetry.begin(), symmetry.end(), [](const Symmetry& s) { return s.holds(); });
}

std::ostream& operator<<(std::ostream& out, const DerivativeReport& report) {
    std::ostringstream text;
    text << std::setprecision(9);
    text << "derivatives of " << report.size << " parameters: " << (report.passed() ? "passed" : "FAILED")
         << "\n";
    text << "value: " << report.value << ", linearized " << report.linearized_value
         << (report.values_agree() ? ", agree\n" : ", DISAGREE\n");
    for (const auto& slope : report.slopes) {
        text << std::setprecision(9) << "slope: g'v = " << slope.exact << ", differenced "
             << slope.differenced;
        if (slope.holds()) text << ", agree\n";
        else text << ", DISAGREE, most of it in coordinate " << slope.worst->coordinate << "\n";
    }
    text << "gradient: ";
    print(text, report.gradient);
    for (const auto& product : report.products) {
        text << "Hessian product: ";
        print(text, product);
    }
    for (const auto& pair : report.symmetry) {
        text << std::setprecision(9) << "symmetry: u'Hv = " << pair.u_hv << ", v'Hu = " << pair.v_hu
             << (pair.holds() ? ", agree\n" : ", DISAGREE: the Hessian is not symmetric\n");
    }
    return out << text.str();
}

}  // namespace hesse
