#include "support/array_operation_check.hpp"

namespace {
using namespace hesse;
using namespace hesse::test;

// clang-format off
template <class V>
std::vector<ArrayOperation<V>> products_and_functions_of_matrices() {
    static const OperationData& d = operation_data();
    constexpr auto lower = Eigen::Lower, upper = Eigen::Upper, unit_lower = Eigen::UnitLower, unit_upper = Eigen::UnitUpper;
    return {
        {"matrix product", [](const V& x) -> V { return (x * x.transpose()).eval(); }},
        {"matrix times vector", [](const V& x) -> V { return (x * x.col(0)).eval(); }},
        {"constant times matrix", [](const V& x) -> V { return (d.matrix * x).eval(); }},
        {"matrix times constant", [](const V& x) -> V { return (x * d.matrix.transpose()).eval(); }},
        {"sparse times matrix", [](const V& x) -> V { return d.sparse * x; }},
        {"matrix times sparse", [](const V& x) -> V { return x * d.sparse; }},
        {"symmetric product", [](const V& x) -> V { return x.template selfadjointView<lower>() * x; }},
        {"symmetric matrix", [](const V& x) -> V { return x.template selfadjointView<upper>().toDenseMatrix(); }},
        {"symmetric constant", [](const V& x) -> V { return d.matrix.selfadjointView<lower>() * x; }},
        {"triangular product", [](const V& x) -> V { return x.template triangularView<unit_upper>() * x; }},
        {"product with a triangle", [](const V& x) -> V { return x * x.template triangularView<lower>(); }},
        {"triangular matrix", [](const V& x) -> V { return x.template triangularView<unit_lower>().toDenseMatrix(); }},
        {"triangular constant", [](const V& x) -> V { return d.matrix.triangularView<upper>() * x; }},
        {"diagonal product", [](const V& x) -> V { return (x.col(0).asDiagonal() * x).eval(); }},
        {"product with a diagonal", [](const V& x) -> V { return (x * x.row(0).asDiagonal()).eval(); }},
        {"inverse of a diagonal", [](const V& x) -> V { return (dominant(x).diagonal().asDiagonal().inverse() * x).eval(); }},
        {"diagonal matrix", [](const V& x) -> V { return x.col(0).asDiagonal().toDenseMatrix(); }},
        {"outer", [](const V& x) -> V { return outer(x.col(0), x.row(2)); }},
        {"kronecker", [](const V& x) -> V { return kronecker(x.topLeftCorner(2, 3), x.bottomRows(2)); }},
        {"batched_multiply", [](const V& x) -> V { return batched_multiply(x.topRows(3), x.bottomRows(3), 3, {true, false}); }},
        {"quadratic_form", [](const V& x) -> V { return scaled(x, quadratic_form(x.col(0), x)); }},
        {"quadratic_form by column", [](const V& x) -> V { return quadratic_form(x.leftCols(2), x, by_column); }},
        {"quadratic_form by row", [](const V& x) -> V { return quadratic_form(x.topRows(2), d.matrix, by_row); }},
        {"trace", [](const V& x) -> V { return scaled(x, x.trace()); }},
        {"trace_of_product", [](const V& x) -> V { return scaled(x, trace_of_product(x, d.matrix)); }},
        {"determinant", [](const V& x) -> V { return scaled(x, determinant(x)); }},
        {"log_determinant", [](const V& x) -> V { return scaled(x, log_determinant(dominant(x))); }},
        {"sign_log_determinant", [](const V& x) -> V { const auto y = sign_log_determinant(x); return scaled(x, y.sign * y.log_absolute); }},
        {"log_determinant_positive_definite", [](const V& x) -> V { return scaled(x, log_determinant_positive_definite(definite(x))); }},
        {"inverse", [](const V& x) -> V { return inverse(dominant(x)); }},
        {"solve", [](const V& x) -> V { return solve(dominant(x), x.leftCols(2)); }},
        {"solve_positive_definite", [](const V& x) -> V { return solve_positive_definite(definite(x), d.vector); }},
        {"solve_symmetric", [](const V& x) -> V { return solve_symmetric(definite(x), x.col(0)); }},
        {"solve_triangular, lower", [](const V& x) -> V { return solve_triangular(lower, dominant(x), x.col(0)); }},
        {"solve_triangular, upper", [](const V& x) -> V { return solve_triangular(upper, dominant(x), d.matrix); }},
        {"solve_triangular, unit lower", [](const V& x) -> V { return solve_triangular(unit_lower, x, x.col(0)); }},
        {"solve_triangular, unit upper", [](const V& x) -> V { return x.template triangularView<unit_upper>().solve(x.col(0)); }},
        {"solve with a sparse LU", [](const V& x) -> V { return solve(d.sparse_lu, x); }},
        {"solve with a sparse LDL'", [](const V& x) -> V { return solve(d.sparse_ldlt, x); }},
        {"least_squares", [](const V& x) -> V { return least_squares(dominant(x).leftCols(3), x.rightCols(2)); }},
        {"partialPivLu", [](const V& x) -> V { const auto lu = dominant(x).partialPivLu(); return (lu.solve(x) * lu.logDeterminant()).eval(); }},
        {"llt", [](const V& x) -> V { const auto llt = definite(x).llt(); return (llt.matrixL() * llt.solve(x) * llt.logDeterminant()).eval(); }},
        {"ldlt", [](const V& x) -> V { return definite(x).ldlt().solve(x); }},
        {"householderQr", [](const V& x) -> V { return dominant(x).householderQr().solve(x); }},
        {"cholesky", [](const V& x) -> V { return cholesky(definite(x)); }},
        {"symmetric_eigenvalues", [](const V& x) -> V { return symmetric_eigenvalues((x + x.transpose()).eval()); }},
        {"symmetric_eigen", [](const V& x) -> V { const auto y = symmetric_eigen(definite(x)); return (y.eigenvectors.cwiseAbs2() * y.eigenvalues).eval(); }},
        {"singular_values", [](const V& x) -> V { return singular_values(x.leftCols(4)); }},
        {"matrix_exponential", [](const V& x) -> V { return matrix_exponential(x); }},
    };
}
// clang-format on
}  // namespace

BOOST_AUTO_TEST_SUITE(matrix_operations)

BOOST_AUTO_TEST_CASE(products_and_functions_of_matrices_are_the_same_plain_and_recorded) {
    check_operations([]<class V>(const V*) { return products_and_functions_of_matrices<V>(); });
}

BOOST_AUTO_TEST_SUITE_END()
