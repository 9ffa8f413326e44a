#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

namespace hesse {

/// (I - V V') A (I - V V') for orthonormal V (n x k): A on what is orthogonal to V, and zero on V.
/// Refers to A and to V, which must outlive it. Costs one product, and two passes over V.
/// Throws std::invalid_argument if V has another number of rows than A, or columns that are not orthonormal to 1e-10.
class DeflatedOperator {
public:
    DeflatedOperator(OperatorRef a, const Columns& v) : DeflatedOperator(a, v.data(), v.rows(), v.cols()) {}
    DeflatedOperator(OperatorRef, Columns&&) = delete;  // it would be gone
    /// V (rows x cols) column by column.
    DeflatedOperator(OperatorRef a, const double* v, Index rows, Index cols);

    [[nodiscard]] Index rows() const { return a_.rows(); }
    [[nodiscard]] Communicator* communicator() const { return a_.communicator(); }
    void apply(const double* in, double* out) const;

private:
    OperatorRef a_;
    const double* v_;
    Index cols_;
};

}  // namespace hesse
