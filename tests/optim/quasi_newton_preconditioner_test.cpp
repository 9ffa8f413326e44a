#include "hesse/optim/quasi_newton_preconditioner.hpp"

#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <sstream>
#include <stdexcept>
#include <string>

using Eigen::VectorXd;
using hesse::ErasedObjective;
using hesse::Index;
using hesse::Iterate;
using hesse::QuasiNewtonPreconditioner;

namespace {

constexpr Index n = 16;

/// The preconditioner at a point of 1/2 sum i x_i^2, shown the coordinate vectors one by one.
struct Standing {
    hesse::test::AnalyticObjective f = hesse::test::quadratic(VectorXd::LinSpaced(n, 1.0, n).asDiagonal());
    ErasedObjective<hesse::test::AnalyticObjective> erased{f};
    VectorXd x = VectorXd::Ones(n);
    Iterate at{erased, x.data()};
    QuasiNewtonPreconditioner p;

    explicit Standing(Index memory) : p({.memory = memory}) { p.start(at); }
    void observe(Index first, Index last) {
        for (Index i = first; i < last; ++i) {
            const VectorXd s = VectorXd::Unit(n, i), hs = static_cast<double>(i + 1) * s;
            p.observe(s.data(), hs.data());
        }
    }
    VectorXd diagonal() {
        const VectorXd ones = VectorXd::Ones(n);
        VectorXd out(n);
        p.apply(ones.data(), out.data());
        return out;
    }
    std::string state() const {
        std::ostringstream out;
        p.save(out);
        return out.str();
    }
};

BOOST_AUTO_TEST_SUITE(quasi_newton_preconditioner)

BOOST_AUTO_TEST_CASE(conjugate_pairs_give_the_inverse) {
    Standing standing(n);
    BOOST_TEST((standing.diagonal() == VectorXd::Ones(n)));
    standing.p.update(standing.at);
    standing.observe(0, n);
    BOOST_TEST((standing.diagonal() == VectorXd::Ones(n)));  // fixed until the step is taken
    standing.p.accept();
    BOOST_TEST(standing.p.pairs() == n);
    const VectorXd expected = VectorXd::LinSpaced(n, 1.0, n).cwiseInverse();
    BOOST_TEST((standing.diagonal() - expected).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(many_pairs_are_thinned_out_evenly) {
    Standing standing(4);
    standing.p.update(standing.at);
    standing.observe(0, n);
    standing.p.accept();
    BOOST_TEST(standing.p.pairs() == 4);
    VectorXd expected = VectorXd::Constant(n, 1.0 / 13.0);  // from the last pair
    for (const Index i : {0, 4, 8, 12}) expected[i] = 1.0 / static_cast<double>(i + 1);
    BOOST_TEST((standing.diagonal() - expected).norm() <= 1e-14);

    Standing single(1);
    single.p.update(single.at);
    single.observe(2, n);
    single.p.accept();
    BOOST_TEST((single.diagonal() - VectorXd::Constant(n, 1.0 / 3.0)).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(older_pairs_stay_where_there_is_room) {
    Standing standing(4);
    standing.p.update(standing.at);
    standing.observe(0, 4);
    standing.p.accept();
    standing.p.update(standing.at);
    standing.observe(10, 12);
    standing.p.accept();
    VectorXd expected = VectorXd::Constant(n, 1.0 / 12.0);
    for (const Index i : {2, 3, 10, 11}) expected[i] = 1.0 / static_cast<double>(i + 1);
    BOOST_TEST((standing.diagonal() - expected).norm() <= 1e-14);
}

BOOST_AUTO_TEST_CASE(a_step_that_is_not_taken_leaves_no_trace) {
    Standing standing(4), other(4);
    standing.p.update(standing.at);
    standing.observe(0, 4);
    standing.p.accept();
    const std::string before = standing.state();
    standing.p.update(standing.at);
    standing.observe(7, 9);
    BOOST_TEST(standing.state() == before);
    standing.p.update(standing.at);
    standing.p.accept();
    BOOST_TEST(standing.state() == before);
    std::stringstream text(before), foreign("Other 1\n");
    other.p.load(text);
    BOOST_TEST((other.diagonal() == standing.diagonal()));
    BOOST_CHECK_THROW(other.p.load(foreign), std::invalid_argument);
    BOOST_TEST(other.state() == before);
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    BOOST_TEST(hesse::test::message_of<QuasiNewtonPreconditioner>({.memory = 0}) ==
               "QuasiNewtonPreconditioner: memory is 0, expected at least 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
