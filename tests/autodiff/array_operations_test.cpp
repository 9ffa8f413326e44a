#include "support/array_operation_check.hpp"

namespace {
using namespace hesse;
using namespace hesse::test;

// clang-format off
template <class V>
std::vector<ArrayOperation<V>> reductions_and_arithmetic() {
    static const OperationData& d = operation_data();
    return {
        {"sum", [](const V& x) -> V { return scaled(x, x.sum()); }},
        {"mean", [](const V& x) -> V { return scaled(x, x.mean()); }},
        {"prod", [](const V& x) -> V { return scaled(x, x.col(0).prod()); }},
        {"norm", [](const V& x) -> V { return scaled(x, x.norm()); }},
        {"squaredNorm", [](const V& x) -> V { return scaled(x, x.squaredNorm()); }},
        {"stableNorm", [](const V& x) -> V { return scaled(x, x.stableNorm()); }},
        {"lpNorm<1>", [](const V& x) -> V { return scaled(x, x.template lpNorm<1>()); }},
        {"lpNorm<Infinity>", [](const V& x) -> V { return scaled(x, x.template lpNorm<Eigen::Infinity>()); }},
        {"maxCoeff", [](const V& x) -> V { return scaled(x, x.maxCoeff()); }},
        {"minCoeff", [](const V& x) -> V { return scaled(x, x.minCoeff()); }},
        {"dot", [](const V& x) -> V { return scaled(x, x.col(0).dot(x.col(3))); }},
        {"dot with a constant", [](const V& x) -> V { return scaled(x, dot(d.vector, x.col(3))); }},
        {"normalized", [](const V& x) -> V { return x.normalized().eval(); }},
        {"sums of columns", [](const V& x) -> V { return x.colwise().sum(); }},
        {"means of rows", [](const V& x) -> V { return x.rowwise().mean().eval(); }},
        {"products of columns", [](const V& x) -> V { return x.colwise().prod(); }},
        {"norms of columns", [](const V& x) -> V { return x.colwise().norm().eval(); }},
        {"squared norms of rows", [](const V& x) -> V { return x.rowwise().squaredNorm(); }},
        {"largest of columns", [](const V& x) -> V { return x.colwise().maxCoeff(); }},
        {"smallest of rows", [](const V& x) -> V { return x.rowwise().minCoeff(); }},
        {"normalized columns", [](const V& x) -> V { return x.colwise().normalized().eval(); }},
        {"normalized rows", [](const V& x) -> V { return x.rowwise().normalized().eval(); }},
        {"columns plus a vector", [](const V& x) -> V { return (x.colwise() + x.col(2)).eval(); }},
        {"rows minus a vector", [](const V& x) -> V { return (x.rowwise() - d.vector.transpose()).eval(); }},
        {"columns times a vector", [](const V& x) -> V { return (x.colwise() * x.col(2)).eval(); }},
        {"rows divided by a vector", [](const V& x) -> V { return (x.rowwise() / d.vector.transpose()).eval(); }},
        {"arithmetic", [](const V& x) -> V { return (2.0 * x.array() * x.transpose().array() - x.array() / (x.array() * x.array() + 1.0) + d.matrix.array()).matrix().eval(); }},
        {"negative", [](const V& x) -> V { return (-x).eval(); }},
        {"scaled by an entry", [](const V& x) -> V { return (x * x(0, 0) / x(1, 1)).eval(); }},
        {"select", [](const V& x) -> V { return (x.array() > 0.1).select(x.array() * x.array(), d.matrix.array()).matrix().eval(); }},
        {"unaryExpr", [](const V& x) -> V { return x.unaryExpr([](const auto& t) { return t * exp(-t); }).eval(); }},
        {"checkpoint", [](const V& x) -> V { return checkpoint([](const auto& y) { return tanh(y * y); }, x).eval(); }},
        {"inner_gradient", [](const V& x) -> V { return inner_gradient([](const auto& y) { return sum(exp(y)) + y.squaredNorm(); }, x.col(0)); }},
        {"argmin", [](const V& x) -> V { return argmin([](const auto& b, const auto& y) { return sum(exp(y)) - b.dot(y); }, (x.col(0) + 2.0 * d.vector).eval(), VectorXd::Zero(side).eval()); }},
    };
}
// clang-format on
}  // namespace

BOOST_AUTO_TEST_SUITE(array_operations)

BOOST_AUTO_TEST_CASE(reductions_and_arithmetic_are_the_same_plain_and_recorded) {
    check_operations([]<class V>(const V*) { return reductions_and_arithmetic<V>(); });
}

BOOST_AUTO_TEST_SUITE_END()
