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
