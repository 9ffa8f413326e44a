#include "hesse/optim/curvature/orthogonality_estimate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hesse {

void OrthogonalityEstimate::begin(double rounding) {
    rounding_ = rounding;
    before_.clear();
    current_.clear();
    next_.assign(1, 1.0);
}

double OrthogonalityEstimate::advance(std::span<const double> alpha, std::span<const double> beta,
                                      double norm) {
    before_.swap(current_);
    current_.swap(next_);
    const std::size_t j = alpha.size() - 1;
    next_.resize(j + 2);
    const double noise = rounding_ * norm, length = std::max(beta[j], std::numeric_limits<double>::min());
    double largest = 0.0;
    for (std::size_t k = 0; k <= j; ++k) {
        double x = 0.0;  // to the last column, the step itself is orthogonal
        if (k < j) {
            x = beta[k] * current_[k + 1] + (alpha[k] - alpha[j]) * current_[k] - beta[j - 1] * before_[k];
            if (k > 0) x += beta[k - 1] * current_[k - 1];
        }
        next_[k] = (x + std::copysign(noise, x)) / length;
        largest = std::max(largest, std::abs(next_[k]));
    }
    next_[j + 1] = 1.0;
    return largest;
}

void OrthogonalityEstimate::corrected(double rounding) {
    for (std::vector<double>* column : {&current_, &next_})
        std::fill(column->begin(), column->end() - 1, rounding);
}

}  // namespace hesse
