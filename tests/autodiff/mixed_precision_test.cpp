#include "hesse/autodiff/mixed_precision.hpp"

#include "hesse/optim.hpp"

#include <Eigen/Core>
#include <Eigen/Eigenvalues>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <random>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(mixed_precision)

namespace {

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index cols, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> normal;
    return Eigen::MatrixXd::NullaryExpr(rows, cols, [&] { return normal(generator); });
}

/// A layer of tanh over data.
struct Layer {
    Eigen::MatrixXd data = random_matrix(20, 50, 1);
    template <class Theta>
    auto operator()(const Theta& theta) const {
        return (tanh((theta.reshaped(10, 20) * data).array()).square()).mean() + 0.5 * theta.squaredNorm();
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(products_in_float_serve_double_vectors) {
    const auto f = hesse::objective(Layer{}, 200);
    const Eigen::VectorXd x = random_matrix(200, 1, 2), v = random_matrix(200, 1, 3);
    const auto at = f.linearize(x);
    const Eigen::VectorXd exact = at.hessian() * v;
    const auto H = f.hessian<float>(x);
    BOOST_TEST(H.rows() == 200);
    const Eigen::VectorXd product = H * v;
    BOOST_TEST((product - exact).norm() < 1e-6 * exact.norm());
    BOOST_TEST((product - exact).norm() > 0.0);  // float, and not double again
}

BOOST_AUTO_TEST_CASE(magnitudes_beyond_those_of_float_are_scaled) {
    const auto f = hesse::objective(Layer{}, 200);
    const Eigen::VectorXd x = random_matrix(200, 1, 2), v = random_matrix(200, 1, 3);
    const auto H = f.hessian<float>(x);
    const Eigen::VectorXd product = H * v;
    for (const double scale : {0x1p300, 0x1p-300})
        BOOST_TEST((H * (scale * v) / scale - product).norm() == 0.0);
    BOOST_TEST((H * Eigen::VectorXd::Zero(200)).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(lanczos_in_double_uses_it) {
    const auto f = hesse::objective(Layer{}, 200);
    const Eigen::VectorXd x = random_matrix(200, 1, 2);
    const auto at = f.linearize(x);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> exact(at.hessian().to_dense());
    const auto H = f.hessian<float>(x);
    hesse::ExtremeEigenpairOptions options;
    options.tolerance = 1e-5;
    options.precision = 1e-6;
    const auto pairs = hesse::extreme_eigenpairs(H, options);
    BOOST_TEST(pairs.lowest.value == exact.eigenvalues()[0], boost::test_tools::tolerance(1e-5));
    BOOST_TEST(pairs.highest.value == exact.eigenvalues()[199], boost::test_tools::tolerance(1e-5));
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const auto f = hesse::objective(Layer{}, 200);
    BOOST_CHECK_THROW(f.hessian<float>(Eigen::VectorXd::Ones(3)), std::invalid_argument);
    const auto H = f.hessian<float>(Eigen::VectorXd::Ones(200));
    Eigen::VectorXd v = Eigen::VectorXd::Ones(200), out = Eigen::VectorXd::Ones(200);
    v[7] = std::numeric_limits<double>::infinity();
    BOOST_CHECK_THROW(H.apply(v, out), std::invalid_argument);
    BOOST_CHECK_THROW(H.apply(Eigen::VectorXd::Ones(3), out), std::invalid_argument);
    BOOST_TEST(out == Eigen::VectorXd::Ones(200));
}

BOOST_AUTO_TEST_SUITE_END()
