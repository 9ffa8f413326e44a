#include "hesse/optim/curvature/symmetry.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using hesse::RandomGenerator;

BOOST_AUTO_TEST_SUITE(symmetry)

BOOST_AUTO_TEST_CASE(symmetric_matrices_of_any_scale_pass) {
    RandomGenerator random(1);
    for (int n : {1, 2, 50, 500})
        for (double scale : {1e-200, 1.0, 1e200}) {
            const MatrixXd m = MatrixXd::Random(n, n) * scale;
            BOOST_TEST(check_symmetry(MatrixXd(m + m.transpose()), random).passed());
        }
    BOOST_TEST(check_symmetry(MatrixXd::Zero(5, 5), random).passed());
}

BOOST_AUTO_TEST_CASE(one_wrong_entry_is_found) {
    RandomGenerator random(1);
    MatrixXd m = MatrixXd::Identity(100, 100);
    m(3, 70) = 1e-6;
    BOOST_TEST(!check_symmetry(m, random).passed());
    BOOST_TEST(check_symmetry(m, random, 1e-6).passed());  // products known to six digits only
}

BOOST_AUTO_TEST_CASE(the_exception_shows_both_numbers) {
    RandomGenerator random(1);
    const MatrixXd m{{0.0, 1.0}, {-1.0, 0.0}};
    BOOST_CHECK_EXCEPTION(require_symmetric("classify", m, random, 1e-16), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              const std::string text = error.what();
                              return text.find("classify: the operator is not symmetric: u'Av = ") == 0 &&
                                     text.find("but v'Au = ") != std::string::npos;
                          });
    const MatrixXd bad = MatrixXd::Constant(2, 2, std::numeric_limits<double>::quiet_NaN());
    BOOST_CHECK_EXCEPTION(require_symmetric("classify", bad, random, 1e-16), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()) ==
                                     "classify: the operator's product with a finite vector is not finite";
                          });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
