#include "thick_restart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace hesse {
namespace {

using Eigen::MatrixXd;

constexpr double eps = std::numeric_limits<double>::epsilon();

}  // namespace

ThickRestart::ThickRestart(const char* function, OperatorRef a, const ConvergenceRule& rule, Index lowest,
                           Index highest, Index columns)
    : function_(function),
      a_(a),
      rule_(rule),
      space_(a.rows(), a.communicator()),
      v_(space_),
      lowest_(lowest),
      highest_(highest),
      capacity_(columns),
      w_(static_cast<std::size_t>(a.rows())) {}

void ThickRestart::lock(const double* vector) {
    v_.append(vector, 1.0);
    ++locked_;
}

bool ThickRestart::start(const double* vector) {
    const Index active = v_.columns() - locked_;
    if (active >= p_.rows()) p_.conservativeResizeLike(MatrixXd::Zero(active + 1, active + 1));
    space_.copy(vector, w_.data());
    const double length = space_.norm(vector);
    const double left = v_.orthogonalize(w_.data(), coefficients_);
    if (!(left > 10.0 * eps * std::sqrt(static_cast<double>(space_.dimension())) * length)) return false;
    v_.append(w_.data(), left);
    p_.row(active).setZero();
    p_.col(active).setZero();
    return true;
}

void ThickRestart::start_at_random(RandomGenerator& random, Index block) {
    Buffer direction(w_.size());
    while (pending() < block && unseen() > 0) {
        random.unit_vector(space_, direction.data());
        if (!start(direction.data())) return;
    }
}

void ThickRestart::run(RandomGenerator& random, Index most_products) {
    block_ = std::max<Index>(1, pending());
    w_.resize(static_cast<std::size_t>(block_ * space_.dimension()));
    capacity_ = std::min(std::max(capacity_, 2 * block_), space_.dimension() - locked_) + block_;
    p_.conservativeResizeLike(MatrixXd::Zero(capacity_, capacity_));
    Index next_look =
        products_ + std::max<Index>(5, lowest_ + highest_);  // before, any pair may look converged
    while (pending() > 0 && products_ + pending() <= most_products) {
        extend();
        const bool full = known_ + 2 * pending() > capacity_;
        const bool last = products_ + pending() > most_products;
        if (pending() > 0 && !full && !last && products_ < next_look) continue;
        decompose();
        next_look = products_ + until_next_look();
        if (converged() || last) return;
        if (full) restart();
        // One start sees one vector of each eigenspace. Go on in what is left.
        if (pending() == 0) start_at_random(random, 1);
    }
    if (known_ > 0 && decomposed_ != known_) decompose();
}

/// A decomposition costs some 9 k^3 operations for k columns, which must not outgrow the 4 n k that a product costs beside it.
Index ThickRestart::until_next_look() const {
    const double cost = 2.25 * static_cast<double>(known_) * static_cast<double>(known_) /
                        static_cast<double>(space_.dimension());
    return std::clamp<Index>(static_cast<Index>(cost), 1, std::max<Index>(1, known_ / 8));
}

double ThickRestart::rounding() const {
    return 10.0 * rule_.precision * norm_ * std::sqrt(static_cast<double>(space_.dimension()));
}

Index ThickRestart::available(bool highest) const { return std::min(highest ? highest_ : lowest_, known_); }

/// w = A in, column by column; `in` are columns of V from `first` on.
void ThickRestart::multiply(const double* in, Index count) {
    products_ += count;
    a_.apply_block(in, count, w_.data());
    for (Index j = 0; j < count; ++j) {
        if (!space_.all_finite(w_.data() + j * space_.dimension()))
            throw std::invalid_argument(fmt::format("{}: product {} of the operator is not finite", function_,
                                                    products_ - count + j + 1));
    }
}

void ThickRestart::extend() {
    const Index n = space_.dimension(), count = pending(), first = known_;
    if (count == 1 && v_.has_whole_columns()) {
        multiply(v_[locked_ + first], 1);
    } else {
        in_.resize(static_cast<std::size_t>(count * n));
        for (Index j = 0; j < count; ++j) v_.copy_column(locked_ + first + j, in_.data() + j * n);
        multiply(in_.data(), count);
    }
    for (Index j = 0; j < count; ++j) {
        double* w = w_.data() + j * n;
        const double left = v_.orthogonalize(w, coefficients_);
        const Index active = v_.columns() - locked_, k = first + j;
        for (Index i = 0; i < active; ++i)
            p_(i, k) = p_(k, i) = coefficients_[static_cast<std::size_t>(locked_ + i)];
        norm_ = std::max({norm_, left, p_.col(k).head(active).cwiseAbs().maxCoeff()});
        if (left <= rounding() || unseen() == 0) continue;
        v_.append(w, left);
        p_.row(active).setZero();
        p_.col(active).setZero();
        p_(active, k) = p_(k, active) = left;
    }
    known_ += count;
    decomposed_ = 0;
}

void ThickRestart::decompose() {
    solver_.compute(p_.topLeftCorner(known_, known_));
    decomposed_ = known_;
    norm_ = std::max(norm_, solver_.eigenvalues().cwiseAbs().maxCoeff());
    residuals_ = (p_.block(known_, 0, pending(), known_) * solver_.eigenvectors()).colwise().norm();
}

double ThickRestart::allowed(double value) const {
    const double relative = rule_.tolerance * std::max(std::abs(value), std::pow(eps, 2.0 / 3.0) * norm_);
    return std::max({relative, rule_.norm_tolerance * norm_, rounding()});
}

bool ThickRestart::good(Index i) const {
    const double value = solver_.eigenvalues()[i];
    // A little less than is allowed: the explicit residual differs by rounding.
    return residuals_[i] <= std::max(allowed(value) - 0.1 * rounding(), value - rule_.interest);
}

/// Of the wanted pairs at an end, how many have converged, without a gap.
Index ThickRestart::converged_from(bool highest) const {
    const Index wanted = available(highest);
    Index count = 0;
    while (count < wanted && good(highest ? known_ - 1 - count : count)) ++count;
    return count;
}

bool ThickRestart::converged() const {
    const Index wanted = std::min(lowest_ + highest_, space_.dimension() - locked_);
    return known_ >= wanted && converged_from(false) == std::min(lowest_, known_) &&
           converged_from(true) == std::min(highest_, known_);
}

/// How many Ritz vectors a restart keeps at each end: those wanted, one for each that has converged, as in ARPACK
/// (Lehoucq, Sorensen and Yang, SIAM 1998), two, and more the longer nothing has converged, but at most half of what is
/// left. Few at first, since they are rough; many in the end, since then they take the neighbours out of the way. (The
/// numbers are measured: docs/design.md.)
ThickRestart::Kept ThickRestart::choose_kept() {
    const Index wanted = lowest_ + highest_, converged = converged_from(false) + converged_from(true);
    stalled_ = converged == converged_before_ ? stalled_ + 1 : 0;
    converged_before_ = converged;
    const Index ends = (lowest_ > 0 ? 1 : 0) + (highest_ > 0 ? 1 : 0);
    const Index half = std::max<Index>(0, capacity_ - pending() - wanted) / (2 * ends);
    const auto kept = [&](Index count, bool highest) {
        return count == 0 ? Index{0} : count + std::min(half, converged_from(highest) + 2 + stalled_ / 8);
    };
    Kept all{kept(lowest_, false), kept(highest_, true)};
    // Room for two blocks at least.
    const Index most = std::min(capacity_ - 3 * pending(), known_ - 2);
    while (all.low + all.high > most) --(all.low > all.high ? all.low : all.high);
    return all;
}

void ThickRestart::restart() {
    const auto [low, high] = choose_kept();
    const Index k = known_, kept = low + high, t = pending();
    const MatrixXd& all = solver_.eigenvectors();
    MatrixXd s(k, kept);
    s << all.leftCols(low), all.rightCols(high);
    MatrixXd border = p_.block(k, 0, t, k) * s;
    for (Index i = 0; i < kept; ++i) {
        if (border.col(i).norm() <= eps * norm_) border.col(i).setZero();  // locked
    }
    p_.setZero();
    p_.diagonal().head(low) = solver_.eigenvalues().head(low);
    p_.diagonal().segment(low, high) = solver_.eigenvalues().tail(high);
    p_.block(kept, 0, t, kept) = border;
    p_.block(0, kept, kept, t) = border.transpose();
    v_.rotate(locked_, k, s.data(), kept);
    known_ = kept;
    ++restarts_;
}

EigenvalueEstimate ThickRestart::measure(bool highest, Index i, double* y) {
    const MatrixXd& s = solver_.eigenvectors();
    v_.expand(locked_, s.rows(), s.col(highest ? s.cols() - 1 - i : i).data(), y);
    space_.scale(1.0 / space_.norm(y), y);
    multiply(y, 1);
    EigenvalueEstimate estimate;
    estimate.value = space_.dot(y, w_.data());
    space_.add(-estimate.value, y, w_.data());
    estimate.residual = space_.norm(w_.data());
    estimate.error_bound = estimate.residual + rounding();
    estimate.converged = estimate.residual <= std::max(allowed(estimate.value), 2.0 * rounding());
    return estimate;
}

}  // namespace hesse
