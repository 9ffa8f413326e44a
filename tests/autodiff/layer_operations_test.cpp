#include "support/array_operation_check.hpp"

namespace {
using namespace hesse;
using namespace hesse::test;

// clang-format off
template <class V>
std::vector<ArrayOperation<V>> layers_and_rearrangements() {
    static const OperationData& d = operation_data();
    return {
        {"softmax", [](const V& x) -> V { return softmax(x); }},
        {"softmax by column", [](const V& x) -> V { return softmax(x, by_column); }},
        {"softmax by row", [](const V& x) -> V { return softmax(x, by_row); }},
        {"log_softmax", [](const V& x) -> V { return log_softmax(x); }},
        {"log_softmax by column", [](const V& x) -> V { return log_softmax(x, by_column); }},
        {"log_softmax by row", [](const V& x) -> V { return log_softmax(x, by_row); }},
        {"log_sum_exp", [](const V& x) -> V { return scaled(x, log_sum_exp(x)); }},
        {"log_sum_exp by column", [](const V& x) -> V { return log_sum_exp(x, by_column); }},
        {"log_sum_exp by row", [](const V& x) -> V { return log_sum_exp(x, by_row); }},
        {"cross_entropy of labels", [](const V& x) -> V { return cross_entropy(x, d.indices).eval(); }},
        {"cross_entropy of labels by row", [](const V& x) -> V { return cross_entropy(x, d.indices, by_row).eval(); }},
        {"cross_entropy of probabilities", [](const V& x) -> V { return cross_entropy(x, d.matrix).eval(); }},
        {"standardize", [](const V& x) -> V { return standardize(x); }},
        {"standardize by row", [](const V& x) -> V { return standardize(x, 1e-3, by_row); }},
        {"layer_norm", [](const V& x) -> V { return layer_norm(x, x.col(0), d.vector); }},
        {"layer_norm of rows", [](const V& x) -> V { return layer_norm(x, d.vector, x.col(0), 1e-3, by_row); }},
        {"attention", [](const V& x) -> V { return attention(x.topRows(4), x.bottomRows(4), x.topRows(2), {.sequences = 2, .heads = 2}); }},
        {"convolution_1d", [](const V& x) -> V { return convolution_1d(x, x.topLeftCorner(2, 4), 3, 2, 2); }},
        {"convolution_2d", [](const V& x) -> V { return convolution_2d(x, x.leftCols(4), {2, 3, 1}, {{2, 2}, {1, 2}, {1, 0}}); }},
        {"max_pooling_1d", [](const V& x) -> V { return max_pooling_1d(x, 3, 2, 2, 1); }},
        {"max_pooling_2d", [](const V& x) -> V { return max_pooling_2d(x, {2, 3, 1}, {{2, 2}, {1, 1}, {0, 1}}); }},
        {"average_pooling_1d", [](const V& x) -> V { return average_pooling_1d(x, 3, 2, 2, 1, 1); }},
        {"average_pooling_2d", [](const V& x) -> V { return average_pooling_2d(x, {2, 3, 1}, {{2, 2}, {1, 1}, {0, 1}}); }},
        {"each_repeated", [](const V& x) -> V { return each_repeated(x.col(0), 3); }},
        {"gather", [](const V& x) -> V { return gather(x, d.indices); }},
        {"gather_rows", [](const V& x) -> V { return gather_rows(x, d.indices); }},
        {"gather_columns", [](const V& x) -> V { return gather_columns(x, d.indices); }},
        {"scatter_add", [](const V& x) -> V { return scatter_add(x.col(0), d.indices, 7); }},
        {"scatter_add_rows", [](const V& x) -> V { return scatter_add_rows(x, d.indices, 6); }},
        {"scatter_add_columns", [](const V& x) -> V { return scatter_add_columns(x, d.indices, 6); }},
        {"pick", [](const V& x) -> V { return pick(x, d.indices); }},
        {"pick by row", [](const V& x) -> V { return pick(x, d.indices, by_row); }},
        {"sort", [](const V& x) -> V { return sort(x); }},
        {"sort by column", [](const V& x) -> V { return sort(x, by_column); }},
        {"sort by row", [](const V& x) -> V { return sort(x, by_row); }},
        {"cumulative_sum", [](const V& x) -> V { return cumulative_sum(x); }},
        {"cumulative_sum by column", [](const V& x) -> V { return cumulative_sum(x, by_column); }},
        {"cumulative_sum by row", [](const V& x) -> V { return cumulative_sum(x, by_row); }},
        {"vertical_stack", [](const V& x) -> V { return vertical_stack(x, d.matrix, x.row(1)); }},
        {"horizontal_stack", [](const V& x) -> V { return horizontal_stack(d.wide, x, x.col(1)); }},
        {"replicate", [](const V& x) -> V { return x.replicate(2, 3); }},
        {"reverse", [](const V& x) -> V { return x.reverse(); }},
        {"reverse of columns", [](const V& x) -> V { return x.colwise().reverse(); }},
        {"reverse of rows", [](const V& x) -> V { return x.rowwise().reverse(); }},
        {"transpose", [](const V& x) -> V { return x.transpose(); }},
        {"reshaped", [](const V& x) -> V { return x.reshaped(4, 9); }},
        {"diagonal", [](const V& x) -> V { return x.diagonal(-2); }},
        {"block", [](const V& x) -> V { return x.block(1, 2, 3, 4); }},
        {"written parts", [](const V& x) -> V { Matrix<typename V::Scalar> m(2, 6); m.row(0) = x.row(1); m.row(1) = m.row(0) + x.row(2); m(0, 3) += x(4, 4); return m.expression(); }},
    };
}
// clang-format on
}  // namespace

BOOST_AUTO_TEST_SUITE(layer_operations)

BOOST_AUTO_TEST_CASE(layers_and_rearrangements_are_the_same_plain_and_recorded) {
    check_operations([]<class V>(const V*) { return layers_and_rearrangements<V>(); });
}

BOOST_AUTO_TEST_SUITE_END()
