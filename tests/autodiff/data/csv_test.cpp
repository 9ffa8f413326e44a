#include "hesse/data/csv.hpp"

#include "error_text.hpp"
#include "temporary_file.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

using namespace hesse;
using hesse::test::message_of;
using hesse::test::TemporaryFile;

namespace {

Table load(const std::string& text, const CsvOptions& options = {}) {
    const TemporaryFile file("csv_test.csv", text);
    return read_csv(file.path(), options);
}
std::string fault(const std::string& text, const CsvOptions& options = {}) {
    const TemporaryFile file("csv_test.csv", text);
    const std::string message = message_of([&] { (void)read_csv(file.path(), options); });
    return message.starts_with(file.path()) ? message.substr(file.path().size()) : message;
}

const DataMatrix<double> two_by_two = (DataMatrix<double>(2, 2) << 1, -2.5, 3e4, 0).finished();

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(one_table_in_many_spellings) {
    for (const char* text :
         {"1,-2.5\n3e4,0\n", "1,-2.5\n3e4,0", "1,-2.5\r\n3e4,0\r\n", " 1 ,\t-2.5\n 3E+4 , +0 \n",
          "\"1\",\"-2.5\"\n\"3e4\",\"0\"\n", "\n1,-2.5\n\n3e4,0\n\n",
          "\xef\xbb\xbf"
          "1,-2.5\n30000,0.0\n"}) {
        const Table table = load(text);
        BOOST_TEST((table.values == two_by_two), text);
        BOOST_TEST(table.names.empty());
    }
    const Table named = load("a,\"the b, of \"\"c\"\"\"\n1,-2.5\n3e4,0\n");
    BOOST_TEST((named.values == two_by_two));
    BOOST_TEST((named.names == std::vector<std::string>{"a", "the b, of \"c\""}));
    BOOST_TEST(named.column("a") == 0);
    BOOST_TEST(message_of([&] { (void)named.column("z"); }) ==
               "Table: there is no column 'z', but a, the b, of \"c\"");
    BOOST_TEST((load("1;-2.5\n3e4;0\n", {.separator = ';'}).values == two_by_two));
    BOOST_TEST((load("made by hand\n\n1,-2.5\n3e4,0\n", {.skipped_lines = 2}).values == two_by_two));
    BOOST_TEST((load("5,6\n1,-2.5\n3e4,0\n", {.header = CsvOptions::Header::present}).names ==
                std::vector<std::string>{"5", "6"}));
}

BOOST_AUTO_TEST_CASE(columns_are_chosen_by_name) {
    const std::string text = "a,b,c\n1,x,2\n3,y,4\n";
    BOOST_TEST(
        (load(text, {.columns = {"c", "a"}}).values == (DataMatrix<double>(2, 2) << 2, 1, 4, 3).finished()));
    BOOST_TEST((load(text, {.columns = {"c", "a"}}).names == std::vector<std::string>{"c", "a"}));
    BOOST_TEST(fault(text, {.columns = {"d"}}) ==
               ": there is no column 'd', expected one: the columns are a, b, c");
    BOOST_TEST(fault(text, {.columns = {"a", "a"}}) == ": column 'a' is asked for twice");
    BOOST_TEST(fault("a,a\n1,2\n", {.columns = {"a"}}).find("there are several columns 'a'") !=
               std::string::npos);
    BOOST_TEST(fault("1,2\n", {.columns = {"a"}}) ==
               ": there is no column 'a', expected one: the columns are without names");
}

BOOST_AUTO_TEST_CASE(missing_values_are_nan_where_they_are_expected) {
    const Table table = load("a,b\n1,NA\n,4\n", {.missing = {"NA", ""}});
    BOOST_TEST(std::isnan(table.values(0, 1)));
    BOOST_TEST(std::isnan(table.values(1, 0)));
    BOOST_TEST(table.values(1, 1) == 4.0);
    BOOST_TEST(fault("a,b\n1,NA\n") == ", line 2: row 0 of the data, column 1 ('b'): 'NA' is not a number");
    BOOST_TEST(std::isinf(load("1,-inf\n", {.allow_not_finite = true}).values(0, 1)));
    BOOST_TEST(fault("1,2\n3,nan\n") ==
               ", line 2: row 1 of the data, column 1: 'nan' is not a finite number");
    BOOST_TEST(fault("1,1e999\n") == ", line 1: row 0 of the data, column 1: '1e999' is not a finite number");
    BOOST_TEST(load("1,1e-999\n").values(0, 1) == 0.0);
}

BOOST_AUTO_TEST_CASE(faults_are_named_by_line_row_and_column) {
    BOOST_TEST(fault("a,b\n1,2\n3\n") ==
               ", line 3: row 1 of the data has 1 fields, expected 2 as the first line has");
    BOOST_TEST(fault("1,2\n3,4,5\n") ==
               ", line 2: row 1 of the data has 3 fields, expected 2 as the first line has");
    BOOST_TEST(fault("1,2\n3,4x\n") == ", line 2: row 1 of the data, column 1: '4x' is not a number");
    BOOST_TEST(fault("1,2\n\n3,0x10\n") == ", line 3: row 1 of the data, column 1: '0x10' is not a number");
    BOOST_TEST(fault("1,2\n3,\n").find(", line 2: row 1 of the data, column 1: the field is empty") == 0U);
    BOOST_TEST(fault("1,2\n3,\"4\n5,6\n").find("a quote is not closed") != std::string::npos);
    BOOST_TEST(fault("1,2\n3,4\"5\"\n").find(", line 2: a quote stands within a field") == 0U);
    BOOST_TEST(fault("") == ": there is no row of numbers");
    BOOST_TEST(fault("a,b\n") == ": there is no row of numbers");
    BOOST_TEST(fault("\n\n") == ": there is no row of numbers");
    std::string long_file = "x,y\n";
    for (int i = 0; i < 123'456; ++i) long_file += "0.5,1\n";
    BOOST_TEST(fault(long_file + "nan,1\n") ==
               ", line 123458: row 123456 of the data, column 0 ('x'): 'nan' is not a finite number");
    BOOST_TEST(message_of([] { (void)read_csv("no/such.csv"); }) ==
               "no/such.csv: cannot be read: No such file or directory");
    BOOST_TEST(message_of([] { (void)read_csv("/"); }).starts_with("/: cannot be read"));
    BOOST_TEST(fault("1\n", {.separator = '"'}).starts_with("read_csv: separator"));
    BOOST_TEST(fault("1\n", {.skipped_lines = -1}) == "read_csv: skipped_lines is -1, expected at least 0");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_written_to_all_digits_come_back_bit_for_bit) {
    BOOST_TEST(rc::check([](const std::vector<double>& numbers) {
        std::string text;
        std::vector<double> finite;
        for (const double number : numbers)
            if (std::isfinite(number)) {
                text += fmt::format("{},{:.17g}\n", number, number);
                finite.push_back(number);
            }
        if (finite.empty()) return;
        const Table table = load(text);
        RC_ASSERT(table.values.rows() == static_cast<Index>(finite.size()));
        for (Index i = 0; i < table.values.rows(); ++i)
            for (Index j = 0; j < 2; ++j)
                RC_ASSERT(std::memcmp(&table.values(i, j), &finite[static_cast<std::size_t>(i)],
                                      sizeof(double)) == 0);
    }));
}

BOOST_AUTO_TEST_CASE(files_longer_than_a_block_are_read_whole) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += fmt::format("{},{},{}\n", i, 2 * i, 0.25 * i);
    const Table table = load(text);
    BOOST_REQUIRE(table.values.rows() == 100'000);
    BOOST_TEST((table.values.col(0) == Eigen::VectorXd::LinSpaced(100'000, 0.0, 99'999.0)));
    BOOST_TEST((table.values.col(2) == 0.25 * table.values.col(0)));
}

BOOST_AUTO_TEST_CASE(a_first_line_that_is_half_numbers_is_no_header_without_being_told) {
    for (const char* text : {"1,2x\n3,4\n", "1,,2\n3,4,5\n", ",2\n3,4\n", "1.5,NA\n1,2\n"})
        BOOST_TEST(fault(text).find("line 1: '") != std::string::npos, text);
    BOOST_TEST(fault("1,2x\n3,4\n")
                   .find("'1' is a number, '2x' is not: say header = present if these are "
                         "names, or absent") != std::string::npos);
    BOOST_TEST(load("year,2020\n1,2\n", {.header = CsvOptions::Header::present}).names.size() == 2u);
    BOOST_TEST(load(",a\n1,2\n").names.size() == 2u);  // as tables with an index begin
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
