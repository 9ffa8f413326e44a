#include "hesse/autodiff/sums/rows.hpp"

#include "error_text.hpp"

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>
#include <vector>

using namespace hesse;
using hesse::test::message_of;

namespace {

Rows range(Index first, Index count, Index total) { return {first, count, total}; }
Rows list(std::vector<Index> listed, Index total) {
    const auto count = static_cast<Index>(listed.size());
    return {std::make_shared<const std::vector<Index>>(std::move(listed)), 0, count, total};
}
std::vector<Index> numbers(const Rows& rows) { return {rows.begin(), rows.end()}; }

/// 10 i + j
template <class Matrix>
Matrix table(Index rows, Index cols) {
    Matrix m(rows, cols);
    for (Index i = 0; i < rows; ++i)
        for (Index j = 0; j < cols; ++j) m(i, j) = static_cast<typename Matrix::Scalar>(10 * i + j);
    return m;
}

template <class Matrix>
void check_both_ways(const Matrix& data) {
    for (const Rows& rows : {range(1, 3, data.rows()), list({4, 0, 4}, data.rows())}) {
        const auto some = rows.of(data);
        BOOST_TEST_REQUIRE(some.rows() == 3);
        BOOST_TEST_REQUIRE(some.cols() == data.cols());
        for (Index k = 0; k < 3; ++k)
            for (Index j = 0; j < data.cols(); ++j) BOOST_TEST(some(k, j) == data(rows[k], j));
    }
    const auto turned = data.transpose().eval();
    for (const Rows& rows : {range(1, 3, data.rows()), list({4, 0, 4}, data.rows())}) {
        const auto some = rows.columns_of(turned);
        BOOST_TEST_REQUIRE(some.cols() == 3);
        for (Index k = 0; k < 3; ++k)
            for (Index j = 0; j < data.cols(); ++j) BOOST_TEST(some(j, k) == data(rows[k], j));
    }
}

}  // namespace

template <class Data>
concept GivesRows = requires(const Rows& rows, Data&& data) { rows.of(std::forward<Data>(data)); };
template <class Data>
concept GivesColumns = requires(const Rows& rows, Data&& data) { rows.columns_of(std::forward<Data>(data)); };
// What is named, or a view of it, but nothing temporary.
static_assert(GivesRows<const Eigen::MatrixXd&> && GivesColumns<Eigen::Map<const Eigen::MatrixXd>>);
static_assert(GivesRows<const std::vector<int>&> && !GivesRows<std::vector<int>>);
static_assert(!GivesRows<Eigen::MatrixXd> && !GivesColumns<Eigen::MatrixXd>);

BOOST_AUTO_TEST_SUITE(rows)

BOOST_AUTO_TEST_CASE(a_range_and_a_list_count_their_rows) {
    BOOST_TEST(numbers(range(3, 4, 10)) == (std::vector<Index>{3, 4, 5, 6}),
               boost::test_tools::per_element());
    BOOST_TEST(numbers(list({7, 2, 7}, 10)) == (std::vector<Index>{7, 2, 7}),
               boost::test_tools::per_element());
    BOOST_TEST(range(3, 4, 10).contiguous());
    BOOST_TEST(!list({7, 2, 7}, 10).contiguous());
    BOOST_TEST(range(3, 4, 10).total() == 10);
}

BOOST_AUTO_TEST_CASE(rows_of_matrices_of_either_order_are_those_of_the_data) {
    check_both_ways(table<Eigen::MatrixXd>(5, 3));
    check_both_ways(table<Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(5, 3));
    check_both_ways(table<Eigen::Matrix<double, Eigen::Dynamic, 2>>(5, 2));
    check_both_ways(table<Eigen::VectorXi>(5, 1));
    const Eigen::MatrixXd whole = table<Eigen::MatrixXd>(9, 8);
    check_both_ways(whole.block(2, 3, 5, 4));
}

BOOST_AUTO_TEST_CASE(rows_next_to_each_other_are_a_view_and_others_are_gathered_once) {
    const Eigen::MatrixXd data = table<Eigen::MatrixXd>(6, 2);
    BOOST_TEST(range(2, 3, 6).of(data).data() == data.data() + 2);
    const Rows some = list({5, 1}, 6);
    const Rows copy = some;
    BOOST_TEST(some.of(data).data() == copy.of(data).data());
    const std::vector<int> labels{0, 1, 2, 3, 4, 5};
    BOOST_TEST(range(2, 3, 6).of(labels).data() == labels.data() + 2);
    BOOST_TEST(some.of(labels)[0] == 5);
    BOOST_TEST(some.of(labels).data() == some.of(labels).data());
}

BOOST_AUTO_TEST_CASE(arrays_that_share_memory_are_gathered_each) {
    const Eigen::MatrixXd square = table<Eigen::MatrixXd>(6, 6);
    const Rows some = list({5, 1}, 6);
    const auto rows = some.of(square), columns = some.columns_of(square);
    for (Index k = 0; k < 2; ++k)
        for (Index j = 0; j < 6; ++j) {
            BOOST_TEST(rows(k, j) == square(some[k], j));
            BOOST_TEST(columns(j, k) == square(j, some[k]));
        }
    // Every entry, and every second one.
    using Strided = Eigen::Map<const Eigen::VectorXd, 0, Eigen::InnerStride<>>;
    const Strided close(square.data(), 6, Eigen::InnerStride<>(1)),
        far(square.data(), 6, Eigen::InnerStride<>(2));
    BOOST_TEST(some.of(close)(0) == square(5, 0));
    BOOST_TEST(some.of(far)(0) == square(4, 1));
    // The entries of a std::vector, and a map of them.
    const std::vector<double> entries{0, 1, 2, 3, 4, 5};
    const Eigen::Map<const Eigen::VectorXd> map(entries.data(), 6);
    BOOST_TEST(some.of(entries)[0] == 5.0);
    BOOST_TEST(some.of(map)(0) == 5.0);
    BOOST_TEST(some.of(entries)[1] == 1.0);
}

BOOST_AUTO_TEST_CASE(gathered_samples_stay_next_to_each_other_in_memory) {
    const Rows some = list({5, 1, 0}, 6);
    const Eigen::MatrixXd by_columns = table<Eigen::MatrixXd>(2, 6);
    BOOST_TEST(some.columns_of(by_columns).innerStride() == 1);
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> by_rows =
        by_columns.transpose();
    BOOST_TEST(some.of(by_rows).innerStride() == 1);
}

BOOST_AUTO_TEST_CASE(data_of_another_number_of_rows_are_refused) {
    const Eigen::MatrixXd data = Eigen::MatrixXd::Zero(6, 2);
    const std::vector<int> labels(6);
    BOOST_TEST(message_of([&] { (void)range(0, 2, 7).of(data); }) ==
               "finite_sum: the data have 6 rows, expected 7, one for each row of the sum");
    BOOST_TEST(message_of([&] { (void)range(0, 2, 7).columns_of(data); }) ==
               "finite_sum: the data have 2 columns, expected 7, one for each row of the sum");
    BOOST_TEST(message_of([&] { (void)range(0, 2, 7).of(labels); }) ==
               "finite_sum: the data have 6 entries, expected 7, one for each row of the sum");
}

BOOST_AUTO_TEST_SUITE_END()
