#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace hesse::test {
namespace {

HyperDual evaluate_along(const HyperDualLoss& loss, const VectorXd& x, const VectorXd& v, const VectorXd& w) {
    HyperDualVector numbers(x.size());
    for (Index i = 0; i < x.size(); ++i) numbers[i] = HyperDual(x[i], v[i], w[i], 0);
    return loss(numbers);
}

/// Coordinates that are compared one by one: all of a few, else the ends and some between.
std::vector<Index> compared_coordinates(Index n) {
    std::vector<Index> all;
    constexpr Index limit = 150;
    const Index step = n <= limit ? 1 : n / 23;
    for (Index i = 0; i < n; i += step) all.push_back(i);
    if (n > limit) all.insert(all.end(), {1, n - 2, n - 1});
    return all;
}

void compare_numbers(const std::string& what, double given, HyperDual::Real expected, double allowed) {
    const double error = std::abs(static_cast<double>(given - expected));
    if (error <= allowed) return;  // false for NaN
    std::ostringstream message;
    message.precision(17);
    message << what << ": " << given << ", expected " << static_cast<double>(expected) << ", error " << error
            << " > " << allowed;
    BOOST_ERROR(message.str());
}

}  // namespace

VectorXd random_vector(Index n, std::uint64_t seed, double low, double high) {
    std::mt19937_64 bits(seed);
    VectorXd x(n);
    for (double& entry : x) entry = low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53;
    return x;
}

MatrixXd random_matrix(Index rows, Index cols, std::uint64_t seed, double low, double high) {
    return random_vector(rows * cols, seed, low, high).reshaped(rows, cols);
}

void require_near(const VectorXd& once, const VectorXd& product, Precision precision) {
    if (!once.allFinite() || !product.allFinite()) {
        BOOST_TEST(once.allFinite() == product.allFinite());
        return;
    }
    const double scale = std::max(precision.scale, product.cwiseAbs().maxCoeff());
    BOOST_TEST((once - product).cwiseAbs().maxCoeff() <= 2 * precision.relative * scale);
}

void require_same_bits(const VectorXd& a, const VectorXd& b) {
    BOOST_TEST(std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<std::size_t>(a.size())) == 0,
               "bits differ by " << (a - b).lpNorm<Eigen::Infinity>());
}

MatrixXd test_directions(Index n) { return random_matrix(n, 2, 71); }

void compare(const Derivatives& given, const HyperDualLoss& truth, const VectorXd& x, Precision precision) {
    const Index n = x.size();
    BOOST_TEST(given.value == given.linearized_value);
    BOOST_TEST_REQUIRE(given.gradient.size() == n);
    const std::vector<Index> coordinates = compared_coordinates(n);
    const bool some = static_cast<Index>(coordinates.size()) < n;

    for (Index k = 0; k < given.directions.cols(); ++k) {
        const VectorXd v = given.directions.col(k);
        const VectorXd product = given.products.col(k);
        const double size = std::max(
            {precision.scale, given.gradient.lpNorm<Eigen::Infinity>(), product.lpNorm<Eigen::Infinity>()});
        const auto check = [&](const std::string& where, const VectorXd& w, double factor) {
            const HyperDual expected = evaluate_along(truth, x, v, w);
            const double allowed = precision.relative * factor;
            compare_numbers("value", given.linearized_value, expected.value,
                            precision.relative *
                                std::max(precision.scale, std::abs(static_cast<double>(expected.value))));
            compare_numbers("gradient " + where, w.dot(given.gradient), expected.second, allowed * size);
            compare_numbers("Hessian product " + where, w.dot(product), expected.both, allowed * size);
        };
        for (const Index i : coordinates) check("entry " + std::to_string(i), VectorXd::Unit(n, i), 1.0);
        if (some) {
            check("along a direction", random_vector(n, 90 + static_cast<std::uint64_t>(k)),
                  std::sqrt(static_cast<double>(n)));
        }
    }
}

template void check_linearized(double, const VectorXd&, const Linearization<double>&, const HyperDualLoss&,
                               const VectorXd&, Precision);
template void check_linearized(float, const Eigen::VectorXf&, const Linearization<float>&,
                               const HyperDualLoss&, const VectorXd&, Precision);

}  // namespace hesse::test
