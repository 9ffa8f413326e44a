#pragma once

#include "hesse/optim/minimize.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

/// What must hold of every optimizer.
namespace hesse::test {

/// The same loss, and its Hessian as a Gauss-Newton matrix.
class WithGaussNewton {
public:
    struct Linearization : AnalyticObjective::Linearization {
        [[nodiscard]] const auto& gauss_newton() const { return hessian(); }
    };

    explicit WithGaussNewton(AnalyticObjective f) : f_(std::move(f)) {}
    [[nodiscard]] Index size() const { return f_.size(); }
    [[nodiscard]] double value(const VectorXd& x) const { return f_.value(x); }
    [[nodiscard]] Linearization linearize(const VectorXd& x) const { return {f_.linearize(x)}; }

private:
    AnalyticObjective f_;
};

/// The loss as the method needs it.
template <Optimizer M>
auto loss_for(AnalyticObjective f) {
    if constexpr (M::needs.gauss_newton) return WithGaussNewton(std::move(f));
    else return f;
}

template <Optimizer M>
std::string state_of(const M& method) {
    std::ostringstream out;
    method.save(out);
    return out.str();
}

/// A state that is saved, and loaded by another one, goes on bit for bit; a foreign one is refused, and changes nothing.
template <Optimizer M>
void check_saved_state(const M& method, int steps = 7) {
    const auto f = loss_for<M>(rosenbrock());
    ErasedObjective erased(f), other(f);
    const Eigen::Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    M first = method, second = method;
    first.start(at);
    for (int k = 0; k < steps; ++k) first.step(at);
    std::stringstream state;
    first.save(state);
    Iterate beside(other, at.x_data());
    second.start(beside);
    second.load(state);
    for (int k = 0; k < 8; ++k) {
        first.step(at);
        second.step(beside);
        BOOST_TEST((at.x() == beside.x()));
    }
    const std::string before = state_of(second);
    std::stringstream foreign("NoMethod 1\n");
    BOOST_CHECK_THROW(second.load(foreign), std::invalid_argument);
    BOOST_TEST(state_of(second) == before);
}

/// A step at which the loss throws, or is not finite, changes neither the point nor the state, but for the length of those to come.
template <Optimizer M>
void check_failed_steps(M method) {
    enum { sound, throwing, infinite } loss = sound;
    const auto sound_one = rosenbrock();
    const auto f = loss_for<M>(AnalyticObjective(
        2,
        [&](const VectorXd& x) {
            if (loss == throwing) throw std::runtime_error("no data");
            return loss == infinite ? std::numeric_limits<double>::infinity() : sound_one.value(x);
        },
        [&](const VectorXd& x) -> VectorXd { return sound_one.linearize(x).gradient(); },
        [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }));
    ErasedObjective erased(f);
    const Eigen::Vector2d start(-1.2, 1.0);
    Iterate at(erased, start.data());
    method.start(at);
    for (int k = 0; k < 4; ++k) {
        const std::string before = state_of(method);
        const VectorXd x = at.x();
        loss = throwing;
        BOOST_CHECK_THROW(method.step(at), std::runtime_error);
        BOOST_TEST(state_of(method) == before);
        loss = infinite;
        const StepOutcome outcome = method.step(at);
        if (outcome != StepOutcome::rejected) {  // a shorter one is next
            BOOST_TEST((outcome == StepOutcome::not_finite));
            BOOST_TEST(state_of(method) == before);
        }
        BOOST_TEST((at.x() == x));
        loss = sound;
        BOOST_TEST((method.step(at) == StepOutcome::moved));
    }
}

/// Where the gradient has an error that no step removes the run ends, near the minimum, and throws nothing.
template <Optimizer M>
void check_rounding_floor(const M& method) {
    const auto f =
        loss_for<M>({2, [](const VectorXd& x) { return 1e8 + 0.5 * x.squaredNorm(); },
                     [](const VectorXd& x) -> VectorXd { return x + Eigen::Vector2d(1e-5, -1e-5); },
                     [](const VectorXd&, const VectorXd& v) -> VectorXd { return v; }});
    const Solution found =
        minimize(f, Eigen::Vector2d(3.0, 4.0), method,
                 Stopping{.gradient_norm = 1e-12, .iterations = 500, .second_order = false});
    BOOST_TEST((found.status == Status::rounding_floor || found.status == Status::line_search ||
                found.status == Status::first_order));
    BOOST_TEST(found.x.norm() <= 1e-3);
    BOOST_TEST(found.iterations < 100);
}

/// From the stable axis of a saddle the run ends at the minimum beside it, by an escape.
template <Optimizer M>
void check_escape(const M& method) {
    const Solution found = minimize(loss_for<M>(double_well()), Eigen::Vector2d(1.0, 0.0), method, Stopping{},
                                    NegativeCurvatureEscape{});
    BOOST_TEST((found.status == Status::second_order));
    BOOST_TEST(std::abs(found.value + 0.25) <= 1e-10);
}

/// What the constructor says of options that are out of range.
template <class M>
std::string message_of(typename M::Options options) {
    try {
        M{options};
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

}  // namespace hesse::test
