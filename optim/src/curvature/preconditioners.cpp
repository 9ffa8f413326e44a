#include "hesse/optim/curvature/preconditioners.hpp"

#include "../options.hpp"

#include <algorithm>

namespace hesse {

void JacobiPreconditioner::invert(double floor) {
    constexpr const char* type = "JacobiPreconditioner";
    require_at_least(type, "the number of entries", rows(), 1);
    if (!(floor > 0.0 && floor <= 1.0))
        throw std::invalid_argument(fmt::format("{}: floor is {}, expected 0 < floor <= 1", type, floor));
    double largest = 0.0;
    for (std::size_t i = 0; i < inverse_.size(); ++i) {
        if (!std::isfinite(inverse_[i]))
            throw std::invalid_argument(fmt::format(
                "{}: entry {} of the diagonal is {}, expected a finite number", type, i, inverse_[i]));
        largest = std::max(largest, std::abs(inverse_[i]));
    }
    if (largest == 0.0)
        throw std::invalid_argument(fmt::format("{}: all entries of the diagonal are zero", type));
    for (double& entry : inverse_) entry = 1.0 / std::max(std::abs(entry), floor * largest);
}

PreconditionedOperator::PreconditionedOperator(OperatorRef a, OperatorRef c) : a_(a), c_(c) {
    if (a.rows() != c.rows())
        throw std::invalid_argument(
            fmt::format("PreconditionedOperator: C has {} rows, expected the {} of A", c.rows(), a.rows()));
}

void PreconditionedOperator::apply(const double* in, double* out) const {
    Buffer between(static_cast<std::size_t>(rows()));
    c_.apply(in, out);
    a_.apply(out, between.data());
    c_.apply(between.data(), out);
}

}  // namespace hesse
