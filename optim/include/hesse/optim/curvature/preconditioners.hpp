#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

#include <Eigen/Core>

namespace hesse {

/// D^-1 for a diagonal D, as it is, or as diagonal_estimate finds it: entries are taken by their magnitude, and those below
/// floor times the largest count as that, so that the operator is positive definite.
class JacobiPreconditioner {
public:
    /// Throws std::invalid_argument if there is no entry, one is not finite, all are zero, or floor is not in (0, 1].
    template <class Derived>
    explicit JacobiPreconditioner(const Eigen::MatrixBase<Derived>& diagonal, double floor = 1e-8)
        : inverse_(static_cast<std::size_t>(diagonal.size())) {
        Eigen::Map<Eigen::VectorXd>(inverse_.data(), diagonal.size()) = diagonal.derived();
        invert(floor);
    }

    [[nodiscard]] Index rows() const { return static_cast<Index>(inverse_.size()); }
    void apply(const double* in, double* out) const {
        for (std::size_t i = 0; i < inverse_.size(); ++i) out[i] = inverse_[i] * in[i];
    }

private:
    void invert(double floor);

    Buffer inverse_;
};

/// C A C for symmetric C: A in other coordinates, as the square root of a preconditioner makes it. Has the inertia of A where
/// C is not singular. Refers to both, which must outlive it; three products each time, one of A.
/// Throws std::invalid_argument if their sizes differ.
class PreconditionedOperator {
public:
    PreconditionedOperator(OperatorRef a, OperatorRef c);

    [[nodiscard]] Index rows() const { return a_.rows(); }
    [[nodiscard]] Communicator* communicator() const { return a_.communicator(); }
    void apply(const double* in, double* out) const;

private:
    OperatorRef a_, c_;
};

}  // namespace hesse
