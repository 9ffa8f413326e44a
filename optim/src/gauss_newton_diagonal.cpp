#include "hesse/optim/gauss_newton_diagonal.hpp"

#include "hesse/optim/random.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {

double damping_unit(Iterate& at) {
    double* const product = at.next_data();
    at.apply_gauss_newton(at.gradient_data(), product);
    const double curvature = at.space().norm(product) / at.gradient_norm();
    return curvature > 0.0 && std::isfinite(curvature)
               ? curvature
               : at.gradient_norm() / std::max(1.0, at.space().norm(at.x_data()));
}

bool GaussNewtonDiagonal::measure(Iterate& at, Index products) {
    const auto n = static_cast<std::size_t>(at.size());
    diagonal_.assign(n, 0.0);
    probe_.assign(n, 0.0);
    product_.resize(n);
    const bool exact = products >= at.size();
    if (exact) {
        for (std::size_t i = 0; i < n; ++i) {
            probe_[i] = 1.0;
            at.apply_gauss_newton(probe_.data(), product_.data());
            probe_[i] = 0.0;
            diagonal_[i] = product_[i];
        }
    } else {
        RandomGenerator random;
        for (Index k = 0; k < products; ++k) {
            random.signs(at.space(), probe_.data());
            at.apply_gauss_newton(probe_.data(), product_.data());
            for (std::size_t i = 0; i < n; ++i) diagonal_[i] += probe_[i] * product_[i];
        }
    }
    double mean = 0.0;
    for (double& entry : diagonal_) {
        entry = exact ? std::max(entry, 0.0) : std::max(entry / static_cast<double>(products), 0.0);
        mean += entry / static_cast<double>(n);
    }
    if (!std::isfinite(mean)) return false;
    if (mean == 0.0) return std::fill(diagonal_.begin(), diagonal_.end(), 1.0), true;
    for (double& entry : diagonal_) {
        if (exact && entry == 0.0) entry = mean;
        else if (!exact) entry = std::max(entry, 1e-2 * mean);
    }
    return true;
}

}  // namespace hesse
