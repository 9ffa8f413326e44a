#include "hesse/autodiff/objective.hpp"

#include "hesse/autodiff/constants.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/reductions.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

auto says(const std::string& text) {
    return [text](const std::exception& error) {
        BOOST_TEST(std::string(error.what()) == text);
        return true;
    };
}

/// The two ways of writing a loss must keep the same promises.
const auto by_arrays = [](const auto& x) { return (exp(x).cwiseProduct(x)).sum(); };
const auto by_entries = [](const auto& x) {
    typename std::decay_t<decltype(x)>::Scalar s = 0;
    for (Index i = 0; i < x.size(); ++i) s += exp(x[i]) * x[i];
    return s;
};
HyperDual truth(const HyperDualVector& x) {
    HyperDual s = 0;
    for (const auto& entry : x) s += exp(entry) * entry;
    return s;
}

template <class L>
VectorXd product(const L& at, const VectorXd& v) {
    VectorXd out(v.size());
    at.hessian().apply(v, out);
    return out;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(objective)

BOOST_AUTO_TEST_CASE(arrays_and_scalars_give_the_same_derivatives) {
    for (const Index n : {1, 5, 40}) {
        const VectorXd x = random_vector(n, 1);
        check_loss(hesse::objective(by_arrays, n), truth, x);
        check_loss(hesse::objective(by_entries, n), truth, x);
        check_loss(hesse::objective(by_entries, n, scalars), truth, x);
    }
}

BOOST_AUTO_TEST_CASE(the_loss_runs_once_for_each_linearization) {
    int calls = 0;
    const auto count = [&](const auto& f) {
        const VectorXd x = random_vector(4, 2), v = random_vector(4, 3);
        calls = 0;
        const auto at = f.linearize(x);
        for (int i = 0; i < 10; ++i) (void)product(at, v);
        const VectorXd hv = at.hessian() * v;
        const MatrixXd hm = at.hessian() * MatrixXd::Identity(4, 4);
        (void)at.gradient();
        BOOST_TEST(calls == 1);
        (void)f.value(x);
        BOOST_TEST(calls == 2);
    };
    count(hesse::objective([&](const auto& x) { return ++calls, by_arrays(x); }, 4));
    count(hesse::objective([&](const auto& x) { return ++calls, by_entries(x); }, 4, scalars));
}

BOOST_AUTO_TEST_CASE(a_linearization_stays_valid_while_others_are_made) {
    const auto check = [](const auto& f) {
        std::vector<VectorXd> points;
        std::vector<decltype(f.linearize(VectorXd()))> all;
        const VectorXd v = random_vector(9, 4);
        for (std::uint64_t seed = 0; seed < 5; ++seed) {
            points.push_back(random_vector(9, 10 + seed));
            all.push_back(f.linearize(points.back()));
            if (seed > 0) (void)product(all[seed - 1], v);  // between recordings
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            const VectorXd& x = points[i];
            const VectorXd g = x.array().exp() * (1 + x.array()), h = x.array().exp() * (2 + x.array());
            BOOST_TEST((VectorXd(all[i].gradient()) - g).norm() < 1e-14);
            BOOST_TEST((product(all[i], v) - h.cwiseProduct(v)).norm() < 1e-14);
        }
        // Gone in another order than made; their memory serves the next ones.
        all.erase(all.begin() + 1);
        all.erase(all.begin() + 2);
        const auto other = f.linearize(points[1]);
        BOOST_TEST((product(other, v) - product(all[0], v)).norm() > 0.0);
        const VectorXd& x = points[0];
        BOOST_TEST((product(all[0], v) - VectorXd(x.array().exp() * (2 + x.array()) * v.array())).norm() <
                   1e-14);
    };
    check(hesse::objective(by_arrays, 9));
    check(hesse::objective(by_entries, 9, scalars));
}

BOOST_AUTO_TEST_CASE(a_linearization_outlives_its_objective_and_the_point) {
    std::optional<decltype(hesse::objective(by_arrays, 3).linearize(VectorXd()))> at;
    {
        const auto f = hesse::objective(by_arrays, 3);
        const auto x = std::make_unique<VectorXd>(VectorXd::Ones(3));
        at.emplace(f.linearize(*x));
        x->setZero();
    }
    const double e = std::exp(1.0);
    BOOST_TEST((VectorXd(at->gradient()) - 2 * e * VectorXd::Ones(3)).norm() < 1e-14);
    BOOST_TEST((product(*at, VectorXd::Ones(3)) - 3 * e * VectorXd::Ones(3)).norm() < 1e-14);
}

BOOST_AUTO_TEST_CASE(data_inside_a_loss_live_as_long_as_its_linearizations) {
    const auto make = [] {
        const VectorXd weights = VectorXd::LinSpaced(300, 1.0, 2.0);
        const auto f = hesse::objective(
            [weights](const auto& x) { return (weights.array() * exp(x.array())).sum(); }, 300);
        return f.linearize(VectorXd::Zero(300));
    };
    const auto at = make();
    const std::vector<VectorXd> others(20, VectorXd::Constant(300, 7.0));  // where the data were
    BOOST_TEST((at.hessian() * VectorXd::Ones(300) == VectorXd::LinSpaced(300, 1.0, 2.0)));
    BOOST_TEST(others.size() == 20u);
}

BOOST_AUTO_TEST_CASE(the_gradient_of_a_temporary_linearization_is_a_copy) {
    const auto f = hesse::objective([](const auto& x) { return x.squaredNorm(); }, 2);
    const auto first = f.linearize(VectorXd{{1.0, 2.0}}).gradient();
    const auto second = f.linearize(VectorXd{{3.0, 4.0}}).gradient();
    BOOST_TEST((first == VectorXd{{2.0, 4.0}}));
    BOOST_TEST((second == VectorXd{{6.0, 8.0}}));
}

BOOST_AUTO_TEST_CASE(a_result_of_an_earlier_recording_is_refused) {
    auto kept = std::make_shared<std::optional<Var>>();
    const auto f = hesse::objective(
        [kept](const auto& x) {
            using T = typename std::decay_t<decltype(x)>::Scalar;
            if constexpr (!std::is_same_v<T, double>) {
                if (*kept) return T(**kept);
                *kept = x[0] * x[1];
            }
            return T(x[0] * x[1]);
        },
        2, scalars);
    { const auto at = f.linearize(VectorXd::Ones(2)); }
    BOOST_CHECK_THROW((void)f.linearize(VectorXd::Ones(2)), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_linearization_moves) {
    const auto f = hesse::objective(by_arrays, 3);
    auto first = f.linearize(VectorXd::Ones(3));
    const VectorXd expected = product(first, VectorXd::Ones(3));
    const Hessian<double>& hessian = first.hessian();
    auto second = std::move(first);
    BOOST_TEST(product(second, VectorXd::Ones(3)) == expected);
    BOOST_TEST(&second.hessian() == &hessian);  // solvers may keep its address
    second = f.linearize(VectorXd::Zero(3));
    BOOST_TEST(product(second, VectorXd::Ones(3)) == 2 * VectorXd::Ones(3));
}

BOOST_AUTO_TEST_CASE(values_equal_linearized_values_wherever_the_point_lies_in_memory) {
    const Index n = 67;
    const MatrixXd a = random_matrix(n, n, 5);
    const auto f = hesse::objective(
        [&](const auto& x) {
            const auto y = tanh(a * x + 0.5 * x);
            return y.dot(a.transpose() * y) + (exp(y).array() * x.array() / (y.array() + 3.0)).sum() +
                   log_sum_exp(x) * (exp(x.reshaped(1, n)).array() * x.transpose().array()).sum();
        },
        n);
    VectorXd memory(n + 4);
    for (Index shift = 0; shift < 4; ++shift) {
        memory.segment(shift, n) = random_vector(n, 6);
        const auto x = memory.segment(shift, n);
        BOOST_TEST(f.value(x) == f.linearize(x).value());
        BOOST_TEST(f.value(x) == f.value(random_vector(n, 6)));
    }
}

BOOST_AUTO_TEST_CASE(sums_of_fused_and_of_evaluated_statements_have_the_same_bits) {
    // Longer than blocks, with strides, so that recording and plain evaluation take different ways to one sum.
    const Index r = 67, c = 31;
    const auto f = hesse::objective(
        [=](const auto& theta) {
            const auto x = theta.reshaped(r + 1, c);
            const auto a = x.topRows(r), b = x.bottomRows(r);
            return (exp(a).array() * b.array() / (a.array() + 3.0)).sum() + (exp(a) + b).squaredNorm() +
                   (a.transpose().array() * exp(b.transpose()).array()).mean();
        },
        (r + 1) * c);
    const auto g = hesse::objective<float>(
        [=](const auto& theta) {
            const auto x = theta.reshaped(r + 1, c);
            const auto a = x.topRows(r), b = x.bottomRows(r);
            return (exp(a).array() * b.array() / (a.array() + 3.0)).sum() + (exp(a) + b).squaredNorm();
        },
        (r + 1) * c);
    for (const std::uint64_t seed : {7, 8, 9, 10}) {
        const VectorXd x = random_vector((r + 1) * c, seed);
        BOOST_TEST(f.value(x) == f.linearize(x).value());
        const Eigen::VectorXf y = x.cast<float>();
        BOOST_TEST(g.value(y) == g.linearize(y).value());
    }
}

BOOST_AUTO_TEST_CASE(repeated_evaluation_repeats_every_bit) {
    const auto f = hesse::objective(by_arrays, 1000);
    const VectorXd x = random_vector(1000, 11), v = random_vector(1000, 12);
    const auto first = f.linearize(x);
    const VectorXd expected = product(first, v);
    for (int i = 0; i < 3; ++i) {
        const auto again = f.linearize(x);
        BOOST_TEST(again.value() == first.value());
        BOOST_TEST((again.gradient() == first.gradient()));
        BOOST_TEST((product(again, v) == expected));
        BOOST_TEST((product(first, v) == expected));
    }
}

// -------------------------------------------------------------------------------------------- bad input

BOOST_AUTO_TEST_CASE(points_of_wrong_size_or_not_finite_are_refused) {
    const auto check = [](const auto& f) {
        const VectorXd x = random_vector(3, 13);
        const std::string size = "objective: the point has 4 entries, expected 3";
        BOOST_CHECK_EXCEPTION((void)f.value(VectorXd::Zero(4)), std::invalid_argument, says(size));
        BOOST_CHECK_EXCEPTION((void)f.linearize(VectorXd::Zero(4)), std::invalid_argument, says(size));
        BOOST_CHECK_EXCEPTION((void)f.value(VectorXd()), std::invalid_argument,
                              says("objective: the point has 0 entries, expected 3"));
        for (const double bad : {not_a_number, infinity, -infinity}) {
            VectorXd y = x;
            y[1] = bad;
            const std::string text = "objective: the point has the entry " + std::to_string(bad) +
                                     " at 1, expected finite numbers";
            BOOST_CHECK_EXCEPTION((void)f.value(y), std::invalid_argument, says(text));
            BOOST_CHECK_EXCEPTION((void)f.linearize(y), std::invalid_argument, says(text));
        }
        check_loss(f, truth, x);
    };
    check(hesse::objective(by_arrays, 3));
    check(hesse::objective(by_entries, 3, scalars));
}

BOOST_AUTO_TEST_CASE(a_loss_needs_a_parameter) {
    BOOST_CHECK_EXCEPTION((void)hesse::objective(by_arrays, 0), std::invalid_argument,
                          says("objective: the number of parameters is 0, expected at least 1"));
    BOOST_CHECK_EXCEPTION((void)hesse::objective(by_entries, -2, scalars), std::invalid_argument,
                          says("objective: the number of parameters is -2, expected at least 1"));
}

BOOST_AUTO_TEST_CASE(what_the_loss_throws_passes_through_and_the_objective_goes_on) {
    struct Stop {
        int code;
    };
    bool fail = false;
    const auto check = [&](const auto& f) {
        const VectorXd x = random_vector(40, 14);
        fail = false;
        const auto before = f.linearize(x);
        const VectorXd expected = product(before, x);
        for (int i = 0; i < 3; ++i) {
            fail = true;
            BOOST_CHECK_EXCEPTION((void)f.linearize(2 * x), Stop,
                                  [](const Stop& stop) { return stop.code == 7; });
            BOOST_CHECK_THROW((void)f.value(2 * x), Stop);
            fail = false;
            BOOST_TEST((product(before, x) == expected));
            check_loss(f, truth, x);
        }
    };
    check(hesse::objective(
        [&](const auto& x) {
            const auto y = exp(x);
            const auto part = y.head(20).sum();  // some is recorded when it throws
            if (fail) throw Stop{7};
            return y.dot(x) + 0.0 * part;
        },
        40));
    check(hesse::objective(
        [&](const auto& x) {
            typename std::decay_t<decltype(x)>::Scalar s = 0;
            for (Index i = 0; i < x.size(); ++i) {
                s += exp(x[i]) * x[i];
                if (fail && i == 20) throw Stop{7};
            }
            return s;
        },
        40, scalars));
}

BOOST_AUTO_TEST_CASE(a_value_that_is_not_finite_is_returned_not_thrown) {
    const auto check = [](const auto& f, double expected) {
        const VectorXd x{{-1.0, 2.0}};
        const auto at = f.linearize(x);
        const auto same = [&](double value) {
            return value == expected || (value != value && expected != expected);
        };
        BOOST_TEST(same(at.value()));
        BOOST_TEST(same(f.value(x)));
        (void)product(at, x);
        BOOST_TEST(std::isfinite(f.linearize(VectorXd{{1.0, 2.0}}).gradient().sum()));
    };
    check(hesse::objective([](const auto& x) { return log(x).sum(); }, 2), not_a_number);
    check(hesse::objective([](const auto& x) { return log(x[0]) + x[1]; }, 2, scalars), not_a_number);
    check(hesse::objective([](const auto& x) { return exp(x * -1000.0).sum(); }, 2), infinity);
    check(hesse::objective([](const auto& x) { return exp(x[0] * -1000.0) + x[1]; }, 2, scalars), infinity);
}

BOOST_AUTO_TEST_CASE(losses_nest_when_the_inner_one_sees_numbers) {
    const auto inner = hesse::objective(by_arrays, 3);
    const auto outer = hesse::objective(
        [&](const auto& x) {
            const VectorXd g = inner.linearize(VectorXd::Ones(3)).gradient();
            return x.dot(copy(g)) * x.sum();  // g does not outlive this call
        },
        3);
    const double weight = 2 * std::exp(1.0);
    const auto loops = [=](const HyperDualVector& x) {
        const HyperDual s = x[0] + x[1] + x[2];
        return s * s * weight;
    };
    check_loss(outer, loops, random_vector(3, 15), {10.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(an_inner_loss_that_captures_outer_variables_is_refused) {
    const auto outer = hesse::objective(
        [](const auto& x) {
            const auto inner =
                hesse::objective([&](const auto& y) { return (y.array() * x.array()).sum(); }, 3);
            return inner.linearize(VectorXd::Ones(3)).value() + x.sum();
        },
        3);
    BOOST_CHECK_EXCEPTION(
        (void)outer.linearize(VectorXd::Ones(3)), std::logic_error, [](const std::logic_error& e) {
            return std::string(e.what()).find("pass the outer variables of an inner loss") !=
                   std::string::npos;
        });
}

BOOST_AUTO_TEST_SUITE_END()
