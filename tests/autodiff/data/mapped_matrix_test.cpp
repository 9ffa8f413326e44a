#include "hesse/data/mapped_matrix.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/data/matrix_writer.hpp"
#include "temporary_file.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

using namespace hesse;
using hesse::test::message_of;
using hesse::test::TemporaryFile;

namespace {

BOOST_AUTO_TEST_SUITE(mapped_matrix)

BOOST_AUTO_TEST_CASE(a_sum_over_a_mapped_file_has_the_bits_of_one_over_memory) {
    const TemporaryFile file("mapped_matrix_test.npy");
    const Eigen::MatrixXd x = Eigen::MatrixXd::Random(5000, 12);
    write_npy(file.path(), x);
    const MappedMatrix<> mapped(file.path());
    BOOST_TEST(mapped.rows() == 5000);
    BOOST_TEST(mapped.cols() == 12);
    BOOST_TEST((mapped.view() == x));
    mapped.expect_in_order();
    const auto over = [](const auto& data) {
        return finite_sum(data.rows(),
                          [&data](const auto& w, const Rows& rows) {
                              return log(1.0 + exp((rows.of(data) * w).array())).sum();
                          },
                          12, {.rows_per_part = 64, .threads = 2});
    };
    const DataMatrix<double> by_rows = x;
    const auto view = mapped.view();
    const auto f = over(view);
    const auto g = over(by_rows);
    const Eigen::VectorXd w = Eigen::VectorXd::LinSpaced(12, -1.0, 1.0);
    const auto at_f = f.linearize(w);
    const auto at_g = g.linearize(w);
    BOOST_TEST(at_f.value() == at_g.value());
    BOOST_TEST((at_f.gradient() == at_g.gradient()));
    mapped.release(0, 5000);  // and read again
    mapped.release(100, 1);
    BOOST_TEST((at_f.hessian() * w == at_g.hessian() * w));
    const std::vector<Index> some{17, 4000, 3};
    mapped.expect_anywhere();
    BOOST_TEST((f.batch(some).linearize(w).gradient() == g.batch(some).linearize(w).gradient()));
}

BOOST_AUTO_TEST_CASE(numbers_without_a_header_are_mapped_too) {
    const Eigen::Matrix<float, 2, 3, Eigen::RowMajor> x =
        (Eigen::Matrix<float, 2, 3>() << 1, 2, 3, 4, 5, 6).finished();
    std::string bytes(8, 'x');
    bytes.append(reinterpret_cast<const char*>(x.data()), sizeof(float) * 6);
    const TemporaryFile file("mapped_matrix_test.raw", bytes);
    MappedMatrix<float> mapped(file.path(), 2, 3, 8);
    BOOST_TEST((mapped.view() == x));
    const MappedMatrix<float> moved = std::move(mapped);
    BOOST_TEST((moved.view() == x));
    BOOST_TEST((MappedMatrix<float>(file.path(), 1, 3, 20).view() == x.bottomRows(1)));
    BOOST_TEST((MappedMatrix<float>(file.path(), 0, 3, 8).rows() == 0));

    const auto fault = [&](auto... where) {
        return message_of([&] { MappedMatrix<float>(file.path(), where...); }).substr(file.path().size());
    };
    BOOST_TEST(fault(3, 3, 8) == ": has 24 bytes from byte 8 on, expected (3 x 3) numbers of 4 bytes");
    BOOST_TEST(fault(2, 3, 6) == ": offset is 6, expected a multiple of 4, the bytes of a number");
    BOOST_TEST(fault(-1, 3) == ": the shape is (-1 x 3), expected no negative numbers");
    BOOST_TEST(fault(Index{1} << 62, Index{1} << 62).find("expected (") != std::string::npos);
    BOOST_TEST(fault(1, 1, 4000).find("has 0 bytes") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_mapped_are_refused_by_name) {
    const TemporaryFile file("mapped_matrix_test.npy");
    write_npy(file.path(), Eigen::MatrixXd::Random(9, 4).eval());
    const std::string whole = file.content();
    const auto fault = [&](const std::string& bytes) {
        file.write(bytes);
        const std::string text = message_of([&] { MappedMatrix<>(file.path()); });
        return text.starts_with(file.path()) ? text.substr(file.path().size())
                                             : "does not name the file: " + text;
    };
    for (std::size_t length = 0; length < whole.size(); length += 3)
        BOOST_TEST(fault(whole.substr(0, length)).starts_with(": "), length);
    BOOST_TEST(fault(whole.substr(0, whole.size() - 8)) ==
               ": has 280 bytes of numbers, expected 288: it was cut short, or goes on");
    std::string by_columns = whole;
    by_columns.replace(by_columns.find("False, "), 7, "True,  ");
    BOOST_TEST(fault(by_columns) == ": the numbers lie by columns, expected by rows: read_npy turns them");
    file.write(whole);
    BOOST_TEST(message_of([&] { MappedMatrix<float>(file.path()); }).substr(file.path().size()) ==
               ": the numbers are of type '<f8', expected '<f4': read_npy converts");
    BOOST_TEST(message_of([] { MappedMatrix<>("no/such/file"); }) ==
               "no/such/file: cannot be read: No such file or directory");
    BOOST_TEST(message_of([] { MappedMatrix<>("/"); }) == "/: cannot be mapped, since it is no file");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
