#include "hesse/optim/diagonal_preconditioner.hpp"

#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::DiagonalPreconditioner;
using hesse::ErasedObjective;
using hesse::Index;
using hesse::Iterate;

namespace {

VectorXd inverse_of(const DiagonalPreconditioner& p, Index n) {
    const VectorXd ones = VectorXd::Ones(n);
    VectorXd out(n);
    p.apply(ones.data(), out.data());
    return out;
}
std::string state_of(const DiagonalPreconditioner& p) {
    std::ostringstream out;
    p.save(out);
    return out.str();
}

BOOST_AUTO_TEST_SUITE(diagonal_preconditioner)

BOOST_AUTO_TEST_CASE(one_product_finds_a_diagonal_hessian) {
    const VectorXd d{{1.0, -4.0, 1e3, 0.0}};
    const auto f = hesse::test::quadratic(d.asDiagonal());
    ErasedObjective erased(f);
    const VectorXd x = VectorXd::Ones(4);
    Iterate at(erased, x.data());
    DiagonalPreconditioner p({.floor = 1e-6});
    p.start(at);
    p.update(at);
    BOOST_TEST((inverse_of(p, 4) - VectorXd{{1.0, 0.25, 1e-3, 1e3}}).norm() <= 1e-12 * 1e3);
    BOOST_TEST(at.counters().total().products == 1);
}

BOOST_AUTO_TEST_CASE(averages_to_the_length_of_the_rows) {
    MatrixXd h(3, 3);
    h << 10.0, 1.0, 2.0, 1.0, 5.0, 0.5, 2.0, 0.5, 0.0;
    const auto f = hesse::test::quadratic(h);
    ErasedObjective erased(f);
    const VectorXd x = VectorXd::Ones(3);
    Iterate at(erased, x.data());
    DiagonalPreconditioner p({.products = 4, .memory = 0.9999});
    p.start(at);
    for (int k = 0; k < 1000; ++k) {
        p.update(at);
        p.accept();
    }
    const VectorXd lengths = h.rowwise().norm();
    BOOST_TEST((inverse_of(p, 3).cwiseProduct(lengths) - VectorXd::Ones(3)).cwiseAbs().maxCoeff() <= 0.02);
}

BOOST_AUTO_TEST_CASE(memory_forgets_what_has_changed) {
    // From curvature 1 to 10: after k steps the mean square is 100 - 99 0.5^k.
    double curvature = 1.0;
    const hesse::test::AnalyticObjective f{
        1, [](const VectorXd&) { return 1.0; }, [](const VectorXd&) -> VectorXd { return VectorXd::Ones(1); },
        [&](const VectorXd&, const VectorXd& v) -> VectorXd { return curvature * v; }};
    ErasedObjective erased(f);
    const VectorXd x = VectorXd::Ones(1);
    Iterate at(erased, x.data());
    DiagonalPreconditioner p({.memory = 0.5});
    p.start(at);
    for (int k = 0; k < 5; ++k) {
        p.update(at);
        p.accept();
    }
    curvature = 10.0;
    for (int k = 1; k <= 4; ++k) {
        p.update(at);
        BOOST_TEST(std::abs(inverse_of(p, 1)[0] - 1.0 / std::sqrt(100.0 - 99.0 * std::pow(0.5, k))) < 1e-14);
        p.accept();
    }
}

BOOST_AUTO_TEST_CASE(an_update_that_is_not_accepted_leaves_no_trace) {
    const auto f = hesse::test::rosenbrock();
    ErasedObjective erased(f);
    const Eigen::Vector2d x(-1.2, 1.0);
    Iterate at(erased, x.data());
    DiagonalPreconditioner p, q;
    p.start(at);
    q.start(at);
    p.update(at);
    p.accept();
    const std::string before = state_of(p);
    p.update(at);
    const VectorXd once = inverse_of(p, 2);
    BOOST_TEST(state_of(p) == before);
    p.update(at);
    BOOST_TEST((inverse_of(p, 2) == once));
    std::stringstream text(before), foreign("Other 1\n");
    q.load(text);
    q.update(at);
    BOOST_TEST((inverse_of(q, 2) == once));
    BOOST_CHECK_THROW(q.load(foreign), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(without_a_diagonal_it_is_the_identity) {
    for (const double entry : {0.0, std::numeric_limits<double>::quiet_NaN()}) {
        const hesse::test::AnalyticObjective f{
            2, [](const VectorXd&) { return 1.0; },
            [](const VectorXd&) -> VectorXd { return VectorXd::Ones(2); },
            [=](const VectorXd&, const VectorXd&) -> VectorXd { return VectorXd::Constant(2, entry); }};
        ErasedObjective erased(f);
        const VectorXd x = VectorXd::Ones(2);
        Iterate at(erased, x.data());
        DiagonalPreconditioner p;
        p.start(at);
        const std::string before = state_of(p);
        p.update(at);
        p.accept();
        BOOST_TEST((inverse_of(p, 2) == VectorXd::Ones(2)));
        BOOST_TEST(state_of(p) == before);
    }
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    using P = DiagonalPreconditioner;
    BOOST_TEST(hesse::test::message_of<P>({.products = 0}) ==
               "DiagonalPreconditioner: products is 0, expected at least 1");
    BOOST_TEST(hesse::test::message_of<P>({.memory = 1.0}) ==
               "DiagonalPreconditioner: memory is 1, expected 0 <= memory < 1");
    BOOST_TEST(hesse::test::message_of<P>({.floor = 0.0}) ==
               "DiagonalPreconditioner: floor is 0, expected a number between 0 and 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
