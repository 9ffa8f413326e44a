#include "hesse/optim/bounded_model_steps.hpp"

#include "hesse/optim/minimize.hpp"
#include "hesse/optim/state_text.hpp"
#include "support/analytic_objectives.hpp"
#include "support/method_checks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <istream>
#include <ostream>
#include <sstream>
#include <string_view>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// A method as a user may write it: m(s) = g's over |s| <= bound, steepest descent with a trusted length.
class TrustedDescent {
public:
    static constexpr std::string_view name = "TrustedDescent";
    static constexpr Needs needs{};

    void start(Iterate& at) { steps_.start(at, 0.0); }
    StepOutcome step(Iterate& at) {
        Model model(at);
        return steps_.step(at, model);
    }
    void save(std::ostream& out) const {
        StateWriter state(out, name, 1);
        steps_.save(state, "length");
    }
    void load(std::istream& in) {
        StateReader state(in, name, 1);
        steps_.set_state(BoundedModelSteps::read(state, "length"));
    }
    [[nodiscard]] double length() const { return steps_.bound(); }

private:
    struct Model final : BoundedModel {
        explicit Model(Iterate& point) : at(point), s(static_cast<std::size_t>(point.size())) {}
        Minimum minimize(double& bound, double) override {
            if (bound == 0.0) bound = 1.0;
            return again(bound);
        }
        Minimum again(double bound) override {
            at.space().combine(-bound / at.gradient_norm(), at.gradient_data(), 0.0, s.data());
            return {bound * at.gradient_norm(), bound};
        }
        [[nodiscard]] const double* step() const override { return s.data(); }
        [[nodiscard]] double adapted(double bound, const Trial& trial) const override {
            return trial.ratio < 0.25 ? 0.5 * bound : trial.ratio > 0.75 ? 2.0 * bound : bound;
        }
        Iterate& at;
        Buffer s;
    };
    BoundedModelSteps steps_{0.1};
};
static_assert(Optimizer<TrustedDescent>);

BOOST_AUTO_TEST_SUITE(bounded_model_steps)

BOOST_AUTO_TEST_CASE(serve_a_model_of_the_users_own) {
    const VectorXd d{{1.0, 4.0}};
    const Solution found = minimize(test::quadratic(d.asDiagonal()), Vector2d(8.0, 1.0), TrustedDescent{},
                                    Stopping{.gradient_norm = 1e-6, .second_order = false});
    BOOST_TEST((found.status == Status::first_order));
    BOOST_TEST(found.x.norm() <= 1e-6);
    test::check_saved_state(TrustedDescent{});
    test::check_failed_steps(TrustedDescent{});
    test::check_rounding_floor(TrustedDescent{});
}

BOOST_AUTO_TEST_CASE(ask_again_until_the_ratio_is_accepted) {
    // x^2 from 1: the model promises 2 b, a step of b gives 2 b - b^2, and the ratio is 1 - b / 2.
    const auto f = test::quadratic(VectorXd{{2.0}}.asDiagonal());
    ErasedObjective erased(f);
    struct Case {
        double length, moved, next;
    };
    for (const Case expected : {Case{1.0, 1.0, 1.0}, Case{0.25, 0.25, 0.5}, Case{1.75, 1.75, 0.875},
                                Case{1.9, 0.95, 0.95}, Case{8.0, 1.0, 1.0}}) {
        const VectorXd x = VectorXd::Ones(1);
        Iterate at(erased, x.data());
        TrustedDescent method;
        method.start(at);
        BoundedModelSteps steps(0.1);
        steps.start(at, expected.length);
        std::stringstream text;
        {
            StateWriter out(text, "TrustedDescent", 1);
            steps.save(out, "length");
        }
        method.load(text);
        BOOST_TEST((method.step(at) == StepOutcome::moved));
        BOOST_TEST(std::abs(at.last_move() - expected.moved) <= 1e-14);
        BOOST_TEST(std::abs(method.length() - expected.next) <= 1e-14);
    }
}

BOOST_AUTO_TEST_CASE(end_where_no_step_changes_anything) {
    // Uphill for downhill: every trial fails, until x + s is x.
    const test::AnalyticObjective wrong{1, [](const VectorXd& x) { return x[0] * x[0]; },
                                        [](const VectorXd& x) -> VectorXd { return -2.0 * x; },
                                        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }};
    ErasedObjective erased(wrong);
    const VectorXd x = VectorXd::Ones(1);
    Iterate at(erased, x.data());
    TrustedDescent method;
    method.start(at);
    StepOutcome outcome = StepOutcome::moved;
    for (int k = 0; k < 100 && outcome == StepOutcome::moved; ++k) outcome = method.step(at);
    BOOST_TEST((outcome == StepOutcome::line_search || outcome == StepOutcome::rounding_floor));
    BOOST_TEST(std::abs(at.x()[0] - 1.0) <= 1e-10);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
