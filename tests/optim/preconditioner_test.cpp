#include "hesse/optim/preconditioner.hpp"

#include "error_text.hpp"
#include "hesse/optim/curvature/preconditioners.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <istream>
#include <ostream>
#include <sstream>

using Eigen::VectorXd;
using hesse::ErasedObjective;
using hesse::Iterate;
using hesse::Preconditioner;

namespace {

VectorXd applied(Preconditioner& preconditioner, const VectorXd& in) {
    VectorXd out(in.size());
    preconditioner.apply(in.data(), out.data(), in.size());
    return out;
}

/// With all that a rule may have: 1 / (1 + the number of accepted points) times the identity.
struct Counting {
    int updates = 0, accepted = 0, observed = 0;
    void start(Iterate&) { *this = {}; }
    void update(Iterate&) { ++updates; }
    void observe(const double*, const double*) { ++observed; }
    void accept() { ++accepted; }
    void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const {
        out = in / (1.0 + accepted);
    }
    void save(std::ostream& out) const { out << accepted << '\n'; }
    void load(std::istream& in) { in >> accepted; }
};

BOOST_AUTO_TEST_SUITE(preconditioner)

BOOST_AUTO_TEST_CASE(arrays_vectors_and_functions_will_do) {
    const VectorXd d{{1.0, 2.0, 4.0}}, in{{1.0, 1.0, 8.0}}, expected{{1.0, 0.5, 2.0}};
    Preconditioner jacobi = hesse::JacobiPreconditioner(d);
    BOOST_TEST((applied(jacobi, in) == expected));
    Preconditioner function = [=](const auto& r) { return r.cwiseQuotient(d).eval(); };
    BOOST_TEST((applied(function, in) == expected));
    Preconditioner vectors = Counting{};
    BOOST_TEST((applied(vectors, in) == in));
    BOOST_TEST(static_cast<bool>(jacobi));
}

BOOST_AUTO_TEST_CASE(an_empty_one_takes_every_call_but_apply) {
    Preconditioner none;
    BOOST_TEST(!none);
    const auto f = hesse::test::double_well();
    ErasedObjective erased(f);
    const Eigen::Vector2d x(1.0, 1.0);
    Iterate at(erased, x.data());
    none.start(at);
    none.update(at);
    none.accept();
    std::stringstream text;
    none.save(text);
    none.load(text);
    BOOST_TEST(text.str().empty());
    BOOST_TEST(!Preconditioner(none));
}

BOOST_AUTO_TEST_CASE(is_a_value_with_a_state) {
    Preconditioner first = Counting{};
    first.accept();
    Preconditioner second = first;
    second.accept();
    const VectorXd in = VectorXd::Constant(2, 6.0);
    BOOST_TEST((applied(first, in) == VectorXd::Constant(2, 3.0)));
    BOOST_TEST((applied(second, in) == VectorXd::Constant(2, 2.0)));
    std::stringstream text;
    second.save(text);
    first.load(text);
    BOOST_TEST((applied(first, in) == VectorXd::Constant(2, 2.0)));
    first = Preconditioner();
    BOOST_TEST(!first);
}

BOOST_AUTO_TEST_CASE(parameters_that_are_held_at_bounds_have_no_part_in_it) {
    const auto f = hesse::test::quadratic(VectorXd::Ones(3).asDiagonal());
    ErasedObjective erased(f);
    const VectorXd start{{1.0, 0.5, 2.0}};
    const hesse::Bounds bounds(VectorXd{{1.0, 0.0, 0.0}}, VectorXd{{3.0, 3.0, 3.0}});
    const hesse::Box box(start.data(), 3, &bounds, nullptr);
    Iterate at(erased, start.data(), &box);
    Preconditioner mixing = [](const auto& r) { return VectorXd::Constant(r.size(), r.sum()).eval(); };
    mixing.update(at);
    BOOST_TEST((applied(mixing, VectorXd{{0.0, 1.0, 2.0}}) == VectorXd{{0.0, 3.0, 3.0}}));
    Preconditioner copy = mixing;
    BOOST_TEST((applied(copy, VectorXd{{0.0, 1.0, 2.0}}) == VectorXd{{0.0, 3.0, 3.0}}));
}

BOOST_AUTO_TEST_CASE(a_result_of_another_size_is_named) {
    Preconditioner wrong([](const VectorXd&) -> VectorXd { return VectorXd::Ones(5); });
    BOOST_TEST(hesse::test::message_of([&] { applied(wrong, VectorXd::Ones(2)); }) ==
               "preconditioner: the result has 5 entries, expected 2");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
