#include "hesse/optim/objective.hpp"

#include "hesse/autodiff.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::VectorXd;
using hesse::ErasedObjective;
using hesse::Index;
using Slot = hesse::ObjectiveRef::Slot;

namespace {

struct Doubling {
    Index n;
    Index rows() const { return n; }
    double precision() const { return 1e-7; }
    void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const { out = 2.0 * in; }
};

/// |x|^2 whose linearisation returns the gradient by value, as an Eigen expression would, and cannot be
/// assigned.
class ByValue {
public:
    class Linearization {
    public:
        Linearization(const VectorXd& x, Index entries) : x_(x), entries_(entries) {}
        double value() const { return x_.squaredNorm(); }
        VectorXd gradient() const {
            if (x_[0] > 100.0) throw std::runtime_error("midway");
            return 2.0 * x_.head(entries_);
        }
        Doubling hessian() const { return {x_.size()}; }
        double rounding_error() const { return 0.125; }

    private:
        const VectorXd x_;
        const Index entries_;
    };

    explicit ByValue(Index entries = 2) : entries_(entries) {}
    Index size() const { return 2; }
    double value(const VectorXd& x) const { return x.squaredNorm(); }
    Linearization linearize(const VectorXd& x) const { return {x, entries_}; }

private:
    Index entries_;
};
static_assert(hesse::Objective<ByValue>);

VectorXd gradient_of(const hesse::ObjectiveRef& f, Slot slot) {
    return Eigen::Map<const VectorXd>(f.gradient(slot), f.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(objective)

BOOST_AUTO_TEST_CASE(a_gradient_returned_by_value_stays_where_it_is_needed) {
    const ByValue f;
    ErasedObjective<ByValue> erased(f);
    const Vector2d x(1.0, 2.0), y(3.0, 4.0);
    erased.linearize(x.data(), Slot::current);
    erased.linearize(y.data(), Slot::trial);
    BOOST_TEST((gradient_of(erased, Slot::current) == 2.0 * x));
    BOOST_TEST((gradient_of(erased, Slot::trial) == 2.0 * y));
    erased.accept_trial();
    BOOST_TEST((gradient_of(erased, Slot::current) == 2.0 * y));
    BOOST_TEST(erased.value(Slot::current) == 25.0);
}

BOOST_AUTO_TEST_CASE(a_gradient_inside_the_linearisation_is_not_copied) {
    const auto f = hesse::test::double_well();
    ErasedObjective<hesse::test::AnalyticObjective> erased(f);
    const Vector2d x(1.0, 2.0);
    erased.linearize(x.data(), Slot::current);
    BOOST_TEST(gradient_of(erased, Slot::current)[1] == 6.0);
    Vector2d out, v(1.0, 1.0);
    erased.apply_hessian(Slot::current, v.data(), out.data());
    BOOST_TEST((out == Vector2d(1.0, 11.0)));
}

BOOST_AUTO_TEST_CASE(blocks_of_products_go_through_at_once_where_the_loss_can) {
    const auto f = hesse::objective([](const auto& x) { return cos(x).sum() + x[0] * x[1]; }, 3);
    hesse::ErasedObjective erased(f);
    const Vector3d x(0.1, 0.2, 0.3);
    erased.linearize(x.data(), Slot::current);
    const hesse::HessianRef hessian(erased, Slot::current);
    const hesse::OperatorRef a(hessian);
    const Eigen::MatrixXd v = Eigen::MatrixXd::Random(3, 4);
    Eigen::MatrixXd block(3, 4), one(3, 4);
    a.apply_block(v.data(), 4, block.data());
    for (Index j = 0; j < 4; ++j) a.apply(v.col(j).data(), one.col(j).data());
    BOOST_TEST((block - one).norm() <= 1e-15);
    BOOST_TEST((block - (f.linearize(x).hessian() * v)).norm() <= 1e-15);

    // And one by one where it cannot.
    const auto g = hesse::test::double_well();
    ErasedObjective<hesse::test::AnalyticObjective> plain(g);
    plain.linearize(x.data(), Slot::current);
    const Index before = g.counts().products;
    plain.apply_hessian_block(Slot::current, v.data(), 3, block.data());
    BOOST_TEST(g.counts().products == before + 3);
}

BOOST_AUTO_TEST_CASE(what_a_loss_says_of_its_errors_is_passed_on) {
    const ByValue f;
    ErasedObjective<ByValue> speaking(f);
    const Vector2d x(1.0, 2.0);
    speaking.linearize(x.data(), Slot::current);
    BOOST_TEST(speaking.rounding_error(Slot::current) == 0.125);
    BOOST_TEST(speaking.product_precision(Slot::current) == 1e-7);

    const auto g = hesse::test::double_well();
    ErasedObjective<hesse::test::AnalyticObjective> silent(g);
    silent.linearize(x.data(), Slot::current);
    BOOST_TEST(silent.rounding_error(Slot::current) == 0.0);
    BOOST_TEST(silent.product_precision(Slot::current) == std::numeric_limits<double>::epsilon());
}

BOOST_AUTO_TEST_CASE(the_gauss_newton_matrix_goes_through_where_there_is_one) {
    // r = (x^2 - y, 2 y): J = (2x, -1; 0, 2)
    const auto f = hesse::least_squares(
        [](const auto& x) {
            std::remove_cvref_t<decltype(x)> r(2);
            r[0] = x[0] * x[0] - x[1];
            r[1] = 2.0 * x[1];
            return r;
        },
        2, hesse::scalars);
    static_assert(hesse::Objective<decltype(f)> && hesse::HasGaussNewton<decltype(f)>);
    static_assert(!hesse::HasGaussNewton<ByValue>);
    ErasedObjective erased(f);
    const Vector2d x(3.0, 1.0), v(1.0, 1.0);
    Vector2d product;
    erased.linearize(x.data(), Slot::trial);
    erased.accept_trial();
    erased.apply_gauss_newton(Slot::current, v.data(), product.data());
    BOOST_TEST((product == Vector2d(30.0, -1.0)));  // J'J = (36, -6; -6, 5)
    erased.apply_hessian(Slot::current, v.data(), product.data());
    BOOST_TEST((product == Vector2d(46.0, -1.0)));  // and r0 = 8 times (2, 0; 0, 0)

    const ByValue none;
    ErasedObjective<ByValue> without(none);
    without.linearize(x.data(), Slot::current);
    BOOST_CHECK_THROW(without.apply_gauss_newton(Slot::current, v.data(), product.data()), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_gradient_of_the_wrong_size_is_an_error) {
    const ByValue f(1);
    ErasedObjective<ByValue> erased(f);
    const Vector2d x(1.0, 2.0);
    try {
        erased.linearize(x.data(), Slot::current);
        BOOST_TEST(false, "nothing thrown");
    } catch (const std::invalid_argument& error) {
        BOOST_TEST(std::string(error.what()) ==
                   "linearize: the gradient has 1 entries but the objective has size 2");
    }
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_leaves_the_other_slot_alone) {
    const ByValue f;
    ErasedObjective<ByValue> erased(f);
    const Vector2d x(1.0, 2.0), bad(1000.0, 0.0);
    erased.linearize(x.data(), Slot::current);
    BOOST_CHECK_THROW(erased.linearize(bad.data(), Slot::trial), std::runtime_error);
    BOOST_TEST(erased.value(Slot::current) == 5.0);
    BOOST_TEST((gradient_of(erased, Slot::current) == 2.0 * x));
    erased.linearize(x.data(), Slot::trial);
    BOOST_TEST(erased.value(Slot::trial) == 5.0);
}

BOOST_AUTO_TEST_SUITE_END()
