#include "hesse/optim/curvature/critical_point.hpp"

#include "hesse/autodiff.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <sstream>
#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::classify;
using hesse::ClassifyOptions;
using hesse::CriticalPoint;
using hesse::Index;
using hesse::test::AnalyticObjective;
using Kind = hesse::CriticalPointKind;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

AnalyticObjective diagonal(const VectorXd& d) { return hesse::test::quadratic(d.asDiagonal()); }

/// A diagonal Hessian of any size, at the origin of 1/2 x'Dx.
AnalyticObjective large_diagonal(const VectorXd& d) {
    return {d.size(), [d](const VectorXd& x) { return 0.5 * x.dot(d.cwiseProduct(x)); },
            [d](const VectorXd& x) -> VectorXd { return d.cwiseProduct(x); },
            [d](const VectorXd&, const VectorXd& v) -> VectorXd { return d.cwiseProduct(v); }};
}

/// Classifies, and checks what must hold of every verdict, given the true spectrum.
CriticalPoint checked(const AnalyticObjective& f, const VectorXd& x, const VectorXd& ascending,
                      const ClassifyOptions& options = {}) {
    const Index before = f.counts().products;
    const CriticalPoint point = classify(f, x, options);
    BOOST_TEST(point.products == f.counts().products - before);
    BOOST_TEST(point.products <= options.max_products);
    BOOST_TEST(point.dimension == x.size());
    const double rounding = 1e-13 * ascending.lpNorm<Eigen::Infinity>();
    BOOST_TEST(point.lowest.value >= ascending[0] - rounding);
    BOOST_TEST(point.highest.value <= ascending[x.size() - 1] + rounding);
    BOOST_TEST(point.lowest_bound <= ascending[0] + rounding);
    BOOST_TEST(point.highest_bound >= ascending[x.size() - 1] - rounding);
    BOOST_TEST((ascending.array() - point.lowest.value).abs().minCoeff() <= point.lowest.error_bound);
    BOOST_TEST((ascending.array() - point.highest.value).abs().minCoeff() <= point.highest.error_bound);
    BOOST_TEST(point.index_lower_bound <= (ascending.array() < -point.curvature_tolerance).count());
    BOOST_TEST(std::abs(point.direction.norm() - 1.0) <= 1e-14);
    return point;
}

BOOST_AUTO_TEST_SUITE(critical_point)

BOOST_AUTO_TEST_CASE(the_table_of_worked_points_that_second_order_decides) {
    using hesse::test::quadratic;
    const VectorXd zero = VectorXd::Zero(2);
    CriticalPoint p = checked(quadratic(MatrixXd{{2.0, 1.0}, {1.0, 2.0}}), zero, Eigen::Vector2d(1.0, 3.0));
    BOOST_TEST((p.kind == Kind::minimum));
    BOOST_TEST(std::abs(p.lowest.value - 1.0) <= 1e-14);
    BOOST_TEST(std::abs(p.highest.value - 3.0) <= 1e-14);
    BOOST_TEST(p.certain());  // the run filled the plane

    p = checked(quadratic(-2.0 * MatrixXd::Identity(2, 2)), zero, Eigen::Vector2d(-2.0, -2.0));
    BOOST_TEST((p.kind == Kind::maximum));
    BOOST_TEST(p.index_lower_bound == 2);

    p = checked(hesse::test::saddle(), zero, Eigen::Vector2d(-2.0, 2.0));
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(p.certain());
    BOOST_TEST(std::abs(p.lowest.value + 2.0) <= 1e-14);
    BOOST_TEST(std::abs(std::abs(p.direction[1]) - 1.0) <= 1e-14);
    BOOST_TEST(p.index_lower_bound == 1);

    p = checked(hesse::test::two_weights(), zero, Eigen::Vector2d(-2.0, 2.0));
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(std::abs(p.direction[0] - p.direction[1]) <= 1e-14);  // (1, 1) / sqrt 2, up to its sign
    const auto f = hesse::test::two_weights();
    for (double step : {0.1, -0.1}) BOOST_TEST(f.value(step * p.direction) < f.value(zero));

    p = checked(hesse::test::double_well(), zero, Eigen::Vector2d(-1.0, 1.0));
    BOOST_TEST((p.kind == Kind::saddle));
    p = checked(hesse::test::double_well(), Eigen::Vector2d(0.0, -1.0), Eigen::Vector2d(1.0, 2.0));
    BOOST_TEST((p.kind == Kind::minimum));
    BOOST_TEST(p.value == -0.25);
}

BOOST_AUTO_TEST_CASE(the_table_of_worked_points_that_second_order_leaves_open) {
    using hesse::test::two_powers;
    const VectorXd zero = VectorXd::Zero(2);
    const AnalyticObjective flat_below[] = {two_powers(1.0, 2, 1.0, 4), two_powers(1.0, 2, -1.0, 4),
                                            two_powers(1.0, 2, 1.0, 3)};
    for (const auto& f : flat_below) {
        const CriticalPoint p = checked(f, zero, Eigen::Vector2d(0.0, 2.0));
        BOOST_TEST((p.kind == Kind::degenerate));
        BOOST_TEST(std::abs(p.lowest.value) <= 1e-15);
        BOOST_TEST(p.index_lower_bound == 0);
    }
    for (double b : {-1.0, 1.0}) {
        const CriticalPoint p = checked(two_powers(-1.0, 2, b, 4), zero, Eigen::Vector2d(-2.0, 0.0));
        BOOST_TEST((p.kind == Kind::degenerate));
        BOOST_TEST(p.index_lower_bound == 1);
    }
    // The flat valley w1 w2 = 1.
    const CriticalPoint valley =
        checked(hesse::test::two_weights(), VectorXd::Ones(2), Eigen::Vector2d(0.0, 4.0));
    BOOST_TEST((valley.kind == Kind::degenerate));
    BOOST_TEST(std::abs(valley.highest.value - 4.0) <= 1e-14);
    BOOST_TEST(std::abs(valley.direction[0] + valley.direction[1]) <= 1e-14);

    BOOST_TEST((checked(hesse::test::monkey_saddle(), zero, zero).kind == Kind::degenerate));
    const VectorXd zero3 = VectorXd::Zero(3);
    BOOST_TEST((checked(hesse::test::three_weights(), zero3, zero3).kind == Kind::degenerate));
}

BOOST_AUTO_TEST_CASE(one_parameter_is_enough) {
    const VectorXd x = VectorXd::Zero(1);
    for (double c : {3.0, -3.0, 0.0, 1e-300, -1e-300, 1e300}) {
        const CriticalPoint p = checked(diagonal(VectorXd::Constant(1, c)), x, VectorXd::Constant(1, c));
        BOOST_TEST((p.kind == (c > 0.0   ? Kind::minimum
                               : c < 0.0 ? Kind::maximum
                                         : Kind::degenerate)),
                   "curvature " << c << " is " << to_string(p.kind));
        BOOST_TEST(p.certain());
    }
}

BOOST_AUTO_TEST_CASE(multiples_of_the_identity_take_few_products) {
    const Index n = 500;
    const VectorXd x = VectorXd::Zero(n);
    for (double c : {1.0, -1.0, 0.0}) {
        const CriticalPoint p =
            checked(large_diagonal(VectorXd::Constant(n, c)), x, VectorXd::Constant(n, c));
        BOOST_TEST((p.kind == (c > 0.0 ? Kind::minimum : c < 0.0 ? Kind::maximum : Kind::degenerate)));
        BOOST_TEST(p.index_lower_bound == (c < 0.0 ? 16 : 0));
        BOOST_TEST(p.products <= (c < 0.0 ? 40 : 6));
    }
}

BOOST_AUTO_TEST_CASE(two_eigenvalues_of_high_multiplicity_are_a_saddle_at_once) {
    VectorXd d(1000);
    d << VectorXd::Constant(500, -1.0), VectorXd::Constant(500, 1.0);
    ClassifyOptions options;
    CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(1000), d, options);
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(p.index_lower_bound >= 8);  // a block of two steps shows one more
    options.index_pairs = 0;
    p = checked(large_diagonal(d), VectorXd::Zero(1000), d, options);
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(p.products == 6);  // symmetry, two steps, two measurements
}

BOOST_AUTO_TEST_CASE(the_spectrum_of_an_autoencoder_at_its_origin) {
    // 0.01 +- s_i, sixteen times each, 61 of them; 1.01 64 times; 0.01 otherwise. Index 16 x 39.
    VectorXd d = VectorXd::Constant(2128, 0.01);
    Index next = 0;
    for (int i = 0; i < 61; ++i) {
        const double s = i < 39 ? 0.698857 * std::pow(0.9, i) : 0.0099 * std::pow(0.9, i - 39);
        for (int k = 0; k < 16; ++k) d[next++] = 0.01 - s, d[next++] = 0.01 + s;
    }
    d.segment(next, 64).setConstant(1.01);
    VectorXd ascending = d;
    std::sort(ascending.begin(), ascending.end());
    BOOST_REQUIRE((d.array() < 0.0).count() == 16 * 39);
    const CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(2128), ascending);
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(std::abs(p.lowest.value + 0.688857) <= 1e-12);
    BOOST_TEST(std::abs(p.highest.value - 1.01) <= 1e-12);
    BOOST_TEST(p.lowest.error_bound <= 2e-8);
    BOOST_TEST(p.index_lower_bound >= 8);
    BOOST_TEST(p.products < 100);
}

BOOST_AUTO_TEST_CASE(the_index_is_never_overcounted) {
    VectorXd d(100);
    d << VectorXd::LinSpaced(10, -1.0, -0.1), VectorXd::LinSpaced(90, 0.1, 5.0);
    const auto f = large_diagonal(d);
    Index largest = 0;
    for (unsigned seed = 0; seed < 300; ++seed) {
        ClassifyOptions options;
        options.seed = seed;
        const CriticalPoint p = classify(f, VectorXd::Zero(100), options);
        BOOST_REQUIRE(p.index_lower_bound <= 10);
        largest = std::max(largest, p.index_lower_bound);
        BOOST_REQUIRE((p.kind == Kind::saddle));
    }
    BOOST_TEST(largest == 10);
}

BOOST_AUTO_TEST_CASE(sums_of_cosines_have_the_index_that_can_be_read_off) {
    VectorXd x = VectorXd::Constant(200, std::numbers::pi);
    x.head(12).setZero();
    VectorXd ascending = VectorXd::Ones(200);
    ascending.head(12).setConstant(-1.0);
    const auto f = hesse::test::cosines(200);
    const CriticalPoint saddle = checked(f, x, ascending);
    BOOST_TEST((saddle.kind == Kind::saddle));
    BOOST_TEST(saddle.index_lower_bound == 12);
    BOOST_TEST(
        (checked(f, VectorXd::Constant(200, std::numbers::pi), VectorXd::Ones(200)).kind == Kind::minimum));
    BOOST_TEST((checked(f, VectorXd::Zero(200), -VectorXd::Ones(200)).kind == Kind::maximum));
}

BOOST_AUTO_TEST_CASE(a_minimum_is_claimed_only_when_its_lowest_eigenvalue_is_proved_positive) {
    VectorXd d = VectorXd::LinSpaced(3000, 0.1, 1.0);
    d[0] = 1e-3;
    CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(3000), d);
    BOOST_TEST((p.kind == Kind::minimum));
    BOOST_TEST(p.lowest_bound > 0.0);
    BOOST_TEST(p.certified);
    BOOST_TEST(p.failure_probability == 0.01);
    BOOST_TEST(!p.certain());
    // The announced price: 1/4 log(10 n / delta^2) sqrt(S / lambda_min).
    BOOST_TEST(p.products <= 1.3 * 0.25 * std::log(10.0 * 3000 / 1e-4) * std::sqrt(1.0 / 1e-3) + 5);

    ClassifyOptions options;
    options.max_products = 100;  // too few for the certificate, enough for the ends
    p = checked(large_diagonal(d), VectorXd::Zero(3000), d, options);
    BOOST_TEST((p.kind == Kind::second_order_point));
    BOOST_TEST(!p.certified);
    BOOST_TEST(p.lowest_bound <= 0.0);
    BOOST_TEST(p.lowest_bound >= -0.01);
    BOOST_TEST(p.lowest.converged);
    BOOST_TEST(std::abs(p.lowest.value - 1e-3) <= 1e-9);

    // The mirror image.
    p = checked(large_diagonal(-d), VectorXd::Zero(3000), -d.reverse());
    BOOST_TEST((p.kind == Kind::maximum));
    BOOST_TEST(p.highest_bound < 0.0);
    p = checked(large_diagonal(-d), VectorXd::Zero(3000), -d.reverse(), options);
    BOOST_TEST((p.kind == Kind::not_minimum));
}

/// Rows whose lengths fall from 2 to 2 / n^2, each tied to the next; or with a small negative eigenvalue among the shortest.
MatrixXd graded(Index n, bool indefinite) {
    MatrixXd core = MatrixXd::Identity(n, n);
    for (Index i = 0; i + 1 < n; ++i) core(i, i + 1) = core(i + 1, i) = 0.3;
    if (indefinite) core.topLeftCorner(2, 2) << 1.0, 1.2, 1.2, 1.0;
    const VectorXd root =
        std::sqrt(2.0) / static_cast<double>(n) * VectorXd::LinSpaced(n, 1.0, static_cast<double>(n));
    return root.asDiagonal() * core * root.asDiagonal();
}

BOOST_AUTO_TEST_CASE(a_badly_scaled_minimum_is_certified_by_a_scaled_run) {
    const Index n = 400;
    const VectorXd origin = VectorXd::Zero(n);
    const ClassifyOptions options{.max_products = 250};
    const auto spectrum_of = [](const MatrixXd& h) -> VectorXd {
        return Eigen::SelfAdjointEigenSolver<MatrixXd>(h, Eigen::EigenvaluesOnly).eigenvalues();
    };
    const MatrixXd definite = graded(n, false);
    const VectorXd positive = spectrum_of(definite);
    BOOST_REQUIRE(positive[0] > 0.0);
    BOOST_REQUIRE(positive[0] < 1e-5 * positive[n - 1]);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        ClassifyOptions seeded = options;
        seeded.seed = seed;
        const auto point = classify(hesse::test::quadratic(definite), origin, seeded);
        BOOST_TEST((point.kind == Kind::minimum));
        BOOST_TEST(point.certified);
        BOOST_TEST(point.lowest_bound > 0.0);
        BOOST_TEST(point.lowest_bound <= positive[0]);
        BOOST_TEST(point.lowest.value >= positive[0]);
        BOOST_TEST(point.failure_probability == 2.0 * options.failure_probability);  // that of two runs
        BOOST_TEST(point.products < 200);
    }
    const MatrixXd indefinite = graded(n, true);
    const VectorXd mixed = spectrum_of(indefinite);
    BOOST_REQUIRE(mixed[0] < 0.0);
    BOOST_REQUIRE(mixed[1] > 0.0);
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        ClassifyOptions seeded = options;
        seeded.seed = seed;
        const auto point = classify(hesse::test::quadratic(indefinite), origin, seeded);
        BOOST_TEST((point.kind != Kind::minimum));
        BOOST_TEST(!point.certified);
        BOOST_TEST(point.lowest_bound <= mixed[0]);
        BOOST_TEST(point.products <= options.max_products);
    }
}

BOOST_AUTO_TEST_CASE(budgets_of_any_size_are_kept) {
    const VectorXd d = VectorXd::LinSpaced(500, -1.0, 1.0);
    for (Index budget : {5, 6, 7, 12, 40}) {
        ClassifyOptions options;
        options.max_products = budget;
        const CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(500), d, options);
        if (budget >= 7) BOOST_TEST((p.kind == Kind::saddle));
    }
}

BOOST_AUTO_TEST_CASE(little_memory_is_made_up_for_by_products) {
    const Index n = 2000;
    VectorXd d = VectorXd::LinSpaced(n, 0.0, 1.0);
    d[0] = -0.01;
    d[n - 1] = 1.01;
    ClassifyOptions options;
    options.memory = 20 * n * sizeof(double);
    const CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(n), d, options);
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(p.lowest.converged);
    BOOST_TEST(p.highest.converged);
    BOOST_TEST(std::abs(p.lowest.value + 0.01) <= 1e-9);
    BOOST_TEST(p.index_lower_bound >= 1);
    // The run went on beyond the columns that it keeps, and made the others again for its vectors.
    BOOST_TEST(p.steps > 20);
    BOOST_TEST(p.products >= 2 * p.steps - 20 + 2);
    BOOST_TEST(std::abs(p.direction[0]) >= 1.0 - 1e-6);

    // Where the products do not suffice for that, what is found by restarts is known all the same.
    options.max_products = 120;
    const CriticalPoint q = checked(large_diagonal(d), VectorXd::Zero(n), d, options);
    BOOST_TEST((q.kind == Kind::saddle));
}

BOOST_AUTO_TEST_CASE(a_certificate_does_not_need_the_whole_basis) {
    const Index n = 2000;
    const VectorXd d = VectorXd::LinSpaced(n, 0.02, 1.0);
    ClassifyOptions options;
    options.memory = 20 * n * sizeof(double);
    const CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(n), d, options);
    BOOST_TEST((p.kind == Kind::minimum));
    BOOST_TEST(p.certified);
    BOOST_TEST(p.lowest_bound > 0.0);
    BOOST_TEST(p.failure_probability == 0.01);
    BOOST_TEST(p.steps > 20);
    const CriticalPoint whole = checked(large_diagonal(d), VectorXd::Zero(n), d);
    BOOST_TEST((whole.kind == Kind::minimum));
    BOOST_TEST(std::abs(whole.lowest_bound - p.lowest_bound) <= 1e-3);
}

BOOST_AUTO_TEST_CASE(the_index_is_bounded_from_above_where_it_is_asked_for) {
    const Index n = 400;
    VectorXd d = VectorXd::LinSpaced(n, 0.5, 3.0);
    d.head(30) = VectorXd::LinSpaced(30, -2.0, -0.1);
    ClassifyOptions options;
    BOOST_TEST(!checked(large_diagonal(d), VectorXd::Zero(n), d, options).index_upper_bound.has_value());
    options.bound_index = true;
    const CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(n), d, options);
    BOOST_TEST(p.index_lower_bound == 30);
    BOOST_REQUIRE(p.index_upper_bound.has_value());
    BOOST_TEST(*p.index_upper_bound == 30);
    BOOST_TEST(
        describe(p).find("at least 30 of 400 eigenvalues are negative, and with probability at least 0.99, "
                         "at most 30") != std::string::npos);
    d.head(150).setConstant(-1.0);
    std::sort(d.begin(), d.end());
    const CriticalPoint many = checked(large_diagonal(d), VectorXd::Zero(n), d, options);
    BOOST_TEST(many.index_lower_bound >= 64);
    BOOST_REQUIRE(many.index_estimate.has_value());
    BOOST_TEST(std::abs(many.index_estimate->value - 150.0) <=
               4.0 * many.index_estimate->standard_error + 2.0);
    // A minimum has none, and says so without being asked.
    const CriticalPoint minimum = classify(VectorXd::LinSpaced(20, 1.0, 2.0).asDiagonal());
    BOOST_REQUIRE(minimum.index_upper_bound.has_value());
    BOOST_TEST(*minimum.index_upper_bound == 0);
}

BOOST_AUTO_TEST_CASE(a_million_parameters_are_certified_in_twenty_columns) {
    const Index n = 1'000'000;
    const VectorXd d = VectorXd::LinSpaced(n, 0.05, 1.0);
    ClassifyOptions options;
    options.memory = 32 * n * sizeof(double);  // twelve for all else
    const CriticalPoint p = classify(d.asDiagonal(), options);
    BOOST_TEST((p.kind == Kind::minimum));
    BOOST_TEST(p.lowest_bound > 0.0);
    BOOST_TEST(p.lowest_bound <= 0.05);
    BOOST_TEST(std::abs(p.lowest.value - 0.05) <= p.lowest.error_bound);
    BOOST_TEST(p.steps > 20);
    BOOST_TEST(p.products == 2 * p.steps - 20 + 4);  // later columns twice, symmetry, both ends
}

BOOST_AUTO_TEST_CASE(every_way_to_keep_a_basis_gives_the_same_verdict) {
    const Index n = 1500;
    VectorXd saddle = VectorXd::LinSpaced(n, 0.1, 1.0), minimum = saddle, flat = saddle;
    saddle.head(3) = VectorXd{{-0.5, -0.3, -1e-4}};
    minimum[0] = 0.02;
    flat[0] = 0.0;
    using hesse::BasisPrecision, hesse::Reorthogonalization;
    for (const VectorXd& d : {saddle, minimum, flat}) {
        const CriticalPoint reference = checked(large_diagonal(d), VectorXd::Zero(n), d);
        for (const BasisPrecision precision :
             {BasisPrecision::double_precision, BasisPrecision::single_precision}) {
            for (const auto reorthogonalization : {Reorthogonalization::full, Reorthogonalization::partial}) {
                ClassifyOptions options;
                options.basis_precision = precision;
                options.reorthogonalization = reorthogonalization;
                const CriticalPoint p = checked(large_diagonal(d), VectorXd::Zero(n), d, options);
                BOOST_TEST((p.kind == reference.kind));
                BOOST_TEST(p.certified == reference.certified);
                BOOST_TEST(p.steps == reference.steps);
                BOOST_TEST(p.index_lower_bound == reference.index_lower_bound);
                BOOST_TEST(p.lowest.converged);
                BOOST_TEST(p.highest.converged);
                BOOST_TEST(p.lowest.residual <= 1e-8 + 0.1 * std::max(0.0, p.lowest.value));
                BOOST_TEST(std::abs(p.lowest.value - reference.lowest.value) <= 1e-12);
                BOOST_TEST(std::abs(p.lowest_bound - reference.lowest_bound) <= 1e-12);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_point_that_is_not_critical_is_told_its_curvature) {
    const CriticalPoint p =
        checked(hesse::test::double_well(), Eigen::Vector2d(1.0, 0.0), Eigen::Vector2d(-1.0, 1.0));
    BOOST_TEST((p.kind == Kind::not_critical));
    BOOST_TEST(p.gradient_norm == 1.0);
    BOOST_TEST(std::abs(p.lowest.value + 1.0) <= 1e-14);
    ClassifyOptions options;
    options.gradient_tolerance = 2.0;
    BOOST_TEST(
        (classify(hesse::test::double_well(), Eigen::Vector2d(1.0, 0.0), options).kind == Kind::saddle));
}

BOOST_AUTO_TEST_CASE(tolerances_are_those_of_the_caller_or_of_rounding) {
    const auto f = diagonal(VectorXd{{-1e-3, 1.0, 2.0}});
    ClassifyOptions options;
    BOOST_TEST((classify(f, VectorXd::Zero(3), options).kind == Kind::saddle));
    options.curvature_tolerance = 0.01;
    const CriticalPoint p = classify(f, VectorXd::Zero(3), options);
    BOOST_TEST((p.kind == Kind::degenerate));
    BOOST_TEST(p.curvature_tolerance == 0.01);
    // Below 1e-8 |H| nothing is told from zero.
    BOOST_TEST((classify(diagonal(VectorXd{{-1e-9, 1.0}}), VectorXd::Zero(2)).kind == Kind::degenerate));
    // The verdict does not depend on the scale of the loss.
    for (double scale : {0x1p-40, 0x1p40})
        BOOST_TEST((classify(diagonal(scale * VectorXd{{-1e-3, 1.0, 2.0}}), VectorXd::Zero(3)).kind ==
                    Kind::saddle));
}

BOOST_AUTO_TEST_CASE(the_factorisation_is_a_saddle_at_zero_and_flat_at_its_minima) {
    const MatrixXd m = MatrixXd::Random(8, 6);
    const Eigen::JacobiSVD<MatrixXd> svd(m, Eigen::ComputeThinU | Eigen::ComputeThinV);
    const auto f = hesse::test::factorisation(m, 2);
    CriticalPoint p = classify(f, VectorXd::Zero(f.size()));
    BOOST_TEST((p.kind == Kind::saddle));
    BOOST_TEST(std::abs(p.lowest.value + svd.singularValues()[0]) <= 1e-12);
    BOOST_TEST(std::abs(p.highest.value - svd.singularValues()[0]) <= 1e-12);
    // Eckart and Young.
    VectorXd x(f.size());
    const VectorXd root = svd.singularValues().head(2).cwiseSqrt();
    const MatrixXd u = svd.matrixU().leftCols(2) * root.asDiagonal();
    const MatrixXd v = svd.matrixV().leftCols(2) * root.asDiagonal();
    x << u.reshaped(), v.reshaped();
    p = classify(f, x);
    BOOST_TEST((p.kind == Kind::degenerate));
    BOOST_TEST(p.lowest_bound >= -1e-3 * p.norm_estimate);
}

BOOST_AUTO_TEST_CASE(quartic_pca_has_the_verdicts_that_its_eigenvalues_say) {
    const VectorXd a = VectorXd::LinSpaced(10, 1.0, 10.0);
    const auto f = hesse::test::quartic_pca(a.asDiagonal());
    BOOST_TEST((classify(f, VectorXd::Zero(10)).kind == Kind::maximum));
    BOOST_TEST((classify(f, VectorXd::Unit(10, 0)).kind == Kind::saddle));
    BOOST_TEST((classify(f, std::sqrt(10.0) * VectorXd::Unit(10, 9)).kind == Kind::minimum));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_verdict) {
    const VectorXd d = VectorXd::LinSpaced(300, -0.5, 1.0);
    const auto f = large_diagonal(d);
    const CriticalPoint a = classify(f, VectorXd::Zero(300)), b = classify(f, VectorXd::Zero(300));
    BOOST_TEST(a.lowest.value == b.lowest.value);
    BOOST_TEST(a.lowest_bound == b.lowest_bound);
    BOOST_TEST((a.direction == b.direction));
    BOOST_TEST(describe(a) == describe(b));
}

BOOST_AUTO_TEST_CASE(an_end_that_is_not_found_does_not_count_as_zero) {
    // The top, 0.5, is above the tolerance; nine products do not find it.
    VectorXd d = VectorXd::LinSpaced(3000, -1.0, -0.2);
    d[2999] = 0.5;
    ClassifyOptions options;
    options.max_products = 9;
    options.curvature_tolerance = 0.45;
    const CriticalPoint p = classify(large_diagonal(d), VectorXd::Zero(3000), options);
    BOOST_REQUIRE(!p.highest.converged);
    BOOST_TEST((p.kind == Kind::not_minimum));
}

BOOST_AUTO_TEST_CASE(small_probabilities_are_not_rounded_away) {
    ClassifyOptions options;
    options.failure_probability = 1e-9;
    const auto p =
        classify(large_diagonal(VectorXd::LinSpaced(1000, 0.5, 1.0)), VectorXd::Zero(1000), options);
    BOOST_TEST((p.kind == Kind::minimum));
    BOOST_TEST(describe(p).find("with probability at least 1 - 1e-09") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_hessian_that_is_zero_by_cancellation_is_zero) {
    // At zero the Hessian of this network is a sum of x_i y_i over a grid, which cancels to rounding: neither a sign nor symmetry is in it.
    MatrixXd inputs(2, 81);
    MatrixXd targets(1, 81);
    for (int k = 0; k < 81; ++k) {
        inputs.col(k) = Eigen::Vector2d(k % 9 - 4, k / 9 - 4) / 4.0;
        targets(0, k) = inputs(0, k) * inputs(1, k);
    }
    const auto f = hesse::objective(
        [&](const auto& theta) {
            const auto [first, bias, last] =
                unpack(theta, hesse::shape(16, 2), hesse::shape(16), hesse::shape(1, 16));
            return 0.5 * (last * tanh((first * inputs).colwise() + bias) - targets).squaredNorm();
        },
        64);
    const CriticalPoint point = classify(f, VectorXd::Zero(64));
    BOOST_TEST((point.kind == Kind::degenerate));
    BOOST_TEST(point.products <= 20);
    // The same of the loss in other units.
    const auto scaled = hesse::objective(
        [&](const auto& theta) {
            const auto [first, bias, last] =
                unpack(theta, hesse::shape(16, 2), hesse::shape(16), hesse::shape(1, 16));
            return 0x1p-60 * (last * tanh((first * inputs).colwise() + bias) - targets).squaredNorm();
        },
        64);
    BOOST_TEST((classify(scaled, VectorXd::Zero(64)).kind == Kind::degenerate));
}

BOOST_AUTO_TEST_CASE(a_verdict_reads_as_a_paragraph) {
    const CriticalPoint p = classify(hesse::test::saddle(), VectorXd::Zero(2));
    const std::string text = describe(p);
    for (const char* part : {"a saddle, for certain, with at least 1 direction of negative curvature",
                             "lowest  eigenvalue -2 +-", "highest eigenvalue 2 +-", "gradient norm 0",
                             "at least 1 of 2 eigenvalues are negative",
                             "Hessian products, 2 of them Lanczos steps from a random start (seed 0)"})
        BOOST_TEST(text.find(part) != std::string::npos, part << " is missing in\n" << text);
    std::ostringstream out;
    out << p;
    BOOST_TEST(out.str() == text);
    VectorXd d = VectorXd::LinSpaced(1000, 0.5, 1.0);
    const std::string minimum = describe(classify(large_diagonal(d), VectorXd::Zero(1000)));
    BOOST_TEST(minimum.find("a local minimum, with probability at least 0.99") == 0u, minimum);
    BOOST_TEST(to_string(Kind::second_order_point) == "second-order point");
}

BOOST_AUTO_TEST_CASE(bad_points_losses_and_options_are_named) {
    const auto refused = [](const AnalyticObjective& f, const VectorXd& x, const char* text,
                            const ClassifyOptions& options = {}) {
        BOOST_CHECK_EXCEPTION(classify(f, x, options), std::invalid_argument,
                              [text](const std::invalid_argument& error) {
                                  const bool found = std::string(error.what()).find(text) == 0;
                                  if (!found) BOOST_TEST_MESSAGE(error.what());
                                  return found;
                              });
    };
    const auto f = hesse::test::saddle();
    const VectorXd zero = VectorXd::Zero(2);
    refused(f, VectorXd::Zero(3), "classify: x has 3 entries but the objective has 2 parameters");
    refused(f, Eigen::Vector2d(0.0, nan), "classify: x has an entry that is not finite");
    refused(hesse::test::quadratic(MatrixXd(0, 0)), VectorXd(0), "classify: the objective has no parameters");

    const auto gradient = [](const VectorXd& x) -> VectorXd { return x; };
    const auto product = [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; };
    const auto value = [](const VectorXd& x) { return 0.5 * x.squaredNorm(); };
    refused({2, [](const VectorXd&) { return infinity; }, gradient, product}, zero,
            "classify: the loss at x is inf, expected a finite number");
    refused({2, value, [](const VectorXd&) -> VectorXd { return VectorXd::Constant(2, nan); }, product}, zero,
            "classify: the gradient at x has an entry that is not finite");
    const AnalyticObjective bad_product{2, value, gradient, [](const VectorXd&, const VectorXd&) -> VectorXd {
                                            return VectorXd::Constant(2, nan);
                                        }};
    refused(bad_product, zero, "classify: the operator's product with a finite vector is not finite");
    ClassifyOptions unchecked;
    unchecked.check_symmetry = false;
    refused(bad_product, zero, "classify: product 1 of the Hessian is not finite", unchecked);
    refused({2, value, gradient,
             [](const VectorXd&, const VectorXd& v) -> VectorXd { return Eigen::Vector2d(v[1], -v[0]); }},
            zero, "classify: the operator is not symmetric");

    const auto with = [](auto change) {
        ClassifyOptions options;
        change(options);
        return options;
    };
    refused(f, zero, "classify: max_products is 0, expected at least 5",
            with([](auto& o) { o.max_products = 0; }));
    refused(f, zero, "classify: max_products is -1, expected at least 5",
            with([](auto& o) { o.max_products = -1; }));
    refused(f, zero, "classify: gradient_tolerance is -1",
            with([](auto& o) { o.gradient_tolerance = -1.0; }));
    refused(f, zero, "classify: curvature_tolerance is nan",
            with([](auto& o) { o.curvature_tolerance = nan; }));
    refused(f, zero, "classify: failure_probability is 0",
            with([](auto& o) { o.failure_probability = 0.0; }));
    refused(f, zero, "classify: index_pairs is -2", with([](auto& o) { o.index_pairs = -2; }));
    BOOST_TEST((classify(f, zero).kind == Kind::saddle));  // all still usable
}

BOOST_AUTO_TEST_CASE(what_the_loss_throws_passes_through) {
    struct Trouble {};
    const AnalyticObjective f{2, [](const VectorXd&) -> double { throw Trouble(); },
                              [](const VectorXd& x) -> VectorXd { return x; },
                              [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    BOOST_CHECK_THROW(classify(f, VectorXd::Zero(2)), Trouble);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
