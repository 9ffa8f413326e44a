#pragma once

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Core>

#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hesse {

// clang-format off
/// A loss that gives a value alone, and a linearisation with value, gradient and Hessian products: what
/// `objective` makes, or a class of one's own with derivatives by hand.
template <class F>
concept DifferentiatedLoss = requires(const F& f, const Eigen::Map<const Eigen::VectorXd>& x,
                                      const Eigen::VectorXd& in, Eigen::Map<Eigen::VectorXd> out) {
    { f.size() } -> std::convertible_to<Index>;
    { f.value(x) } -> std::convertible_to<double>;
    { f.linearize(x).value() } -> std::convertible_to<double>;
    { f.linearize(x).gradient() } -> std::convertible_to<Eigen::Ref<const Eigen::VectorXd>>;
    f.linearize(x).hessian().apply(in, out);
};
// clang-format on

struct DerivativeCheckOptions {
    /// Largest number of coordinates whose gradient entry is checked; of more, so many are drawn. 0: slopes only.
    Index coordinates = 200;
    /// Number of random directions along which slopes and products are checked, and of pairs for symmetry; at least 1.
    Index directions = 3;
    /// Seed of the draws: the same seed, the same report.
    std::uint64_t seed = 0;
    /// Disagreement that is forgiven, relative to the largest entry of the gradient or product, on top of the
    /// estimated error of the differences.
    double tolerance = 1e-7;
};

/// What `check_derivatives` found. Print it with `<<`.
struct DerivativeReport {
    /// An entry where the exact derivative and the difference are further apart than the tolerance.
    struct Disagreement {
        Index coordinate;
        double exact;
        double differenced;
        double tolerance;  // with the estimated error of the difference
    };
    /// One vector of derivatives against differences.
    struct Comparison {
        Index checked = 0;              // entries
        double largest_error = 0.0;     // |exact - differenced|, where both are finite
        double largest_estimate = 0.0;  // estimated error of the differences
        std::vector<Disagreement> disagreements;
    };
    /// The slope g'v of the loss along a random direction, in which every entry of the gradient has a part.
    struct Slope {
        double exact = 0.0;
        double differenced = 0.0;
        double tolerance = 0.0;
        std::optional<Disagreement> worst;  // entry of the gradient, where the slope is wrong
        [[nodiscard]] bool holds() const;
    };
    struct Symmetry {
        double u_hv, v_hu;
        double tolerance;
        [[nodiscard]] bool holds() const;
    };

    Index size = 0;
    double value = 0.0;             // value(x)
    double linearized_value = 0.0;  // linearize(x).value()
    double noise = 0.0;             // estimated rounding error of the value
    std::vector<Slope> slopes;      // one for each direction
    Comparison gradient;
    std::vector<Comparison> products;  // one for each direction
    std::vector<Symmetry> symmetry;

    /// The values are finite and agree.
    [[nodiscard]] bool values_agree() const;
    /// Nothing disagrees.
    [[nodiscard]] bool passed() const;
};
std::ostream& operator<<(std::ostream& out, const DerivativeReport& report);

/// What the compiled check asks of a loss.
class LossUnderCheck {
public:
    [[nodiscard]] virtual Index size() const = 0;
    virtual double value(const double* x) = 0;
    /// Value and gradient (n) at x, and the products (n x count) of the Hessian there with directions (n x count).
    virtual double linearize(const double* x, double* gradient, Index count, const double* directions,
                             double* products) = 0;

protected:
    ~LossUnderCheck() = default;
};
DerivativeReport check_derivatives(LossUnderCheck& loss, const double* x,
                                   const DerivativeCheckOptions& options);

/// Holds the derivatives of a loss at x (n) against differences, to find mistakes in derivatives written by hand,
/// or places where a loss is not differentiable:
/// - value(x) against linearize(x).value();
/// - slopes g'v along random directions against the differences of values described next; where one is wrong, halving the
///   direction finds the entry that is wrong most;
/// - entries of the gradient against central differences of values, at steps from 1/16 downwards by fours, each
///   pair extrapolated (Richardson); every coordinate takes the step with the least estimated error, truncation
///   seen by comparing steps and rounding by the noise of the loss (More and Wild, SIAM J. Sci. Comput. 33
///   (2011) 1292);
/// - products H v with random directions v against the same differences of gradients along v;
/// - u'Hv against v'Hu for random u and v.
///
/// Costs about 16 values a checked coordinate, and 20 values and 20 gradients a direction; log2(n) times 20 values more where a
/// slope is wrong. A loss is to be smooth around x: at a
/// kink the report says what differences say.
/// Throws std::invalid_argument if x has the wrong size or is not finite, or if an option is out of range; what the
/// loss throws at x passes through.
template <DifferentiatedLoss F>
DerivativeReport check_derivatives(const F& f, const Eigen::VectorXd& x,
                                   const DerivativeCheckOptions& options = {}) {
    struct Adapter final : LossUnderCheck {
        explicit Adapter(const F& loss) : f(loss) {}
        [[nodiscard]] Index size() const override { return static_cast<Index>(f.size()); }
        double value(const double* at) override { return f.value(map(at)); }
        double linearize(const double* at, double* gradient, Index count, const double* directions,
                         double* products) override {
            auto&& linearization = f.linearize(map(at));
            const auto& given = linearization.gradient();
            if (given.size() != size()) {
                throw std::invalid_argument("check_derivatives: the gradient has " +
                                            std::to_string(given.size()) + " entries, the loss " +
                                            std::to_string(size()) + " parameters");
            }
            Eigen::Map<Eigen::VectorXd>(gradient, size()) = given;
            for (Index k = 0; k < count; ++k) {
                Eigen::Map<Eigen::VectorXd> out(products + k * size(), size());
                linearization.hessian().apply(map(directions + k * size()), out);
            }
            return linearization.value();
        }
        [[nodiscard]] Eigen::Map<const Eigen::VectorXd> map(const double* at) const { return {at, size()}; }

        const F& f;
    };
    Adapter adapter(f);
    if (x.size() != adapter.size()) {
        throw std::invalid_argument("check_derivatives: the point has " + std::to_string(x.size()) +
                                    " entries, expected " + std::to_string(adapter.size()));
    }
    return check_derivatives(adapter, x.data(), options);
}

}  // namespace hesse
