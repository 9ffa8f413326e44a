#include "hesse/optim/check_gradient.hpp"

#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <string>

namespace hesse {
namespace {

using Slot = ObjectiveRef::Slot;
using Disagreement = DerivativeReport::Disagreement;

class Loss final : public LossUnderCheck {
public:
    explicit Loss(ObjectiveRef& f) : f_(f), space_(f.size()) {}

    [[nodiscard]] Index size() const override { return f_.size(); }
    double value(const double* x) override { return f_.value(x); }
    double linearize(const double* x, double* gradient, Index count, const double* directions,
                     double* products) override {
        f_.linearize(x, Slot::trial);
        space_.copy(f_.gradient(Slot::trial), gradient);
        for (Index k = 0; k < count; ++k)
            f_.apply_hessian(Slot::trial, directions + k * size(), products + k * size());
        return f_.value(Slot::trial);
    }

private:
    ObjectiveRef& f_;
    VectorSpace space_;
};

std::string text_of(const Disagreement& entry) {
    return fmt::format("entry {}: given {}, expected {:.9g}", entry.coordinate, entry.exact,
                       entry.differenced);
}

const Disagreement& worst_of(const DerivativeReport::Comparison& comparison) {
    const auto excess = [](const Disagreement& entry) {
        const double error = std::abs(entry.exact - entry.differenced);
        return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
    };
    return *std::max_element(
        comparison.disagreements.begin(), comparison.disagreements.end(),
        [&](const Disagreement& a, const Disagreement& b) { return excess(a) < excess(b); });
}

/// The first thing that is wrong; empty if nothing is.
std::string fault_of(const DerivativeReport& report) {
    if (!report.values_agree())
        return fmt::format("the value is {}, that of the linearisation {}", report.value,
                           report.linearized_value);
    for (std::size_t k = 0; k < report.slopes.size(); ++k)
        if (const auto& slope = report.slopes[k]; !slope.holds())
            return fmt::format(
                "the gradient is wrong: its slope along random direction {} is {}, differences of values "
                "give "
                "{:.9g}; most so in {}",
                k, slope.exact, slope.differenced, text_of(*slope.worst));
    if (!report.gradient.disagreements.empty())
        return fmt::format("the gradient is wrong, most so in {}", text_of(worst_of(report.gradient)));
    for (std::size_t k = 0; k < report.products.size(); ++k)
        if (const auto& product = report.products[k]; !product.disagreements.empty())
            return fmt::format(
                "the Hessian product with random direction {} is wrong in {} of {} entries, most so in {} by "
                "differences of gradients",
                k, product.disagreements.size(), product.checked, text_of(worst_of(product)));
    for (const auto& pair : report.symmetry)
        if (!pair.holds())
            return fmt::format("the Hessian is not symmetric: u'Hv = {}, v'Hu = {}", pair.u_hv, pair.v_hu);
    return {};
}

}  // namespace

// A gradient that is wrong by a factor is right where it vanishes.
void require_derivatives(ObjectiveRef& f, const double* x, const DerivativeCheckOptions& options) {
    Loss loss(f);
    if (const std::string fault = fault_of(check_derivatives(loss, x, options)); !fault.empty())
        throw std::invalid_argument("check_gradient: " + fault);
    const VectorSpace space(f.size());
    Buffer beside(static_cast<std::size_t>(f.size()));
    RandomGenerator(options.seed).unit_vector(space, beside.data());
    space.step(x, 1e-3 * std::max(1.0, space.norm(x)), beside.data(), beside.data());
    f.linearize(x, Slot::trial);
    const double here = space.norm(f.gradient(Slot::trial));
    f.linearize(beside.data(), Slot::trial);
    const double there = space.norm(f.gradient(Slot::trial));
    if (!std::isfinite(f.value(Slot::trial)) || !std::isfinite(there) || here > 1e-3 * there) return;
    if (const std::string fault = fault_of(check_derivatives(loss, beside.data(), options)); !fault.empty())
        throw std::invalid_argument("check_gradient: beside the start, where the gradient vanishes, " +
                                    fault);
}

}  // namespace hesse
