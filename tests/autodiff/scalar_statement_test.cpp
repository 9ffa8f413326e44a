#include "hesse/autodiff/scalar_statement.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/derivative_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

const VectorXd two{{0.7, 1.9}};

template <class Loss>
void check_scalars(const Loss& loss, const VectorXd& x, Precision precision = {}) {
    check_loss(objective(loss, x.size(), scalars), loss, x, precision);
}

template <class X>
using EntryOf = std::decay_t<decltype(std::declval<X>()[0])>;
}  // namespace

BOOST_AUTO_TEST_SUITE(scalar_statement)

// ------------------------------------------------------------------------------------- sums in place

BOOST_AUTO_TEST_CASE(a_long_sum_has_one_slot) {
    const auto f = objective(
        [](const auto& x) {
            EntryOf<decltype(x)> s = 0;
            for (int round = 0; round < 1000; ++round) s += x[0] * x[1];
            return s;
        },
        2, scalars);
    // Two parameters, the sum, and the room that arenas make ahead.
    BOOST_TEST(f.linearize(two).memory().values < 1000 * sizeof(double));
}

BOOST_AUTO_TEST_CASE(a_sum_of_any_statements_is_differentiated_exactly) {
    check_scalars(
        [](const auto& x) {
            EntryOf<decltype(x)> s = 0;
            for (Index i = 0; i + 1 < x.size(); ++i) {
                s += exp(x[i]) * x[i + 1];
                s -= sin(x[i] * x[i + 1]);
                s += x[i];
                s -= 0.25;
                s += 2;
                s -= x[i + 1];
            }
            return s;
        },
        random_vector(9, 4));
}

BOOST_AUTO_TEST_CASE(a_sum_begun_from_a_statement_leaves_that_statement_alone) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            T s = exp(x[0]);  // its sweeps read this result
            s += x[1];
            s -= x[0] * x[1];
            T t = x[0];  // a parameter
            t += s;
            t += x[0];
            return T(s * t);
        },
        two);
}

BOOST_AUTO_TEST_CASE(a_sum_that_was_read_is_not_overwritten) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            T s = 0;
            s += x[0] * x[0];
            const T read = exp(s);
            s += x[1] * read;
            const T copied = s;
            s += x[0];
            const auto unnamed = s * x[1];
            s += x[0] * x[1];
            T assigned = 0;
            assigned = s;
            assigned += x[1];
            s += x[0] * assigned;
            return T(unnamed * copied + s * read + assigned);
        },
        two);
}

BOOST_AUTO_TEST_CASE(a_sum_may_be_added_to_itself) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            T s = 0;
            s += x[0] * x[1];
            s += s;
            s += s * x[0];
            s -= 0.5 * (s - x[1]);
            s -= s * s;
            s += s + s;
            return s;
        },
        two);
}

BOOST_AUTO_TEST_CASE(moving_a_sum_keeps_its_slot_and_copying_gives_a_new_one) {
    const auto values_of = [](const auto& loss) {
        const Index n = 64;
        return objective(loss, n, scalars).linearize(random_vector(n, 5)).memory().values;
    };
    const auto pass = [](bool move) {
        return [move](const auto& x) {
            using T = EntryOf<decltype(x)>;
            T s = 0;
            for (int round = 0; round < 20; ++round) {
                for (Index i = 0; i < x.size(); ++i) {
                    s += x[i] * x[i];
                    T next = move ? T(std::move(s)) : T(s);
                    s = std::move(next);
                }
            }
            return s;
        };
    };
    BOOST_TEST(2 * values_of(pass(true)) < values_of(pass(false)));
    for (const bool move : {true, false}) check_scalars(pass(move), random_vector(3, 6));
}

BOOST_AUTO_TEST_CASE(sums_in_containers_survive_growth_and_removal) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            std::vector<T> sums;
            for (int round = 0; round < 3; ++round) {
                for (Index i = 0; i < x.size(); ++i) {
                    sums.emplace_back(0.0);
                    for (T& s : sums) s += x[i] * x[i] * x[(i + 1) % x.size()];
                }
                sums.erase(sums.begin());
                sums.push_back(sums.front());
                sums.front() += x[0];
                sums.back() += x[1];
            }
            T total = 1;
            for (const T& s : sums) total += s * s;
            return total;
        },
        random_vector(3, 7));
}

BOOST_AUTO_TEST_CASE(two_sums_grow_side_by_side) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            T a = 0, b = 1;
            for (Index i = 0; i < x.size(); ++i) {
                a += x[i] * x[i];
                b += a * x[i];
                a -= b;
            }
            return T(a * b);
        },
        random_vector(5, 8));
}

BOOST_AUTO_TEST_CASE(sums_by_reference_and_from_functions_are_sums) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            const auto add = [&](T& s, Index i) { s += x[i] * x[i] * x[i]; };
            const auto partial_sum = [&](Index first) {
                T s = 0;
                for (Index i = first; i < x.size(); ++i) add(s, i);
                return s;
            };
            T s = partial_sum(0);
            s += partial_sum(1);
            s += exp(partial_sum(2));
            return s;
        },
        random_vector(4, 9));
}

// ---------------------------------------------------------------------------------- size of statements

BOOST_AUTO_TEST_CASE(repeated_squaring_through_auto_grows_linearly) {
    // y = x^(2^64) at x = 1: dy/dx = 2^64, d2y/dx2 = 2^64 (2^64 - 1), a power of two in doubles.
    const auto f = objective(
        [](const auto& x) {
            EntryOf<decltype(x)> y = x[0];
            for (int i = 0; i < 64; ++i) y = y * y;
            return y;
        },
        1, scalars);
    const auto at = f.linearize(VectorXd::Ones(1));
    VectorXd product(1);
    at.hessian().apply(VectorXd::Ones(1), product);
    BOOST_TEST(at.gradient()[0] == std::ldexp(1.0, 64));
    BOOST_TEST(product[0] == std::ldexp(1.0, 128), boost::test_tools::tolerance(1e-15));

    check_scalars(
        [](const auto& x) {
            auto y1 = x[0] * x[1];
            auto y2 = y1 * y1;
            auto y3 = y2 * y2;
            auto y4 = y3 * y3;
            auto y5 = y4 * y4;  // 32 operands: recorded in parts
            auto y6 = y5 * y5;
            auto y7 = y6 * y6;
            auto y8 = y7 + y4;
            return y8 * y8;
        },
        VectorXd{{0.99, 1.02}}, {1.0, 1e-12});  // the exponent 256 multiplies the rounding of the arguments
}

BOOST_AUTO_TEST_CASE(one_expression_of_any_length_is_recorded) {
    check_scalars(
        [](const auto& x) {
            return x[0] * x[1] + x[1] * x[2] + x[2] * x[3] + x[3] * x[4] + x[4] * x[5] + x[5] * x[6] +
                   x[6] * x[7] + x[7] * x[8] + x[8] * x[0] +
                   exp(x[0] + x[1] + x[2] + x[3] + x[4]) * x[5] * x[6] * x[7] * x[8] * (x[0] - 1.0) /
                       (x[1] + 3.0);
        },
        random_vector(9, 10));
}

BOOST_AUTO_TEST_CASE(deep_expressions_of_one_operand_are_recorded_in_parts) {
    // Each of these keeps three numbers a call, so that one statement of them all would outgrow what the tape
    // makes room for; many of them in a row would show it.
    check_scalars(
        [](const auto& x) {
            EntryOf<decltype(x)> y = x[0];
            for (int i = 0; i < 400; ++i) {
                y = sin(sin(sin(sin(sin(sin(
                        sin(sin(sin(sin(sin(sin(sin(sin(sin(sin(sin(sin(sin(sin(y + 0.5)))))))))))))))))))) +
                    x[1] * 0.5;
            }
            return y;
        },
        two, {1.0, 1e-11});
}

BOOST_AUTO_TEST_CASE(a_variable_may_stand_many_times_in_one_statement) {
    check_scalars(
        [](const auto& x) {
            const auto& a = x[0];
            return a * a * a * a + a / (a + 2.0) * exp(a) - a * x[1] * a * x[1] * a;
        },
        two);
}

BOOST_AUTO_TEST_CASE(long_runs_of_equal_and_of_mixed_statements_are_swept) {
    check_scalars(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            T y = x[0];
            for (int i = 0; i < 100; ++i) {
                const T a = y * 0.9 + x[i % x.size()];
                const T b = sin(a) - 1.0;
                y = i % 3 == 0 ? T(a * b) : T(a - 0.25 * b);
            }
            return y;
        },
        random_vector(7, 11), {1.0, 1e-12});
}

BOOST_AUTO_TEST_CASE(rosenbrock_has_its_closed_form_derivatives) {
    const auto f = objective(
        [](const auto& x) {
            using T = EntryOf<decltype(x)>;
            const T a = x[1] - x[0] * x[0];
            const T b = 1.0 - x[0];
            return 100.0 * (a * a) + b * b;
        },
        2, scalars);
    const VectorXd x{{-1.5, 2.0}};  // exact in binary, as are all results
    const auto at = f.linearize(x);
    MatrixXd hessian(2, 2);
    for (Index i = 0; i < 2; ++i) at.hessian().apply(VectorXd::Unit(2, i), hessian.col(i));
    BOOST_TEST(at.value() == 100 * 0.0625 + 6.25);
    BOOST_TEST(at.gradient() == (VectorXd{{-400 * -0.25 * -1.5 - 2 * 2.5, 200 * -0.25}}));
    BOOST_TEST((hessian == MatrixXd{{1200 * 2.25 - 400 * 2.0 + 2, 600}, {600, 200}}));
}

// ------------------------------------------------------------------------------------------- constants

BOOST_AUTO_TEST_CASE(a_loss_that_is_constant_has_zero_derivatives) {
    for (const auto& loss :
         {+[](const Eigen::Matrix<Var, Eigen::Dynamic, 1>&) { return Var(4); },
          +[](const Eigen::Matrix<Var, Eigen::Dynamic, 1>& x) { return Var(x[0].value() * 0 + 4); }}) {
        Tape<double> tape;
        const VectorXd x = random_vector(3, 12);
        tape.start(x.data(), 3, false);
        Eigen::Matrix<Var, Eigen::Dynamic, 1> variables(3);
        for (Index i = 0; i < 3; ++i) variables[i] = Var(tape, x[i], static_cast<std::uint32_t>(i));
        BOOST_TEST(loss(variables).tape() == nullptr);
    }
    const auto f = objective([](const auto&) { return 4; }, 3, scalars);
    const auto at = f.linearize(random_vector(3, 12));
    VectorXd product(3);
    at.hessian().apply(VectorXd::Ones(3), product);
    BOOST_TEST(at.value() == 4);
    BOOST_TEST(at.gradient() == VectorXd::Zero(3));
    BOOST_TEST(product == VectorXd::Zero(3));
}

BOOST_AUTO_TEST_CASE(infinite_constants_do_not_poison_derivatives) {
    const auto f = objective(
        [](const auto& x) {
            constexpr double infinity = std::numeric_limits<double>::infinity();
            EntryOf<decltype(x)> nearest = infinity;
            for (Index i = 0; i < x.size(); ++i) {
                if (x[i] < nearest) nearest = x[i] * x[i];
            }
            return nearest;
        },
        2, scalars);
    const auto at = f.linearize(two);
    BOOST_TEST(at.gradient() == (VectorXd{{1.4, 0}}));
}

// ---------------------------------------------------------------------------------------------- misuse

BOOST_AUTO_TEST_CASE(a_variable_of_an_earlier_recording_is_refused_with_a_message) {
    using Vars = Eigen::Matrix<Var, Eigen::Dynamic, 1>;
    const auto stale = [](const std::logic_error& error) {
        return std::string(error.what()).find("kept from an earlier recording") != std::string::npos;
    };
    Var kept;
    bool use = false;
    enum { as_operand, as_term, as_target } how{};
    const auto loss = [&](const Vars& x) {
        Var y = x[0] * x[0];
        if (use && how == as_operand) y = kept * x[0];
        if (use && how == as_term) y += kept;
        if (use && how == as_target) {
            kept += x[0];
            y = kept;
        }
        kept = 0;
        kept += x[0] * x[1];  // a sum that only `kept` knows
        return y;
    };
    Tape<double> tape;
    const auto record = [&] {
        tape.start(two.data(), 2, false);
        Vars x(2);
        for (Index i = 0; i < 2; ++i) x[i] = Var(tape, two[i], static_cast<std::uint32_t>(i));
        return loss(x);
    };
    record();
    use = true;
    for (const auto each : {as_operand, as_term, as_target}) {
        how = each;
        BOOST_CHECK_EXCEPTION(record(), std::logic_error, stale);
        use = false;
        record();  // and all goes on
        use = true;
    }
}

BOOST_AUTO_TEST_CASE(variables_of_two_recordings_do_not_mix) {
    Tape<double> outer, inner;
    outer.start(two.data(), 2, false);
    inner.start(two.data(), 2, false);
    const Var a(outer, two[0], 0), b(inner, two[1], 1);
    const auto mixed = [](const std::logic_error& error) {
        return std::string(error.what()).find("variables of two recordings") != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(Var(a * b), std::logic_error, mixed);
    Var s = 0;
    s += a;
    BOOST_CHECK_EXCEPTION(s += b, std::logic_error, mixed);
    BOOST_CHECK_EXCEPTION(s += b * 2.0, std::logic_error, mixed);
    BOOST_TEST(s.value() == two[0]);
}

BOOST_AUTO_TEST_SUITE_END()
