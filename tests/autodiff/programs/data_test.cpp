#include "autodiff/programs/geometry.hpp"
#include "autodiff/programs/statistics.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/scalar_template_check.hpp"

#include <boost/test/unit_test.hpp>

/// Programs that know nothing of this library, run on its variables. The truth is the same program on hyper-dual
/// numbers, and a closed form where there is one.
namespace {
using namespace hesse;
using namespace hesse::test;

template <class T>
std::vector<std::vector<T>> table_of(const VectorOf<T>& x, Index begin, std::size_t rows, std::size_t cols) {
    std::vector<std::vector<T>> table(rows);
    for (auto& row : table) {
        for (std::size_t col = 0; col < cols; ++col) row.push_back(x[begin++]);
    }
    return table;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(data)

BOOST_AUTO_TEST_CASE(a_determinant_by_minors_has_the_gradient_of_cofactors) {
    const auto determinant = []<class T>(const VectorOf<T>& x) -> T {
        return programs::determinant_by_minors(table_of(x, 0, 4, 4));
    };
    const VectorXd x = random_vector(16, 1);
    check_template(determinant, x);
    const MatrixXd m = x.reshaped(4, 4).transpose();  // rows lie side by side in x
    const MatrixXd cofactors = m.determinant() * m.inverse();
    const VectorXd gradient = objective(determinant, 16, scalars).linearize(x).gradient();
    BOOST_TEST((gradient - VectorXd(cofactors.reshaped())).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(centers_of_clusters_are_pulled_by_the_points_nearest_to_them) {
    const VectorXd points = random_vector(60, 2);
    const std::vector<double> data(points.begin(), points.end());
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            return programs::k_means_cost(std::vector<T>(x.begin(), x.end()), data, 2);
        },
        random_vector(6, 3));
}

BOOST_AUTO_TEST_CASE(a_hidden_markov_model_sums_over_all_its_paths) {
    const std::vector<std::size_t> seen = {0, 2, 1, 1, 0};
    const auto likelihood = [&]<class T>(const VectorOf<T>& x) -> T {
        return programs::hidden_markov_likelihood(table_of(x, 0, 2, 2), table_of(x, 4, 2, 3), seen);
    };
    const VectorXd x = random_vector(10, 4);
    check_template(likelihood, x);
    // All 32 paths, one by one
    MatrixXd move = x.head(4).reshaped(2, 2).transpose().array().exp();
    MatrixXd emit = x.tail(6).reshaped(3, 2).transpose().array().exp();
    for (MatrixXd* table : {&move, &emit}) {
        const VectorXd sums = table->rowwise().sum();
        *table = sums.cwiseInverse().asDiagonal() * *table;
    }
    double total = 0;
    for (int path = 0; path < 32; ++path) {
        const auto state = [&](std::size_t t) { return path >> t & 1; };
        double probability = 0.5;
        for (std::size_t t = 0; t < seen.size(); ++t) {
            if (t > 0) probability *= move(state(t - 1), state(t));
            probability *= emit(state(t), static_cast<Index>(seen[t]));
        }
        total += probability;
    }
    BOOST_TEST(objective(likelihood, 10, scalars).value(x) == std::log(total),
               boost::test_tools::tolerance(1e-13));
}

BOOST_AUTO_TEST_CASE(a_network_of_vectors_of_vectors_is_trained) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            const programs::Network<T> network(std::vector<T>(x.begin(), x.end()), {2, 4, 3, 1});
            T loss = 0;
            for (int i = 0; i < 5; ++i) {
                const T error = network({T(0.3 * i), T(1 - 0.2 * i)})[0] - 0.1 * i * i;
                loss += error * error / 2;
            }
            return loss;
        },
        random_vector(31, 5));
}

BOOST_AUTO_TEST_CASE(a_bezier_curve_is_fitted) {
    const VectorXd samples = random_vector(8, 6);
    const auto misfit = [&]<class T>(const VectorOf<T>& x) -> T {
        T sum = 0;
        for (Index i = 0; i < samples.size(); ++i) {
            T miss = programs::bezier(std::vector<T>(x.begin(), x.end()), static_cast<double>(i) / 7);
            miss -= samples[i];
            sum += miss * miss;
        }
        return sum / 2;
    };
    const VectorXd x = random_vector(4, 7);
    check_template(misfit, x);
    // Linear least squares with the polynomials of Bernstein
    MatrixXd b(8, 4);
    for (Index i = 0; i < 8; ++i) {
        const double t = static_cast<double>(i) / 7, s = 1 - t;
        b.row(i) << s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t;
    }
    const auto at = objective(misfit, 4, scalars).linearize(x);
    BOOST_TEST((at.gradient() - b.transpose() * (b * x - samples)).norm() < 1e-14);
    BOOST_TEST((at.hessian() * x - b.transpose() * (b * x)).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(an_american_option_is_priced_on_a_tree) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            return programs::american_put(x[0], x[1], x[2], x[3], 0.75, 24);
        },
        VectorXd{{95.0, 100.3, 0.04, 0.3}}, {100.0, 1e-11});
}

BOOST_AUTO_TEST_CASE(a_camera_with_distortion_is_calibrated) {
    std::vector<Eigen::Vector3d> points;
    std::vector<Eigen::Vector2d> seen;
    for (int i = 0; i < 8; ++i) {
        points.emplace_back(i % 2 - 0.5, (i / 2) % 2 - 0.4, 0.3 * i);
        seen.emplace_back(0.2 * (i % 3), 0.1 * i - 0.5);
    }
    seen[3] << 4.0, -3.0;  // far off: on the linear branch
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            return programs::reprojection_error(x.data(), points, seen);
        },
        VectorXd{{0.2, -0.3, 0.1, 0.1, -0.2, 4.0, 1.1, 0.9, 0.05, -0.03, 0.1, -0.02}}, {1.0, 1e-13});
}

BOOST_AUTO_TEST_CASE(a_kalman_filter_tells_noise_from_motion) {
    const std::vector<double> seen = {0.1, 0.4, 0.35, 0.8, 1.3, 1.2, 1.9};
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            return programs::kalman_likelihood(x[0], x[1], x[2], x[3], seen, 0.5);
        },
        VectorXd{{0.3, 0.2, 0.0, 0.5}}, {1.0, 1e-13});
}

BOOST_AUTO_TEST_SUITE_END()
