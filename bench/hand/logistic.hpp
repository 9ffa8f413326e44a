#pragma once

#include "hesse/autodiff/memory.hpp"
#include "losses/logistic.hpp"

namespace hesse::bench::hand {

/// The logistic regression of losses/logistic.hpp, differentiated by hand: one pass over the samples for each
/// of value, gradient and product, in blocks that stay in the first-level cache.
class Logistic {
public:
    explicit Logistic(const LogisticData& data);

    double value(const double* w);
    double gradient(const double* w, double* g);
    void product(const double* v, double* Hv);

private:
    static constexpr Index block = 32;

    void scores(Index first, Index count, const double* w, double* out) const;
    void add_samples(Index first, Index count, const double* factor, double* out) const;
    template <bool with_gradient>
    double evaluate(const double* w, double* g);

    const LogisticData& data_;
    Index d_, N_;
    Buffer curvature_;  // (N), second derivatives by the scores
};

}  // namespace hesse::bench::hand
