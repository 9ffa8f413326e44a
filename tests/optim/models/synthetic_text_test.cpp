#include "hesse/optim/models/synthetic_text.hpp"

#include "error_text.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>

namespace {
using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
}  // namespace

BOOST_AUTO_TEST_SUITE(synthetic_text_generator)

BOOST_AUTO_TEST_CASE(the_stationary_distribution_is_a_left_eigenvector) {
    const SyntheticText text = synthetic_text(10, 40, {.sharpness = 3.0, .seed = 5});
    const Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>> p(text.transitions.data(), 40, 40);
    const Eigen::Map<const VectorXd> pi(text.stationary.data(), 40);
    BOOST_TEST((p.rowwise().sum() - VectorXd::Ones(40)).norm() < 1e-14);
    BOOST_TEST(std::abs(pi.sum() - 1.0) < 1e-14);
    BOOST_TEST(pi.minCoeff() > 0.0);
    BOOST_TEST((p.transpose() * pi - pi).norm() < 1e-15);
}

BOOST_AUTO_TEST_CASE(counts_of_a_long_text_have_the_entropy_rate_of_the_chain) {
    const Index v = 8, length = 400'000;
    const SyntheticText text = synthetic_text(length, v, {.seed = 3});
    MatrixXd counts = MatrixXd::Zero(v, v);
    for (std::size_t t = 1; t < text.tokens.size(); ++t) counts(text.tokens[t - 1], text.tokens[t]) += 1.0;
    // The plug-in estimate: too low by about v (v - 1) / 2 / length, 7e-5, and as much again and more by chance.
    double estimate = 0.0, single = 0.0;
    for (Index i = 0; i < v; ++i) {
        const double row = counts.row(i).sum(), total = counts.sum();
        for (Index j = 0; j < v; ++j) {
            if (counts(i, j) > 0.0) estimate -= counts(i, j) / total * std::log(counts(i, j) / row);
        }
        single -= row / total * std::log(row / total);
    }
    BOOST_TEST_MESSAGE("rate " << text.entropy_rate() << ", counted " << estimate << "; of single tokens "
                               << text.token_entropy() << ", counted " << single);
    // Standard errors are about 1 / sqrt(length), 1.6e-3, with some memory of the chain.
    BOOST_TEST(std::abs(estimate - text.entropy_rate()) < 1e-2);
    BOOST_TEST(std::abs(single - text.token_entropy()) < 1e-2);
    BOOST_TEST(std::abs(text.mean_surprise() - text.entropy_rate()) < 1e-2);
    BOOST_TEST(text.entropy_rate() < text.token_entropy());
    BOOST_TEST(text.token_entropy() < std::log(8.0));
}

BOOST_AUTO_TEST_CASE(without_sharpness_every_token_follows_with_equal_probability) {
    const SyntheticText text = synthetic_text(100, 16, {.sharpness = 0.0});
    BOOST_TEST(std::abs(text.entropy_rate() - std::log(16.0)) < 1e-14);
    BOOST_TEST(std::abs(text.token_entropy() - std::log(16.0)) < 1e-14);
    BOOST_TEST(std::abs(text.mean_surprise() - std::log(16.0)) < 1e-13);
}

BOOST_AUTO_TEST_CASE(the_seed_decides_and_a_longer_text_goes_on) {
    const SyntheticText a = synthetic_text(50, 5, {.seed = 1}), b = synthetic_text(80, 5, {.seed = 1});
    BOOST_TEST(std::equal(a.tokens.begin(), a.tokens.end(), b.tokens.begin()));
    BOOST_TEST((a.tokens != synthetic_text(50, 5, {.seed = 2}).tokens));
    for (const int token : b.tokens) BOOST_TEST((token >= 0 && token < 5));
    BOOST_TEST((synthetic_text(3, 1).tokens == std::vector<int>{0, 0, 0}));
    BOOST_TEST(std::isnan(synthetic_text(1, 3).mean_surprise()));
}

BOOST_AUTO_TEST_CASE(bad_sizes_are_named) {
    using test::message_of;
    BOOST_TEST(message_of([] { (void)synthetic_text(0, 4); }) ==
               "synthetic_text: length is 0, expected at least 1");
    BOOST_TEST(message_of([] { (void)synthetic_text(4, 0); }) ==
               "synthetic_text: vocabulary is 0, expected at least 1");
    BOOST_TEST(message_of([] {
                   (void)synthetic_text(4, 4, {.sharpness = -1.0});
               }).starts_with("synthetic_text: sharpness is -1, expected 0 <= sharpness"));
}

BOOST_AUTO_TEST_SUITE_END()
