#include "hesse/optim/curvature/degenerate_point.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/eigenpairs.hpp"
#include "hesse/optim/minres.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/LU>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace hesse {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr const char* function = "examine_degenerate";
/// What eigenpairs needs beside one for each of those wanted.
constexpr Index fewest_products = 3;
constexpr double eps = std::numeric_limits<double>::epsilon();

/// The third and fourth derivatives along one direction z of the null space, and what the quartic's gradient needs.
struct Forms {
    VectorXd z;
    double third = 0.0, fourth = 0.0;  // c3, c4
    VectorXd third_gradient;           // D3f[z,z,.]
    VectorXd fourth_gradient;          // D4f[z,z,z,.]
    VectorXd eliminated;               // H^+ u
};

class Examination {
public:
    Examination(OperatorRef hessian, const HigherDerivatives& derivatives, const DegenerateOptions& options)
        : hessian_(hessian),
          derivatives_(derivatives),
          options_(options),
          random_(options.seed),
          n_(hessian.rows()) {}

    DegeneratePoint run() {
        point_.seed = options_.seed;
        if (find_null_space()) examine();
        return std::move(point_);
    }

private:
    enum class Definite { positive, negative, zero };

    // ------------------------------------------------------------------------------------------ null space

    /// False if the second order decides.
    bool find_null_space() {
        EigenpairsOptions options;
        options.lowest = options.highest = 1;
        options.search_multiplicity = false;
        const Eigenpairs ends = pairs(options);
        const EigenvalueEstimate low = ends.lowest.values.front(), high = ends.highest.values.front();
        norm_ = std::max(std::abs(low.value), std::abs(high.value));
        const double tau = point_.curvature_tolerance =
            std::max({options_.curvature_tolerance, 1e-8 * norm_,
                      50.0 * eps * std::sqrt(static_cast<double>(n_)) * norm_});
        lowest_ = ends.lowest.vectors.col(0);
        if (low.value < -tau && high.value > tau) {
            decide(DegenerateKind::saddle, 2, lowest_, VectorXd::Zero(n_));
            return false;
        }
        if (low.value > tau || high.value < -tau) {
            // Beyond an end that is not found there may be more.
            if ((low.value > tau ? low : high).converged) point_.kind = DegenerateKind::not_degenerate;
            return false;
        }
        if (low.value >= -tau && high.value <= tau) {
            definite_ = Definite::zero;
            point_.nullity = n_;
            return true;
        }
        definite_ = low.value >= -tau ? Definite::positive : Definite::negative;
        const bool at_top = definite_ == Definite::negative;
        const Index most = std::min(options_.most, n_);
        for (Index wanted = std::min<Index>(4, most);; wanted = std::min(2 * wanted, most)) {
            options.lowest = at_top ? 0 : wanted;
            options.highest = at_top ? wanted : 0;
            options.norm_tolerance = 1e-11;
            options.search_multiplicity = true;
            if (options_.max_products - point_.products < wanted + fewest_products) return false;
            const Eigenpairs found = pairs(options);
            const EigenpairsAtEnd& end = at_top ? found.highest : found.lowest;
            Index nullity = 0;
            while (nullity < wanted && std::abs(end.values[static_cast<std::size_t>(nullity)].value) <= tau)
                ++nullity;
            point_.nullity = nullity;
            null_space_ = end.vectors.matrix().leftCols(nullity);
            if (nullity < wanted || wanted == most) return nullity > 0;
        }
    }

    Eigenpairs pairs(EigenpairsOptions options) {
        options.tolerance = 1e-10;
        options.max_products = options_.max_products - point_.products;
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.check_symmetry = false;
        Eigenpairs found = eigenpairs(hessian_, options);
        point_.products += found.products;
        return found;
    }

    [[nodiscard]] bool whole() const { return definite_ == Definite::zero; }
    /// The part of v in the null space.
    [[nodiscard]] VectorXd within(const VectorXd& v) const {
        return whole() ? v : VectorXd(null_space_ * (null_space_.transpose() * v));
    }
    VectorXd random_direction() {
        VectorXd z(whole() ? n_ : null_space_.cols());
        for (double& entry : z) entry = random_.normal();
        z.normalize();
        return whole() ? z : VectorXd(null_space_ * z).normalized();
    }

    /// H, without what rounding makes of it in the null space.
    struct OnRange {
        const Examination& examination;

        [[nodiscard]] Index rows() const { return examination.n_; }
        void apply(const double* in, double* out) const {
            examination.hessian_.apply(in, out);
            Eigen::Map<VectorXd> product(out, rows());
            product -= examination.within(product);
        }
    };

    /// H^+ u for u orthogonal to the null space.
    VectorXd solve(const VectorXd& u) {
        VectorXd w = VectorXd::Zero(n_);
        const Index most = std::min<Index>(10 * n_ + 20, options_.max_products - point_.products);
        if (most < 1) return w;
        point_.products +=
            minres(OnRange{*this}, u.data(), {.tolerance = 1e-13, .max_products = most}, w.data()).products;
        return w;
    }

    // --------------------------------------------------------------------------------------------- forms

    VectorXd along(const VectorXd& z) {
        VectorXd derivatives(HigherDerivatives::most + 1);
        derivatives_.along(z.data(), derivatives.data());
        ++point_.evaluations;
        return derivatives;
    }

    Forms forms_at(const VectorXd& z) {
        Forms forms;
        forms.z = z;
        forms.third_gradient.resize(n_);
        forms.fourth_gradient.resize(n_);
        derivatives_.gradients(z.data(), forms.third_gradient.data(), forms.fourth_gradient.data());
        ++point_.evaluations;
        forms.third = z.dot(forms.third_gradient);
        forms.fourth = z.dot(forms.fourth_gradient);
        forms.eliminated = VectorXd::Zero(n_);
        scale_[3] = std::max(scale_[3], forms.third_gradient.norm());
        scale_[4] = std::max(scale_[4], forms.fourth_gradient.norm());
        if (whole()) return forms;
        const VectorXd u = forms.third_gradient - within(forms.third_gradient);
        if (u.norm() <= noise()) return forms;
        forms.eliminated = solve(u);
        const double correction = 3.0 * u.dot(forms.eliminated);
        scale_[4] = std::max(scale_[4], std::abs(correction));
        forms.fourth -= correction;
        return forms;
    }

    /// What rounding makes of a derivative that is zero.
    [[nodiscard]] double noise() const {
        return 100.0 * eps * *std::max_element(scale_.begin(), scale_.end());
    }
    [[nodiscard]] double zero(int order) const {
        return std::max(options_.tolerance * scale_[static_cast<std::size_t>(order)], noise());
    }

    /// The quartic's gradient within the null space, over 4.
    VectorXd descent_of_quartic(const Forms& forms) {
        VectorXd gradient = forms.fourth_gradient;
        if (!whole() && forms.eliminated.norm() > 0.0) {
            VectorXd third(n_);
            derivatives_.third(forms.z.data(), forms.eliminated.data(), third.data());
            gradient -= 3.0 * third;
            ++point_.evaluations;
        }
        return within(gradient);
    }

    /// The smallest value of sign c4 near a start: steps down along great circles, each to the lowest point of its circle, on
    /// which c4 is a form of two variables that five values tell.
    Forms lowest_near(Forms at, double sign) {
        for (Index k = 0; k < options_.iterations; ++k) {
            const VectorXd gradient = sign * descent_of_quartic(at);
            VectorXd down = at.z.dot(gradient) * at.z - gradient;
            if (!(down.norm() > 1e-14 * scale_[4])) break;
            down.normalize();
            const Forms next = forms_at(lowest_on_circle(at, down, sign));
            const double gain = sign * (at.fourth - next.fourth);
            if (gain > 0.0) at = next;
            if (!(gain > 1e-12 * scale_[4])) break;
        }
        return at;
    }

    VectorXd lowest_on_circle(const Forms& at, const VectorXd& down, double sign) {
        Eigen::Matrix<double, 5, 5> powers;
        Eigen::Matrix<double, 5, 1> values;
        const auto row = [](double angle) {
            const double c = std::cos(angle), s = std::sin(angle);
            return Eigen::Matrix<double, 1, 5>(c * c * c * c, c * c * c * s, c * c * s * s, c * s * s * s,
                                               s * s * s * s);
        };
        const auto on_circle = [&](double angle) {
            return VectorXd((std::cos(angle) * at.z + std::sin(angle) * down).normalized());
        };
        for (int j = 0; j < 5; ++j) {
            const double angle = std::numbers::pi * j / 5;
            powers.row(j) = row(angle);
            values[j] = sign * (j == 0 ? at : forms_at(on_circle(angle))).fourth;
        }
        const Eigen::Matrix<double, 5, 1> form = powers.partialPivLu().solve(values);
        const auto value = [&](double angle) { return row(angle).dot(form); };
        double best = 0.0, width = std::numbers::pi / 256;
        for (int j = 1; j < 256; ++j) {
            if (value(width * j) < value(best)) best = width * j;
        }
        for (; width > 1e-12; width *= 0.5) {  // between its neighbours
            if (value(best - width) < value(best)) best -= width;
            if (value(best + width) < value(best)) best += width;
        }
        return on_circle(best);
    }

    // ------------------------------------------------------------------------------------------- verdict

    void examine() {
        const VectorXd taylor = along(random_direction());
        scale_[0] = std::abs(taylor[0]);
        scale_[2] = norm_;
        std::vector<Forms> tried;
        for (const VectorXd& z : directions()) {
            tried.push_back(forms_at(z));
            if (std::abs(tried.back().third) > zero(3))
                break;  // a form that is not zero somewhere has both signs
        }
        point_.third_tolerance = zero(3);
        const auto steepest = std::max_element(
            tried.begin(), tried.end(),
            [](const Forms& a, const Forms& b) { return std::abs(a.third) < std::abs(b.third); });
        point_.third = std::abs(steepest->third);
        if (point_.third > zero(3)) {
            const VectorXd falling = steepest->third > 0.0 ? VectorXd(-steepest->z) : steepest->z;
            return saddle(3, falling, VectorXd::Zero(n_));
        }
        by_quartic(tried);
    }

    /// Of one or two dimensions all, of more some.
    std::vector<VectorXd> directions() {
        const Index k = point_.nullity;
        std::vector<VectorXd> all;
        const auto basis = [&](Index j) {
            return whole() ? VectorXd(VectorXd::Unit(n_, j)) : null_space_.col(j);
        };
        if (k == 1) return {basis(0)};
        if (k == 2) {
            constexpr int angles = 90;
            for (int i = 0; i < angles; ++i) {
                // not along the axes, where losses are special
                const double angle = std::numbers::pi * (i + 0.3) / angles;
                all.push_back(std::cos(angle) * basis(0) + std::sin(angle) * basis(1));
            }
            return all;
        }
        for (Index i = 0; i < options_.starts; ++i) all.push_back(random_direction());
        return all;
    }

    void by_quartic(const std::vector<Forms>& tried) {
        const double sign = definite_ == Definite::negative ? -1.0 : 1.0;
        Forms low = extreme(tried, sign), high = low;
        if (whole()) high = extreme(tried, -1.0);
        point_.fourth_tolerance = zero(4);
        point_.fourth = low.fourth;
        const bool falls = sign * low.fourth<-zero(4), rises = high.fourth> zero(4);
        const bool flat = std::abs(low.fourth) <= zero(4);
        const VectorXd bend = -0.5 * low.eliminated;
        if (whole() && falls && !rises && high.fourth < -zero(4))
            return decide(kind_of(-1.0), 4, high.z, 0.0 * bend);
        if (whole() && !falls && !rises) return by_higher_orders(tried);
        if (falls) return saddle(4, low.z, bend);
        decide(flat ? DegenerateKind::undecided : kind_of(sign), 4, low.z, bend);
    }

    [[nodiscard]] DegenerateKind kind_of(double sign) const {
        const bool all = point_.nullity <= 2;
        if (sign > 0.0) return all ? DegenerateKind::minimum : DegenerateKind::likely_minimum;
        return all ? DegenerateKind::maximum : DegenerateKind::likely_maximum;
    }

    Forms extreme(const std::vector<Forms>& tried, double sign) {
        const auto better = [sign](const Forms& a, const Forms& b) {
            return sign * a.fourth < sign * b.fourth;
        };
        if (point_.nullity == 1) return tried.front();
        if (point_.nullity == 2)
            return lowest_near(*std::min_element(tried.begin(), tried.end(), better), sign);
        Forms best = tried.front();
        for (const Forms& start : tried) {
            const Forms found = lowest_near(start, sign);
            if (better(found, best)) best = found;
            if (sign * best.fourth < -zero(4)) break;  // enough for the verdict
        }
        return best;
    }

    /// The Hessian, and the third and fourth derivatives are zero.
    void by_higher_orders(const std::vector<Forms>& tried) {
        std::vector<VectorXd> taylor;
        for (const Forms& forms : tried) {
            taylor.push_back(along(forms.z));
            for (int order = 5; order <= HigherDerivatives::most; ++order) {
                auto& scale = scale_[static_cast<std::size_t>(order)];
                scale = std::max(scale, std::abs(taylor.back()[order]));
            }
        }
        for (int order = 5; order <= HigherDerivatives::most; ++order) {
            const auto lowest =
                std::min_element(taylor.begin(), taylor.end(),
                                 [&](const auto& a, const auto& b) { return a[order] < b[order]; });
            const auto highest =
                std::max_element(taylor.begin(), taylor.end(),
                                 [&](const auto& a, const auto& b) { return a[order] < b[order]; });
            const double low = (*lowest)[order], high = (*highest)[order];
            if (std::max(std::abs(low), std::abs(high)) <= zero(order)) continue;
            const auto at = [&](auto where) {
                return tried[static_cast<std::size_t>(where - taylor.begin())].z;
            };
            const VectorXd none = VectorXd::Zero(n_);
            if (order % 2 == 1) {
                const bool up = std::abs(high) >= std::abs(low);
                return saddle(order, up ? VectorXd(-at(highest)) : at(lowest), none);
            }
            if (low < -zero(order) && high > zero(order)) return saddle(order, at(lowest), none);
            // Some directions may still be flat.
            const bool all = point_.nullity == 1;
            if (low > zero(order))
                return decide(all ? DegenerateKind::minimum : DegenerateKind::likely_minimum, order,
                              at(lowest), none);
            if (high < -zero(order))
                return decide(all ? DegenerateKind::maximum : DegenerateKind::likely_maximum, order,
                              at(lowest), none);
            break;
        }
        decide(DegenerateKind::undecided, HigherDerivatives::most, tried.front().z, VectorXd::Zero(n_));
    }

    /// The loss falls along the curve, unless the Hessian has a negative eigenvalue: then it does along that vector.
    void saddle(int order, const VectorXd& direction, const VectorXd& bend) {
        if (definite_ == Definite::negative)
            decide(DegenerateKind::saddle, order, lowest_, VectorXd::Zero(n_));
        else decide(DegenerateKind::saddle, order, direction, bend);
    }
    void decide(DegenerateKind kind, int order, const VectorXd& direction, const VectorXd& bend) {
        point_.kind = kind;
        point_.order = order;
        point_.direction = Columns(direction);
        point_.bend = Columns(bend);
    }

    OperatorRef hessian_;
    const HigherDerivatives& derivatives_;
    const DegenerateOptions& options_;
    RandomGenerator random_;
    Index n_;
    Definite definite_ = Definite::zero;
    double norm_ = 0.0;
    VectorXd lowest_;
    MatrixXd null_space_;
    std::array<double, HigherDerivatives::most + 1>
        scale_{};  // of the derivatives of each order, as far as they were met
    DegeneratePoint point_;
};

}  // namespace

DegeneratePoint examine_degenerate(OperatorRef hessian, const HigherDerivatives& derivatives,
                                   const DegenerateOptions& options) {
    require_not_negative(function, "curvature_tolerance", options.curvature_tolerance);
    require_not_negative(function, "tolerance", options.tolerance);
    require_at_least(function, "most", options.most, 1);
    require_at_least(function, "starts", options.starts, 1);
    require_at_least(function, "iterations", options.iterations, 0);
    require_at_least(function, "max_products", options.max_products, 16);
    return Examination(hessian, derivatives, options).run();
}

}  // namespace hesse
