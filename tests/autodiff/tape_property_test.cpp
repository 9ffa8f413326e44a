#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <vector>

/// Random programs: chains of statements drawn by rapidcheck, on the tape and on the truth's numbers.
namespace {
using namespace hesse;
using namespace hesse::test;

struct Step {
    int what;
    Index from, at;  // an earlier vector, and a part of it
};

/// Vectors of length n, each made of earlier ones. Words are the tape's; the truth has its own below.
template <class Theta>
auto run_arrays(const Theta& theta, Index n, const std::vector<Step>& steps) {
    using Array = typename Theta::View;
    std::vector<Array> all{theta.head(n), theta.tail(n)};
    for (const Step& step : steps) {
        const Array a = all[static_cast<std::size_t>(step.from) % all.size()], b = all.back();
        const Index shift = step.at % 3, k = step.at % n;
        switch (step.what) {
            case 0:
                all.push_back((a * 0.5 + b).eval());
                break;
            case 1:
                all.push_back(tanh(a).cwiseProduct(b).eval());
                break;
            case 2:
                all.push_back((sin(a) - 0.5 * b).eval());
                break;
            case 3:
                all.push_back((b * a(k)).eval());
                break;
            case 4:
                all.push_back(theta.segment(shift, n));
                break;
            case 5:
                all.push_back((b * (a.dot(b) / static_cast<double>(n))).eval());
                break;
            case 6:
                all.push_back((a - b * tanh(b.sum())).eval());
                break;
            case 7:
                all.push_back(a.reshaped(1, n).transpose().eval());
                break;
            case 8:
                all.push_back((a.cwiseProduct(b) + a - 0.5 * b.cwiseProduct(b)).eval());
                break;
            default:
                all.push_back((b - a * log_sum_exp(b)).eval());
                break;
        }
    }
    return all.back().squaredNorm() + all[all.size() / 2].sum();
}

HyperDual run_loops(const HyperDualVector& theta, Index n, const std::vector<Step>& steps) {
    using Numbers = std::vector<HyperDual>;
    const auto part = [&](Index first) { return Numbers(theta.data() + first, theta.data() + first + n); };
    std::vector<Numbers> all{part(0), part(theta.size() - n)};
    const auto sum_of = [&](const auto& entry) {
        HyperDual s = 0;
        for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) s += entry(i);
        return s;
    };
    for (const Step& step : steps) {
        const Numbers a = all[static_cast<std::size_t>(step.from) % all.size()], b = all.back();
        const HyperDual dot = sum_of([&](std::size_t i) { return a[i] * b[i]; }) / static_cast<double>(n);
        const HyperDual sum = sum_of([&](std::size_t i) { return b[i]; });
        const HyperDual lse = log(sum_of([&](std::size_t i) { return exp(b[i]); }));
        const Numbers shifted = part(step.at % 3);
        Numbers y(static_cast<std::size_t>(n));
        for (std::size_t i = 0; i < y.size(); ++i) {
            switch (step.what) {
                case 0:
                    y[i] = a[i] * 0.5 + b[i];
                    break;
                case 1:
                    y[i] = tanh(a[i]) * b[i];
                    break;
                case 2:
                    y[i] = sin(a[i]) - 0.5 * b[i];
                    break;
                case 3:
                    y[i] = b[i] * a[static_cast<std::size_t>(step.at % n)];
                    break;
                case 4:
                    y[i] = shifted[i];
                    break;
                case 5:
                    y[i] = b[i] * dot;
                    break;
                case 6:
                    y[i] = a[i] - b[i] * tanh(sum);
                    break;
                case 7:
                    y[i] = a[i];
                    break;
                case 8:
                    y[i] = a[i] * b[i] + a[i] - 0.5 * b[i] * b[i];
                    break;
                default:
                    y[i] = b[i] - a[i] * lse;
                    break;
            }
        }
        all.push_back(y);
    }
    return sum_of([&](std::size_t i) { return all.back()[i] * all.back()[i]; }) +
           sum_of([&](std::size_t i) { return all[all.size() / 2][i]; });
}

/// Scalars: variables, sums in place, copies and moves, in any order.
template <class Theta>
auto run_scalars(const Theta& theta, const std::vector<Step>& steps) {
    using T = std::decay_t<decltype(theta[0])>;
    std::vector<T> all(theta.begin(), theta.end());
    const auto pick = [&](Index i) -> T& { return all[static_cast<std::size_t>(i) % all.size()]; };
    for (const Step& step : steps) {
        T &a = pick(step.from), &b = pick(step.at);
        switch (step.what) {
            case 0:
                a += b;
                break;
            case 1:
                a -= sin(b);
                break;
            case 2:
                a = a * 0.5 + tanh(b);
                break;
            case 3:
                a += tanh(a) * b;
                break;
            case 4:
                std::swap(a, b);
                break;
            case 5:
                all.push_back(T(0));
                break;
            case 6:
                all.push_back(a);
                break;
            case 7:
                a *= tanh(b);
                break;
            default:
                all.back() += 0.25 * a * b;
                break;
        }
    }
    T s = 0;
    for (const T& x : all) s += tanh(x) * 0.5;
    return s;
}

std::vector<Step> draw_steps() {
    const auto count = static_cast<std::size_t>(*rc::gen::inRange(0, 14));
    std::vector<Step> steps;
    for (std::size_t i = 0; i < count; ++i) {
        steps.push_back(
            {*rc::gen::inRange(0, 10), *rc::gen::inRange<Index>(0, 20), *rc::gen::inRange<Index>(0, 20)});
    }
    return steps;
}

/// H v of both, the largest of |H v|, and the symmetry of H.
template <class F, class Loops>
bool agrees(const F& f, const Loops& loops, const VectorXd& x) {
    const VectorXd first_gradient = f.linearize(x).gradient();
    const auto at = f.linearize(x);
    if (at.gradient() != first_gradient) return false;
    const Index n = x.size();
    const VectorXd u = random_vector(n, 31), v = random_vector(n, 32);
    const VectorXd hu = at.hessian() * u, hv = at.hessian() * v, combined = at.hessian() * (2.0 * u - v);
    HyperDualVector numbers(n);
    for (Index i = 0; i < n; ++i) numbers[i] = HyperDual(x[i], u[i], v[i], 0);
    const HyperDual truth = loops(numbers);
    // Values may cancel: what an intermediate number can reach in a dozen steps sets the scale.
    const double scale = 1e-11 * (1.0 + std::abs(at.value()) + at.gradient().norm() + hu.norm() + hv.norm());
    const auto near = [&](double a, HyperDual::Real b) {
        return std::abs(a - static_cast<double>(b)) <= scale;
    };
    return at.value() == f.value(x) && near(at.value(), truth.value) &&
           near(u.dot(at.gradient()), truth.first) && near(v.dot(at.gradient()), truth.second) &&
           near(u.dot(hv), truth.both) && near(v.dot(hu), truth.both) &&
           (combined - 2.0 * hu + hv).norm() <= scale;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(tape_property)

BOOST_AUTO_TEST_CASE(random_array_programs_have_the_derivatives_of_their_loops) {
    BOOST_TEST(rc::check([] {
        const Index n = *rc::gen::inRange<Index>(1, 70);
        const std::vector<Step> steps = draw_steps();
        const VectorXd x = random_vector(n + 2, *rc::gen::arbitrary<std::uint64_t>(), -0.5, 0.5);
        const auto f = objective([&](const auto& theta) { return run_arrays(theta, n, steps); }, n + 2);
        RC_ASSERT(agrees(
            f, [&](const HyperDualVector& t) { return run_loops(t, n, steps); }, x));
    }));
}

BOOST_AUTO_TEST_CASE(random_scalar_programs_have_the_derivatives_of_their_loops) {
    BOOST_TEST(rc::check([] {
        const Index n = *rc::gen::inRange<Index>(1, 6);
        const std::vector<Step> steps = draw_steps();
        const VectorXd x = random_vector(n, *rc::gen::arbitrary<std::uint64_t>(), -1, 1);
        const auto loss = [&](const auto& theta) { return run_scalars(theta, steps); };
        RC_ASSERT(agrees(objective(loss, n, scalars), loss, x));
    }));
}

BOOST_AUTO_TEST_SUITE_END()
