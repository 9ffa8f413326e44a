#include "hesse/optim/curvature/lanczos.hpp"

#include "hesse/optim/random.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::Lanczos;
using hesse::RandomGenerator;
using hesse::VectorSpace;
using Step = Lanczos::Step;

MatrixXd random_symmetric(Index n) {
    const MatrixXd m = MatrixXd::Random(n, n);
    return m + m.transpose();
}

VectorXd random_unit(Index n, unsigned seed = 1) {
    VectorXd x(n);
    RandomGenerator(seed).unit_vector(VectorSpace(n), x.data());
    return x;
}

/// All the columns that the run keeps.
MatrixXd stored(const Lanczos& lanczos) {
    MatrixXd q(lanczos.dimension(), lanczos.basis().columns());
    for (Index j = 0; j < q.cols(); ++j) lanczos.basis().copy_column(j, q.col(j).data());
    return q;
}

/// Strakos' matrix: many eigenvalues near 0.1 and few large ones, where plain Lanczos makes copies.
VectorXd strakos() {
    VectorXd lambda(24);
    for (int i = 1; i <= 24; ++i) lambda[i - 1] = 0.1 + (i - 1) / 23.0 * 99.9 * std::pow(0.7, 24 - i);
    return lambda;
}

BOOST_AUTO_TEST_SUITE(lanczos)

BOOST_AUTO_TEST_CASE(the_recurrence_holds_with_an_orthonormal_basis) {
    const Index n = 40, k = 15;
    const MatrixXd a = random_symmetric(n);
    Lanczos lanczos(VectorSpace(n), n);
    BOOST_TEST(std::abs(lanczos.start(a, (3.0 * random_unit(n)).eval().data()) - 3.0) <= 1e-14);
    for (Index j = 0; j < k; ++j) BOOST_REQUIRE((lanczos.step() == Step::grown));
    BOOST_TEST(lanczos.steps() == k);
    BOOST_TEST(lanczos.products() == k);
    const MatrixXd q = stored(lanczos);
    MatrixXd t = MatrixXd::Zero(k + 1, k);
    for (Index j = 0; j < k; ++j) {
        const auto at = static_cast<std::size_t>(j);
        t(j, j) = lanczos.alpha()[at];
        t(j + 1, j) = lanczos.beta()[at];
        if (j + 1 < k) t(j, j + 1) = lanczos.beta()[at];
    }
    BOOST_TEST((q.transpose() * q - MatrixXd::Identity(k + 1, k + 1)).norm() <= 1e-14);
    BOOST_TEST((a * q.leftCols(k) - q * t).norm() <= 1e-14 * a.norm());
    BOOST_TEST(lanczos.norm_estimate() <= 2.0 * a.operatorNorm());
}

BOOST_AUTO_TEST_CASE(ritz_pairs_carry_their_true_residual) {
    const Index n = 60;
    const MatrixXd a = random_symmetric(n);
    Lanczos lanczos(VectorSpace(n), n);
    lanczos.start(a, random_unit(n).data());
    for (Index j = 0; j < 25; ++j) lanczos.step();
    for (Index i : {0, 1, 12, 24}) {
        const auto [value, residual] = lanczos.ritz(i);
        VectorXd y(n);
        lanczos.ritz_vector(i, y.data());
        BOOST_TEST(std::abs(y.norm() - 1.0) <= 1e-14);
        BOOST_TEST(std::abs((a * y - value * y).norm() - residual) <= 1e-13 * a.norm());
    }
    BOOST_TEST(lanczos.lowest().value == lanczos.ritz(0).value);
    BOOST_TEST(lanczos.highest().value == lanczos.ritz(24).value);
}

BOOST_AUTO_TEST_CASE(the_matrix_of_strakos_shows_every_eigenvalue_once) {
    const VectorXd lambda = strakos();
    const VectorXd start = VectorXd::Constant(24, 1.0 / std::sqrt(24.0));
    Lanczos lanczos(VectorSpace(24), 24);
    const auto diagonal = lambda.asDiagonal();
    lanczos.start(diagonal, start.data());
    for (Index j = 0; j < 23; ++j) BOOST_REQUIRE((lanczos.step() == Step::grown));
    BOOST_TEST((lanczos.step() == Step::invariant));
    for (Index i = 0; i < 24; ++i)  // 3e-14 is what two passes of reorthogonalisation reach
        BOOST_TEST(std::abs(lanczos.ritz(i).value - lambda[i]) <= 1e-13, "eigenvalue " << i);
}

BOOST_AUTO_TEST_CASE(a_space_of_dimension_one_is_invariant_at_once) {
    const MatrixXd a{{-3.0}};
    const double start = 2.0;
    Lanczos lanczos(VectorSpace(1), 2);
    BOOST_TEST(lanczos.start(a, &start) == 2.0);
    BOOST_TEST((lanczos.step() == Step::invariant));
    BOOST_TEST(lanczos.lowest().value == -3.0);
    BOOST_TEST(lanczos.lowest().residual == 0.0);
    BOOST_TEST(!lanczos.continue_with(&start));
}

BOOST_AUTO_TEST_CASE(multiples_of_the_identity_break_down_and_can_be_continued) {
    for (double c : {0.0, 1.0, -1e-200, 1e200}) {
        const Index n = 30;
        const MatrixXd a = c * MatrixXd::Identity(n, n);
        Lanczos lanczos(VectorSpace(n), n);
        lanczos.start(a, random_unit(n).data());
        for (unsigned j = 1; j <= 30; ++j) {
            BOOST_TEST((lanczos.step() == Step::invariant));
            BOOST_TEST(lanczos.steps() == j);
            BOOST_TEST(lanczos.continue_with(random_unit(n, j + 1).data()) == (j < 30));
        }
        const MatrixXd q = stored(lanczos);
        BOOST_TEST((q.transpose() * q - MatrixXd::Identity(n, n)).norm() <= 1e-13);
        for (Index i : {0, 29}) BOOST_TEST(std::abs(lanczos.ritz(i).value - c) <= 1e-15 * std::abs(c));
    }
}

BOOST_AUTO_TEST_CASE(one_start_sees_one_vector_of_each_eigenspace) {
    VectorXd d(1000);
    d << VectorXd::Constant(500, -1.0), VectorXd::Constant(500, 1.0);
    Lanczos lanczos(VectorSpace(1000), 10);
    const auto diagonal = d.asDiagonal();
    lanczos.start(diagonal, random_unit(1000).data());
    BOOST_TEST((lanczos.step() == Step::grown));
    BOOST_TEST((lanczos.step() == Step::invariant));
    BOOST_TEST(std::abs(lanczos.lowest().value + 1.0) <= 1e-14);
    BOOST_TEST(std::abs(lanczos.highest().value - 1.0) <= 1e-14);
    BOOST_TEST(lanczos.lowest().residual <= 1e-14);
    BOOST_TEST(lanczos.continue_with(random_unit(1000, 2).data()));
    lanczos.step();
    lanczos.step();
    const VectorXd found{{lanczos.ritz(0).value, lanczos.ritz(1).value, lanczos.ritz(2).value}};
    BOOST_TEST((found - Eigen::Vector3d(-1.0, -1.0, 1.0)).norm() <= 1e-13);
}

BOOST_AUTO_TEST_CASE(breakdown_is_judged_relative_to_the_operator) {
    for (double scale : {1e-150, 1.0, 1e150}) {
        VectorXd d = VectorXd::Ones(50) * scale;
        d[0] = -3.0 * scale;
        Lanczos lanczos(VectorSpace(50), 50);
        const auto diagonal = d.asDiagonal();
        lanczos.start(diagonal, random_unit(50).data());
        BOOST_TEST((lanczos.step() == Step::grown));
        BOOST_TEST((lanczos.step() == Step::invariant));
        BOOST_TEST(std::abs(lanczos.lowest().value / scale + 3.0) <= 1e-13);
    }
}

BOOST_AUTO_TEST_CASE(locked_vectors_are_not_met_again) {
    const VectorXd d = VectorXd::LinSpaced(20, 1.0, 20.0);
    Lanczos lanczos(VectorSpace(20), 20);
    for (Index i : {0, 1}) BOOST_TEST(lanczos.lock(VectorXd(5.0 * VectorXd::Unit(20, i)).data()));
    BOOST_TEST(!lanczos.lock(VectorXd(VectorXd::Unit(20, 0) - VectorXd::Unit(20, 1)).data()));
    const auto diagonal = d.asDiagonal();
    BOOST_TEST(lanczos.start(diagonal, VectorXd::Unit(20, 1).eval().data()) == 0.0);
    lanczos.start(diagonal, random_unit(20).data());
    while (lanczos.step() == Step::grown) {
    }
    BOOST_TEST(lanczos.steps() == 18);
    BOOST_TEST(std::abs(lanczos.lowest().value - 3.0) <= 1e-13);
    lanczos.unlock_all();
    lanczos.start(diagonal, random_unit(20).data());
    while (lanczos.step() == Step::grown) {
    }
    BOOST_TEST(std::abs(lanczos.lowest().value - 1.0) <= 1e-13);
}

/// The largest entry of Q'Q - I.
double departure(const MatrixXd& q) {
    return (q.transpose() * q - MatrixXd::Identity(q.cols(), q.cols())).cwiseAbs().maxCoeff();
}

BOOST_AUTO_TEST_CASE(every_way_to_keep_a_basis_gives_the_same_eigenvalues) {
    // Ritz values that converge early, at both ends, are what orthogonality is lost to.
    const Index n = 2000, k = 120;
    VectorXd d = VectorXd::LinSpaced(n, -1.0, 1.0).array().cube();
    for (Index i = 0; i < 10; ++i) {
        d[i] = -3.0 - static_cast<double>(i);
        d[n - 1 - i] = 5.0 + static_cast<double>(i);
    }
    const auto a = d.asDiagonal();
    const VectorXd start = random_unit(n);
    const double root = std::sqrt(std::numeric_limits<double>::epsilon());
    Lanczos reference(VectorSpace(n), k + 1);
    reference.start(a, start.data());
    for (Index j = 0; j < k; ++j) BOOST_REQUIRE((reference.step() == Step::grown));
    BOOST_TEST(departure(stored(reference).leftCols(k)) <= 1e-13);

    using hesse::BasisPrecision, hesse::Reorthogonalization;
    for (const BasisPrecision precision :
         {BasisPrecision::double_precision, BasisPrecision::single_precision}) {
        for (const auto reorthogonalization : {Reorthogonalization::full, Reorthogonalization::partial}) {
            Lanczos other(VectorSpace(n), k + 1,
                          {.basis = precision, .reorthogonalization = reorthogonalization});
            other.start(a, start.data());
            for (Index j = 0; j < k; ++j) BOOST_REQUIRE((other.step() == Step::grown));
            // Off the diagonal; on it, single columns have rounded norms.
            MatrixXd q = stored(other).leftCols(k);
            q.colwise().normalize();
            // Rounded entries of columns that are large in few places do not average out.
            BOOST_TEST(departure(q) <= (precision == BasisPrecision::single_precision ? 6e-8 : root));
            for (Index i : {0, 1, 5, 9}) {
                BOOST_TEST(std::abs(other.ritz(i).value - reference.ritz(i).value) <= 1e-13 * 14.0);
                BOOST_TEST(std::abs(other.ritz(k - 1 - i).value - reference.ritz(k - 1 - i).value) <=
                           1e-13 * 14.0);
            }
            // No copies.
            for (Index i = 0; i < 9; ++i)
                BOOST_TEST(std::abs(other.ritz(i).value - (static_cast<double>(i) - 12.0)) <= 1e-10);
            VectorXd y(n);
            other.ritz_vector(0, y.data());
            const double allowed = precision == BasisPrecision::single_precision ? 1e-6 : 1e-7;
            BOOST_TEST((a * y - other.lowest().value * y).norm() <= allowed * 14.0);
            BOOST_TEST(std::abs(y.dot(a * y) + 12.0) <= 1e-12);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_basis_in_single_precision_is_continued_and_made_again_as_well) {
    const Index n = 300, k = 60;
    const MatrixXd a = random_symmetric(n);
    const VectorXd start = random_unit(n);
    Lanczos full(VectorSpace(n), n),
        narrow(VectorSpace(n), 20, {.basis = hesse::BasisPrecision::single_precision});
    full.start(a, start.data());
    narrow.start(a, start.data());
    for (Index j = 0; j < k; ++j) {
        full.step();
        BOOST_REQUIRE((narrow.step() == Step::grown));
    }
    BOOST_TEST(std::abs(narrow.lowest().value - full.lowest().value) <= 1e-12 * a.norm());
    VectorXd y(n);
    narrow.ritz_vector(0, y.data());
    BOOST_TEST(std::abs(y.dot(a * y) - narrow.lowest().value) <= 1e-12 * a.norm());

    // Two distinct eigenvalues: a breakdown every second step.
    VectorXd d = VectorXd::Ones(40);
    d.head(20) *= -1.0;
    const auto signs = d.asDiagonal();
    Lanczos repeated(VectorSpace(40), 41,
                     {.basis = hesse::BasisPrecision::single_precision,
                      .reorthogonalization = hesse::Reorthogonalization::partial});
    repeated.start(signs, random_unit(40).data());
    for (unsigned j = 0; repeated.steps() < 12; ++j) {
        while (repeated.step() == Step::grown) {
        }
        BOOST_REQUIRE(repeated.continue_with(random_unit(40, j + 2).data()));
    }
    BOOST_TEST(repeated.tridiagonal().count_below(0.0) == repeated.steps() / 2);
}

BOOST_AUTO_TEST_CASE(columns_that_are_not_stored_are_made_again) {
    const Index n = 200, k = 60;
    const MatrixXd a = random_symmetric(n);
    const VectorXd start = random_unit(n);
    Lanczos full(VectorSpace(n), n), narrow(VectorSpace(n), 20);
    full.start(a, start.data());
    narrow.start(a, start.data());
    for (Index j = 0; j < k; ++j) {
        full.step();
        BOOST_REQUIRE((narrow.step() == Step::grown));
    }
    // The ends agree, since they do not depend on the loss of orthogonality.
    BOOST_TEST(std::abs(narrow.lowest().value - full.lowest().value) <= 1e-12 * a.norm());
    VectorXd y(n);
    narrow.ritz_vector(0, y.data());
    BOOST_TEST(narrow.products() == k + (k - 20));
    const double value = narrow.lowest().value;
    BOOST_TEST(std::abs(y.dot(a * y) - value) <= 1e-12 * a.norm());
    BOOST_TEST(std::abs((a * y - value * y).norm() - narrow.lowest().residual) <= 1e-10 * a.norm());
    BOOST_TEST(!narrow.continue_with(start.data()));
    // The run goes on as if nothing had happened.
    full.step();
    narrow.step();
    BOOST_TEST(narrow.steps() == k + 1);
    BOOST_TEST(std::abs(narrow.lowest().value - full.lowest().value) <= 1e-12 * a.norm());
}

BOOST_AUTO_TEST_CASE(n_steps_end_a_run_only_if_the_whole_basis_is_stored) {
    const VectorXd d = VectorXd::LinSpaced(12, 1.0, 12.0);
    const auto a = d.asDiagonal();
    Lanczos full(VectorSpace(12), 12), narrow(VectorSpace(12), 2);
    full.start(a, random_unit(12).data());
    narrow.start(a, random_unit(12).data());
    for (Index j = 0; j < 11; ++j) {
        BOOST_REQUIRE((full.step() == Step::grown));
        BOOST_REQUIRE((narrow.step() == Step::grown));
        BOOST_TEST(!full.fills_space());
        BOOST_TEST(narrow.stores_basis() == (j < 2));
    }
    BOOST_TEST((full.step() == Step::invariant));
    BOOST_TEST(full.fills_space());
    BOOST_TEST(full.beta().back() == 0.0);  // nothing is left over, not even rounding
    BOOST_TEST((narrow.step() == Step::grown));
    BOOST_TEST(!narrow.fills_space());
    BOOST_TEST(narrow.beta().back() > 0.0);
    for (Index j = 0; j < 12; ++j) BOOST_REQUIRE((narrow.step() == Step::grown));
    BOOST_TEST(narrow.steps() == 24);
    BOOST_TEST(std::abs(narrow.lowest().value - 1.0) <= 1e-13);
    BOOST_TEST(std::abs(narrow.highest().value - 12.0) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(a_run_repeats_bit_for_bit_and_does_not_see_earlier_runs) {
    const MatrixXd a = random_symmetric(50), other = random_symmetric(50);
    const VectorXd start = random_unit(50);
    Lanczos fresh(VectorSpace(50), 30), used(VectorSpace(50), 30);
    used.start(other, random_unit(50, 9).data());
    for (int j = 0; j < 12; ++j) used.step();
    fresh.start(a, start.data());
    used.start(a, start.data());
    for (int j = 0; j < 20; ++j) fresh.step(), used.step();
    BOOST_TEST((fresh.alpha() == used.alpha()));
    BOOST_TEST((fresh.beta() == used.beta()));
}

BOOST_AUTO_TEST_CASE(a_product_that_is_not_finite_changes_nothing) {
    struct Breaking {
        mutable int products = 0;
        Index rows() const { return 10; }
        void apply(const double* in, double* out) const {
            std::copy(in, in + 10, out);
            for (int i = 0; i < 10; ++i) out[i] *= i;
            if (++products == 4) out[7] = std::numeric_limits<double>::quiet_NaN();
        }
    } a;
    Lanczos lanczos(VectorSpace(10), 10);
    lanczos.start(a, random_unit(10).data());
    for (int j = 0; j < 3; ++j) BOOST_TEST((lanczos.step() == Step::grown));
    const double value = lanczos.lowest().value;
    BOOST_TEST((lanczos.step() == Step::not_finite));
    BOOST_TEST(lanczos.steps() == 3);
    BOOST_TEST(lanczos.lowest().value == value);
    BOOST_TEST((lanczos.step() == Step::grown));  // still usable
}

BOOST_AUTO_TEST_CASE(bad_arguments_are_named) {
    const auto message = [](const char* text) {
        return [text](const std::invalid_argument& error) { return std::string(error.what()) == text; };
    };
    BOOST_CHECK_EXCEPTION(Lanczos(VectorSpace(3), 1), std::invalid_argument,
                          message("Lanczos: stored_columns is 1, expected at least 2"));
    BOOST_CHECK_EXCEPTION(Lanczos(VectorSpace(3), 2, {.precision = -1.0}), std::invalid_argument,
                          message("Lanczos: precision is -1, expected a finite number that is not negative"));
    Lanczos lanczos(VectorSpace(3), 3);
    const VectorXd start = VectorXd::Unit(3, 0);
    const MatrixXd large = MatrixXd::Identity(4, 4);
    BOOST_CHECK_EXCEPTION(lanczos.start(large, start.data()), std::invalid_argument,
                          message("Lanczos: the operator has 4 rows, expected 3"));
    const MatrixXd a = MatrixXd::Identity(3, 3);
    const VectorXd nothing = VectorXd::Constant(3, std::numeric_limits<double>::quiet_NaN());
    BOOST_CHECK_EXCEPTION(lanczos.start(a, nothing.data()), std::invalid_argument,
                          message("Lanczos: the norm of the start is nan, expected a finite number"));
    lanczos.start(a, start.data());
    BOOST_CHECK_EXCEPTION((void)lanczos.ritz(0), std::invalid_argument,
                          message("Lanczos: index of the Ritz value is 0, expected 0 <= index < 0"));
}

BOOST_AUTO_TEST_CASE(without_a_run_there_is_no_step) {
    const auto refused = [](Lanczos& lanczos, const char* text) {
        BOOST_CHECK_EXCEPTION(
            lanczos.step(), std::invalid_argument,
            [text](const std::invalid_argument& error) { return std::string(error.what()) == text; });
    };
    const char* no_run = "Lanczos: step without a run, expected a start whose norm is not zero before it";
    // Large enough for a missing column to lie outside the memory.
    const Index n = 300;
    const MatrixXd a = MatrixXd::Identity(n, n);
    Lanczos lanczos(VectorSpace(n), 3);
    refused(lanczos, no_run);
    BOOST_TEST(lanczos.start(a, VectorXd::Zero(n).eval().data()) == 0.0);
    refused(lanczos, no_run);
    BOOST_TEST(lanczos.steps() == 0);
    BOOST_TEST(!lanczos.continue_with(random_unit(n).data()));

    lanczos.start(a, random_unit(n).data());
    BOOST_TEST((lanczos.step() == Step::invariant));
    refused(lanczos, "Lanczos: step after an invariant subspace, expected continue_with before it");
    BOOST_TEST(lanczos.continue_with(random_unit(n, 2).data()));
    BOOST_TEST(!lanczos.continue_with(random_unit(n, 3).data()));  // there is a column to go on with
    BOOST_TEST((lanczos.step() == Step::invariant));
    lanczos.lock(random_unit(n).data());
    refused(lanczos, no_run);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
