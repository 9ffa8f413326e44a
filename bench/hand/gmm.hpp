#pragma once

#include "hesse/autodiff/memory.hpp"
#include "losses/gmm.hpp"

namespace hesse::bench::hand {

/// The mixture of Gaussians of losses/gmm.hpp, differentiated by hand. Points are taken in blocks, every inner
/// loop runs over the points of a block. With c = x - mu_k, y = Q_k c and the weight w of the component for the
/// point, all derivatives follow from the sums W = sum w, s = sum w y, S = sum w y c' over the points; and
/// those of the gradient along a direction from their tangents.
class Gmm {
public:
    explicit Gmm(const GmmData& data);

    double value(const double* theta);
    double gradient(const double* theta, double* g);
    void product(const double* v, double* Hv);

private:
    static constexpr Index block = 32;

    /// What is summed for each component.
    struct Sums {
        Buffer W, s, S;  // (K), (d x K), (d x d x K), S lower triangular, row by row
        void reset();
    };

    void unpack(const double* theta);
    double terms(const double* theta, Index first);
    template <bool keep>
    double likelihood(const double* theta);
    void add_row(const double* left, Index a, Index k, Sums& sums) const;
    [[nodiscard]] const double* points(Index first) const { return points_.data() + first * d_; }

    const GmmData& data_;
    Index d_, K_, N_;
    Buffer points_;   // blocks of (block x d)
    Buffer Q_, V_;    // (d x d x K), factors and their tangents, row by row
    Buffer centred_;  // (block x d)
    Buffer y_, ry_;   // (block x d x K)
    Buffer terms_, rterms_;
    Buffer weights_;  // of all points, blocks of (block x K)
    Sums sums_, rsums_;
    const double* theta_ = nullptr;
};

}  // namespace hesse::bench::hand
