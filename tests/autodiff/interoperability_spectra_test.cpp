#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Dense>
#include <Spectra/SymEigsSolver.h>
#include <boost/test/unit_test.hpp>

/// Spectra takes the Hessian as it is.
namespace {
using namespace hesse;
using namespace hesse::test;
}  // namespace

BOOST_AUTO_TEST_SUITE(interoperability_spectra)

BOOST_AUTO_TEST_CASE(sym_eigs_solver_finds_both_ends_of_the_spectrum) {
    // 1/4 |x|^4 - 1/2 x'Ax with A = diag(1..n): at 0 the Hessian is -A.
    const Index n = 50;
    const VectorXd a = VectorXd::LinSpaced(n, 1.0, static_cast<double>(n));
    const auto f = objective(
        [&](const auto& x) {
            const auto s = x.squaredNorm();
            return 0.25 * s * s - 0.5 * x.cwiseProduct(a).dot(x);
        },
        n);
    const auto at = f.linearize(VectorXd::Zero(n));
    auto h = at.hessian();
    Spectra::SymEigsSolver<Hessian<double>> solver(h, 4, 30);
    solver.init();
    solver.compute(Spectra::SortRule::BothEnds);
    BOOST_REQUIRE((solver.info() == Spectra::CompInfo::Successful));
    const VectorXd found = solver.eigenvalues();  // in descending order
    const VectorXd expected{{-1.0, -2.0, -49.0, -50.0}};
    BOOST_TEST((found - expected).lpNorm<Eigen::Infinity>() < 1e-8);
    const MatrixXd vectors = solver.eigenvectors();
    BOOST_TEST((h * vectors - vectors * found.asDiagonal()).norm() < 1e-7);
}

BOOST_AUTO_TEST_SUITE_END()
