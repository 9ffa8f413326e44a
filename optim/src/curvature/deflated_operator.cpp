#include "hesse/optim/curvature/deflated_operator.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace hesse {

using Matrix = Eigen::Map<const Eigen::MatrixXd>;

DeflatedOperator::DeflatedOperator(OperatorRef a, const double* v, Index rows, Index cols)
    : a_(a), v_(v), cols_(cols) {
    if (rows != a.rows())
        throw std::invalid_argument(
            fmt::format("DeflatedOperator: V has {} rows, expected the {} of the operator", rows, a.rows()));
    if (cols == 0) return;
    const Matrix basis(v, rows, cols);
    const Eigen::MatrixXd gram = basis.transpose() * basis;
    const double error = (gram - Eigen::MatrixXd::Identity(cols, cols)).cwiseAbs().maxCoeff();
    if (!(error <= 1e-10))
        throw std::invalid_argument(fmt::format(
            "DeflatedOperator: V'V differs from the identity by {:.3g}, expected orthonormal columns",
            error));
}

void DeflatedOperator::apply(const double* in, double* out) const {
    const Matrix v(v_, rows(), cols_);
    const Eigen::Map<const Eigen::VectorXd> x(in, rows());
    Eigen::Map<Eigen::VectorXd> y(out, rows());
    const Eigen::VectorXd along = v.transpose() * x;
    const Eigen::VectorXd outside = x - v * along;
    a_.apply(outside.data(), out);
    const Eigen::VectorXd inside = v.transpose() * y;
    y -= v * inside;
}

}  // namespace hesse
