#include "hesse/optim/curvature/preconditioners.hpp"

#include "hesse/optim/curvature/eigenpairs.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd product(OperatorRef a, const VectorXd& x) {
    VectorXd y(x.size());
    a.apply(x.data(), y.data());
    return y;
}

BOOST_AUTO_TEST_SUITE(preconditioners)

BOOST_AUTO_TEST_CASE(jacobi_divides_by_magnitudes_that_are_not_too_small) {
    const VectorXd d{{2.0, -4.0, 0.0, 1e-12}};
    const VectorXd y = product(JacobiPreconditioner(d, 0.1), VectorXd::Ones(4));
    BOOST_TEST((y - VectorXd{{0.5, 0.25, 2.5, 2.5}}).norm() <= 1e-15);
}

BOOST_AUTO_TEST_CASE(an_operator_in_other_coordinates_keeps_its_inertia) {
    const MatrixXd m = MatrixXd::Random(20, 20), a = m + m.transpose();
    VectorXd c = VectorXd::Random(20).cwiseAbs().array() + 0.1;
    const auto scaling = c.asDiagonal();
    const PreconditionedOperator b(a, scaling);
    const VectorXd x = VectorXd::Random(20);
    BOOST_TEST((product(b, x) - scaling * (a * (scaling * x))).norm() <= 1e-13);
    EigenpairsOptions options;
    options.lowest = 20;
    const auto negative = [&](OperatorRef any) {
        Index count = 0;
        for (const auto& value : eigenpairs(any, options).lowest.values) count += value.value < 0.0 ? 1 : 0;
        return count;
    };
    BOOST_TEST(negative(a) == negative(b));
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto says = [](const char* text) {
        return [text](const std::invalid_argument& e) {
            return std::string(e.what()).find(text) != std::string::npos;
        };
    };
    BOOST_CHECK_EXCEPTION(JacobiPreconditioner(VectorXd::Zero(3)), std::invalid_argument,
                          says("all entries"));
    BOOST_CHECK_EXCEPTION(JacobiPreconditioner(VectorXd(0)), std::invalid_argument,
                          says("the number of entries is 0"));
    BOOST_CHECK_EXCEPTION(JacobiPreconditioner(VectorXd::Ones(3), 2.0), std::invalid_argument,
                          says("floor is 2"));
    BOOST_CHECK_EXCEPTION(JacobiPreconditioner(VectorXd{{1.0, std::numeric_limits<double>::infinity()}}),
                          std::invalid_argument, says("entry 1 of the diagonal is inf"));
    const MatrixXd a = MatrixXd::Identity(3, 3), c = MatrixXd::Identity(2, 2);
    BOOST_CHECK_EXCEPTION(PreconditionedOperator(a, c), std::invalid_argument, says("C has 2 rows"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
