#include "hesse/optim/curvature/lanczos.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <stdexcept>

namespace hesse {

Lanczos::Lanczos(const VectorSpace& space, Index stored_columns, double precision)
    : basis_(space), stored_columns_(stored_columns), precision_(precision) {
    if (stored_columns < 2)
        throw std::invalid_argument(
            fmt::format("Lanczos: stored_columns is {}, expected at least 2", stored_columns));
    if (!(precision >= 0.0) || std::isinf(precision))
        throw std::invalid_argument(fmt::format(
            "Lanczos: precision is {}, expected a finite number that is not negative", precision));
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
    basis_.append(next_.data(), length);
    return length;
}

Lanczos::Advance Lanczos::advance(const double* before, double beta_before, const double* current,
                                  double* next) {
    const VectorSpace& space = basis_.space();
    Advance result;
    ++products_;
    a_->apply(current, next);
    if (!space.all_finite(next)) return result;
    result.finite = true;

    if (before != nullptr) space.add(-beta_before, before, next);
    result.alpha = space.dot(current, next);
    space.add(-result.alpha, current, next);
    result.beta = basis_.orthogonalize(next, removed_);
    // What was still removed along the current column belongs to alpha.
    const bool stored = basis_.columns() > 0 && basis_[basis_.columns() - 1] == current;
    if (stored) result.alpha += removed_.back();
    return result;
}

const double* Lanczos::column(Index j) const {
    if (j < stored_columns_) return basis_[locked_ + j];
    return j == steps() ? current_.data() : before_.data();
}

Lanczos::Step Lanczos::step() {
    const VectorSpace& space = basis_.space();
    const Index j = steps();
    if (!open_)
        throw std::invalid_argument(
            a_ ? "Lanczos: step after an invariant subspace, expected continue_with before it"
               : "Lanczos: step without a run, expected a start whose norm is not zero before it");
    const double beta_before = j == 0 ? 0.0 : beta_.back();
    const Advance made =
        advance(beta_before == 0.0 ? nullptr : column(j - 1), beta_before, column(j), next_.data());
    if (!made.finite) return Step::not_finite;

    norm_ = std::max(norm_, std::abs(made.alpha) + beta_before + made.beta);
    alpha_.push_back(made.alpha);
    // Nothing is left beside a whole basis: what this step left over is rounding.
    beta_.push_back(fills_space() ? 0.0 : made.beta);
    if (fills_space() || made.beta <= rounding()) {
        open_ = false;
        return Step::invariant;
    }

    if (steps() < stored_columns_) {
        basis_.append(next_.data(), made.beta);
    } else {
        if (current_.empty()) {
            before_.resize(next_.size());
            current_.resize(next_.size());
        }
        if (j < stored_columns_) space.copy(basis_[locked_ + j], before_.data());
        else before_.swap(current_);
        space.combine(1.0 / made.beta, next_.data(), 0.0, current_.data());
    }
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
    basis_.append(next_.data(), left);
    beta_.back() = 0.0;
    open_ = true;
    return true;
}

Tridiagonal Lanczos::tridiagonal() const {
    const std::size_t k = alpha_.size();
    return {std::span(alpha_), std::span(beta_).first(k == 0 ? 0 : k - 1)};
}

double Lanczos::rounding() const {
    return 10.0 * precision_ * std::max(norm_, std::numeric_limits<double>::min()) *
           std::sqrt(static_cast<double>(dimension()));
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

void Lanczos::expand(std::span<const double> h, double* out) {
    assert(static_cast<Index>(h.size()) == steps());
    basis_.expand(locked_, std::min(steps(), stored_columns_), h.data(), out);
    if (steps() > stored_columns_) replay(h, out);
}

/// Makes the columns that were not stored once more, by the operations of step() on the same bits, and adds
/// their share to out.
void Lanczos::replay(std::span<const double> h, double* out) {
    const VectorSpace& space = basis_.space();
    std::array<Buffer, 3> columns;
    for (Buffer& column : columns) column.resize(next_.size());
    const double* before = basis_[locked_ + stored_columns_ - 2];
    const double* current = basis_[locked_ + stored_columns_ - 1];
    for (auto j = static_cast<std::size_t>(stored_columns_ - 1); j + 1 < h.size(); ++j) {
        double* next = columns[j % 3].data();
        advance(beta_[j - 1] == 0.0 ? nullptr : before, beta_[j - 1], current, next);
        space.scale(1.0 / beta_[j], next);
        space.add(h[j + 1], next, out);
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
