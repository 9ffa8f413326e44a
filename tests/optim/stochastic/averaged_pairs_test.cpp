#include "hesse/optim/stochastic/averaged_pairs.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "support/sums_of_losses.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;

namespace {

BOOST_AUTO_TEST_SUITE(averaged_pairs)

BOOST_AUTO_TEST_CASE(the_inverse_takes_what_the_hessian_of_the_batch_makes_of_the_last_step_back_to_it) {
    const MatrixXd a = test::normal_matrix(50, 4, 1);
    const VectorXd b = test::normal_matrix(50, 1, 2).col(0);
    const auto f = test::linear_regression(a, b);
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Zero(4);
    Iterate at(erased, start.data());
    const BatchSampler::Options batches{.size = 20, .sampling = Sampling::without_replacement, .seed = 5};
    AveragedPairs pairs(3, 2, batches);
    pairs.start(at);
    BatchSampler twin(batches);
    twin.start(50);
    const MatrixXd x = test::normal_matrix(4, 12, 3);
    VectorXd before;
    for (Index k = 0; k < 12; ++k) {
        pairs.add(at, x.col(k).eval().data());
        if (k % 2 == 0) continue;
        const VectorXd average = 0.5 * (x.col(k - 1) + x.col(k));
        BOOST_TEST(pairs.pairs() == std::min<Index>(k / 2, 3));
        if (k > 1) {
            const VectorXd s = average - before;
            MatrixXd hessian = MatrixXd::Zero(4, 4);
            for (const Index row : twin.next()) hessian += a.row(row).transpose() * a.row(row) / 20.0;
            VectorXd y = hessian * s;
            pairs.apply(y.data());
            BOOST_TEST((y - s).norm() <= 1e-12 * s.norm());  // the secant equation of BFGS
        }
        before = average;
    }
    // Six averages, five pairs, each a gradient and a product on 20 of 50 rows.
    BOOST_TEST(std::abs(at.counters().total().batch_gradients - 2.0) <= 1e-12);
    BOOST_TEST(std::abs(at.counters().total().batch_products - 2.0) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(curvature_that_is_not_positive_makes_no_pair) {
    const auto f = finite_sum(
        4, [](const auto& w, const Rows& rows) { return -0.5 * double(rows.size()) * w.squaredNorm(); }, 2);
    ErasedObjective erased(f);
    const Eigen::Vector2d start(1.0, 2.0);
    Iterate at(erased, start.data());
    AveragedPairs pairs(3, 1, {.size = 2});
    pairs.start(at);
    for (int k = 0; k < 5; ++k) pairs.add(at, Eigen::Vector2d(k, 1.0).eval().data());
    BOOST_TEST(pairs.pairs() == 0);
    Eigen::Vector2d v(3.0, 4.0);
    pairs.apply(v.data());
    BOOST_TEST((v == Eigen::Vector2d(3.0, 4.0)));
}

BOOST_AUTO_TEST_CASE(what_is_forgotten_is_pairs_and_averages) {
    const MatrixXd a = test::normal_matrix(20, 3, 1);
    const VectorXd b = VectorXd::Zero(20);
    const auto f = test::linear_regression(a, b);
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Ones(3);
    Iterate at(erased, start.data());
    AveragedPairs pairs(3, 2, {.size = 100});  // more than there are: all of them
    pairs.start(at);
    const MatrixXd x = test::normal_matrix(3, 8, 3);
    const auto add = [&](Index k) { pairs.add(at, x.col(k).eval().data()); };
    for (Index k = 0; k < 5; ++k) add(k);
    BOOST_TEST(pairs.pairs() == 1);
    pairs.forget();
    BOOST_TEST(pairs.pairs() == 0);
    for (Index k = 5; k < 8; ++k) add(k);
    BOOST_TEST(pairs.pairs() == 0);  // an average of two, and one iterate more
    add(0);
    BOOST_TEST(pairs.pairs() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
