#include "hesse/optim/models/initialisers.hpp"

#include "error_text.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace {
using namespace hesse;
using Eigen::MatrixXd;

MatrixXd drawn(const Initialiser& rule, Index rows, Index cols, std::uint64_t seed = 1, Fans fans = {}) {
    MatrixXd x(rows, cols);
    RandomGenerator generator(seed);
    rule(generator, {rows, cols}, fans.in == 0 ? Fans{cols, rows} : fans, x.data());
    return x;
}

/// The mean is zero and the variance this, each within five standard errors; `fourth` is E x^4 / variance^2: 3 of normal
/// numbers, 9/5 of uniform ones.
void check_moments(const MatrixXd& x, double variance, double fourth) {
    const double n = static_cast<double>(x.size());
    BOOST_TEST(std::abs(x.mean()) < 5.0 * std::sqrt(variance / n));
    const double measured = x.squaredNorm() / n;
    BOOST_TEST(std::abs(measured - variance) < 5.0 * variance * std::sqrt((fourth - 1.0) / n));
    const double kurtosis = x.array().pow(4).mean() / (measured * measured);
    BOOST_TEST(std::abs(kurtosis - fourth) < 0.1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(initialisers)

BOOST_AUTO_TEST_CASE(moments_are_those_of_the_papers) {
    // (120 x 300): 300 come in, 120 go out.
    check_moments(drawn(Initialiser::normal(0.3), 120, 300), 0.09, 3.0);
    check_moments(drawn(Initialiser::uniform(0.6), 120, 300), 0.12, 1.8);
    check_moments(drawn(Initialiser::glorot_normal(), 120, 300), 2.0 / 420, 3.0);
    check_moments(drawn(Initialiser::glorot_uniform(2.0), 120, 300), 8.0 / 420, 1.8);
    check_moments(drawn(Initialiser::he_normal(), 120, 300), 2.0 / 300, 3.0);
    check_moments(drawn(Initialiser::he_uniform(), 120, 300), 2.0 / 300, 1.8);
    check_moments(drawn(Initialiser::he_normal(), 120, 300, 2, {50, 7}), 2.0 / 50, 3.0);
    // Glorot and Bengio's normalized initialisation: uniform between -+ sqrt(6 / (in + out)).
    const double bound = std::sqrt(6.0 / 420);
    const double largest = drawn(Initialiser::glorot_uniform(), 120, 300).cwiseAbs().maxCoeff();
    BOOST_TEST(largest < bound);
    BOOST_TEST(largest > 0.999 * bound);
}

BOOST_AUTO_TEST_CASE(constants_are_constant) {
    BOOST_TEST((drawn(Initialiser::zeros(), 3, 4) == MatrixXd::Zero(3, 4)));
    BOOST_TEST((drawn(Initialiser::ones(), 3, 4) == MatrixXd::Ones(3, 4)));
    BOOST_TEST((drawn(Initialiser::constant(-2.5), 3, 4) == MatrixXd::Constant(3, 4, -2.5)));
}

BOOST_AUTO_TEST_CASE(orthogonal_matrices_are_orthogonal_whichever_side_is_longer) {
    const MatrixXd tall = drawn(Initialiser::orthogonal(), 60, 25),
                   wide = drawn(Initialiser::orthogonal(), 25, 60);
    BOOST_TEST((tall.transpose() * tall - MatrixXd::Identity(25, 25)).norm() < 1e-12);
    BOOST_TEST((wide * wide.transpose() - MatrixXd::Identity(25, 25)).norm() < 1e-12);
    const MatrixXd square = drawn(Initialiser::orthogonal(0.5), 40, 40);
    BOOST_TEST((square.transpose() * square - 0.25 * MatrixXd::Identity(40, 40)).norm() < 1e-12);
}

BOOST_AUTO_TEST_CASE(orthogonal_matrices_prefer_no_sign) {
    // Uniformly distributed ones have trace of mean 0 and variance 1; Q alone, with whatever signs, has not.
    double sum = 0.0;
    const int count = 400;
    for (int seed = 0; seed < count; ++seed)
        sum += drawn(Initialiser::orthogonal(), 3, 3, static_cast<std::uint64_t>(seed)).trace();
    BOOST_TEST(std::abs(sum / count) < 5.0 / std::sqrt(count));
}

BOOST_AUTO_TEST_CASE(the_seed_decides) {
    const Initialiser rule = Initialiser::glorot_normal();
    BOOST_TEST((drawn(rule, 4, 5, 3) == drawn(rule, 4, 5, 3)));
    BOOST_TEST((drawn(rule, 4, 5, 3) != drawn(rule, 4, 5, 4)));
}

BOOST_AUTO_TEST_CASE(bad_numbers_are_named) {
    using test::message_of;
    BOOST_TEST(
        message_of([] { Initialiser::normal(-1.0); }) ==
        "Initialiser::normal: standard_deviation is -1, expected a finite number that is not negative");
    BOOST_TEST(message_of([] { Initialiser::constant(std::numeric_limits<double>::infinity()); }) ==
               "Initialiser::constant: value is inf, expected a finite number");
    BOOST_TEST(message_of([] { Initialiser::orthogonal(std::nan("")); }) ==
               "Initialiser::orthogonal: gain is nan, expected a finite number that is not negative");
    BOOST_TEST(message_of([] { Initialiser(Initialiser::Draw()); }) ==
               "Initialiser: the rule is empty, expected a function");
    BOOST_TEST(message_of([] {
                   drawn(Initialiser::he_normal(), 2, 2, 0, {-1, 2});
               }) == "Initialiser::he_normal: fan in is -1, expected at least 1");
}

BOOST_AUTO_TEST_SUITE_END()
