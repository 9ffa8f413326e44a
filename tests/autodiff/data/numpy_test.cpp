#include "hesse/data/numpy.hpp"

#include "error_text.hpp"
#include "hesse/data/matrix_writer.hpp"
#include "temporary_file.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace hesse;
using namespace std::string_literals;
using hesse::test::message_of;
using hesse::test::TemporaryFile;

namespace {

/// A .npy file by the words of NumPy Enhancement Proposal 1: magic, version, length of the header, header, numbers.
std::string npy(const std::string& dictionary, const std::string& numbers, char version = 1) {
    std::string header = dictionary;
    const std::size_t before = version == 1 ? 10 : 12;
    while ((before + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::string length{static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
    if (version > 1) length += "\0\0"s;
    return "\x93NUMPY"s + version + '\0' + length + header + numbers;
}
std::string dictionary(const std::string& type, const std::string& shape, bool by_columns = false) {
    return "{'descr': '" + type + "', 'fortran_order': " + (by_columns ? "True" : "False") +
           ", 'shape': " + shape + ", }";
}
/// The bytes of numbers, the least significant first.
template <class S>
std::string little(const std::vector<S>& numbers) {
    std::string bytes(numbers.size() * sizeof(S), '\0');
    std::memcpy(bytes.data(), numbers.data(), bytes.size());  // this machine is little-endian
    return bytes;
}
template <class S>
std::string big(const std::vector<S>& numbers) {
    std::string bytes;
    for (const S& number : numbers) {
        const std::string own = little(std::vector<S>{number});
        bytes.append(own.rbegin(), own.rend());
    }
    return bytes;
}
DataMatrix<double> load(const std::string& bytes) {
    const TemporaryFile file("numpy_test.npy", bytes);
    return read_npy(file.path());
}
std::string fault(const std::string& bytes) {
    const TemporaryFile file("numpy_test.npy", bytes);
    const std::string text = message_of([&] { (void)read_npy(file.path()); });
    return text.starts_with(file.path()) ? text.substr(file.path().size())
                                         : "does not name the file: " + text;
}

BOOST_AUTO_TEST_SUITE(numpy)

BOOST_AUTO_TEST_CASE(numbers_of_all_types_and_byte_orders_are_read) {
    const DataMatrix<double> expected = (DataMatrix<double>(2, 2) << 1, 2, 3, 100).finished();
    BOOST_TEST((load(npy(dictionary("<f8", "(2, 2)"), little<double>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary(">f8", "(2, 2)"), big<double>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary("<f4", "(2,2)"), little<float>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary(">f4", "(2, 2)"), big<float>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary("<i8", "(2, 2)"), little<std::int64_t>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary(">i4", "(2, 2)"), big<std::int32_t>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary("<i2", "(2, 2)"), little<std::int16_t>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary("|i1", "(2, 2)"), "\1\2\3d"s)) == expected));
    BOOST_TEST((load(npy(dictionary("<u8", "(2, 2)"), little<std::uint64_t>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary(">u2", "(2, 2)"), big<std::uint16_t>({1, 2, 3, 100}))) == expected));
    BOOST_TEST((load(npy(dictionary("|u1", "(2, 2)"), "\1\2\3d"s)) == expected));
    BOOST_TEST((load(npy(dictionary("|b1", "(1, 2)"), "\0\1"s)) == Eigen::RowVector2d(0, 1)));
    // binary16: 1, -2, 65504, the least number above zero 2^-24
    BOOST_TEST((load(npy(dictionary("<f2", "(4,)"), little<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 1}))) ==
                Eigen::Vector4d(1.0, -2.0, 65504.0, std::ldexp(1.0, -24))));
    BOOST_TEST((load(npy(dictionary("<i8", "(2,)"), little<std::int64_t>({-5, std::int64_t{1} << 62}))) ==
                Eigen::Vector2d(-5.0, std::ldexp(1.0, 62))));
}

BOOST_AUTO_TEST_CASE(the_first_dimension_is_that_of_rows_in_either_order) {
    BOOST_TEST((load(npy(dictionary("<f8", "(3,)"), little<double>({1, 2, 3}))) == Eigen::Vector3d(1, 2, 3)));
    BOOST_TEST((load(npy(dictionary("<f8", "()"), little<double>({7}))) == Eigen::Matrix<double, 1, 1>(7)));
    BOOST_TEST(load(npy(dictionary("<f8", "(0, 4)"), "")).cols() == 4);
    // a[i, j, k] = 100 i + 10 j + k of shape (2, 3, 2)
    std::vector<double> by_rows, by_columns;
    for (int i = 0; i < 2; ++i)
        for (int j = 0; j < 3; ++j)
            for (int k = 0; k < 2; ++k) by_rows.push_back(100 * i + 10 * j + k);
    for (int k = 0; k < 2; ++k)
        for (int j = 0; j < 3; ++j)
            for (int i = 0; i < 2; ++i) by_columns.push_back(100 * i + 10 * j + k);
    const DataMatrix<double> expected =
        (DataMatrix<double>(2, 6) << 0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121).finished();
    BOOST_TEST((load(npy(dictionary("<f8", "(2, 3, 2)"), little(by_rows))) == expected));
    BOOST_TEST((load(npy(dictionary("<f8", "(2, 3, 2)", true), little(by_columns))) == expected));
    BOOST_TEST((load(npy(dictionary("<f8", "(2, 3, 2)"), little(by_rows), 2)) == expected));
    BOOST_TEST((load(npy(dictionary("<f8", "(2, 3, 2)"), little(by_rows), 3)) == expected));
}

BOOST_AUTO_TEST_CASE(what_is_written_comes_back_bit_for_bit) {
    const TemporaryFile file("numpy_test.npy");
    BOOST_TEST(rc::check([&](const std::vector<double>& numbers, bool as_vector) {
        const LoadOptions any{.allow_not_finite = true};
        const auto n = static_cast<Index>(numbers.size());
        const Eigen::Map<const Eigen::VectorXd> v(numbers.data(), n);
        if (as_vector) {
            write_npy(file.path(), v);
        } else {
            const Eigen::MatrixXd m = v.head(n / 2 * 2).reshaped(n / 2, 2);
            write_npy(file.path(), m);
            const DataMatrix<double> back = read_npy(file.path(), any), rows = m;
            RC_ASSERT(back.rows() == m.rows());
            if (m.size() == 0) return;
            RC_ASSERT(std::memcmp(back.data(), rows.data(),
                                  static_cast<std::size_t>(m.size()) * sizeof(double)) == 0);
            return;
        }
        const DataMatrix<double> back = read_npy(file.path(), any);
        RC_ASSERT(back.rows() == n && back.cols() == 1);
        if (n == 0) return;
        RC_ASSERT(std::memcmp(back.data(), numbers.data(), numbers.size() * sizeof(double)) == 0);
    }));
    write_npy(file.path(), Eigen::Vector2f(0.5F, -3.0F));
    BOOST_TEST((read_npy<float>(file.path()) == Eigen::Vector2f(0.5F, -3.0F)));
    write_npy(file.path(), Eigen::Matrix<std::int64_t, 2, 1>(4, -9));
    BOOST_TEST((read_npy<std::int32_t>(file.path()) == Eigen::Vector2i(4, -9)));
}

BOOST_AUTO_TEST_CASE(what_the_type_asked_for_cannot_hold_is_named_by_row) {
    const auto fault_as = [](auto type, const std::string& bytes) {
        const TemporaryFile file("numpy_test.npy", bytes);
        const std::string text = message_of([&] { (void)read_npy<decltype(type)>(file.path()); });
        return text.starts_with(file.path()) ? text.substr(file.path().size()) : text;
    };
    const std::int64_t odd = (std::int64_t{1} << 53) + 1;
    BOOST_TEST(fault_as(double{}, npy(dictionary("<i8", "(2, 1)"), little<std::int64_t>({0, odd}))) ==
               ": the entry of row 1, column 0 is 9007199254740993, which the type asked for cannot hold");
    BOOST_TEST(fault_as(std::int32_t{}, npy(dictionary("<f8", "(1, 2)"), little<double>({1, 2.5}))) ==
               ": the entry of row 0, column 1 is 2.5, which the type asked for cannot hold");
    BOOST_TEST(fault_as(float{}, npy(dictionary("<f8", "(1,)"), little<double>({1e300}))).find("1e+300") !=
               std::string::npos);
    BOOST_TEST(fault_as(std::uint8_t{}, npy(dictionary("<i4", "(2,)"), little<std::int32_t>({255, 256})))
                   .find("256") != std::string::npos);
    BOOST_TEST(
        fault_as(std::int64_t{}, npy(dictionary("<f8", "(1,)"), little<double>({9223372036854775808.0})))
            .find("row 0") != std::string::npos);
    BOOST_TEST(
        fault_as(std::int64_t{}, npy(dictionary("<i8", "(1,)"),
                                     little<std::int64_t>({std::numeric_limits<std::int64_t>::min()}))) ==
        "nothing thrown");
}

BOOST_AUTO_TEST_CASE(a_nan_is_named_by_row_and_column) {
    const TemporaryFile file("numpy_test.npy");
    Eigen::MatrixXd x = Eigen::MatrixXd::Ones(200'000, 8);
    x(123'456, 7) = std::numeric_limits<double>::quiet_NaN();
    x(150'000, 0) = std::numeric_limits<double>::infinity();
    write_npy(file.path(), x);
    BOOST_TEST(message_of([&] { (void)read_npy(file.path()); }) ==
               file.path() + ": the entry of row 123456, column 7 is nan, expected a finite number");
    BOOST_TEST(std::isinf(read_npy(file.path(), {.allow_not_finite = true})(150'000, 0)));
    BOOST_TEST(fault(npy(dictionary("<f8", "(2, 2)", true), little<double>({1, 2, std::nan(""), 4})))
                   .ends_with("the entry of row 0, column 1 is nan, expected a finite number"));
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused_by_name) {
    const std::string whole = npy(dictionary("<f8", "(2, 3)"), little<double>({1, 2, 3, 4, 5, 6}));
    for (std::size_t length = 0; length < whole.size(); ++length)
        BOOST_TEST(fault(whole.substr(0, length)).starts_with(": "), length);
    BOOST_TEST(fault(whole.substr(0, whole.size() - 5)) ==
               ": cut short: it has 43 bytes of numbers, expected 48");
    BOOST_TEST(fault(whole + '\0') == ": goes on behind the 48 bytes of numbers that its header tells of");
    BOOST_TEST(fault("x,y\n1,2\n") == ": is not a .npy file: it does not begin with \\x93NUMPY");
    for (const char* type : {"<c16", "<U5", "|O", "|S3", "<M8[ns]", "<f16", "<f3", "f", "<i16"})
        BOOST_TEST(fault(npy(dictionary(type, "(1,)"), "")).find("the entries are of NumPy's type") !=
                   std::string::npos);
    BOOST_TEST(fault(npy("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", ""))
                   .find("records") != std::string::npos);
    for (const char* header :
         {"", "{", "{'descr': '<f8'}", "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,), }",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (1,) 'more': 1}",
          "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), } x"})
        BOOST_TEST(fault(npy(header, "")).find("header of the .npy file is damaged") != std::string::npos,
                   header);
    BOOST_TEST(fault(npy(dictionary("<f8", "(3037000500, 3037000500, 4)"), "")).find("more entries") !=
               std::string::npos);
    BOOST_TEST(fault(npy(dictionary("<f8", "(1000000000000000,)"), little<double>({1}))) ==
               ": cut short: it has 8 bytes of numbers, expected 8000000000000000");
    BOOST_TEST(fault(npy(dictionary("<f8", "(1,)"), little<double>({1}), 4)).find("version 4") !=
               std::string::npos);
    BOOST_TEST(message_of([] { (void)read_npy("no/such/file.npy"); }) ==
               "no/such/file.npy: cannot be read: No such file or directory");
    BOOST_TEST(message_of([] { (void)read_npy("/"); }).starts_with("/: cannot be read"));
}

BOOST_AUTO_TEST_CASE(several_arrays_in_one_file_come_back) {
    const TemporaryFile file("numpy_test.npz");
    NpzWriter writer;
    const Eigen::MatrixXd x = Eigen::MatrixXd::Random(70, 3);
    const Eigen::Matrix<std::int32_t, Eigen::Dynamic, 1> y = Eigen::VectorXi::LinSpaced(70, 0, 69);
    writer.add("x", x);
    writer.add("labels", y);
    BOOST_TEST(message_of([&] { writer.add("x", x); }) == "NpzWriter: there is an array 'x' already");
    writer.write(file.path());
    const NpzFile loaded(file.path());
    BOOST_TEST((loaded.names() == std::vector<std::string>{"x", "labels"}));
    BOOST_TEST((loaded.read("x") == x));
    BOOST_TEST((loaded.read<std::int32_t>("labels") == y));
    BOOST_TEST((loaded.read("labels") == y.cast<double>()));
    BOOST_TEST(loaded.contains("x"));
    BOOST_TEST(!loaded.contains("z"));
    BOOST_TEST(message_of([&] { (void)loaded.read("z"); }) ==
               file.path() + ": has no array 'z', but x, labels");
}

BOOST_AUTO_TEST_CASE(damaged_archives_are_refused_by_name) {
    const TemporaryFile file("numpy_test.npz");
    NpzWriter writer;
    writer.add("x", Eigen::Vector3d(1, 2, 3));
    writer.write(file.path());
    const std::string whole = file.content();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        file.write(whole.substr(0, length));
        BOOST_TEST(message_of([&] { (void)NpzFile(file.path()).read("x"); }).starts_with(file.path()),
                   length);
    }
    std::string changed = whole;
    const std::size_t three = whole.find(little<double>({3}));
    BOOST_REQUIRE(three != std::string::npos);
    changed[three] = '\1';
    file.write(changed);
    BOOST_TEST(message_of([&] {
                   (void)NpzFile(file.path()).read("x");
               }).starts_with(file.path()));  // by its checksum
    BOOST_TEST(message_of([] { (void)NpzFile("no/such.npz"); }).starts_with("no/such.npz: is no .npz file"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
