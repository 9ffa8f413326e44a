#include "hesse/optim/iterate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace hesse {

using Slot = ObjectiveRef::Slot;

static constexpr double unknown_length = -1.0;

Iterate::Iterate(ObjectiveRef& f, const double* x, const Box* box)
    : f_(f),
      box_(box),
      space_(f.size(), f.communicator()),
      x_(static_cast<std::size_t>(f.size())),
      trial_(x_.size()),
      best_(x_.size()) {
    if (box_ != nullptr) {
        for (Buffer* vector : {&face_, &trial_face_, &inside_}) vector->resize(x_.size());
    }
    for (Index i = 0; i < size(); ++i)
        if (!std::isfinite(x[i]))
            throw std::invalid_argument(fmt::format("minimize: entry {} of the start is {}", i, x[i]));
    space_.copy(x, x_.data());
    f_.linearize(x_.data(), Slot::current);
    ++counters_[purpose_].gradients;
    if (!std::isfinite(f_.value(Slot::current))) {
        const auto row = f_.not_finite_row(x_.data());
        const double value = f_.value(Slot::current);  // NaN has a sign that says nothing
        throw std::invalid_argument(
            fmt::format("minimize: the loss at the start is {}, expected a finite number{}",
                        std::isnan(value) ? std::abs(value) : value,
                        row ? fmt::format("; the first row of data whose loss is not is row {}", *row) : ""));
    }
    const double* g = f_.gradient(Slot::current);
    for (Index i = 0; i < size(); ++i)
        if (!std::isfinite(g[i]))
            throw std::invalid_argument(
                fmt::format("minimize: entry {} of the gradient at the start is {}", i, g[i]));
    value_scale_ = std::min(1.0, std::abs(f_.value(Slot::current)));
    if (box_ != nullptr) take_face(x_.data(), g, face_);
    read_current();
    best_value_ = value_;
    best_gradient_norm_ = gradient_norm_;
}

/// The gradient without the entries that are held at x.
void Iterate::take_face(const double* x, const double* gradient, Buffer& face) const {
    for (Index i = 0; i < size(); ++i)
        face[static_cast<std::size_t>(i)] = box_->holds(i, x[i], gradient[i]) ? 0.0 : gradient[i];
}

/// out = P A P in for the operator `apply` and the projector P onto the face.
template <class Apply>
void Iterate::apply_on_face(const double* in, double* out, Apply apply) {
    if (box_ == nullptr) return apply(in, out);
    space_.copy(in, inside_.data());
    keep_on_face(inside_.data());
    apply(inside_.data(), out);
    keep_on_face(out);
}

void Iterate::keep_on_face(double* v) const {
    if (box_ == nullptr) return;
    for (Index i = 0; i < size(); ++i)
        if (held(i)) v[i] = 0.0;
}

void Iterate::set_value_scale(double value_scale) {
    value_scale_ = value_scale;
    rounding_floor_ = -1.0;
}

void Iterate::read_current() {
    value_ = f_.value(Slot::current);
    gradient_norm_ = space_.norm(gradient_data());
    rounding_floor_ = -1.0;
}

// Where the loss tells its own rounding error, that is the floor, whatever its size.
double Iterate::rounding_floor() const {
    if (rounding_floor_ < 0.0) {
        const double own = f_.rounding_error(Slot::current);
        const double size = own > 0.0 ? std::abs(value_) : std::max(std::abs(value_), value_scale_);
        rounding_floor_ = 10.0 * std::max(std::numeric_limits<double>::epsilon() * size, own);
    }
    return rounding_floor_;
}

template <class Product>
void Iterate::count_product(const double* in, double* out, Product product) {
    if (!space_.all_finite(in))
        return std::fill_n(out, size(), std::numeric_limits<double>::quiet_NaN()), void();
    apply_on_face(in, out, product);
    ++counters_[purpose_].products;
}

void Iterate::apply_hessian(const double* in, double* out) {
    count_product(in, out,
                  [this](const double* from, double* to) { f_.apply_hessian(Slot::current, from, to); });
}

void Iterate::apply_hessian_once(const double* in, double* out) {
    count_product(in, out,
                  [this](const double* from, double* to) { f_.apply_hessian_once(Slot::current, from, to); });
}

void Iterate::apply_gauss_newton(const double* in, double* out) {
    count_product(in, out,
                  [this](const double* from, double* to) { f_.apply_gauss_newton(Slot::current, from, to); });
}

double Iterate::value_at(const double* y) {
    if (!space_.all_finite(y)) return read_value(nullptr);
    if (box_ == nullptr) return read_value(y);
    space_.copy(y, inside_.data());
    box_->project(inside_.data());
    return read_value(inside_.data());
}

double Iterate::value_along(const double* direction, double step) {
    next_along(direction, step);
    return read_value(trial_is_finite() ? trial_.data() : nullptr);
}

/// The loss at y; y is null for a point that is not finite.
double Iterate::read_value(const double* y) {
    last_trial_finite_ = false;
    if (y == nullptr) return std::numeric_limits<double>::infinity();
    const double value = f_.value(y);
    ++counters_[purpose_].values;
    last_trial_finite_ = std::isfinite(value);
    return last_trial_finite_ ? value : std::numeric_limits<double>::infinity();
}

/// The trial's point <- x + step d, within the box.
void Iterate::next_along(const double* direction, double step) {
    trial_length_ = space_.step(x_.data(), step, direction, trial_.data());
    if (box_ == nullptr) return;
    box_->project_from(x_.data(), trial_.data());
    trial_length_ = unknown_length;
}

double Iterate::keep_within(double* direction) const {
    if (box_ != nullptr)
        for (Index i = 0; i < size(); ++i)
            if (held(i) || box_->blocks(i, x_[static_cast<std::size_t>(i)], direction[i])) direction[i] = 0.0;
    return space_.dot(gradient_data(), direction);
}

double Iterate::slope_to_next() const {
    const double* const g = gradient_data();
    return space_.sum_of_blocks([&](Index first, Index length) {
        double sum = 0.0;
        for (Index i = first; i < first + length; ++i)
            sum += g[i] * (trial_[static_cast<std::size_t>(i)] - x_[static_cast<std::size_t>(i)]);
        return sum;
    });
}

double Iterate::project_direction(double* direction, double step) const {
    keep_on_face(direction);
    space_.step(x_data(), step, direction, direction);
    project(direction);
    space_.subtract(direction, x_data(), direction);
    return space_.dot(gradient_data(), direction);
}

bool Iterate::linearize_trial(const double* y) {
    if (y != trial_.data()) space_.copy(y, trial_.data());
    project(trial_.data());
    trial_length_ = unknown_length;
    return read_trial();
}

bool Iterate::linearize_along(const double* direction, double step) {
    next_along(direction, step);
    return read_trial();
}

bool Iterate::linearize_next(double squared_length) {
    if (box_ != nullptr) return linearize_trial(trial_.data());
    trial_length_ = squared_length;
    return read_trial();
}

/// x is finite, and so is what lies at a finite distance.
bool Iterate::trial_is_finite() const {
    return (trial_length_ >= 0.0 && std::isfinite(trial_length_)) || space_.all_finite(trial_.data());
}

bool Iterate::read_trial() {
    last_trial_finite_ = false;
    if (!trial_is_finite()) return false;
    f_.linearize(trial_.data(), Slot::trial);
    ++counters_[purpose_].gradients;
    const double* gradient = f_.gradient(Slot::trial);
    if (box_ != nullptr) take_face(trial_.data(), gradient, trial_face_);
    // A norm is finite where all entries are; that of the face has not seen all of them.
    trial_gradient_norm_ = space_.norm(trial_gradient());
    last_trial_finite_ = std::isfinite(trial_value()) && std::isfinite(trial_gradient_norm_) &&
                         (box_ == nullptr || space_.all_finite(gradient));
    return last_trial_finite_;
}

void Iterate::accept_trial() {
    f_.accept_trial();
    ++moves_;
    std::swap(face_, trial_face_);
    std::swap(x_, trial_);  // buffers change places, so that linearisations may point into them
    last_move_ = trial_length_ < 0.0 ? space_.distance(x_.data(), trial_.data())
                                     : space_.distance(x_.data(), trial_.data(), trial_length_);
    value_ = f_.value(Slot::current);
    gradient_norm_ = trial_gradient_norm_;
    rounding_floor_ = -1.0;
    if (value_ < best_value_) {
        best_value_ = value_;
        best_gradient_norm_ = gradient_norm_;
        best_is_current_ = true;
    } else if (best_is_current_) {  // it is copied where it is left, not at every step downhill
        space_.copy(trial_.data(), best_.data());
        best_is_current_ = false;
    }
}

void Iterate::set_best(const double* x, double value, double gradient_norm) {
    space_.copy(x, best_.data());
    best_value_ = value;
    best_gradient_norm_ = gradient_norm;
    best_is_current_ = false;
}

Purpose Iterate::charge_to(Purpose purpose) { return std::exchange(purpose_, purpose); }

void Iterate::set_limits(double gradient_goal, double budget, const CostModel& cost) {
    gradient_goal_ = gradient_goal;
    budget_ = budget;
    cost_ = cost;
}

Index Iterate::affordable_products() const {
    const double left = budget_ - counters_.total().gradient_equivalents(cost_);
    const double products = std::floor(std::max(left, 0.0) / cost_.product);
    constexpr auto most = static_cast<double>(std::numeric_limits<Index>::max() / 2);
    return static_cast<Index>(std::min(products, most));
}

}  // namespace hesse
