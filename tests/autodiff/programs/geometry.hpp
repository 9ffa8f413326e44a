#pragma once

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <Eigen/LU>

#include <cmath>
#include <cstddef>
#include <vector>

/// Determinants, cameras and filters, for any scalar.
namespace programs {

/// Determinant by minors of the first row.
template <class T>
T determinant_by_minors(const std::vector<std::vector<T>>& m) {
    if (m.size() == 1) return m[0][0];
    T sum = 0;
    T sign = 1;
    for (std::size_t skipped = 0; skipped < m.size(); ++skipped, sign = -sign) {
        std::vector<std::vector<T>> minor;
        for (std::size_t row = 1; row < m.size(); ++row) {
            minor.emplace_back();
            for (std::size_t col = 0; col < m.size(); ++col) {
                if (col != skipped) minor.back().push_back(m[row][col]);
            }
        }
        sum += sign * m[0][skipped] * determinant_by_minors(minor);
    }
    return sum;
}

/// A camera of twelve parameters: rotation vector, translation, two focal lengths, center, radial distortion.
template <class T>
struct Camera {
    const T* parameters;

    Eigen::Matrix<T, 2, 1> project(const Eigen::Vector3d& point) const {
        using std::sqrt;
        const Eigen::Map<const Eigen::Matrix<T, 3, 1>> rotation(parameters), translation(parameters + 3);
        const T squared_angle = rotation.squaredNorm();
        Eigen::Matrix<T, 3, 1> p = point.cast<T>();
        if (squared_angle > 1e-20) {
            const T angle = sqrt(squared_angle);
            const Eigen::Matrix<T, 3, 1> axis = rotation / angle;
            p = Eigen::AngleAxis<T>(angle, axis) * p;
        } else {
            p += rotation.cross(p).eval();
        }
        p += translation;
        const T x = p[0] / p[2], y = p[1] / p[2];
        const T r2 = x * x + y * y;
        const T distortion = 1 + r2 * (parameters[10] + r2 * parameters[11]);
        return {parameters[6] * distortion * x + parameters[8],
                parameters[7] * distortion * y + parameters[9]};
    }
};
template <class T>
T reprojection_error(const T* parameters, const std::vector<Eigen::Vector3d>& points,
                     const std::vector<Eigen::Vector2d>& seen) {
    using std::sqrt;
    T error(0);
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Eigen::Matrix<T, 2, 1> residual = Camera<T>{parameters}.project(points[i]) - seen[i].cast<T>();
        const T squared = residual.squaredNorm();
        error += squared < 1 ? squared : 2 * sqrt(squared) - 1;  // as Huber
    }
    return error;
}

/// Negative log-likelihood of positions seen of a body that moves by constant velocity: a Kalman filter with the
/// noise of the motion and of the measurement, and the start, as parameters.
template <class T>
T kalman_likelihood(const T& motion_noise, const T& measurement_noise, const T& position, const T& velocity,
                    const std::vector<double>& seen, double dt) {
    using std::log;
    Eigen::Matrix<T, 2, 1> state(position, velocity);
    Eigen::Matrix<T, 2, 2> covariance = Eigen::Matrix<T, 2, 2>::Identity();
    Eigen::Matrix<T, 2, 2> motion, noise;
    motion << 1, dt, 0, 1;
    noise << dt * dt * dt / 3, dt * dt / 2, dt * dt / 2, dt;
    const Eigen::Matrix<T, 1, 2> observe(T(1), T(0));
    T minus_log = 0;
    for (const double z : seen) {
        state = motion * state;
        covariance = motion * covariance * motion.transpose() + motion_noise * noise;
        const Eigen::Matrix<T, 1, 1> innovation_covariance =
            observe * covariance * observe.transpose() + Eigen::Matrix<T, 1, 1>::Constant(measurement_noise);
        const Eigen::Matrix<T, 2, 1> gain =
            covariance * observe.transpose() * innovation_covariance.inverse();
        const T innovation = z - state[0];
        minus_log +=
            0.5 * (log(innovation_covariance(0)) + innovation * innovation / innovation_covariance(0));
        state += gain * innovation;
        covariance = ((Eigen::Matrix<T, 2, 2>::Identity() - gain * observe) * covariance).eval();
    }
    return minus_log;
}

}  // namespace programs
