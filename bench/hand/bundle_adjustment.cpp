#include "hand/bundle_adjustment.hpp"

#include "hand/rotation.hpp"

#include <algorithm>

namespace hesse::bench::hand {
namespace {

constexpr Index width = 4;
/// Four numbers side by side, with the operators of one.
using Lanes [[gnu::vector_size(width * sizeof(double))]] = double;

// Places of the inputs.
enum { R = 0, C = 9, F = 12, U0 = 13, V0 = 14, K1 = 15, K2 = 16, X = 17, W = 20, count = 21 };

/// What the value of some observations goes through, from its inputs.
struct Residual {
    Lanes d[3], inverse, a, b, s, L, e1, e2, weight_error;

    Residual(const Lanes* in, const Lanes* seen) {
        for (int i = 0; i < 3; ++i) d[i] = in[X + i] - in[C + i];
        Lanes p[3];
        for (int i = 0; i < 3; ++i) p[i] = in[R + i] * d[0] + in[R + 3 + i] * d[1] + in[R + 6 + i] * d[2];
        inverse = 1.0 / p[2];
        a = p[0] * inverse;
        b = p[1] * inverse;
        s = a * a + b * b;
        L = 1.0 + s * (in[K1] + in[K2] * s);
        e1 = in[F] * L * a + in[U0] - seen[0];
        e2 = in[F] * L * b + in[V0] - seen[1];
        weight_error = 1.0 - in[W] * in[W];
    }
    [[nodiscard]] Lanes twice_loss(const Lanes* in) const {
        return in[W] * in[W] * (e1 * e1 + e2 * e2) + weight_error * weight_error;
    }
};

/// Adjoints of the inputs, and of what lies between.
struct Adjoint {
    Lanes e1, e2, q, L, s, a, b, p[3], in[count];

    Adjoint(const Lanes* x, const Residual& r) {
        e1 = x[W] * x[W] * r.e1;
        e2 = x[W] * x[W] * r.e2;
        in[W] = x[W] * (r.e1 * r.e1 + r.e2 * r.e2) - 2.0 * x[W] * r.weight_error;
        in[U0] = e1;
        in[V0] = e2;
        q = r.a * e1 + r.b * e2;
        in[F] = r.L * q;
        L = x[F] * q;
        in[K1] = r.s * L;
        in[K2] = r.s * r.s * L;
        s = (x[K1] + 2.0 * x[K2] * r.s) * L;
        a = x[F] * r.L * e1 + 2.0 * r.a * s;
        b = x[F] * r.L * e2 + 2.0 * r.b * s;
        p[0] = r.inverse * a;
        p[1] = r.inverse * b;
        p[2] = -r.inverse * (r.a * a + r.b * b);
        for (int j = 0; j < 3; ++j) {
            for (int i = 0; i < 3; ++i) in[R + 3 * j + i] = p[i] * r.d[j];
            in[X + j] = x[R + 3 * j] * p[0] + x[R + 3 * j + 1] * p[1] + x[R + 3 * j + 2] * p[2];
            in[C + j] = -in[X + j];
        }
    }
};

/// `out`, the derivative of Adjoint::in along the direction `v` of the inputs.
void differentiate(const Lanes* x, const Lanes* v, const Residual& r, const Adjoint& bar, Lanes* out) {
    Lanes d[3], p[3];
    for (int i = 0; i < 3; ++i) d[i] = v[X + i] - v[C + i];
    for (int i = 0; i < 3; ++i) {
        p[i] = v[R + i] * r.d[0] + v[R + 3 + i] * r.d[1] + v[R + 6 + i] * r.d[2] + x[R + i] * d[0] +
               x[R + 3 + i] * d[1] + x[R + 6 + i] * d[2];
    }
    const Lanes inverse = -r.inverse * r.inverse * p[2];
    const Lanes a = (p[0] - r.a * p[2]) * r.inverse;
    const Lanes b = (p[1] - r.b * p[2]) * r.inverse;
    const Lanes s = 2.0 * (r.a * a + r.b * b);
    const Lanes slope = x[K1] + 2.0 * x[K2] * r.s;
    const Lanes L = slope * s + v[K1] * r.s + v[K2] * r.s * r.s;
    const Lanes FL = v[F] * r.L + x[F] * L;
    const Lanes e1 = FL * r.a + x[F] * r.L * a + v[U0];
    const Lanes e2 = FL * r.b + x[F] * r.L * b + v[V0];

    const Lanes square = 2.0 * x[W] * v[W];
    const Lanes e1_bar = square * r.e1 + x[W] * x[W] * e1;
    const Lanes e2_bar = square * r.e2 + x[W] * x[W] * e2;
    out[W] = v[W] * (r.e1 * r.e1 + r.e2 * r.e2) + 2.0 * x[W] * (r.e1 * e1 + r.e2 * e2) -
             2.0 * v[W] * r.weight_error + 2.0 * x[W] * square;
    out[U0] = e1_bar;
    out[V0] = e2_bar;
    const Lanes q = a * bar.e1 + r.a * e1_bar + b * bar.e2 + r.b * e2_bar;
    out[F] = L * bar.q + r.L * q;
    const Lanes L_bar = v[F] * bar.q + x[F] * q;
    out[K1] = s * bar.L + r.s * L_bar;
    out[K2] = 2.0 * r.s * s * bar.L + r.s * r.s * L_bar;
    const Lanes s_bar = (v[K1] + 2.0 * v[K2] * r.s + 2.0 * x[K2] * s) * bar.L + slope * L_bar;
    const Lanes a_bar = FL * bar.e1 + x[F] * r.L * e1_bar + 2.0 * (a * bar.s + r.a * s_bar);
    const Lanes b_bar = FL * bar.e2 + x[F] * r.L * e2_bar + 2.0 * (b * bar.s + r.b * s_bar);
    const Lanes p_bar[3] = {inverse * bar.a + r.inverse * a_bar, inverse * bar.b + r.inverse * b_bar,
                            -inverse * (r.a * bar.a + r.b * bar.b) -
                                r.inverse * (a * bar.a + r.a * a_bar + b * bar.b + r.b * b_bar)};
    for (int j = 0; j < 3; ++j) {
        out[X + j] = Lanes{};
        for (int i = 0; i < 3; ++i) {
            out[R + 3 * j + i] = p_bar[i] * r.d[j] + bar.p[i] * d[j];
            out[X + j] += v[R + 3 * j + i] * bar.p[i] + x[R + 3 * j + i] * p_bar[i];
        }
        out[C + j] = -out[X + j];
    }
}

/// The measured places of `n` observations.
void gather_measured(const BundleData& data, Index first, Index n, Lanes* out) {
    for (Index lane = 0; lane < width; ++lane) {
        const auto& seen = data.observations[static_cast<std::size_t>(lane < n ? first + lane : first)];
        out[0][lane] = seen.u;
        out[1][lane] = seen.v;
    }
}

Eigen::Vector3d rotation_vector(const double* camera) { return {camera[0], camera[1], camera[2]}; }

}  // namespace

BundleAdjustment::BundleAdjustment(const BundleData& data) : data_(data) {
    for (Buffer* buffer : {&cameras_, &rcameras_, &adjoints_, &radjoints_}) {
        buffer->resize(static_cast<std::size_t>(camera_inputs * data.cameras));
    }
}

// The inputs of `n` observations; where fewer than a register's are left, the first takes the other places.
template <class L>
void BundleAdjustment::gather(const Buffer& cameras, const double* theta, Index first, Index n,
                              L* out) const {
    for (Index lane = 0; lane < width; ++lane) {
        const Index number = lane < n ? first + lane : first;
        const auto& seen = data_.observations[static_cast<std::size_t>(number)];
        const double* camera = cameras.data() + seen.camera * camera_inputs;
        const double* point = theta + data_.first_point() + 3 * seen.point;
        for (int i = 0; i < camera_inputs; ++i) out[i][lane] = camera[i];
        for (int i = 0; i < 3; ++i) out[X + i][lane] = point[i];
        out[W][lane] = theta[data_.first_weight() + number];
    }
}

template <class L>
void BundleAdjustment::scatter(const L* adjoint, Index first, Index n, Buffer& cameras, double* g) const {
    for (Index lane = 0; lane < n; ++lane) {
        const auto& seen = data_.observations[static_cast<std::size_t>(first + lane)];
        double* camera = cameras.data() + seen.camera * camera_inputs;
        double* point = g + data_.first_point() + 3 * seen.point;
        for (int i = 0; i < camera_inputs; ++i) camera[i] += adjoint[i][lane];
        for (int i = 0; i < 3; ++i) point[i] += adjoint[X + i][lane];
        g[data_.first_weight() + first + lane] = adjoint[W][lane];
    }
}

template <bool with_gradient>
double BundleAdjustment::evaluate(const double* theta, double* g) {
    theta_ = theta;
    for (Index c = 0; c < data_.cameras; ++c) {
        const double* from = theta + c * BundleData::camera_size;
        double* to = cameras_.data() + c * camera_inputs;
        Eigen::Map<Eigen::Matrix3d>{to} = Rotation(rotation_vector(from)).matrix();
        std::copy_n(from + 3, 8, to + C);
    }
    if (with_gradient) {
        std::fill(adjoints_.begin(), adjoints_.end(), 0.0);
        std::fill_n(g, data_.first_weight(), 0.0);
    }
    const auto total = static_cast<Index>(data_.observations.size());
    double loss = 0;
    for (Index first = 0; first < total; first += width) {
        const Index n = std::min(width, total - first);
        Lanes in[count], seen[2];
        gather(cameras_, theta, first, n, in);
        gather_measured(data_, first, n, seen);
        const Residual residual(in, seen);
        const Lanes losses = residual.twice_loss(in);
        for (Index lane = 0; lane < n; ++lane) loss += losses[lane];
        if (with_gradient) scatter(Adjoint(in, residual).in, first, n, adjoints_, g);
    }
    return 0.5 * loss;
}

double BundleAdjustment::value(const double* theta) { return evaluate<false>(theta, nullptr); }

double BundleAdjustment::gradient(const double* theta, double* g) {
    const double loss = evaluate<true>(theta, g);
    for (Index c = 0; c < data_.cameras; ++c) {
        const double* from = adjoints_.data() + c * camera_inputs;
        double* to = g + c * BundleData::camera_size;
        const Rotation rotation(rotation_vector(theta + c * BundleData::camera_size));
        Eigen::Map<Eigen::Vector3d>{to} = rotation.pull(Eigen::Map<const Eigen::Matrix3d>(from));
        std::copy_n(from + C, 8, to + 3);
    }
    return loss;
}

void BundleAdjustment::product(const double* v, double* Hv) {
    for (Index c = 0; c < data_.cameras; ++c) {
        const double* from = v + c * BundleData::camera_size;
        double* to = rcameras_.data() + c * camera_inputs;
        const Rotation rotation(rotation_vector(theta_ + c * BundleData::camera_size));
        Eigen::Map<Eigen::Matrix3d>{to} = rotation.tangent(rotation_vector(from));
        std::copy_n(from + 3, 8, to + C);
    }
    std::fill(radjoints_.begin(), radjoints_.end(), 0.0);
    std::fill_n(Hv, data_.first_weight(), 0.0);
    const auto total = static_cast<Index>(data_.observations.size());
    for (Index first = 0; first < total; first += width) {
        const Index n = std::min(width, total - first);
        Lanes in[count], rin[count], out[count], seen[2];
        gather(cameras_, theta_, first, n, in);
        gather(rcameras_, v, first, n, rin);
        gather_measured(data_, first, n, seen);
        const Residual residual(in, seen);
        differentiate(in, rin, residual, Adjoint(in, residual), out);
        scatter(out, first, n, radjoints_, Hv);
    }
    for (Index c = 0; c < data_.cameras; ++c) {
        const Eigen::Map<const Eigen::Matrix3d> R_bar(adjoints_.data() + c * camera_inputs);
        const Eigen::Map<const Eigen::Matrix3d> rR_bar(radjoints_.data() + c * camera_inputs);
        double* to = Hv + c * BundleData::camera_size;
        const Rotation rotation(rotation_vector(theta_ + c * BundleData::camera_size));
        Eigen::Map<Eigen::Vector3d>{to} =
            rotation.pull_tangent(rotation_vector(v + c * BundleData::camera_size), R_bar, rR_bar);
        std::copy_n(radjoints_.data() + c * camera_inputs + C, 8, to + 3);
    }
}

}  // namespace hesse::bench::hand
