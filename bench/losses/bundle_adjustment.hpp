#pragma once

#include <Eigen/Core>

#include <cmath>
#include <vector>

namespace hesse::bench {

/// Cameras that see points.
struct BundleData {
    static constexpr Eigen::Index camera_size = 11;  // rotation (3), centre (3), focal length, u0, v0, k1, k2
    struct Observation {
        int camera, point;
        double u, v;
    };
    Eigen::Index cameras, points;
    std::vector<Observation> observations;

    /// Every point is seen by about as many cameras as every other; observations are in the order of points.
    BundleData(Eigen::Index cameras, Eigen::Index points, Eigen::Index observations);

    // Where the parameters begin: cameras, points (3), one weight for each observation.
    [[nodiscard]] Eigen::Index first_point() const { return cameras * camera_size; }
    [[nodiscard]] Eigen::Index first_weight() const { return first_point() + 3 * points; }
    [[nodiscard]] Eigen::Index parameters() const {
        return first_weight() + static_cast<Eigen::Index>(observations.size());
    }
    /// Where it is measured.
    [[nodiscard]] Eigen::VectorXd start() const;
};

/// out = R(r) x, Rodrigues' formula.
template <class T>
static void rotate(const T* r, const T* x, T* out) {
    using std::cos;
    using std::sin;
    using std::sqrt;
    T squared = r[0] * r[0] + r[1] * r[1] + r[2] * r[2];
    T angle = sqrt(squared);
    T cosine = cos(angle);
    T sine = sin(angle);
    T inverse = 1.0 / angle;
    T w[3];
    for (int i = 0; i < 3; ++i) w[i] = r[i] * inverse;
    T along = (w[0] * x[0] + w[1] * x[1] + w[2] * x[2]) * (1.0 - cosine);
    for (int i = 0; i < 3; ++i) {
        const int j = (i + 1) % 3, k = (i + 2) % 3;
        out[i] = x[i] * cosine + (w[j] * x[k] - w[k] * x[j]) * sine + w[i] * along;
    }
}

/// Half the sum of squares of w (f distort(project(R(r) (X - C))) + (u0, v0) - measured) and 1 - w^2 over the
/// observations, distort(p) = p (1 + k1 |p|^2 + k2 |p|^4): bundle adjustment as in ADBench. `static` as all
/// losses here are, see rosenbrock.hpp.
template <class T>
static T bundle_adjustment(const BundleData& data, const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) {
    T sum = 0.0;
    Eigen::Index number = data.first_weight();
    for (const BundleData::Observation& seen : data.observations) {
        const T* camera = theta.data() + seen.camera * BundleData::camera_size;
        const T* point = theta.data() + data.first_point() + 3 * seen.point;
        const T& weight = theta[number++];

        T centred[3], rotated[3];
        for (int i = 0; i < 3; ++i) centred[i] = point[i] - camera[3 + i];
        rotate(camera, centred, rotated);
        T x = rotated[0] / rotated[2];
        T y = rotated[1] / rotated[2];
        T squared = x * x + y * y;
        T distortion = 1.0 + camera[9] * squared + camera[10] * (squared * squared);
        T u = camera[6] * (x * distortion) + camera[7];
        T v = camera[6] * (y * distortion) + camera[8];
        T error_u = weight * (u - seen.u);
        T error_v = weight * (v - seen.v);
        T error_weight = 1.0 - weight * weight;
        sum += error_u * error_u + error_v * error_v + error_weight * error_weight;
    }
    return 0.5 * sum;
}

}  // namespace hesse::bench
