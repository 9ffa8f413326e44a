#include "hesse/optim/curvature/lanczos.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace hesse {

namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

}  // namespace

Lanczos::Lanczos(const VectorSpace& space, Index stored_columns, const LanczosOptions& options)
    : basis_(space, options.basis), stored_columns_(stored_columns), options_(options) {
    if (stored_columns < 2)
        throw std::invalid_argument(
            fmt::format("Lanczos: stored_columns is {}, expected at least 2", stored_columns));
    if (!(options.precision >= 0.0) || std::isinf(options.precision))
        throw std::invalid_argument(fmt::format(
            "Lanczos: precision is {}, expected a finite number that is not negative", options.precision));
    next_.resize(static_cast<std::size_t>(space.dimension()));
}

void Lanczos::end_run() {
    open_ = false;
    a_.reset();
    alpha_.clear();
    beta_.clear();
    norm_ = 0.0;
    products_ = 0;
    basis_.truncate(locked_);
}

bool Lanczos::lock(const double* vector) {
    end_run();
    const VectorSpace& space = basis_.space();
    space.copy(vector, next_.data());
    const double length = space.norm(vector);
    const double left = basis_.orthogonalize(next_.data(), removed_);
    const double rounding =
        10.0 * std::numeric_limits<double>::epsilon() * std::sqrt(static_cast<double>(space.dimension()));
    if (!(left > rounding * length)) return false;
    basis_.append(next_.data(), left);
    ++locked_;
    return true;
}

void Lanczos::unlock_all() {
    locked_ = 0;
    end_run();
}

double Lanczos::start(OperatorRef a, const double* vector) {
    end_run();
    if (a.rows() != dimension())
        throw std::invalid_argument(
            fmt::format("Lanczos: the operator has {} rows, expected {}", a.rows(), dimension()));
    basis_.space().copy(vector, next_.data());
    const double length = basis_.orthogonalize(next_.data(), removed_);
    if (!std::isfinite(length))
        throw std::invalid_argument(
            fmt::format("Lanczos: the norm of the start is {}, expected a finite number", length));
    if (length == 0.0) return length;
    a_ = a;
    open_ = true;
    add_column(length);
    drift_.begin(2.0 * std::max(options_.precision, eps));
    return length;
}

/// The vector that waits in next_, of norm `length`, becomes the last column.
void Lanczos::add_column(double length) {
    const VectorSpace& space = basis_.space();
    const Index j = steps();  // of the new column
    const bool stored = j < stored_columns_;
    if (stored) basis_.append(next_.data(), length);
    last_is_corrected_ = true;
    if (stored && !beside()) return;
    if (current_.empty()) {
        before_.resize(next_.size());
        current_.resize(next_.size());
    }
    if (j == stored_columns_) {  // the columns before are the last that are stored
        if (beside()) {
            last_but_one_stored_ = before_;
            last_stored_ = current_;
        } else {
            space.copy(basis_[locked_ + j - 1], current_.data());
        }
    }
    before_.swap(current_);
    for (std::size_t i = 0; i < next_.size(); ++i) current_[i] = next_[i] / length;
}

std::optional<Lanczos::Recurrence> Lanczos::recur(const double* before, double beta_before,
                                                  const double* current, double* next) {
    const VectorSpace& space = basis_.space();
    ++products_;
    a_->apply(current, next);
    Recurrence made;
    made.alpha =
        before != nullptr ? space.add_dot(-beta_before, before, next, current) : space.dot(current, next);
    if (!std::isfinite(made.alpha)) return std::nullopt;
    made.length = space.norm(next, space.add_dot(-made.alpha, current, next, next));
    if (!std::isfinite(made.length)) return std::nullopt;
    return made;
}

/// Makes next orthogonal to all that is kept.
void Lanczos::orthogonalize(Recurrence& made, bool current_is_last, double* next) {
    made.length = basis_.orthogonalize(next, removed_);
    // What was still removed along the current column belongs to alpha.
    if (current_is_last) made.alpha += removed_.back();
}

/// How far from orthogonal columns are that have just been made so: errors of the entries of columns average out.
double Lanczos::rounding_of_inner_products() const {
    const double of_columns =
        std::numeric_limits<float>::epsilon() / std::sqrt(static_cast<double>(dimension()));
    return single() ? of_columns : 2.0 * eps;
}

/// The same of next_ while all columns are stored: where it is due, and together with the last column, which may be due
/// since the step before.
void Lanczos::keep_orthogonal(Recurrence& made) {
    const VectorSpace& space = basis_.space();
    const Index j = steps();
    // T with this step's entries, as the estimate wants it.
    alpha_.push_back(made.alpha);
    beta_.push_back(made.length);
    const double drift = drift_.advance(alpha_, beta_, std::max(norm_, std::abs(made.alpha) + made.length));
    alpha_.pop_back();
    beta_.pop_back();

    const bool partial = options_.reorthogonalization == Reorthogonalization::partial;
    const double allowed = partial ? std::sqrt(eps / static_cast<double>(j + 1))
                                   : 1e4 * std::max(options_.precision, rounding_of_inner_products());
    const bool last_chance = j + 2 >= stored_columns_;  // later columns must find the stored ones in order
    corrected_ = drift > allowed || !(partial || last_is_corrected_) || last_chance;
    if (!corrected_) {
        if (locked_ > 0) made.length = basis_.orthogonalize(next_.data(), removed_, locked_);
        return;
    }
    const double before = made.length;
    basis_.correct_last(next_.data(), beside() ? current_.data() : nullptr);
    const double along = space.dot(column(j), next_.data());
    made.alpha += along;
    made.length = space.norm(next_.data(), space.add_dot(-along, column(j), next_.data(), next_.data()));
    if (made.length < 0.707 * before) orthogonalize(made, true, next_.data());
    drift_.corrected(rounding_of_inner_products());
}

const double* Lanczos::column(Index j) const {
    if (j < stored_columns_ && !beside()) return basis_[locked_ + j];
    return j == steps() ? current_.data() : before_.data();
}

Lanczos::Step Lanczos::step() {
    const Index j = steps();
    if (!open_)
        throw std::invalid_argument(
            a_ ? "Lanczos: step after an invariant subspace, expected continue_with before it"
               : "Lanczos: step without a run, expected a start whose norm is not zero before it");
    const double beta_before = j == 0 ? 0.0 : beta_.back();
    std::optional<Recurrence> made =
        recur(beta_before == 0.0 ? nullptr : column(j - 1), beta_before, column(j), next_.data());
    if (!made) return Step::not_finite;
    if (j + 1 < stored_columns_) keep_orthogonal(*made);
    else orthogonalize(*made, j < stored_columns_, next_.data());

    const auto [alpha, beta] = *made;
    norm_ = std::max(norm_, std::abs(alpha) + beta_before + beta);
    alpha_.push_back(alpha);
    // Nothing is left beside a whole basis: what this step left over is rounding.
    beta_.push_back(fills_space() ? 0.0 : beta);
    if (fills_space() || beta <= rounding()) {
        open_ = false;
        return Step::invariant;
    }
    add_column(beta);
    last_is_corrected_ = corrected_;
    return Step::grown;
}

bool Lanczos::continue_with(const double* direction) {
    if (open_ || steps() == 0 || steps() >= stored_columns_ || fills_space()) return false;
    const VectorSpace& space = basis_.space();
    assert(basis_.columns() == locked_ + steps());
    space.copy(direction, next_.data());
    const double length = space.norm(direction);
    const double left = basis_.orthogonalize(next_.data(), removed_);
    const double rounding_of_direction =
        10.0 * std::numeric_limits<double>::epsilon() * std::sqrt(static_cast<double>(dimension())) * length;
    if (!(left > rounding_of_direction)) return false;
    beta_.back() = 0.0;
    add_column(left);
    drift_.corrected(rounding_of_inner_products());
    open_ = true;
    return true;
}

void Lanczos::project(const double* w, double* c) const {
    assert(locked_ == 0 && stores_basis());
    basis_.project(w, steps(), c);
}

Tridiagonal Lanczos::tridiagonal() const {
    const std::size_t k = alpha_.size();
    return {std::span(alpha_), std::span(beta_).first(k == 0 ? 0 : k - 1)};
}

double Lanczos::rounding() const {
    const double relative = 10.0 * options_.precision * std::max(norm_, std::numeric_limits<double>::min()) *
                            std::sqrt(static_cast<double>(dimension()));
    return std::max(relative, options_.rounding);
}

RitzValue Lanczos::ritz(Index index) const {
    if (index < 0 || index >= steps())
        throw std::invalid_argument(
            fmt::format("Lanczos: index of the Ritz value is {}, expected 0 <= index < {}", index, steps()));
    const Tridiagonal t = tridiagonal();
    std::vector<double> s(alpha_.size());
    const double value = t.eigenvalue(index);
    t.eigenvector(value, s);
    return {value, beta_.back() * std::abs(s.back())};
}

void Lanczos::expand(std::span<const double> h, Index count, double* out) {
    assert(static_cast<Index>(h.size()) == count * steps());
    for (Index i = 0; i < count; ++i)
        basis_.expand(locked_, std::min(steps(), stored_columns_), h.data() + i * steps(),
                      out + i * dimension());
    if (steps() > stored_columns_) replay(h, count, out);
}

/// Makes the columns that were not stored once more, by the operations of step() on the same bits, and adds
/// their share to out.
void Lanczos::replay(std::span<const double> h, Index count, double* out) {
    const VectorSpace& space = basis_.space();
    std::array<Buffer, 3> columns;
    for (Buffer& column : columns) column.resize(next_.size());
    const double* before = beside() ? last_but_one_stored_.data() : basis_[locked_ + stored_columns_ - 2];
    const double* current = beside() ? last_stored_.data() : basis_[locked_ + stored_columns_ - 1];
    for (auto j = static_cast<std::size_t>(stored_columns_ - 1); j + 1 < alpha_.size(); ++j) {
        double* next = columns[j % 3].data();
        std::optional<Recurrence> made =
            recur(beta_[j - 1] == 0.0 ? nullptr : before, beta_[j - 1], current, next);
        if (made) orthogonalize(*made, false, next);
        for (Index i = 0; i < dimension(); ++i) next[i] /= beta_[j];
        for (Index i = 0; i < count; ++i)
            space.add(h[static_cast<std::size_t>(i) * alpha_.size() + j + 1], next, out + i * dimension());
        before = current;
        current = next;
    }
}

void Lanczos::ritz_vector(Index index, double* out) {
    const Tridiagonal t = tridiagonal();
    std::vector<double> s(alpha_.size());
    t.eigenvector(t.eigenvalue(index), s);
    expand(s, out);
    const VectorSpace& space = basis_.space();
    space.scale(1.0 / space.norm(out), out);
}

}  // namespace hesse
