#include "descent_path.hpp"

#include "hesse/optim/minres.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

using Eigen::VectorXd;
using Slot = ObjectiveRef::Slot;
using Vector = Eigen::Map<const VectorXd>;

DescentPath::DescentPath(ObjectiveRef& f, const Vector& lower, const Vector& upper, Index most_steps,
                         bool keeps_points)
    : f_(f),
      lower_(lower),
      upper_(upper),
      most_steps_(most_steps),
      n_(f.size()),
      keeps_points_(keeps_points) {}

bool DescentPath::inside() const {
    return (x().array() >= lower_.array()).all() && (x().array() <= upper_.array()).all();
}

DescentPath::End DescentPath::follow(const VectorXd& start, const VectorXd& direction, double length) {
    points_[0] = points_[1] = start + length * direction;
    path_ = {start, x()};
    f_.linearize(x().data(), Slot::current);
    ++linearizations_;
    const End end = run(length);
    value_ = f_.value(Slot::current);
    if (!keeps_points_) path_.back() = x();
    return end;
}

DescentPath::End DescentPath::run(double length) {
    const double first = Vector(f_.gradient(Slot::current), n_).norm();
    if (!std::isfinite(first) || !std::isfinite(f_.value(Slot::current))) return End::lost;
    tau_ = first > 0.0 ? length / first : 1.0;
    double steepest = first;
    for (Index k = 0; k < most_steps_; ++k) {
        if (!inside()) return End::left_box;
        const double norm = Vector(f_.gradient(Slot::current), n_).norm();
        steepest = std::max(steepest, norm);
        if (norm <= 1e-6 * steepest) return End::arrived;
        if (!step(10.0 * length)) return norm <= 1e-3 * steepest ? End::arrived : End::lost;
        if (keeps_points_) path_.push_back(x());
    }
    return End::lost;
}

bool DescentPath::step(double longest) {
    const VectorXd g = Vector(f_.gradient(Slot::current), n_);
    const double norm = g.norm(), value = f_.value(Slot::current);
    const VectorXd b = -g;
    VectorXd s(n_), change(n_);
    for (int attempt = 0; attempt < 60; ++attempt) {
        const HessianRef hessian(f_, Slot::current);
        const ShiftedOperator shifted(hessian, 1.0 / tau_);
        const MinresResult solved =
            minres(shifted, b.data(), {.tolerance = 1e-4, .max_products = 500}, s.data());
        products_ += solved.products;
        // Where H + I / tau is not positive definite, the curve is steeper than the step is short.
        if (solved.end != MinresEnd::solved || !(s.dot(g) < 0.0)) {
            tau_ *= 0.25;
            continue;
        }
        const double length = s.norm();
        if (length > longest) {
            tau_ *= 0.5 * longest / length;
            continue;
        }
        hessian.apply(s.data(), change.data());
        ++products_;
        VectorXd& trial = points_[1 - current_];
        trial = x() + s;
        if (trial == x()) return false;
        f_.linearize(trial.data(), Slot::trial);
        ++linearizations_;
        const Vector there(f_.gradient(Slot::trial), n_);
        const double error = (there - g - change).norm() / norm;
        if (error <= 0.5 && f_.value(Slot::trial) < value) {  // false for NaN
            if (error <= 0.1) tau_ *= 2.0;
            f_.accept_trial();
            current_ = 1 - current_;
            return true;
        }
        tau_ *= 0.25;
    }
    return false;
}

Columns DescentPath::points() const {
    Columns all(n_, static_cast<Index>(path_.size()));
    for (std::size_t j = 0; j < path_.size(); ++j)
        std::copy(path_[j].begin(), path_[j].end(), all.column(static_cast<Index>(j)));
    return all;
}

}  // namespace hesse
