#include "hesse/autodiff/sums/parts_of_rows.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace hesse;
using hesse::test::message_of;

BOOST_AUTO_TEST_SUITE(parts_of_rows_)

BOOST_AUTO_TEST_CASE(parts_hold_every_row_once_and_the_last_what_is_left) {
    const auto parts = parts_of_rows(10, 4, nullptr).parts;
    BOOST_TEST_REQUIRE(parts.size() == 3u);
    Index next = 0;
    for (const Rows& part : parts)
        for (const Index row : part) BOOST_TEST(row == next++);
    BOOST_TEST(next == 10);
    BOOST_TEST(parts.back().size() == 2);
    BOOST_TEST(parts_of_rows(3, 100, nullptr).parts.size() == 1u);
}

BOOST_AUTO_TEST_CASE(parts_of_a_list_hold_it_in_order) {
    const std::vector<Index> listed{9, 0, 9, 4, 2};
    std::vector<Index> seen;
    const PartsHere here = parts_of_rows(10, 2, nullptr, listed);
    for (const Rows& part : here.parts) {
        BOOST_TEST(part.total() == 10);
        seen.insert(seen.end(), part.begin(), part.end());
    }
    BOOST_TEST(seen == listed, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(rows_that_there_are_not_are_named) {
    BOOST_TEST(message_of([] { require_rows(std::vector<Index>{}, 10); }) ==
               "finite_sum: the batch has no rows, expected at least one");
    BOOST_TEST(message_of([] {
                   require_rows(std::vector<Index>{3, 10}, 10);
               }) == "finite_sum: entry 1 of the batch is row 10, expected one of 10, counted from 0");
    BOOST_TEST(message_of([] { require_rows(std::vector<Index>{-1}, 10); }) ==
               "finite_sum: entry 0 of the batch is row -1, expected one of 10, counted from 0");
}

BOOST_AUTO_TEST_CASE(options_out_of_range_are_named) {
    BOOST_TEST(message_of([] { FiniteSumOptions{}.check(0); }) ==
               "finite_sum: the number of rows is 0, expected at least 1");
    BOOST_TEST(message_of([] { FiniteSumOptions{.rows_per_part = -2}.check(5); }) ==
               "finite_sum: rows_per_part is -2, expected at least 1, or 0 for a choice by the library");
    BOOST_TEST(message_of([] { FiniteSumOptions{.threads = -1}.check(5); }) ==
               "finite_sum: threads is -1, expected at least 1, or 0 for as many as there are processors");
}

BOOST_AUTO_TEST_CASE(a_part_fits_the_caches_or_outweighs_the_parameters) {
    // 1 MiB of recording where there are few parameters, 16 bytes for each parameter where there are many.
    BOOST_TEST(rows_for_a_part(1'000'000, 100, 1024) == 1024);
    BOOST_TEST(rows_for_a_part(1'000'000, 1'000'000, 16'000) == 8000);
    BOOST_TEST(rows_for_a_part(1'000'000, 10, std::size_t{1} << 30) == 1);
    BOOST_TEST(rows_for_a_part(10, 10, 1) == 3);  // a quarter at most
    BOOST_TEST(rows_for_a_part(1, 10, 1) == 1);
}

BOOST_AUTO_TEST_CASE(the_bytes_of_a_row_are_measured_by_recording) {
    const Eigen::MatrixXd wide = Eigen::MatrixXd::Ones(500, 100'000 / 10);
    const auto loss = [&](const auto& w, const Rows& rows) {
        return exp(rows.columns_of(wide).transpose() * w).sum();
    };
    const LossByRows<decltype(loss), double, false> maker(loss, 500);
    const Index chosen = rows_for_a_part(maker, wide.cols());
    // 4000 bytes of data a row, and some tens of recording
    BOOST_TEST(chosen > 100);
    BOOST_TEST(chosen <= 262);
}

BOOST_AUTO_TEST_CASE(rows_that_leave_no_trace_in_a_recording_come_in_large_parts) {
    const auto loss = [](const auto& w, const Rows& rows) { return double(rows.size()) * w.squaredNorm(); };
    const LossByRows<decltype(loss), double, false> maker(loss, 300'000);
    BOOST_TEST(rows_for_a_part(maker, 5000) == 1250);  // a quarter
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_at_zero_is_cut_all_the_same) {
    const auto loss = [](const auto& w, const Rows&) {
        if (value_of(w(0)) == 0.0) throw std::domain_error("zero");
        return w.squaredNorm();
    };
    const LossByRows<decltype(loss), double, false> maker(loss, 2);
    BOOST_TEST(rows_for_a_part(maker, 10'000) == 256);
    BOOST_TEST(rows_for_a_part(maker, 10) == 10);
}

BOOST_AUTO_TEST_SUITE_END()
