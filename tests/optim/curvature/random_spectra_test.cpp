#include "hesse/optim/curvature/critical_point.hpp"
#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

// Verdicts on operators whose spectrum is known: no wrong one among ten thousand.
namespace {

using Eigen::VectorXd;
using hesse::classify;
using hesse::Index;
using hesse::RandomGenerator;
using Kind = hesse::CriticalPointKind;

/// Q D Q' for a product Q of two reflections: known to rounding, and cheap to multiply by.
struct KnownSpectrum {
    VectorXd eigenvalues, first, second;

    [[nodiscard]] Index rows() const { return eigenvalues.size(); }
    void apply(const double* in, double* out) const {
        const Eigen::Map<const VectorXd> x(in, rows());
        Eigen::Map<VectorXd> y(out, rows());
        y = x - 2.0 * first.dot(x) * first;
        y -= 2.0 * second.dot(y) * second;
        y.array() *= eigenvalues.array();
        y -= 2.0 * second.dot(y) * second;
        y -= 2.0 * first.dot(y) * first;
    }
};

VectorXd unit_vector(RandomGenerator& random, Index n) {
    VectorXd v(n);
    random.unit_vector(hesse::VectorSpace(n), v.data());
    return v;
}

constexpr std::array families = {"uniform",  "repeated", "clustered",     "graded", "zero",
                                 "rank one", "singular", "many negative", "few",    "two clusters"};

/// Magnitudes of one family, with the signs of a minimum, a maximum or a saddle.
VectorXd spectrum(std::size_t family, RandomGenerator& random) {
    const auto below = [&](double bound) { return static_cast<Index>(random.uniform() * bound); };
    const Index n = 1 + below(random.uniform() < 0.5 ? 12.0 : 200.0);
    VectorXd d(n);
    for (double& x : d) x = 0.05 + random.uniform();
    switch (family) {
        case 1: {  // a few values, each many times
            const Index distinct = 1 + below(4.0);
            for (Index i = 0; i < n; ++i) d[i] = d[i % distinct];
            break;
        }
        case 2: {  // all within a small distance of one value
            const double width = std::pow(10.0, -2.0 - 12.0 * random.uniform());
            for (double& x : d) x = 1.0 + width * random.uniform();
            break;
        }
        case 3:  // sixteen orders of magnitude
            for (double& x : d) x = std::pow(10.0, -16.0 * random.uniform());
            break;
        case 4:
            d.setZero();
            return d;
        case 5:
            d.tail(n - 1).setZero();
            break;
        case 6:
            d.head(1 + below(static_cast<double>(n))).setZero();
            break;
        case 8:
            d.head(n / 2).setConstant(d[0]);
            break;
        case 9: {
            d.setConstant(1.0);
            for (Index i = 0; i < n / 2; ++i) d[i] = 0.1 + 1e-7 * random.uniform();
            break;
        }
        default:
            break;
    }
    // Five of eight definite: those are what needs a certificate.
    const double sign = random.uniform();
    if (sign < 0.30) d = -d;
    else if (sign > 0.62)
        for (double& x : d)
            if (random.uniform() < (family == 7 ? 0.9 : 0.3)) x = -x;
    return d * std::ldexp(1.0, static_cast<int>(below(200.0)) - 100);
}

/// What the verdict may be, given the spectrum and the tolerance in force.
bool allowed(Kind kind, double lowest, double highest, double tau) {
    switch (kind) {
        case Kind::saddle:
            return lowest < -tau && highest > tau;
        case Kind::minimum:
            return lowest > tau;
        case Kind::maximum:
            return highest < -tau;
        case Kind::degenerate:  // what decides is within ten tolerances of zero
            if (lowest < -10.0 * tau && highest > 10.0 * tau) return false;
            return lowest < -10.0 * tau ? std::abs(highest) <= 10.0 * tau : std::abs(lowest) <= 10.0 * tau;
        default:
            return false;  // where the whole space may be searched, there is no excuse
    }
}

BOOST_AUTO_TEST_SUITE(random_spectra)

/// Verdicts on so many operators, and what is wrong with them.
struct Tally {
    std::array<int, 8> verdicts{};
    int wrong = 0, outside = 0, overcounted = 0;

    [[nodiscard]] int of(Kind kind) const { return verdicts.at(static_cast<std::size_t>(kind)); }
};

Tally classify_many(int operators, hesse::ClassifyOptions options) {
    RandomGenerator random(2026);
    Tally tally;
    for (int trial = 0; trial < operators; ++trial) {
        const std::size_t family = static_cast<std::size_t>(trial) % families.size();
        KnownSpectrum a{spectrum(family, random), {}, {}};
        const Index n = a.rows();
        a.first = n > 1 ? unit_vector(random, n) : VectorXd::Zero(n);
        a.second = n > 1 ? unit_vector(random, n) : VectorXd::Zero(n);
        options.seed = random.bits();
        const hesse::CriticalPoint p = classify(a, options);
        ++tally.verdicts.at(static_cast<std::size_t>(p.kind));

        const double lowest = a.eigenvalues.minCoeff(), highest = a.eigenvalues.maxCoeff();
        const double norm = std::max(std::abs(lowest), std::abs(highest));
        const double slack = 10.0 * static_cast<double>(n) * std::numeric_limits<double>::epsilon() * norm;
        const auto near = [&](const hesse::EigenvalueEstimate& e) {
            return (a.eigenvalues.array() - e.value).abs().minCoeff() <= e.error_bound + slack;
        };
        const bool right = allowed(p.kind, lowest, highest, p.curvature_tolerance);
        const bool inside = p.lowest_bound <= lowest + slack && lowest <= p.lowest.value + slack &&
                            p.highest_bound >= highest - slack && highest >= p.highest.value - slack &&
                            near(p.lowest) && near(p.highest);
        tally.wrong += right ? 0 : 1;
        tally.outside += inside ? 0 : 1;
        if (p.index_lower_bound > (a.eigenvalues.array() < -p.curvature_tolerance).count())
            ++tally.overcounted;
        if (!right || !inside)
            BOOST_TEST_MESSAGE(fmt::format("trial {}, {}, n = {}, spectrum in [{}, {}], verdict {}", trial,
                                           families[family], n, lowest, highest, hesse::describe(p)));
    }
    return tally;
}

BOOST_AUTO_TEST_CASE(no_verdict_is_wrong_among_ten_thousand_known_spectra) {
    constexpr int operators = 10'000;
    hesse::ClassifyOptions options;
    options.failure_probability = 1e-9;
    const Tally tally = classify_many(operators, options);
    BOOST_TEST(tally.wrong == 0);
    BOOST_TEST(tally.outside == 0);
    BOOST_TEST(tally.overcounted == 0);
    for (const Kind kind : {Kind::minimum, Kind::maximum, Kind::saddle, Kind::degenerate})
        BOOST_TEST(tally.of(kind) >= operators * 15 / 100, hesse::to_string(kind));
}

BOOST_AUTO_TEST_CASE(nor_where_products_are_few) {
    constexpr int operators = 4'000;
    for (const Index products : {5, 12, 40}) {
        hesse::ClassifyOptions options;
        options.failure_probability = 1e-9;
        options.max_products = products;
        const Tally tally = classify_many(operators, options);
        // Admitting that the second order is not settled is right as well.
        BOOST_TEST(tally.wrong <= tally.of(Kind::second_order_point) + tally.of(Kind::not_minimum));
        BOOST_TEST(tally.outside == 0);
        BOOST_TEST(tally.overcounted == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
