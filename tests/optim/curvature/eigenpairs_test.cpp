#include "hesse/optim/curvature/eigenpairs.hpp"

#include "hesse/optim/curvature/deflated_operator.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd random_symmetric(Index n) {
    const MatrixXd m = MatrixXd::Random(n, n);
    return m + m.transpose();
}

EigenpairsOptions ends(Index lowest, Index highest) {
    EigenpairsOptions options;
    options.lowest = lowest;
    options.highest = highest;
    return options;
}

/// Values at both ends against the whole spectrum, ascending; residuals against explicit products.
void check(const Eigenpairs& found, const MatrixXd& a, const VectorXd& spectrum, double accuracy = 1e-9) {
    const double norm = spectrum.cwiseAbs().maxCoeff();
    const Index n = spectrum.size();
    BOOST_TEST(found.converged());
    const auto check_end = [&](const EigenpairsAtEnd& end, bool highest) {
        const auto count = static_cast<Index>(end.values.size());
        for (Index i = 0; i < count; ++i) {
            const EigenvalueEstimate& value = end.values[static_cast<std::size_t>(i)];
            const double expected = spectrum[highest ? n - 1 - i : i];
            BOOST_TEST(std::abs(value.value - expected) <= accuracy * norm);
            const VectorXd y = end.vectors.col(i);
            BOOST_TEST(std::abs((a * y - value.value * y).norm() - value.residual) <=
                       1e-13 * norm * std::sqrt(n));
        }
        if (count == 0) return;
        const MatrixXd gram = end.vectors.matrix().transpose() * end.vectors.matrix();
        BOOST_TEST((gram - MatrixXd::Identity(count, count)).cwiseAbs().maxCoeff() <= 1e-9);
    };
    check_end(found.lowest, false);
    check_end(found.highest, true);
}

/// diag(d) and how often it was multiplied.
struct Counting {
    VectorXd d;
    mutable Index products = 0;
    [[nodiscard]] Index rows() const { return d.size(); }
    void apply(const double* in, double* out) const {
        ++products;
        for (Index i = 0; i < d.size(); ++i) out[i] = d[i] * in[i];
    }
};

BOOST_AUTO_TEST_SUITE(eigenpairs_at_both_ends)

BOOST_AUTO_TEST_CASE(random_matrices_of_all_sizes_agree_with_a_dense_solver) {
    for (const Index n : {1, 2, 3, 7, 20, 90, 300}) {
        const MatrixXd a = random_symmetric(n);
        const VectorXd spectrum = Eigen::SelfAdjointEigenSolver<MatrixXd>(a).eigenvalues();
        for (const Index k : {1, 2, 6}) {
            if (k > n) continue;
            check(eigenpairs(a, ends(k, 0)), a, spectrum);
            check(eigenpairs(a, ends(0, k)), a, spectrum);
            check(eigenpairs(a, ends(k, k)), a, spectrum);
        }
        check(eigenpairs(a, ends(n, n)), a, spectrum);
    }
}

BOOST_AUTO_TEST_CASE(restarts_find_the_ends_of_a_laplacian_in_a_small_basis) {
    const Index n = 500;
    Eigen::SparseMatrix<double> a(n, n);
    for (Index i = 0; i < n; ++i) {
        a.insert(i, i) = 2.0;
        if (i > 0) a.insert(i, i - 1) = a.insert(i - 1, i) = -1.0;
    }
    VectorXd spectrum(n);
    for (Index i = 0; i < n; ++i)
        spectrum[i] =
            2.0 - 2.0 * std::cos(static_cast<double>(i + 1) * std::numbers::pi / static_cast<double>(n + 1));
    EigenpairsOptions options = ends(4, 4);
    options.basis_columns = 30;
    const Eigenpairs found = eigenpairs(a, options);
    check(found, a, spectrum);
    BOOST_TEST(found.restarts > 3);
    BOOST_TEST(found.multiplicity_searched);
}

BOOST_AUTO_TEST_CASE(eigenvalues_that_occur_several_times_are_found_as_often) {
    const Index n = 400;
    VectorXd d = VectorXd::LinSpaced(n, 1.0, 2.0);
    d.head(3).setConstant(-1.0);
    d.segment(3, 2).setConstant(-0.5);
    d.tail(4).setConstant(5.0);
    std::sort(d.begin(), d.end());
    const Eigenpairs found = eigenpairs(d.asDiagonal(), ends(6, 5));
    check(found, d.asDiagonal(), d);
    BOOST_TEST(found.multiplicity_searched);
    BOOST_TEST(found.products_of_search > 0);

    EigenpairsOptions once = ends(3, 0);
    once.search_multiplicity = false;
    const Eigenpairs seen = eigenpairs(d.asDiagonal(), once);
    BOOST_TEST(!seen.multiplicity_searched);
    BOOST_TEST(seen.converged());
    BOOST_TEST(seen.lowest.values[0].value == -1.0, boost::test_tools::tolerance(1e-12));
    BOOST_TEST(seen.products < found.products);
}

BOOST_AUTO_TEST_CASE(two_eigenvalues_in_all_fill_every_place) {
    VectorXd d(1000);
    d << VectorXd::Constant(500, -1.0), VectorXd::Constant(500, 1.0);
    const Eigenpairs found = eigenpairs(d.asDiagonal(), ends(6, 6));
    check(found, d.asDiagonal(), d);
    BOOST_TEST(found.products < 100);
}

BOOST_AUTO_TEST_CASE(blocks_see_multiple_eigenvalues_at_once) {
    const Index n = 300;
    VectorXd d = VectorXd::LinSpaced(n, 0.0, 1.0);
    d.head(3).setConstant(-1.0);
    EigenpairsOptions options = ends(4, 2);
    options.block = 4;
    options.search_multiplicity = false;
    const Eigenpairs found = eigenpairs(d.asDiagonal(), options);
    VectorXd sorted = d;
    std::sort(sorted.begin(), sorted.end());
    check(found, d.asDiagonal(), sorted);
}

BOOST_AUTO_TEST_CASE(blocks_multiply_at_once_where_the_operator_can) {
    struct Blocks {
        VectorXd d;
        mutable Index single = 0, together = 0;
        [[nodiscard]] Index rows() const { return d.size(); }
        void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const {
            ++single;
            out = d.cwiseProduct(in);
        }
        void apply_block(const Eigen::Ref<const MatrixXd>& in, Eigen::Ref<MatrixXd> out) const {
            together += in.cols();
            out = d.asDiagonal() * in;
        }
    } a{VectorXd::LinSpaced(200, -1.0, 1.0)};
    EigenpairsOptions options = ends(2, 0);
    options.block = 3;
    options.search_multiplicity = false;
    const Eigenpairs found = eigenpairs(a, options);
    check(found, a.d.asDiagonal(), a.d);
    BOOST_TEST(a.together > 0);
    BOOST_TEST(a.together + a.single == found.products);
}

BOOST_AUTO_TEST_CASE(a_start_nearby_saves_products) {
    const MatrixXd a = random_symmetric(400);
    EigenpairsOptions options = ends(3, 0);
    options.search_multiplicity = false;
    const Eigenpairs cold = eigenpairs(a, options);
    options.start = cold.lowest.vectors;
    const MatrixXd nearby = a + 1e-6 * random_symmetric(400);
    const Eigenpairs warm = eigenpairs(nearby, options);
    check(warm, nearby, Eigen::SelfAdjointEigenSolver<MatrixXd>(nearby).eigenvalues());
    BOOST_TEST(warm.products < cold.products);
}

BOOST_AUTO_TEST_CASE(products_are_counted) {
    const Counting a{VectorXd::LinSpaced(500, -1.0, 1.0)};
    const Eigenpairs found = eigenpairs(a, ends(3, 2));
    BOOST_TEST(found.products == a.products);
    BOOST_TEST(found.products_of_search < found.products);
}

BOOST_AUTO_TEST_CASE(graded_spectra_are_found_to_their_own_accuracy) {
    const Index n = 60;
    VectorXd d(n);
    for (Index i = 0; i < n; ++i)
        d[i] = std::pow(10.0, -16.0 * static_cast<double>(i) / static_cast<double>(n - 1));
    const Eigenpairs found = eigenpairs(d.asDiagonal(), ends(0, 5));
    for (std::size_t i = 0; i < 5; ++i)
        BOOST_TEST(std::abs(found.highest.values[i].value - d[static_cast<Index>(i)]) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(a_short_budget_returns_what_there_is) {
    const Counting a{VectorXd::LinSpaced(2000, 0.0, 1.0)};
    EigenpairsOptions options = ends(6, 6);
    options.max_products = 40;
    const Eigenpairs found = eigenpairs(a, options);
    BOOST_TEST(found.products <= 40);
    BOOST_TEST(!found.converged());
    BOOST_TEST(!found.multiplicity_searched);
    for (const auto& value : found.lowest.values) BOOST_TEST(value.residual >= 0.0);
}

BOOST_AUTO_TEST_CASE(the_seed_decides_the_run) {
    const MatrixXd a = random_symmetric(150);
    EigenpairsOptions options = ends(3, 3);
    options.seed = 5;
    const Eigenpairs first = eigenpairs(a, options), second = eigenpairs(a, options);
    BOOST_TEST((first.lowest.vectors.matrix() == second.lowest.vectors.matrix()));
    BOOST_TEST(first.products == second.products);
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const MatrixXd a = MatrixXd::Identity(4, 4);
    const auto refused = [&](const EigenpairsOptions& options, const std::string& text) {
        BOOST_CHECK_EXCEPTION((void)eigenpairs(a, options), std::invalid_argument,
                              [&](const std::exception& error) {
                                  BOOST_TEST(error.what() == text);
                                  return true;
                              });
    };
    refused(ends(5, 0),
            "eigenpairs: lowest is 5, expected at least 0 and at most the 4 rows of the operator");
    refused(ends(0, -1),
            "eigenpairs: highest is -1, expected at least 0 and at most the 4 rows of the operator");
    refused(ends(0, 0), "eigenpairs: lowest and highest are 0, expected at least one eigenvalue");
    EigenpairsOptions options = ends(1, 0);
    options.start = Columns(VectorXd::Ones(3));
    refused(options, "eigenpairs: start has 3 rows, expected the 4 of the operator");
    options.start = Columns(VectorXd::Constant(4, std::numeric_limits<double>::quiet_NaN()));
    refused(options, "eigenpairs: start has an entry that is not finite");
    options = ends(1, 0);
    options.block = 0;
    refused(options, "eigenpairs: block is 0, expected at least 1");
    options = ends(2, 0);
    options.basis_columns = 2;
    refused(options, "eigenpairs: basis_columns is 2, expected at least 4");
    const auto message = [](const char* text) {
        return [text](const std::exception& error) { return std::string(error.what()).find(text) == 0; };
    };
    BOOST_CHECK_EXCEPTION((void)eigenpairs(MatrixXd{{1.0, 2.0}, {0.0, 1.0}}), std::invalid_argument,
                          message("eigenpairs: the operator is not symmetric"));
}

BOOST_AUTO_TEST_CASE(what_is_deflated_is_not_found_again) {
    VectorXd d = VectorXd::LinSpaced(100, -1.0, 1.0);
    const Eigenpairs three = eigenpairs(d.asDiagonal(), ends(3, 0));
    const auto a = d.asDiagonal();
    const DeflatedOperator rest(a, three.lowest.vectors);
    BOOST_TEST(std::abs(lowest_eigenpair(rest).value - d[3]) <= 1e-9);
    const Columns ones(MatrixXd::Ones(100, 1)), short_one(MatrixXd::Identity(99, 1));
    BOOST_CHECK_THROW(DeflatedOperator(a, ones), std::invalid_argument);
    BOOST_CHECK_THROW(DeflatedOperator(a, short_one), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
