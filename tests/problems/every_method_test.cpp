#include "support/every_method.hpp"

#include "hesse/optim/minimize.hpp"
#include "problems/problems.hpp"

#include <Eigen/Eigenvalues>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <exception>
#include <string>
#include <type_traits>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// All but those that need a Gauss-Newton matrix.
template <class Visit>
void for_every_method_of_products(Visit visit) {
    test::for_every_method([&](const auto& method, const auto& label) {
        if constexpr (!std::decay_t<decltype(method)>::needs.gauss_newton) visit(method, label);
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(every_method_on_published_problems)

BOOST_AUTO_TEST_CASE(none_throws_and_none_ends_higher_than_it_began) {
    for (const std::string& name : problems::names()) {
        const auto problem = problems::make(name);
        if (problem.start.size() > 1000) continue;
        const double before = problem.loss.value(problem.start);
        for_every_method_of_products([&](const auto& method, const auto& label) {
            BOOST_TEST_CONTEXT(name << " by " << label) {
                try {
                    const Solution found =
                        minimize(problem.loss, problem.start, method, Stopping{.budget = 60.0});
                    // What speaks of a point speaks of the last one; the best one is what the others return.
                    if (found.status == Status::budget || found.status == Status::not_finite ||
                        found.status == Status::iterations)
                        BOOST_TEST(found.value <= before);
                    BOOST_TEST(std::isfinite(found.value));
                    BOOST_TEST(found.x.allFinite());
                } catch (const std::exception& error) {
                    BOOST_ERROR(error.what());
                }
            }
        });
    }
}

BOOST_AUTO_TEST_CASE(a_second_order_point_has_no_negative_eigenvalue) {
    // The eigenvalues of the whole Hessian, put together from its columns, are the truth that verdicts are held against.
    int verdicts = 0;
    for (const std::string& name : problems::names()) {
        const auto problem = problems::make(name);
        const Index n = problem.start.size();
        if (n > 200) continue;
        for_every_method_of_products([&](const auto& method, const auto& label) {
            const Solution found =
                minimize(problem.loss, problem.start, method, Stopping{.budget = 2000.0, .iterations = 500});
            if (found.status != Status::second_order) return;
            ++verdicts;
            const auto at = problem.loss.linearize(found.x);
            MatrixXd hessian(n, n);
            for (Index j = 0; j < n; ++j) {
                VectorXd column(n);
                at.hessian().apply(VectorXd::Unit(n, j), column);
                hessian.col(j) = column;
            }
            hessian = (0.5 * (hessian + hessian.transpose())).eval();
            const VectorXd eigenvalues = Eigen::SelfAdjointEigenSolver<MatrixXd>(hessian).eigenvalues();
            const double norm = std::max(std::abs(eigenvalues[0]), std::abs(eigenvalues[n - 1]));
            BOOST_TEST_CONTEXT(name << " by " << label) {
                BOOST_TEST(eigenvalues[0] >= -2e-8 * norm);
                BOOST_TEST(at.gradient().norm() <= 1e-6);
            }
        });
    }
    BOOST_TEST(verdicts >= 200);
}

BOOST_AUTO_TEST_SUITE_END()
