#pragma once

#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"
#include "support/layouts.hpp"

#include <Eigen/Sparse>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

/// What holds for every operation on arrays, in double and in float: plain arrays give what recorded ones do, and all
/// take part in gradients and products, as differences see. Three tests go through tables of them; elementary functions
/// have tables of their own, in recorded_functions_test.cpp and recorded_special_functions_test.cpp. That derivatives are
/// right to the last digits is tested for each operation elsewhere, against its loops.
namespace hesse::test {

inline constexpr Index side = 6;

/// An operation on arrays of the type V. What has a number for its result scales a column by it.
template <class V>
struct ArrayOperation {
    const char* name;
    V (*function)(const V& x);
};

/// Constants of every kind.
struct OperationData {
    MatrixXd matrix = random_matrix(side, side, 31), wide = random_matrix(side, 2 * side, 32);
    VectorXd vector = random_vector(side, 33, 0.5, 1.5);
    MatrixXd definite = matrix * matrix.transpose() + side * MatrixXd::Identity(side, side);
    MatrixXd shift = 4 * MatrixXd::Identity(side, side);
    Eigen::SparseMatrix<double> sparse = (matrix.array() > 0).select(matrix, 0).sparseView();
    Eigen::SparseMatrix<double> sparse_definite = definite.sparseView();
    Eigen::SparseLU<Eigen::SparseMatrix<double>> sparse_lu{sparse_definite};
    Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>> sparse_ldlt{sparse_definite};
    std::vector<int> indices{3, 0, 5, 5, 1, 0};
};
inline const OperationData& operation_data() {
    static const OperationData data;
    return data;
}

/// Symmetric, and positive definite.
template <class V>
V definite(const V& x) {
    return (x * x.transpose() + operation_data().shift).eval();
}
template <class V>
V dominant(const V& x) {
    return (x + operation_data().shift).eval();
}
template <class V>
V scaled(const V& x, const typename V::Scalar& y) {
    return (x.col(1) * y).eval();
}

/// One entry of a table as a loss.
template <class Table>
auto loss_of(const Table& table, std::size_t place) {
    return [table, place](const auto& theta) {
        using V = typename std::decay_t<decltype(theta)>::View;
        const V* type = nullptr;
        static const auto operations = table(type);
        return fingerprint(operations[place].function(theta.reshaped(side, side)));
    };
}

/// Differences of values and of gradients.
void check_differences(const auto& f, const VectorXd& x, const VectorXd& v) {
    const auto at = f.linearize(x);
    const VectorXd gradient = at.gradient(), product = at.hessian() * v;
    const double h = 1e-5;
    const VectorXd behind = f.linearize(x - h * v).gradient(), before = f.linearize(x + h * v).gradient();
    const double slope = (f.value(x + h * v) - f.value(x - h * v)) / (2 * h);
    const double size = std::abs(at.value()) + gradient.norm() + product.norm();
    BOOST_TEST(gradient.norm() > 1e-3 * std::abs(at.value()));
    BOOST_TEST(std::abs(gradient.dot(v) - slope) < 1e-6 * size);
    BOOST_TEST((product - (before - behind) / (2 * h)).norm() < 1e-6 * size);
}

/// `table` is called with a pointer to the type of arrays, and gives its operations.
template <class Table>
void check_operations(const Table& table) {
    using Plain = Matrix<double>::Expression::View;
    const auto names = table(static_cast<const Plain*>(nullptr));
    const VectorXd x = random_vector(side * side, 1), v = random_vector(side * side, 2);
    const Eigen::VectorXf narrow_x = x.cast<float>(), narrow_v = v.cast<float>();
    for (std::size_t place = 0; place < names.size(); ++place) {
        BOOST_TEST_CONTEXT(names[place].name) {
            const auto f = objective(loss_of(table, place), side * side);
            const auto at = f.linearize(x);
            // The same operations; but kernels of some BLAS add in an order that depends on where operands lie.
            BOOST_TEST(f.value(x) == at.value(), boost::test_tools::tolerance(1e-15));
            check_differences(f, x, v);

            const auto narrow = f.template over<float>();
            const auto narrow_at = narrow.linearize(narrow_x);
            BOOST_TEST(narrow.value(narrow_x) == narrow_at.value(), boost::test_tools::tolerance(5e-7F));
            const VectorXd gradient = at.gradient(), product = at.hessian() * v;
            const double size = std::abs(at.value()) + gradient.norm() + product.norm();
            const auto error = [&](const Eigen::VectorXf& given, const VectorXd& exact) {
                return (given.cast<double>() - exact).norm();
            };
            BOOST_TEST(std::abs(static_cast<double>(narrow_at.value()) - at.value()) < 1e-4 * size);
            BOOST_TEST(error(narrow_at.gradient(), gradient) < 1e-4 * size);
            BOOST_TEST(error(narrow_at.hessian() * narrow_v, product) < 1e-4 * size);
        }
    }
}

}  // namespace hesse::test
