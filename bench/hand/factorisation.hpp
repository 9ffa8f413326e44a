#pragma once

#include "losses/factorisation.hpp"

#include <Eigen/Core>

namespace hesse::bench::hand {

/// f = |U V' - M|^2 / 2, differentiated by hand: with E = U V' - M,
///     U_bar = E V,  V_bar = E'U,  and along (P, Q), with D = P V' + U Q':  D V + E Q,  D'U + E'P
/// the products of matrices by hesse::gemm.
class LowRank {
public:
    explicit LowRank(const Factorisation& data);

    double value(const double* theta);
    double gradient(const double* theta, double* g);
    void product(const double* v, double* Hv);

private:
    void residual(const double* left, const double* right, double beta, double* out) const;

    const Factorisation& data_;
    Eigen::Index m_, n_, r_;
    Eigen::MatrixXd E_, D_;  // (m x n)
    const double* theta_ = nullptr;
};

}  // namespace hesse::bench::hand
