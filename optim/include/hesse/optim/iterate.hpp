#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/bounds.hpp"
#include "hesse/optim/counters.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/vector_space.hpp"

#include <Eigen/Core>

#include <limits>
#include <span>

namespace hesse {

/// Where an optimizer stands, and all that it may ask of the loss from there. One invariant: value, gradient
/// and Hessian belong to x, and value and gradient are finite. Only a successful move changes the point, so a
/// loss that throws leaves the iterate as it was. Every evaluation is counted, but for what a loss does to find out its own rounding.
///
/// Within a box (see Bounds) the gradient and the Hessian are those of the loss on the face of the box where x lies: entries that are
/// held at a bound have no part in them. Every point that is tried is projected onto the box first.
///
/// Vectors are seen as Eigen maps, `at.x()`, or as plain pointers, `at.x_data()`. The maps come from
/// templates, for which Eigen's type is part of the symbol: compiled code may be built with other vector
/// flags than its user.
class Iterate {
public:
    /// Linearises f at x (n). f must outlive the iterate, and so must the box, which may be null: none.
    /// Throws std::invalid_argument if x, or the loss or its gradient there, is not finite.
    Iterate(ObjectiveRef& f, const double* x, const Box* box = nullptr);
    Iterate(const Iterate&) = delete;
    Iterate& operator=(const Iterate&) = delete;

    [[nodiscard]] Index size() const { return space_.dimension(); }
    [[nodiscard]] const VectorSpace& space() const { return space_; }
    /// The processes that evaluate the loss together; null where there is this one alone.
    [[nodiscard]] Communicator* communicator() const { return f_.communicator(); }

    template <class Vector = Eigen::VectorXd>
    [[nodiscard]] Eigen::Map<const Vector> x() const {
        return Eigen::Map<const Vector>(x_data(), size());
    }
    template <class Vector = Eigen::VectorXd>
    [[nodiscard]] Eigen::Map<const Vector> gradient() const {
        return Eigen::Map<const Vector>(gradient_data(), size());
    }
    [[nodiscard]] const double* x_data() const { return x_.data(); }
    [[nodiscard]] const double* gradient_data() const {
        return box_ == nullptr ? f_.gradient(ObjectiveRef::Slot::current) : face_.data();
    }
    [[nodiscard]] double value() const { return value_; }
    [[nodiscard]] double gradient_norm() const { return gradient_norm_; }

    /// Differences of the loss below this are rounding: ten times eps max(|f|, value scale), or the loss's own
    /// bound on its error, if it has one.
    [[nodiscard]] double rounding_floor() const;

    /// The relative error of a Hessian product: eps, or what the loss says.
    [[nodiscard]] double product_precision() const {
        return f_.product_precision(ObjectiveRef::Slot::current);
    }
    /// out = H in at x; costs one product. `in` and `out` must not overlap. NaN, and no product, where `in` is not finite: an
    /// iteration that has overflown finds out by its next result.
    void apply_hessian(const double* in, double* out);
    /// The same where it is the only product at x.
    void apply_hessian_once(const double* in, double* out);
    /// out = G in for the Gauss-Newton matrix at x; costs one product. For methods whose `needs` say gauss_newton.
    void apply_gauss_newton(const double* in, double* out);

    /// The number of rows of data that the loss is a sum over; 0 for others. This and what follows are for methods whose
    /// `needs` say batches.
    [[nodiscard]] Index data_rows() const { return f_.data_rows(); }
    /// The loss on the rows listed; `rows` must outlive it.
    [[nodiscard]] OwnedObjective batch(std::span<const Index> rows) const { return f_.batch(rows); }
    /// Books what a batch was asked, one of Evaluations' batch_..., as the share of what all rows would have cost.
    void count_on_batch(double Evaluations::*what, double share) { counters_[purpose_].*what += share; }

    template <class Derived>
    [[nodiscard]] typename Derived::PlainObject hessian_vector(const Eigen::MatrixBase<Derived>& v) {
        const typename Derived::PlainObject in = v;
        typename Derived::PlainObject out(size());
        apply_hessian(in.data(), out.data());
        return out;
    }

    /// The loss at y (n). +infinity where it is NaN or infinite, so that whoever compares it rejects y.
    double value_at(const double* y);

    /// The loss at x + step d, in the same way. There is no trial after it.
    double value_along(const double* direction, double step);

    /// Linearises at y (n) beside the current point. false if the loss or its gradient is not finite there:
    /// there is no trial then.
    bool linearize_trial(const double* y);
    /// The same at x + step d, in fewer passes over vectors.
    bool linearize_along(const double* direction, double step);
    /// The same at what next_data() holds, whose |next - x|^2 is known.
    bool linearize_next(double squared_length);
    [[nodiscard]] double trial_value() const { return f_.value(ObjectiveRef::Slot::trial); }
    [[nodiscard]] const double* trial_gradient() const {
        return box_ == nullptr ? f_.gradient(ObjectiveRef::Slot::trial) : trial_face_.data();
    }
    [[nodiscard]] double trial_gradient_norm() const { return trial_gradient_norm_; }
    /// That of the loss, held entries included.
    [[nodiscard]] const double* trial_loss_gradient() const { return f_.gradient(ObjectiveRef::Slot::trial); }
    /// What a method tried outside of this, as on a batch of rows, was not finite: see last_trial_finite.
    void note_failed_trial() { last_trial_finite_ = false; }
    /// The trial becomes the current point.
    void accept_trial();

    /// Room for the next point (n), and the trial's after linearize_...: a method that writes it here and calls linearize_trial or
    /// move_to with this, or linearize_next, saves a copy. What it holds is lost with the next trial.
    [[nodiscard]] double* next_data() { return trial_.data(); }

    /// Moves to y (n). false, and nothing moved, if the loss or its gradient is not finite there.
    bool move_to(const double* y) {
        if (!linearize_trial(y)) return false;
        accept_trial();
        return true;
    }
    /// Moves to x + step d.
    bool move_along(const double* direction, double step) {
        if (!linearize_along(direction, step)) return false;
        accept_trial();
        return true;
    }
    template <class Derived>
    bool move_to(const Eigen::MatrixBase<Derived>& y) {
        const typename Derived::PlainObject point = y;
        return move_to(point.data());
    }

    /// Whether points are projected onto a box.
    [[nodiscard]] bool bounded() const { return box_ != nullptr; }
    /// The box; null without one.
    [[nodiscard]] const Box* box() const { return box_; }
    /// v (n) without the entries that are held.
    void keep_on_face(double* v) const;
    /// y (n) <- the nearest point of the box; y itself without one.
    void project(double* y) const {
        if (box_ != nullptr) box_->project(y);
    }
    /// d (n) without the entries that are held, or at a bound that d leads out of. Returns the slope g'd.
    double keep_within(double* direction) const;
    /// The least t > 0 for which x + t d meets a bound; infinity if there is none.
    [[nodiscard]] double first_bound_along(const double* direction) const {
        return box_ == nullptr ? std::numeric_limits<double>::infinity()
                               : box_->first_bound_along(x_.data(), direction);
    }
    /// The slope g'(next - x) of what next_data() holds.
    [[nodiscard]] double slope_to_next() const;
    /// d (n) <- P(x + step d') - x, where d' is d without the entries that are held and P projects onto the box: from x on the box
    /// has all of x + t d for 0 <= t <= 1. Returns the slope along it. For methods that search along directions of their own.
    double project_direction(double* direction, double step) const;
    /// Whether entry i is held at a bound.
    [[nodiscard]] bool held(Index i) const {
        return box_ != nullptr &&
               box_->holds(i, x_[static_cast<std::size_t>(i)], f_.gradient(ObjectiveRef::Slot::current)[i]);
    }

    /// Whether the last point that was tried had a finite value and gradient.
    [[nodiscard]] bool last_trial_finite() const { return last_trial_finite_; }
    /// The point of the lowest loss so far.
    [[nodiscard]] const double* best_x_data() const { return best_is_current_ ? x_.data() : best_.data(); }
    [[nodiscard]] double best_value() const { return best_value_; }
    [[nodiscard]] double best_gradient_norm() const { return best_gradient_norm_; }
    /// Set where a run goes on from a checkpoint.
    void set_best(const double* x, double value, double gradient_norm);
    /// How often it has moved.
    [[nodiscard]] Index moves() const { return moves_; }
    /// The length of the last move; 0 before the first.
    [[nodiscard]] double last_move() const { return last_move_; }

    [[nodiscard]] const Counters& counters() const { return counters_; }
    Counters& counters() { return counters_; }
    /// Evaluations are booked under this purpose from now on; returns the one before.
    Purpose charge_to(Purpose purpose);

    /// How many products the run's budget still pays for.
    [[nodiscard]] Index affordable_products() const;
    /// The gradient norm at which the run calls a point stationary.
    [[nodiscard]] double gradient_goal() const { return gradient_goal_; }
    /// The size of the loss where its value is near zero; min(1, |f|) at the start unless set.
    [[nodiscard]] double value_scale() const { return value_scale_; }
    void set_value_scale(double value_scale);
    /// Set by the loop, from its Stopping.
    void set_limits(double gradient_goal, double budget, const CostModel& cost);

private:
    void read_current();
    void next_along(const double* direction, double step);
    [[nodiscard]] bool trial_is_finite() const;
    bool read_trial();
    double read_value(const double* y);
    template <class Product>
    void count_product(const double* in, double* out, Product product);
    void take_face(const double* x, const double* gradient, Buffer& face) const;
    template <class Apply>
    void apply_on_face(const double* in, double* out, Apply apply);

    ObjectiveRef& f_;
    const Box* box_;
    VectorSpace space_;
    Buffer x_;
    Buffer trial_;               // the trial's point
    double trial_length_ = 0.0;  // |trial - x|^2, or less than 0 where nobody knows
    Buffer face_, trial_face_;   // gradients on the face, within a box
    Buffer inside_;              // a point or a direction that has been projected
    double value_ = 0.0;
    double gradient_norm_ = 0.0, trial_gradient_norm_ = 0.0;
    double value_scale_ = 0.0;
    mutable double rounding_floor_ = -1.0;  // not known yet: it may cost as much as a gradient
    Buffer best_;                           // of the lowest value, once it has been left for a higher one
    double best_value_ = 0.0, best_gradient_norm_ = 0.0;
    bool best_is_current_ = true;
    Index moves_ = 0;
    double last_move_ = 0.0;
    bool last_trial_finite_ = true;
    Counters counters_;
    Purpose purpose_ = Purpose::step;
    double gradient_goal_ = 0.0;
    double budget_ = std::numeric_limits<double>::infinity();
    CostModel cost_;
};

/// Books evaluations under a purpose for as long as it lives.
class Charge {
public:
    Charge(Iterate& at, Purpose purpose) : at_(at), before_(at.charge_to(purpose)) {}
    ~Charge() { at_.charge_to(before_); }
    Charge(const Charge&) = delete;
    Charge& operator=(const Charge&) = delete;

private:
    Iterate& at_;
    Purpose before_;
};

}  // namespace hesse
