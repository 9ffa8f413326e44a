#pragma once

#include "hesse/optim/iterate.hpp"

namespace hesse {

/// The Hessian where an optimizer stands, as an operator whose products are counted.
struct CurrentHessian {
    Iterate& at;
    [[nodiscard]] Index rows() const { return at.size(); }
    [[nodiscard]] Communicator* communicator() const { return at.communicator(); }
    void apply(const double* in, double* out) const { at.apply_hessian(in, out); }
};

/// The same of the Gauss-Newton matrix.
struct CurrentGaussNewton {
    Iterate& at;
    [[nodiscard]] Index rows() const { return at.size(); }
    [[nodiscard]] Communicator* communicator() const { return at.communicator(); }
    void apply(const double* in, double* out) const { at.apply_gauss_newton(in, out); }
};

}  // namespace hesse
