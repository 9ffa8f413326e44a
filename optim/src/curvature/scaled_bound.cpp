#include "scaled_bound.hpp"

#include "hesse/optim/curvature/random_start_bound.hpp"
#include "hesse/optim/random.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {
namespace {

constexpr Index measuring_products = 8;

/// S A S.
class ScaledOperator {
public:
    ScaledOperator(OperatorRef a, const Buffer& scale) : a_(a), scale_(scale), inside_(scale.size()) {}

    [[nodiscard]] Index rows() const { return a_.rows(); }
    [[nodiscard]] Communicator* communicator() const { return a_.communicator(); }
    void apply(const double* in, double* out) const {
        for (std::size_t i = 0; i < scale_.size(); ++i) inside_[i] = scale_[i] * in[i];
        a_.apply(inside_.data(), out);
        for (std::size_t i = 0; i < scale_.size(); ++i) out[i] *= scale_[i];
    }

private:
    OperatorRef a_;
    const Buffer& scale_;
    mutable Buffer inside_;
};

/// s; empty where rows have no finite length. E (Az)_i^2 = |row i|^2 over random signs z.
Buffer scale_of(OperatorRef a, RandomGenerator& random) {
    const VectorSpace space(a.rows());
    Buffer signs(static_cast<std::size_t>(a.rows())), product(signs.size()), squares(signs.size(), 0.0);
    for (Index k = 0; k < measuring_products; ++k) {
        random.signs(space, signs.data());
        a.apply(signs.data(), product.data());
        for (std::size_t i = 0; i < squares.size(); ++i) squares[i] += product[i] * product[i];
    }
    const double largest = std::sqrt(*std::max_element(squares.begin(), squares.end()));
    if (!space.all_finite(squares.data()) || largest == 0.0) return {};
    for (double& square : squares)
        square = 1.0 / std::sqrt(std::max(std::sqrt(square), 1e-14 * largest) /
                                 std::sqrt(static_cast<double>(measuring_products)));
    return squares;
}

}  // namespace

ScaledBound scaled_bound(OperatorRef a, const ScaledBoundOptions& options) {
    ScaledBound found;
    if (options.max_products < 2 * measuring_products) return found;
    RandomGenerator random(options.seed);
    const Buffer scale = scale_of(a, random);
    found.products = measuring_products;
    if (scale.empty()) return found;
    const double longest = *std::max_element(scale.begin(), scale.end());

    const VectorSpace space(a.rows(), a.communicator());
    const double of_products =
        10.0 * options.precision * std::sqrt(static_cast<double>(a.rows())) * options.norm_estimate;
    Lanczos lanczos(space, options.stored_columns,
                    {.precision = options.precision,
                     .rounding = std::max(of_products, options.rounding) * longest * longest});
    const RandomStartBound bound(a.rows(), options.failure_probability);
    const ScaledOperator scaled(a, scale);
    Buffer start(scale.size());
    random.unit_vector(space, start.data());
    lanczos.start(scaled, start.data());
    const Index limit = std::min(options.max_products - measuring_products, options.stored_columns);
    for (Index next_look = 8;;) {
        const Lanczos::Step step = lanczos.step();
        if (step == Lanczos::Step::not_finite) return found;
        found.products = measuring_products + lanczos.products();
        const bool last =
            step == Lanczos::Step::invariant || lanczos.steps() >= limit || lanczos.fills_space();
        if (!last && lanczos.steps() < next_look) continue;
        next_look = lanczos.steps() + std::max<Index>(1, lanczos.steps() / 8);
        const double low = lanczos.lowest().value, spread = lanczos.highest().value - low;
        if (!(low > 0.0)) return found;
        const double lower =
            low - bound.error(lanczos.steps(), lanczos.beta().back(), spread) - lanczos.rounding();
        if (lower > 0.0) {
            found.lowest = lower / (longest * longest);
            return found;
        }
        // Ritz values only fall: no fewer steps will do than for this one.
        if (last || bound.steps_for(low - lanczos.rounding(), spread) > limit) return found;
    }
}

}  // namespace hesse
