#include "hesse/autodiff/fixed_size.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/optim.hpp"

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

BOOST_AUTO_TEST_SUITE(fixed_size)

namespace {

struct Rosenbrock {
    template <class T>
    T operator()(const Eigen::Matrix<T, 2, 1>& x) const {
        T a = x[1] - x[0] * x[0];
        T b = 1.0 - x[0];
        return 100.0 * (a * a) + b * b;
    }
};

/// Of everything that scalar code does.
struct Mixed {
    template <class Vector>
    auto operator()(const Vector& x) const {
        using std::exp;
        using std::log;
        using std::sin;
        using std::sqrt;
        using T = typename Vector::Scalar;
        T sum = 0.0;
        for (Eigen::Index i = 0; i < x.size(); ++i) sum += sin(x[i]) * exp(-x[i]) / (2.0 + x[i] * x[i]);
        const T product = x[0] * x[1] * x[2];
        return T(sum + log(1.0 + product * product) + (x[0] > 0 ? sqrt(1.0 + x[1]) : x[2]));
    }
};

}  // namespace

BOOST_AUTO_TEST_CASE(rosenbrock_has_the_derivatives_of_its_formula) {
    const auto f = hesse::objective(Rosenbrock{}, hesse::fixed_size<2>);
    const Eigen::Vector2d x(-1.2, 1.0);
    const auto at = f.linearize(x);
    BOOST_TEST(f.size() == 2);
    BOOST_TEST(at.value() == 24.2, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(f.value(x) == at.value());
    BOOST_TEST((at.gradient() - Eigen::Vector2d(-215.6, -88.0)).norm() < 1e-11);
    Eigen::Matrix2d H;
    H << 1330, 480, 480, 200;
    BOOST_TEST((at.hessian().to_dense() - H).norm() < 1e-10);
}

BOOST_AUTO_TEST_CASE(derivatives_are_those_of_the_tape) {
    const auto f = hesse::objective(Mixed{}, hesse::fixed_size<3>);
    const auto g = hesse::objective(Mixed{}, 3, hesse::scalars);
    const Eigen::Vector3d x(0.3, 0.7, -0.4), v(1.0, -2.0, 0.5);
    const auto at = f.linearize(x);
    const auto taped = g.linearize(x);
    BOOST_TEST(at.value() == taped.value(), boost::test_tools::tolerance(1e-14));
    BOOST_TEST((at.gradient() - taped.gradient()).norm() < 1e-14);
    BOOST_TEST((at.hessian() * v - taped.hessian() * v).norm() < 1e-13);
    Eigen::VectorXd in = v;
    at.hessian().apply(in, in);
    BOOST_TEST((in - at.hessian() * v).norm() == 0.0);
}

BOOST_AUTO_TEST_CASE(single_precision_works_alike) {
    const auto f = hesse::objective<float>(Rosenbrock{}, hesse::fixed_size<2>);
    const auto at = f.linearize(Eigen::Vector2f(-1.2f, 1.0f));
    BOOST_TEST((at.gradient() - Eigen::Vector2f(-215.6f, -88.0f)).norm() < 1e-3f);
}

BOOST_AUTO_TEST_CASE(optimizers_take_it) {
    const auto f = hesse::objective(Rosenbrock{}, hesse::fixed_size<2>);
    const auto result = hesse::minimize(f, Eigen::VectorXd(Eigen::Vector2d(-1.2, 1.0)), hesse::TrustRegion{});
    BOOST_TEST((result.x - Eigen::VectorXd::Ones(2)).norm() < 1e-6);
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const auto f = hesse::objective(Rosenbrock{}, hesse::fixed_size<2>);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_THROW(static_cast<void>(f.value(Eigen::Vector3d::Ones())), std::invalid_argument);
    BOOST_CHECK_THROW(f.linearize(Eigen::Vector2d(1.0, nan)), std::invalid_argument);
    const auto at = f.linearize(Eigen::Vector2d::Ones());
    Eigen::VectorXd out = Eigen::VectorXd::Ones(2);
    BOOST_CHECK_THROW(at.hessian().apply(Eigen::Vector2d(1.0, nan), out), std::invalid_argument);
    BOOST_CHECK_THROW(at.hessian().apply(Eigen::Vector3d::Ones(), out), std::invalid_argument);
    BOOST_TEST(out == Eigen::VectorXd::Ones(2));
}

BOOST_AUTO_TEST_SUITE_END()
