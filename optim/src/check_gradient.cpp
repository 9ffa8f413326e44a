#include "hesse/optim/check_gradient.hpp"

#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {
namespace {

using Slot = ObjectiveRef::Slot;
using Disagreement = DerivativeReport::Disagreement;

/// The loss of the entries that may move; the others stay where `base` has them.
class Loss final : public LossUnderCheck {
public:
    Loss(ObjectiveRef& f, const Buffer& base, const std::vector<Index>& entries)
        : f_(f), entries_(entries), point_(base), gradient_(base.size()), direction_(base.size(), 0.0) {}

    [[nodiscard]] Index size() const override { return static_cast<Index>(entries_.size()); }
    double value(const double* y) override {
        spread(y, point_);
        return f_.value(point_.data());
    }
    double linearize(const double* y, double* gradient, Index count, const double* directions,
                     double* products) override {
        spread(y, point_);
        f_.linearize(point_.data(), Slot::trial);
        take(f_.gradient(Slot::trial), gradient);
        for (Index k = 0; k < count; ++k) {
            spread(directions + k * size(), direction_);
            f_.apply_hessian(Slot::trial, direction_.data(), gradient_.data());
            take(gradient_.data(), products + k * size());
        }
        return f_.value(Slot::trial);
    }

private:
    void spread(const double* few, Buffer& all) const {
        for (std::size_t k = 0; k < entries_.size(); ++k) all[static_cast<std::size_t>(entries_[k])] = few[k];
    }
    void take(const double* all, double* few) const {
        for (std::size_t k = 0; k < entries_.size(); ++k) few[k] = all[entries_[k]];
    }

    ObjectiveRef& f_;
    const std::vector<Index>& entries_;
    Buffer point_, gradient_, direction_;
};

/// Differences that are not finite, as where a loss ends, tell nothing.
bool tells(const Disagreement& entry) {
    return std::isfinite(entry.differenced) || !std::isfinite(entry.exact);
}

/// The worst of them, if any tells something.
std::optional<Disagreement> worst_of(const DerivativeReport::Comparison& comparison) {
    std::optional<Disagreement> worst;
    const auto excess = [](const Disagreement& entry) {
        const double error = std::abs(entry.exact - entry.differenced);
        return std::isnan(error) ? std::numeric_limits<double>::infinity() : error;
    };
    for (const Disagreement& entry : comparison.disagreements)
        if (tells(entry) && (!worst || excess(entry) > excess(*worst))) worst = entry;
    return worst;
}

/// The first thing that is wrong; empty if nothing is. entries: what the numbers of coordinates mean.
std::string fault_of(const DerivativeReport& report, const std::vector<Index>& entries) {
    const auto text_of = [&](const Disagreement& entry) {
        return fmt::format("entry {}: given {}, expected {:.9g}",
                           entries[static_cast<std::size_t>(entry.coordinate)], entry.exact,
                           entry.differenced);
    };
    if (!report.values_agree())
        return fmt::format("the value is {}, that of the linearisation {}", report.value,
                           report.linearized_value);
    for (std::size_t k = 0; k < report.slopes.size(); ++k) {
        const auto& slope = report.slopes[k];
        if (slope.holds() || (std::isfinite(slope.exact) && !std::isfinite(slope.differenced))) continue;
        return fmt::format(
            "the gradient is wrong: its slope along random direction {} is {}, differences of values give "
            "{:.9g}{}",
            k, slope.exact, slope.differenced,
            slope.worst ? "; most so in " + text_of(*slope.worst) : std::string());
    }
    if (const auto worst = worst_of(report.gradient))
        return fmt::format("the gradient is wrong, most so in {}", text_of(*worst));
    for (std::size_t k = 0; k < report.products.size(); ++k)
        if (const auto worst = worst_of(report.products[k]))
            return fmt::format(
                "the Hessian product with random direction {} is wrong in {} of {} entries, most so in {} by "
                "differences of gradients",
                k, report.products[k].disagreements.size(), report.products[k].checked, text_of(*worst));
    for (const auto& pair : report.symmetry)
        if (!pair.holds())
            return fmt::format("the Hessian is not symmetric: u'Hv = {}, v'Hu = {}", pair.u_hv, pair.v_hu);
    return {};
}

/// The entry of the start, away from its bounds, as far as there is room, so that differences stay within them.
double inside(const Box& box, Index i, double x) {
    const double lower = box.lower(i), upper = box.upper(i), margin = 0.1 * std::max(1.0, std::abs(x));
    if (upper - lower <= 2.0 * margin) return 0.5 * (lower + upper);
    return std::clamp(x, lower + margin, upper - margin);
}

}  // namespace

// A gradient that is wrong by a factor is right where it vanishes, which some of its entries may do at the start: a point beside that is
// looked at, too.
void require_derivatives(ObjectiveRef& f, const double* x, const DerivativeCheckOptions& options,
                         const Box* box) {
    Buffer base(x, x + f.size());
    std::vector<Index> entries;
    for (Index i = 0; i < f.size(); ++i) {
        if (box != nullptr && box->lower(i) == box->upper(i)) continue;
        entries.push_back(i);
        if (box != nullptr) base[static_cast<std::size_t>(i)] = inside(*box, i, x[i]);
    }
    if (entries.empty()) return;
    Loss loss(f, base, entries);
    const VectorSpace space(static_cast<Index>(entries.size()));
    Buffer point(entries.size()), beside(entries.size());
    for (std::size_t k = 0; k < entries.size(); ++k) point[k] = base[static_cast<std::size_t>(entries[k])];
    if (const std::string fault = fault_of(check_derivatives(loss, point.data(), options), entries);
        !fault.empty())
        throw std::invalid_argument("check_gradient: " + fault);
    RandomGenerator(options.seed).unit_vector(space, beside.data());
    space.step(point.data(), 1e-3 * std::max(1.0, space.norm(point.data())), beside.data(), beside.data());
    if (!std::isfinite(loss.value(beside.data()))) return;
    if (const std::string fault = fault_of(check_derivatives(loss, beside.data(), options), entries);
        !fault.empty())
        throw std::invalid_argument("check_gradient: beside the start, " + fault);
}

}  // namespace hesse
