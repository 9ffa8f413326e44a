#include "hesse/autodiff/constants.hpp"

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <utility>

/// How long data must live. Run under the address sanitizer, which sees what was freed too early.
namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(constants)

BOOST_AUTO_TEST_CASE(temporaries_are_copied_and_named_matrices_are_referenced) {
    // Run under the address sanitizer, which sees what was freed too early.
    const auto named = std::make_unique<MatrixXd>(random_matrix(40, 3, 16));
    const auto make = [](Index rows, Index cols) { return random_matrix(rows, cols, 17); };
    const auto loss = [&](const auto& x) {
        const auto y = *named * x + make(40, 3) * x + (2.0 * *named) * x;      // factors
        const auto z = y + make(40, 1) - named->col(1) + named->col(0) * 3.0;  // summands
        const auto w = z.reshaped(20, 2).rowwise() + make(1, 2);               // a repeated row
        return (w.colwise() - make(20, 1)).squaredNorm() + x.dot(make(3, 1));
    };
    const auto f = objective(loss, 3);
    const VectorXd x = random_vector(3, 18);
    const auto at = f.linearize(x);
    const MatrixXd a = 3.0 * *named + make(40, 3);
    const VectorXd v = random_vector(3, 19);
    BOOST_TEST((at.hessian() * v - 2.0 * a.transpose() * (a * v)).norm() < 1e-11);
    BOOST_TEST(f.value(x) == at.value());
}

BOOST_AUTO_TEST_CASE(expressions_of_constants_are_kept_with_the_recording) {
    const auto f = objective(
        [](const auto& x) {
            const MatrixXd local = random_matrix(3, 3, 20);  // gone when the loss returns
            return (x + (local * 2.0).col(1) + local.row(0).transpose().eval()).squaredNorm() +
                   (MatrixXd(local) * x).sum();
        },
        3);
    const VectorXd x = random_vector(3, 21);
    const auto at = f.linearize(x);
    const MatrixXd other = random_matrix(300, 300, 22);  // reuses freed memory
    BOOST_TEST((at.hessian() * x - 2.0 * x).norm() < 1e-14);
    BOOST_TEST(other.size() == 90000);
}

BOOST_AUTO_TEST_CASE(constants_are_owned_by_the_recordings_that_use_them) {
    const MatrixXd data = random_matrix(30, 4, 23);
    const auto loss = [&](auto images) {
        return [images](const auto& x) {
            const auto local = copy(MatrixXd(MatrixXd::Zero(30, 4)));  // no matter how short its life
            return (images * x).squaredNorm() +
                   (x.transpose() * images.transpose() + local.col(0).transpose()).sum();
        };
    };
    const VectorXd x = random_vector(4, 24), v = random_vector(4, 25);
    auto f = std::make_unique<decltype(objective(loss(constant(MatrixXd(data))), 4))>(
        objective(loss(constant(MatrixXd(data))), 4));
    const double value = f->value(x);
    const auto at = f->linearize(x);
    f.reset();  // the loss is gone, and its hold on the data
    BOOST_TEST(at.value() == value);
    BOOST_TEST(value == (data * x).squaredNorm() + (data * x).sum(), boost::test_tools::tolerance(1e-13));
    BOOST_TEST((at.hessian() * v - 2.0 * data.transpose() * (data * v)).norm() < 1e-12);
}

BOOST_AUTO_TEST_CASE(constants_keep_the_words_of_what_they_hold) {
    const auto f = objective([a = constant(Eigen::ArrayXd(Eigen::ArrayXd::LinSpaced(3, 1.0, 3.0))),
                              m = copy(MatrixXd::Identity(3, 3) * 2.0)](
                                 const auto& x) { return (m * x).sum() + (a * x.array() * a).sum(); },
                             3);
    BOOST_TEST(f.linearize(VectorXd::Zero(3)).gradient() == (VectorXd{{3, 6, 11}}));
}

BOOST_AUTO_TEST_SUITE_END()
