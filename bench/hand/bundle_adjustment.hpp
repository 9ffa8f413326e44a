#pragma once

#include "hesse/autodiff/memory.hpp"
#include "losses/bundle_adjustment.hpp"

namespace hesse::bench::hand {

/// The bundle adjustment of losses/bundle_adjustment.hpp, differentiated by hand. Rotation matrices are made,
/// and their adjoints carried back to rotation vectors, once a camera; observations are taken four at a time.
class BundleAdjustment {
public:
    explicit BundleAdjustment(const BundleData& data);

    double value(const double* theta);
    double gradient(const double* theta, double* g);
    void product(const double* v, double* Hv);

private:
    // What an observation reads: a camera (rotation matrix, centre, f, u0, v0, k1, k2), a point and a weight.
    static constexpr int camera_inputs = 17, inputs = camera_inputs + 4;

    template <class Lanes>
    void gather(const Buffer& cameras, const double* theta, Index first, Index count, Lanes* out) const;
    template <class Lanes>
    void scatter(const Lanes* adjoint, Index first, Index count, Buffer& cameras, double* g) const;
    template <bool with_gradient>
    double evaluate(const double* theta, double* g);

    const BundleData& data_;
    Buffer cameras_, rcameras_;    // (camera_inputs) of each camera, and their tangents
    Buffer adjoints_, radjoints_;  // of those
    const double* theta_ = nullptr;
};

}  // namespace hesse::bench::hand
