#include "hesse/autodiff/diagnose.hpp"

#include "hesse/autodiff/linear_solve.hpp"
#include "hesse/autodiff/matrix.hpp"

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {
using namespace hesse;
using Eigen::VectorXd;

template <class T>
using VectorOf = Eigen::Matrix<T, Eigen::Dynamic, 1>;

constexpr double infinity = std::numeric_limits<double>::infinity();

VectorXd vector(std::initializer_list<double> entries) {
    return Eigen::Map<const VectorXd>(entries.begin(), static_cast<Index>(entries.size()));
}

template <class Loss>
Diagnosis diagnosis_of(const Loss& loss, const VectorXd& x, const VectorXd& v) {
    const auto found = diagnose(objective(loss, x.size(), scalars), x, v);
    std::ostringstream text;
    text << found;
    BOOST_TEST_MESSAGE(text.str());
    return found;
}
template <class Loss>
Diagnosis diagnosis_of(const Loss& loss, const VectorXd& x) {
    return diagnosis_of(loss, x, VectorXd::Ones(x.size()));
}

bool in_this_file(const NonFinite& found) { return found.file.ends_with("diagnose_test.cpp"); }
bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(diagnosis)

BOOST_AUTO_TEST_CASE(a_finite_loss_is_clean) {
    const auto found =
        diagnosis_of([](const auto& x) { return exp(x[0]) * x[1] - sqrt(x[1]); }, vector({1.0, 2.0}));
    BOOST_TEST(found.clean());
    BOOST_TEST(!found.masked);
}

BOOST_AUTO_TEST_CASE(the_logarithm_of_a_negative_number_is_found_at_its_line) {
    int line = 0;
    const auto found = diagnosis_of(
        [&](const auto& x) {
            const auto difference = x[0] - x[1];
            line = __LINE__ + 1;
            const auto y = 2.0 * log(difference);
            return y * y;
        },
        vector({1.0, 3.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST((found.value->sweep == DerivativeSweep::value));
    BOOST_TEST(found.value->operation == "log");
    BOOST_TEST(in_this_file(*found.value));
    BOOST_TEST(found.value->line == line);
    BOOST_TEST(found.value->line_is_exact);
    BOOST_TEST(found.value->operands == std::vector<double>{-2.0});
    BOOST_TEST(std::isnan(found.value->result));
    BOOST_TEST(found.value->statement == 1);
    BOOST_TEST(
        contains(found.value->message, "diagnose_test.cpp:" + std::to_string(line) + ": log(-2) = nan"));
    // y * y has the adjoint 2 nan: what comes after is not finite for the same reason
    BOOST_TEST_REQUIRE(found.gradient.has_value());
    BOOST_TEST((found.gradient->sweep == DerivativeSweep::value));
    BOOST_TEST(found.gradient->line == line);
}

BOOST_AUTO_TEST_CASE(zero_over_zero_in_a_function_that_a_loop_calls_has_the_line_in_the_function) {
    const int line = __LINE__ + 1;
    const auto ratio = [](const auto& a, const auto& b) { return a / b; };
    const auto found = diagnosis_of(
        [&]<class T>(const VectorOf<T>& x) {
            T sum = 0;
            for (Index i = 0; i < x.size(); ++i) sum += ratio(x[i] - 2.0, x[i] * x[i] - 4.0);
            return sum;
        },
        vector({1.0, 2.0, 3.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "divide");
    BOOST_TEST(found.value->line == line);
    BOOST_TEST(found.value->operands == (std::vector<double>{0.0, 0.0}), boost::test_tools::per_element());
    BOOST_TEST(found.value->statement == 5 + 3);  // in the second turn
    BOOST_TEST(found.value->statements == 3 * 5);
}

BOOST_AUTO_TEST_CASE(an_overflow_is_found_where_it_happens_and_not_where_it_is_seen) {
    const auto found = diagnosis_of(
        [](const auto& x) {
            const auto large = exp(x[0]);
            const auto also = 2.0 * large;
            return also - large;
        },
        vector({800.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "exp");
    BOOST_TEST(found.value->made == infinity);
}

BOOST_AUTO_TEST_CASE(a_slope_may_be_infinite_where_the_value_is_not) {
    int line = 0;
    const auto found = diagnosis_of(
        [&](const auto& x) {
            line = __LINE__ + 1;
            return log(x[0]) + x[1];
        },
        vector({1e-310, 1.0}));
    BOOST_TEST(!found.value);
    for (const auto& sweep : {found.gradient, found.tangent, found.product}) {
        BOOST_TEST_REQUIRE(sweep.has_value());
        BOOST_TEST(sweep->operation == "log");
        BOOST_TEST(sweep->line == line);
        BOOST_TEST(sweep->operands.at(0) == 1e-310);
        BOOST_TEST(std::isfinite(sweep->result));
    }
    BOOST_TEST((found.gradient->sweep == DerivativeSweep::gradient));
    BOOST_TEST((found.tangent->sweep == DerivativeSweep::tangent));
    BOOST_TEST((found.product->sweep == DerivativeSweep::product));
    BOOST_TEST(found.gradient->made == infinity);
    BOOST_TEST(contains(found.gradient->message, "slope inf, adjoint 1"));
}

BOOST_AUTO_TEST_CASE(a_second_derivative_alone_may_be_infinite) {
    const auto found = diagnosis_of([](const auto& x) { return sqrt(x[0]) * x[1]; }, vector({1e-220, 1.0}));
    BOOST_TEST(!found.value);
    BOOST_TEST(!found.gradient);
    BOOST_TEST(!found.tangent);
    BOOST_TEST_REQUIRE(found.product.has_value());
    BOOST_TEST((found.product->sweep == DerivativeSweep::product));
    BOOST_TEST(found.product->operation == "sqrt");
    BOOST_TEST(in_this_file(*found.product));
    BOOST_TEST(contains(found.product->message, "second derivatives -inf"));
}

BOOST_AUTO_TEST_CASE(a_tangent_alone_may_overflow) {
    const auto found =
        diagnosis_of([](const auto& x) { return 1e200 * x[0]; }, vector({1.0}), vector({1e200}));
    BOOST_TEST(!found.gradient);
    BOOST_TEST(!found.product);
    BOOST_TEST_REQUIRE(found.tangent.has_value());
    BOOST_TEST(found.tangent->operation == "multiply");
    BOOST_TEST(found.tangent->made == infinity);
}

BOOST_AUTO_TEST_CASE(roots_at_zero_are_clean_since_their_slopes_count_as_zero) {
    const auto found = diagnosis_of(
        [](const auto& x) { return sqrt(x[0]) + pow(x[0], 0.5) + cbrt(x[0]) + xlogx(x[0]) + pow(x[0], 1.5); },
        vector({0.0}));
    BOOST_TEST(found.clean());
}

BOOST_AUTO_TEST_CASE(what_select_leaves_out_is_named_as_masked) {
    int line = 0;
    const auto found = diagnosis_of(
        [&](const auto& x) {
            line = __LINE__ + 1;
            const auto logarithm = log(x[0]);
            return select(x[0] > 0, logarithm, 0.0) + x[1] * x[1];
        },
        vector({-1.0, 3.0}));
    BOOST_TEST(found.clean());
    BOOST_TEST_REQUIRE(found.masked.has_value());
    BOOST_TEST(found.masked->operation == "log");
    BOOST_TEST(found.masked->line == line);
    BOOST_TEST(!found.masked->reaches_result);
}

BOOST_AUTO_TEST_CASE(what_is_masked_is_not_taken_for_what_reaches_the_result) {
    const auto found = diagnosis_of(
        [](const auto& x) {
            const auto masked = select(x[0] > 0, log(x[0]), 0.0);
            return masked + sqrt(x[0]);
        },
        vector({-1.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "sqrt");
    BOOST_TEST_REQUIRE(found.masked.has_value());
    BOOST_TEST(found.masked->operation == "log");
}

BOOST_AUTO_TEST_CASE(zero_times_infinity_within_one_statement_of_the_recording_is_found) {
    // (1 / x)'' overflows; on the tape it is multiplied by the zero within the statement
    const auto found = diagnosis_of([](const auto& x) { return x[0] * (1.0 / x[1]); }, vector({0.0, 1e-110}));
    BOOST_TEST(!found.gradient);
    BOOST_TEST_REQUIRE(found.product.has_value());
    BOOST_TEST(found.product->operation == "divide");
    BOOST_TEST(std::isnan(found.product->made));
}

BOOST_AUTO_TEST_CASE(within_eigen_the_users_lines_around_are_named) {
    int line = 0;
    const auto found = diagnosis_of(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const T before = x[0] * x[1];
            line = __LINE__ + 1;
            const VectorOf<T> logarithms = x.array().log();
            return before + logarithms.sum();
        },
        vector({1.0, -2.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "log");
    BOOST_TEST(found.value->line == 0);
    BOOST_TEST(found.value->file == "");
    BOOST_TEST(contains(found.value->message, "between diagnose_test.cpp:" + std::to_string(line - 2) +
                                                  " and diagnose_test.cpp:" + std::to_string(line + 1)));
}

BOOST_AUTO_TEST_CASE(a_singular_solve_in_scalar_code_is_found_in_eigen) {
    const auto found = diagnosis_of(
        []<class T>(const VectorOf<T>& x) -> T {
            Eigen::Matrix<T, 2, 2> a;
            a << x[0], x[1], x[1], x[0];
            const Eigen::Matrix<T, 2, 1> b(T(1.0), T(2.0));
            return a.partialPivLu().solve(b).sum();
        },
        vector({1.0, 1.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "divide");
    BOOST_TEST(found.value->operands.at(1) == 0.0);
}

BOOST_AUTO_TEST_CASE(single_precision_overflows_where_double_does_not) {
    const auto loss = [](const auto& x) { return exp(x[0]); };
    const auto f = objective<float>(loss, 1, scalars);
    const Eigen::VectorXf x = Eigen::VectorXf::Constant(1, 100.0f);
    const auto found = diagnose(f, x, x);
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "exp");
    BOOST_TEST(diagnosis_of(loss, vector({100.0})).clean());
}

BOOST_AUTO_TEST_CASE(bad_input_throws_and_what_a_loss_throws_passes_through) {
    const auto says = [](const std::string& text) {
        return [text](const std::invalid_argument& error) { return contains(error.what(), text); };
    };
    const auto f = objective([](const auto& x) { return x[0] * x[1]; }, 2, scalars);
    const VectorXd x = vector({1.0, 2.0}), three = VectorXd::Ones(3);
    BOOST_CHECK_EXCEPTION(diagnose(f, three, x), std::invalid_argument,
                          says("diagnose: the point has 3 entries, expected 2"));
    BOOST_CHECK_EXCEPTION(diagnose(f, x, three), std::invalid_argument,
                          says("diagnose: the direction has 3 entries, expected 2"));
    BOOST_CHECK_EXCEPTION(diagnose(f, vector({1.0, infinity}), x), std::invalid_argument,
                          says("diagnose: the point"));
    BOOST_CHECK_EXCEPTION(diagnose(f, x, vector({std::nan(""), 1.0})), std::invalid_argument,
                          says("diagnose: the direction"));
    const auto throws = objective(
        []<class T>(const VectorOf<T>& y) -> T {
            if (y[0] > 0) throw std::domain_error("no loss here");
            return y[0];
        },
        2);
    BOOST_CHECK_THROW(diagnose(throws, x, x), std::domain_error);
}

BOOST_AUTO_TEST_CASE(a_loss_that_depends_on_no_parameter_may_be_infinite_all_the_same) {
    const auto quotient = [](double divisor) {
        return [divisor]<class T>(const VectorOf<T>&) -> T { return T(2.0) / T(divisor); };
    };
    BOOST_TEST(diagnosis_of(quotient(1.0), vector({1.0})).clean());
    const auto found = diagnosis_of(quotient(0.0), vector({1.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(contains(found.value->message, "the loss is a constant, inf"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(diagnosis_of_arrays)

namespace {
template <class Loss>
Diagnosis arrays_of(const Loss& loss, const VectorXd& x) {
    const auto found = diagnose(objective(loss, x.size()), x, VectorXd::Ones(x.size()));
    std::ostringstream text;
    text << found;
    BOOST_TEST_MESSAGE(text.str());
    return found;
}
}  // namespace

BOOST_AUTO_TEST_CASE(a_finite_loss_in_array_words_is_clean) {
    const auto found = arrays_of([](const auto& x) { return tanh(x).squaredNorm(); }, vector({1.0, 2.0}));
    BOOST_TEST(found.clean());
    BOOST_TEST(!found.masked);
}

BOOST_AUTO_TEST_CASE(one_bad_entry_of_a_fused_statement_is_found_with_its_operation) {
    const Eigen::MatrixXd A = Eigen::MatrixXd::Identity(3, 3);
    const auto found = arrays_of(
        [&](const auto& x) {
            const auto y = 2.0 * log(A * x - Eigen::VectorXd::Constant(3, 2.0));
            return y.squaredNorm();
        },
        vector({3.0, 1.0, 4.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "log");
    BOOST_TEST(found.value->operands == std::vector<double>{-1.0});
    BOOST_TEST(found.value->row == 1);
    BOOST_TEST(found.value->col == 0);
    BOOST_TEST(found.value->statement == 1);
    BOOST_TEST(found.value->statements == 3);
    BOOST_TEST(found.value->shapes.at(0) == "(3 x 1)");
    BOOST_TEST(contains(found.value->message, "log(-1) = nan"));
    BOOST_TEST_REQUIRE(found.gradient.has_value());
    BOOST_TEST((found.gradient->sweep == DerivativeSweep::value));
}

BOOST_AUTO_TEST_CASE(a_sum_that_is_never_stored_is_searched_entry_by_entry) {
    const auto found =
        arrays_of([](const auto& x) { return x.array().log().sum(); }, vector({3.0, 1.0, -4.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "log");
    BOOST_TEST(found.value->row == 2);
}

BOOST_AUTO_TEST_CASE(array_slopes_may_be_infinite_in_one_sweep_alone) {
    const auto gradient =
        arrays_of([](const auto& x) { return log(x).eval().squaredNorm(); }, vector({1.0, 1e-310}));
    BOOST_TEST(!gradient.value);
    BOOST_TEST_REQUIRE(gradient.gradient.has_value());
    BOOST_TEST(gradient.gradient->operation == "log");
    BOOST_TEST(gradient.gradient->row == 1);
    BOOST_TEST_REQUIRE(gradient.tangent.has_value());
    BOOST_TEST((gradient.tangent->sweep == DerivativeSweep::tangent));
    const auto product = arrays_of([](const auto& x) { return sqrt(x).sum(); }, vector({1.0, 1e-220}));
    BOOST_TEST(!product.gradient);
    BOOST_TEST_REQUIRE(product.product.has_value());
    BOOST_TEST((product.product->sweep == DerivativeSweep::product));
    BOOST_TEST(product.product->operation == "sqrt");
    BOOST_TEST(product.product->row == 1);
}

BOOST_AUTO_TEST_CASE(what_select_leaves_out_of_an_array_is_masked) {
    const auto found = arrays_of(
        [](const auto& x) {
            const auto logarithms = log(x);
            return select(x.array() > 0, logarithms.array(), 0.0).sum();
        },
        vector({3.0, -1.0}));
    BOOST_TEST(found.clean());
    BOOST_TEST_REQUIRE(found.masked.has_value());
    BOOST_TEST(found.masked->operation == "log");
    BOOST_TEST(!found.masked->reaches_result);
}

BOOST_AUTO_TEST_CASE(a_solve_with_a_singular_matrix_is_found_with_its_shapes) {
    const auto found = arrays_of(
        [](const auto& x) {
            const auto a = x.head(4).reshaped(2, 2);
            return solve(a, x.tail(2)).squaredNorm();
        },
        vector({1.0, 2.0, 2.0, 4.0, 1.0, 1.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "solve");
    BOOST_TEST(found.value->shapes == (std::vector<std::string>{"(2 x 2)", "(2 x 1)", "(2 x 1)"}),
               boost::test_tools::per_element());
    BOOST_TEST(contains(found.value->message, "statement 1 of 2, solve, (2 x 2) (2 x 1) -> (2 x 1), at ("));
}

BOOST_AUTO_TEST_CASE(scalar_statements_between_arrays_are_found_too) {
    const auto found = arrays_of(
        [](const auto& x) {
            const auto y = x(0) / (x(1) - x(2));
            return y * tanh(x).sum();
        },
        vector({0.0, 1.0, 1.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "divide");
    BOOST_TEST(found.value->operands == (std::vector<double>{0.0, 0.0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(scalar_code_may_be_diagnosed_by_its_recording) {
    const auto f = objective(
        []<class T>(const VectorOf<T>& x) -> T {
            T sum = 0;
            for (Index i = 0; i < x.size(); ++i) sum += 2.0 * log(x[i]) + i;
            return sum;
        },
        3);
    const VectorXd x = vector({1.0, -2.0, 1.0});
    const auto found = diagnose(f, x, x, by_recording);
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->operation == "log");
    BOOST_TEST(found.value->operands == std::vector<double>{-2.0});
    BOOST_TEST(found.value->statement == 1);
    const VectorXd small = vector({1.0, 1e-310, 1.0});
    const auto slopes = diagnose(f, small, x, by_recording);
    BOOST_TEST(!slopes.value);
    for (const auto& sweep :
         {slopes.gradient, slopes.product}) {  // no sweep makes the tangent of the loss itself
        BOOST_TEST_REQUIRE(sweep.has_value());
        BOOST_TEST(sweep->operation == "log");
        BOOST_TEST(sweep->statement == 1);
    }
}

BOOST_AUTO_TEST_CASE(statements_of_arrays_have_the_line_where_they_are_written) {
    const auto check = [](const auto& loss, int line) {
        const auto found = arrays_of(loss, vector({1.0, -1.0, 3.0}));
        BOOST_TEST_REQUIRE(found.value.has_value());
        BOOST_TEST(in_this_file(*found.value));
        BOOST_TEST(found.value->line == line);
        BOOST_TEST(found.value->line_is_exact);
        const std::string place = "diagnose_test.cpp:" + std::to_string(line) + ": statement";
        BOOST_TEST(found.value->message.substr(0, place.size()) == place);
    };
    int line = 0;
    const auto of_function = [&](const auto& x) {
        line = __LINE__ + 1;
        const auto y = log(x);
        const auto z = 2.0 * x;
        return y.squaredNorm() + z.sum();
    };
    arrays_of(of_function, vector({1.0, 1.0, 1.0}));
    check(of_function, line);
    const auto of_operator = [&](const auto& x) {
        const auto a = x.head(2).array();
        line = __LINE__ + 1;
        auto y = a * sqrt(a);
        const auto z = 2.0 * x;
        return (y * y).sum() + z.sum();
    };
    arrays_of(of_operator, vector({1.0, 1.0, 1.0}));
    check(of_operator, line);
    const auto of_member = [&](const auto& x) {
        line = __LINE__ + 1;
        const auto y = x.array().log();
        const auto z = x.sum();
        return z * y.sum();
    };
    arrays_of(of_member, vector({1.0, 1.0, 1.0}));
    check(of_member, line);
    const auto of_columns = [&](const auto& x) {
        const auto square = (x * x.transpose()).eval();
        line = __LINE__ + 1;
        const auto y = (square.colwise() - 5.0 * x).array().log();
        const auto z = x.sum();
        return z * y.sum();
    };
    arrays_of(of_columns, vector({1.0, 1.0, 1.0}));
    check(of_columns, line);
}

BOOST_AUTO_TEST_CASE(words_that_cannot_be_told_their_line_are_near_the_last_one) {
    int line = 0;
    const auto found = arrays_of(
        [&](const auto& x) {
            line = __LINE__ + 1;
            const auto total = x.sum();
            const auto y = hesse::apply<hesse::Log>(x);
            return total * y.sum();
        },
        vector({1.0, -1.0}));
    BOOST_TEST_REQUIRE(found.value.has_value());
    BOOST_TEST(found.value->line == line);
    BOOST_TEST(!found.value->line_is_exact);
    BOOST_TEST(contains(found.value->message, "near diagnose_test.cpp:" + std::to_string(line)));
}

/// `run` throws, and the message is `text` and the line.
template <class Run>
void check_place(const Run& run, const std::string& text, const int& line) {
    std::string message;
    try {
        run();
    } catch (const std::exception& error) {
        message = error.what();
    }
    BOOST_TEST(message == text + " (at diagnose_test.cpp:" + std::to_string(line) + ")");
}

BOOST_AUTO_TEST_CASE(errors_of_shapes_name_operation_shapes_and_line) {
    int line = 0;
    const Eigen::MatrixXd A = Eigen::MatrixXd::Ones(3, 3);
    const auto f = objective(
        [&](const auto& x) {
            const auto length = x.norm();
            line = __LINE__ + 1;
            const auto y = A * x;
            return length * y.sum();
        },
        2);
    const VectorXd x = VectorXd::Ones(2);
    check_place([&] { (void)f.linearize(x); }, "multiply: the shapes (3 x 3) and (2 x 1) do not fit", line);
    check_place([&] { (void)f.value(x); }, "multiply: the shapes (3 x 3) and (2 x 1) do not fit", line);
}

BOOST_AUTO_TEST_CASE(operators_and_words_of_arrays_tell_their_lines_outside_of_losses_too) {
    const Matrix<double> a(2, 3), b(3, 2);
    Matrix<double> c(2, 2);
    const auto u = a.col(0), v = b.col(0);
    const auto check = [](int line, const std::string& text, const auto& run) {
        check_place(run, text, line);
    };
    const std::string shapes = ": the shapes (2 x 3) and (3 x 2) do not fit";
    const std::string vectors = ": the shapes (2 x 1) and (3 x 1) do not fit";
    const std::string both = ": the shapes (2 x 3) and (3 x 1) do not fit";
    check(__LINE__, "add" + shapes, [&] { (void)(a + b); });
    check(__LINE__, "subtract" + shapes, [&] { (void)(a - 2.0 * b); });
    check(__LINE__, "multiply" + shapes, [&] { (void)(a.array() * b.array()); });
    check(__LINE__, "divide" + shapes, [&] { (void)(exp(a.array()) / (b.array() + 1.0)); });
    check(__LINE__, "multiply" + shapes, [&] { (void)a.cwiseProduct(b); });
    check(__LINE__, "multiply: the shapes (2 x 3) and (2 x 3) do not fit", [&] { (void)(a * a); });
    check(__LINE__, "comparison" + shapes, [&] { (void)(a.array() < b.array()); });
    check(__LINE__, "hypot" + vectors, [&] { (void)hypot(u, v); });
    check(__LINE__, "multiply" + vectors, [&] { (void)u.dot(v); });
    check(__LINE__, "max" + vectors, [&] { (void)u.cwiseMax(v); });
    check(__LINE__, "colwise" + both, [&] { (void)(a.colwise() - v); });
    check(__LINE__, "solve" + both, [&] { (void)solve(a, v); });
    check(__LINE__, "assignment to a block" + vectors, [&] { c.col(0) = v; });
    const std::string head = "block of shape (9 x 1) at (0, 0) does not lie within an array of shape (2 x 1)";
    check(__LINE__, head, [&] { (void)u.head(9); });
    const std::string entry =
        "block of shape (1 x 1) at (7, 0) does not lie within an array of shape (2 x 1)";
    check(__LINE__, entry, [&] { (void)u(7); });
    check(__LINE__, entry, [&] { (void)u[7]; });
}

BOOST_AUTO_TEST_SUITE_END()
