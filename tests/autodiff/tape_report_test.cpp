#include "hesse/autodiff/tape_report.hpp"

#include "hesse/hesse.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {
using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

const auto scalar_chain = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
    T y = x[0];
    for (int i = 0; i < 1000; ++i) y = sin(y) * 0.5;
    return y * x[1];
};
const MatrixXd images = MatrixXd::Random(5, 40);
const auto network = [](const auto& theta) {
    const auto [w, b] = unpack(theta, shape(3, 5), shape(3));
    return tanh((w * images).colwise() + b).squaredNorm() + log_sum_exp(w, by_column).sum();
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
template <class X>
std::string text_of(const X& x) {
    std::ostringstream text;
    text << x;
    return text.str();
}

template <class Loss>
auto linearized(const Loss& loss, Index n) {
    return objective(loss, n).linearize(VectorXd::Ones(n));
}

/// A line of Graphviz at a time: nodes that have been declared, and edges between those. Returns how many of each.
struct Parts {
    std::size_t nodes = 0, edges = 0;
};
Parts parsed(const std::string& dot) {
    const std::regex node(
        R"re(  (s\d+) \[label="((?:[^"\\]|\\.)*)"(?:, (?:shape=ellipse|peripheries=2))?\];)re");
    const std::regex edge(R"re(  (s\d+) -> (s\d+)(?: \[label="\d+"\])?;)re");
    std::istringstream lines(dot);
    std::string line;
    std::set<std::string> declared;
    Parts parts;
    std::getline(lines, line);
    BOOST_TEST(line == "digraph recording {");
    std::getline(lines, line);
    BOOST_TEST(line == "  node [shape=box, fontname=\"sans-serif\"];");
    while (std::getline(lines, line) && line != "}") {
        std::smatch match;
        if (std::regex_match(line, match, node)) {
            BOOST_TEST(declared.insert(match[1]).second);
            ++parts.nodes;
        } else {
            BOOST_TEST_REQUIRE(std::regex_match(line, match, edge), line);
            BOOST_TEST(declared.contains(match[1]));
            BOOST_TEST(declared.contains(match[2]));
            ++parts.edges;
        }
    }
    BOOST_TEST(line == "}");
    return parts;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(tape_report)

BOOST_AUTO_TEST_CASE(kinds_of_statements_are_named_by_what_they_calculate) {
    const auto report = linearized(scalar_chain, 2).tape_report();
    BOOST_TEST(report.statements == 1001u);
    BOOST_TEST_REQUIRE(report.kinds.size() == 2u);
    BOOST_TEST(report.kinds[0].name == "sin(a) * b");
    BOOST_TEST(report.kinds[0].count == 1000);
    BOOST_TEST(report.kinds[0].flops == 2000.0);
    // sin keeps its value and two derivatives, the constant is stored, a slot is read; a value and its adjoint
    BOOST_TEST(report.kinds[0].bytes == 1000 * (3 * 8 + 8 + 4 + 2 * 8u));
    BOOST_TEST(report.kinds[1].name == "a * b");
    BOOST_TEST(report.largest.empty());
    BOOST_TEST(contains(text_of(report), "1000 x sin(a) * b: 52 kB, about 2e+03 operations"));
}

BOOST_AUTO_TEST_CASE(formulas_have_the_brackets_that_they_need) {
    const auto names = [](const auto& loss) {
        std::set<std::string> all;
        for (const auto& kind : linearized(loss, 3).tape_report().kinds) all.insert(kind.name);
        return all;
    };
    const auto of = [&]<class Loss>(const Loss& loss) {
        return *names([&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) -> T {
                    return loss(x[0], x[1], x[2]);
                }).begin();
    };
    BOOST_TEST(of([](auto x, auto y, auto z) { return x - (y - z); }) == "a - (b - c)");
    BOOST_TEST(of([](auto x, auto y, auto z) { return x - y - z; }) == "a - b - c");
    BOOST_TEST(of([](auto x, auto y, auto z) { return (x + y) * z; }) == "(a + b) * c");
    BOOST_TEST(of([](auto x, auto y, auto z) { return x / (y * z); }) == "a / (b * c)");
    BOOST_TEST(of([](auto x, auto y, auto z) { return x / y / z; }) == "a / b / c");
    BOOST_TEST(of([](auto x, auto y, auto z) { return -(x + y) * exp(-z); }) == "-(a + b) * exp(-c)");
    BOOST_TEST(of([](auto x, auto y, auto z) { return hypot(x * y, z); }) == "hypot(a * b, c)");
}

BOOST_AUTO_TEST_CASE(arrays_have_shapes_and_the_most_expensive_come_first) {
    const auto report = linearized(network, 18).tape_report(2);
    BOOST_TEST(report.statements == 6u);
    BOOST_TEST(report.kinds.size() == 2u);
    BOOST_TEST_REQUIRE(report.slowest.size() == 2u);
    BOOST_TEST(report.slowest[0].name == "matrix product");
    BOOST_TEST(report.slowest[0].shapes == "(3 x 5) (5 x 40) -> (3 x 40)");
    BOOST_TEST(report.slowest[0].flops == 2.0 * 3 * 5 * 40);
    BOOST_TEST_REQUIRE(report.largest.size() == 2u);
    BOOST_TEST(report.largest[0].name == "array tanh(a + b)");
    BOOST_TEST(report.largest[0].shapes == "(3 x 40)");
    BOOST_TEST(report.largest[0].bytes >= report.largest[1].bytes);
    BOOST_TEST(contains(text_of(report), "matrix product, (3 x 5) (5 x 40) -> (3 x 40)"));
}

BOOST_AUTO_TEST_CASE(the_report_knows_all_kinds_of_nodes) {
    const MatrixXd square = MatrixXd::Identity(4, 4) * 3;
    const auto loss = [&](const auto& x) {
        const auto [a, b] = unpack(x, shape(4, 4), shape(4));
        const auto k = a + square;
        return solve(k, b).squaredNorm() + log_determinant(k) + softmax(a, by_column).colwise().sum().sum() +
               a.col(1).maxCoeff() + gather(b, std::vector<int>{0, 2, 2}).sum();
    };
    const auto at = linearized(loss, 20);
    const std::string text = text_of(at.tape_report(30));
    for (const char* name : {"solve, (4 x 4) (4 x 1) -> (4 x 1)", "log_determinant, (4 x 4) -> (2 x 1)",
                             "softmax, (4 x 4) -> (4 x 4)", "sum of slices, (4 x 4) -> (1 x 4)", "gather"}) {
        BOOST_TEST(contains(text, name), name << " in " << text);
    }
    BOOST_TEST(parsed(at.graphviz()).edges >= 10u);
}

BOOST_AUTO_TEST_CASE(the_picture_shows_what_reads_what) {
    const std::string dot = linearized(network, 18).graphviz();
    const Parts parts = parsed(dot);
    BOOST_TEST(parts.nodes == 1u + 6u);
    BOOST_TEST(parts.edges == 8u);
    BOOST_TEST(contains(dot, "s3 [label=\"matrix product (3 x 5) (5 x 40) -> (3 x 40)\"];"));
    BOOST_TEST(contains(dot, "  s3 -> s4;\n"));
    BOOST_TEST(contains(dot, "s6 [label=\"a + b\", peripheries=2];"));
}

BOOST_AUTO_TEST_CASE(statements_that_follow_one_another_are_folded) {
    const std::string dot = linearized(scalar_chain, 2).graphviz();
    BOOST_TEST(parsed(dot).nodes == 3u);
    BOOST_TEST(contains(dot, "s1 [label=\"1000 x sin(a) * b\"];"));
}

BOOST_AUTO_TEST_CASE(large_pictures_are_folded_until_they_are_legible) {
    const auto scalars = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        T y = x[0];
        for (int i = 0; i < 300; ++i) {
            const T z = exp(y);
            y = z / (1 + z);
        }
        return y;
    };
    const std::string dot = linearized(scalars, 2).graphviz();
    BOOST_TEST(parsed(dot).nodes == 2u);
    BOOST_TEST(contains(dot, "600 statements\\n300 x "));

    const auto layers = [](const auto& x) {
        auto y = Matrix<typename std::remove_cvref_t<decltype(x)>::Scalar>(tanh(x));
        for (int i = 0; i < 300; ++i) y = i % 2 == 0 ? tanh(y).eval() : sin(y).eval();
        return y.sum();
    };
    BOOST_TEST(parsed(linearized(layers, 3).graphviz(20)).nodes <= 22u);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_a_constant_has_a_report_too) {
    const auto at = linearized([](const auto&) { return 1.0; }, 2);
    BOOST_TEST(at.tape_report().statements == 1u);
    BOOST_TEST(parsed(at.graphviz()).nodes == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
