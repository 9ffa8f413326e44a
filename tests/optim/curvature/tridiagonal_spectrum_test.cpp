#include "hesse/optim/curvature/tridiagonal_spectrum.hpp"

#include "hesse/optim/random.hpp"
#include "support/allocation_counter.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;

namespace {

MatrixXd dense(const VectorXd& diagonal, const VectorXd& beside) {
    MatrixXd t = diagonal.asDiagonal();
    t.diagonal(1) = beside;
    t.diagonal(-1) = beside;
    return t;
}

TridiagonalSpectrum spectrum_of(const VectorXd& diagonal, const VectorXd& beside) {
    TridiagonalSpectrum spectrum;
    spectrum.compute({std::span(diagonal.data(), static_cast<std::size_t>(diagonal.size())),
                      std::span(beside.data(), static_cast<std::size_t>(beside.size()))});
    return spectrum;
}

VectorXd sorted(const TridiagonalSpectrum& spectrum) {
    VectorXd values = Eigen::Map<const VectorXd>(spectrum.values().data(), spectrum.rows());
    std::sort(values.begin(), values.end());
    return values;
}

/// The pairs are those of T, and as many as it has rows: T Q = Q D and Q'Q = I to rounding.
void check_pairs(const VectorXd& diagonal, const VectorXd& beside) {
    const TridiagonalSpectrum spectrum = spectrum_of(diagonal, beside);
    const Index k = diagonal.size();
    BOOST_REQUIRE(spectrum.rows() == k);
    const MatrixXd t = dense(diagonal, beside);
    MatrixXd q(k, k);
    for (Index i = 0; i < k; ++i) q.col(i) = Eigen::Map<const VectorXd>(spectrum.vector(i).data(), k);
    const VectorXd values = Eigen::Map<const VectorXd>(spectrum.values().data(), k);
    const double rounding = 1e-15 * static_cast<double>(k + 4);
    BOOST_TEST((q.transpose() * q - MatrixXd::Identity(k, k)).cwiseAbs().maxCoeff() <= rounding);
    BOOST_TEST((t * q - q * values.asDiagonal()).cwiseAbs().maxCoeff() <= rounding * t.cwiseAbs().maxCoeff());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tridiagonal_spectrum)

BOOST_AUTO_TEST_CASE(the_second_difference_has_the_eigenvalues_that_are_known) {
    for (const Index k : {1, 2, 3, 10, 60}) {
        const VectorXd values =
            sorted(spectrum_of(VectorXd::Constant(k, 2.0), VectorXd::Constant(k - 1, -1.0)));
        for (Index j = 0; j < k; ++j) {
            const double s =
                std::sin(0.5 * std::numbers::pi * static_cast<double>(j + 1) / static_cast<double>(k + 1));
            BOOST_TEST(std::abs(values[j] - 4.0 * s * s) <= 1e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(vectors_are_orthonormal_and_belong_to_their_values) {
    RandomGenerator random(2);
    const auto normal = [&](Index k) {
        VectorXd x(k);
        for (double& entry : x) entry = random.normal();
        return x;
    };
    for (int k = 1; k <= 40; ++k) check_pairs(normal(k), normal(k - 1));
    // Graded, both ways; by blocks; constant; of zeros; with a pair of the same value but for rounding (Wilkinson's W21+).
    const VectorXd powers =
        VectorXd::LinSpaced(20, 0.0, -30.0).unaryExpr([](double e) { return std::exp(e); });
    check_pairs(powers, powers.head(19));
    check_pairs(powers.reverse(), powers.head(19).reverse());
    VectorXd blocks = normal(19);
    blocks[3] = blocks[4] = blocks[12] = 0.0;
    check_pairs(normal(20), blocks);
    check_pairs(VectorXd::Constant(20, 3.0), VectorXd::Zero(19));
    check_pairs(VectorXd::Zero(20), VectorXd::Zero(19));
    check_pairs(VectorXd::Zero(20), VectorXd::Ones(19));
    check_pairs(VectorXd::LinSpaced(21, -10.0, 10.0).cwiseAbs(), VectorXd::Ones(20));
    BOOST_TEST(spectrum_of(VectorXd(), VectorXd()).rows() == 0);
}

BOOST_AUTO_TEST_CASE(powers_of_two_and_any_size_of_entries_take_the_same_path) {
    const VectorXd diagonal = VectorXd::LinSpaced(15, -1.0, 2.0), beside = VectorXd::LinSpaced(14, 0.3, 1.1);
    const VectorXd values = sorted(spectrum_of(diagonal, beside));
    for (const int power : {-900, -40, 3, 900}) {
        const double unit = std::ldexp(1.0, power);
        BOOST_TEST((sorted(spectrum_of(unit * diagonal, unit * beside)) == unit * values));
    }
}

BOOST_AUTO_TEST_CASE(the_next_matrix_finds_its_memory) {
    const std::vector<double> diagonal(30, 2.0), beside(29, -1.0);
    TridiagonalSpectrum spectrum;
    spectrum.compute({diagonal, beside});
    const test::AllocationCounter counter;
    spectrum.compute({diagonal, beside});
    spectrum.compute({std::span(diagonal).first(7), std::span(beside).first(6)});
    BOOST_TEST(counter.count() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
