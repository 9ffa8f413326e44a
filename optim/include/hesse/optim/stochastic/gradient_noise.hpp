#pragma once

#include "hesse/optim/objective.hpp"
#include "hesse/optim/stochastic/batch_sampler.hpp"
#include "hesse/optim/vector_space.hpp"

#include <Eigen/Core>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {

struct GradientNoiseOptions {
    Index size = 64;     ///< rows of a batch
    Index batches = 32;  ///< at least 2
    std::uint64_t seed = 0;
};

/// How much the gradients of single rows differ at a point.
struct GradientNoise {
    /// The trace of the covariance of the gradient as estimated from one row, over the squared norm of the gradient: so many rows make a
    /// batch whose gradient is as much noise as signal. Larger batches bring little, smaller ones are steps in random
    /// directions (McCandlish, Kaplan, Amodei et al., arXiv:1812.06162). In rows; infinite where the gradient is zero, and its error
    /// NaN.
    double scale = std::numeric_limits<double>::quiet_NaN();
    double standard_error = std::numeric_limits<double>::quiet_NaN();  ///< of scale
    double covariance_trace = std::numeric_limits<double>::quiet_NaN();
    double gradient_norm = std::numeric_limits<double>::quiet_NaN();
};

/// The noise of the gradient of a sum over data at x (n), estimated without bias from batches drawn with replacement:
/// size E|g_B - g|^2 is the trace, g being the full gradient. Costs that, and the gradients of the batches.
/// Throws std::invalid_argument if x has another size, an option is out of range, or a gradient is not finite.
template <HasBatches F>
GradientNoise gradient_noise(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x,
                             const GradientNoiseOptions& options = {}) {
    if (options.batches < 2)
        throw std::invalid_argument("gradient_noise: batches is " + std::to_string(options.batches) +
                                    ", expected at least 2");
    if (options.size < 1)
        throw std::invalid_argument("gradient_noise: size is " + std::to_string(options.size) +
                                    ", expected at least 1");
    BatchSampler sampler(
        {.size = options.size, .sampling = Sampling::with_replacement, .strata = {}, .seed = options.seed});
    sampler.start(static_cast<Index>(f.rows()), "gradient_noise");
    const VectorSpace space(static_cast<Index>(f.size()));
    const auto require_finite_gradient = [&](const Eigen::VectorXd& g) {
        if (!space.all_finite(g.data()))
            throw std::invalid_argument("gradient_noise: a gradient has entries that are not finite");
    };
    const Eigen::VectorXd whole = f.linearize(x).gradient();
    require_finite_gradient(whole);
    double mean = 0.0, squares = 0.0;  // of size |g_B - g|^2, updated one by one
    for (Index k = 0; k < options.batches; ++k) {
        Eigen::VectorXd difference = f.batch(sampler.next()).linearize(x).gradient();
        require_finite_gradient(difference);
        space.add(-1.0, whole.data(), difference.data());
        const double trace =
            static_cast<double>(options.size) * space.dot(difference.data(), difference.data());
        const double change = trace - mean;
        mean += change / static_cast<double>(k + 1);
        squares += change * (trace - mean);
    }
    const auto count = static_cast<double>(options.batches);
    GradientNoise noise;
    noise.covariance_trace = mean;
    noise.gradient_norm = space.norm(whole.data());
    const double square = noise.gradient_norm * noise.gradient_norm;
    if (square == 0.0) {  // 0 / 0 where rows are alike too
        noise.scale = std::numeric_limits<double>::infinity();
        return noise;
    }
    noise.scale = mean / square;
    noise.standard_error = std::sqrt(squares / (count - 1.0) / count) / square;
    return noise;
}

}  // namespace hesse
