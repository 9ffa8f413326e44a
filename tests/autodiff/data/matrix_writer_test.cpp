#include "hesse/data/matrix_writer.hpp"

#include "error_text.hpp"
#include "temporary_file.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>

using namespace hesse;
using hesse::test::message_of;
using hesse::test::TemporaryFile;

namespace {

BOOST_AUTO_TEST_SUITE(matrix_writer)

BOOST_AUTO_TEST_CASE(blocks_of_rows_become_one_matrix) {
    const TemporaryFile file("matrix_writer_test.npy");
    const Eigen::MatrixXd x = Eigen::MatrixXd::Random(1000, 7);
    MatrixWriter<> writer(file.path(), 7);
    writer.append(x.topRows(1));
    writer.append(x.middleRows(1, 0));
    writer.append(x.bottomRows(999) * 1.0);
    BOOST_TEST(writer.rows() == 1000);
    BOOST_TEST(!file.exists());  // until it is whole
    writer.close();
    BOOST_TEST((read_npy(file.path()) == x));
    // as NumPy wants it: numbers from a multiple of 64 bytes on, the header with an end of line before them
    const std::string bytes = file.content();
    BOOST_TEST((bytes.size() - 1000 * 7 * 8) % 64 == 0U);
    BOOST_TEST(bytes[bytes.size() - 1000 * 7 * 8 - 1] == '\n');
    BOOST_TEST(bytes.find("'shape': (1000, 7)") != std::string::npos);

    MatrixWriter<std::uint8_t> narrow(file.path(), 2);
    narrow.append(Eigen::Matrix<std::uint8_t, 1, 2>(3, 250));
    narrow.close();
    BOOST_TEST((read_npy<std::int64_t>(file.path()) == Eigen::Matrix<std::int64_t, 1, 2>(3, 250)));
}

BOOST_AUTO_TEST_CASE(an_abandoned_writer_leaves_nothing) {
    const TemporaryFile file("matrix_writer_test.npy", "what was there");
    {
        MatrixWriter<> writer(file.path(), 2);
        writer.append(Eigen::MatrixXd::Ones(10, 2));
    }
    BOOST_TEST(file.content() == "what was there");
    BOOST_TEST(!std::filesystem::exists(file.path() + ".part"));
}

BOOST_AUTO_TEST_CASE(numbers_that_the_file_cannot_hold_are_refused) {
    const TemporaryFile file("matrix_writer_numbers.npy");
    const auto written = [&]<class S>(S, auto... numbers) {
        MatrixWriter<S> writer(file.path(), 1);
        return message_of([&] { (writer.append(Eigen::Matrix<decltype(numbers), 1, 1>(numbers)), ...); });
    };
    BOOST_TEST(written(std::uint8_t{}, 0.0, 255.0, std::int64_t{17}) == "nothing thrown");
    BOOST_TEST(written(std::int32_t{}, -2147483648.0, 2147483647.0) == "nothing thrown");
    for (const double other : {256.0, -1.0, 0.5, std::nan(""), 1e300})
        BOOST_TEST(written(std::uint8_t{}, other).find("is not one of the file's type") != std::string::npos);
    BOOST_TEST(written(std::int64_t{}, 0x1p63).find("is not one") != std::string::npos);
    BOOST_TEST(written(std::int32_t{}, std::int64_t{1} << 31).find("is not one") != std::string::npos);
    BOOST_TEST(message_of([] { MatrixWriter<>("/dev/null", 1); }) ==
               "/dev/null: is no file, and cannot be written as one");
}

BOOST_AUTO_TEST_CASE(wrong_use_is_named) {
    const TemporaryFile file("matrix_writer_test.npy");
    BOOST_TEST(message_of([&] { MatrixWriter<>(file.path(), -1); }) ==
               file.path() + ": the number of columns is -1, expected at least 0");
    BOOST_TEST(message_of([] { MatrixWriter<>("no/such/file.npy", 1); }) ==
               "no/such/file.npy: cannot write 'no/such/file.npy.part'");
    MatrixWriter<> writer(file.path(), 2);
    BOOST_TEST(message_of([&] { writer.append(Eigen::MatrixXd::Ones(1, 3)); }) ==
               file.path() + ": the rows have 3 columns, expected 2");
    writer.append(Eigen::MatrixXd::Ones(1, 2));  // and it goes on
    writer.close();
    BOOST_TEST((read_npy(file.path()) == Eigen::MatrixXd::Ones(1, 2)));
    BOOST_TEST(message_of([&] { writer.close(); }).find("closed again") != std::string::npos);
    BOOST_TEST(message_of([&] {
                   writer.append(Eigen::MatrixXd::Ones(1, 2));
               }).find("after the file was closed") != std::string::npos);
    if (std::filesystem::exists("/dev/full"))
        BOOST_TEST(message_of([] {
                       std::filesystem::create_symlink("/dev/full", "matrix_writer_test.full.part");
                       MatrixWriter<> full("matrix_writer_test.full", 1);
                       full.append(Eigen::MatrixXd::Ones(100'000, 1));
                   }).find("is the disk full?") != std::string::npos);
    BOOST_TEST(!std::filesystem::exists("matrix_writer_test.full.part"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
