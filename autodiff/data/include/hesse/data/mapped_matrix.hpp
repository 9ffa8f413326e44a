#pragma once

#include "hesse/data/array_format.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <string>
#include <utility>

namespace hesse {

/// The bytes of a file, mapped into memory for reading: pages are loaded as they are touched, and dropped when memory is short.
class MappedFile {
public:
    /// Throws std::invalid_argument if the file cannot be read.
    explicit MappedFile(std::string path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const char* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// What will be read next, and in which order: hints, which change no result.
    void expect_in_order() const;
    void expect_anywhere() const;
    /// Gives back the pages that lie within these bytes; they are loaded again when they are touched.
    void release(std::size_t first, std::size_t count) const;

private:
    std::string path_;
    const char* data_ = nullptr;
    std::size_t size_ = 0;
};

/// Where the numbers of a mapped file lie: rows x cols of them, from byte `begin` on.
struct MappedNumbers {
    Index rows = 0, cols = 0;
    std::size_t begin = 0;

    /// Of a .npy file, which must have numbers of this format, whatever the shape, by rows.
    static MappedNumbers in_npy(const MappedFile& file, const ArrayFormat& expected);
    /// Of a file without a header, in numbers of so many bytes.
    static MappedNumbers in_raw(const MappedFile& file, Index rows, Index cols, std::size_t offset,
                                std::size_t bytes);
};

/// A matrix (rows x cols) of numbers in a file, which may be larger than memory, for sums over rows:
///     const MappedMatrix<> x("x.npy");
///     finite_sum(x.rows(), [&](const auto& w, const Rows& rows) { ... rows.of(x.view()) ... }, n)
/// Nothing is converted and nothing looked at: see require_finite_rows. The file must stay as it is meanwhile.
template <DataNumber S = double>
class MappedMatrix {
public:
    using View =
        Eigen::Map<const Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>, Eigen::Unaligned>;

    /// A .npy file, of any number of dimensions as read_npy has them. Throws std::invalid_argument if it cannot be read, is
    /// damaged or cut short, or has other numbers than S in this machine's byte order, by rows: read_npy converts.
    explicit MappedMatrix(const std::string& path)
        : file_(path), at_(MappedNumbers::in_npy(file_, ArrayFormat::of<S>({}))) {}
    /// Numbers without a header, by rows, from byte `offset` on. Throws std::invalid_argument if the file is shorter than that or
    /// cannot be read, or rows, cols or offset are out of range: offset must be a multiple of the size of S.
    MappedMatrix(const std::string& path, Index rows, Index cols, std::size_t offset = 0)
        : file_(path), at_(MappedNumbers::in_raw(file_, rows, cols, offset, sizeof(S))) {}

    [[nodiscard]] Index rows() const { return at_.rows; }
    [[nodiscard]] Index cols() const { return at_.cols; }
    [[nodiscard]] View view() const {
        return View(reinterpret_cast<const S*>(file_.data() + at_.begin), at_.rows, at_.cols);
    }
    /// The rows will be read one after the other, or here and there, as batches are: hints to the system.
    void expect_in_order() const { file_.expect_in_order(); }
    void expect_anywhere() const { file_.expect_anywhere(); }
    /// Gives back the memory of these rows' pages; they are read from the file again when they are needed.
    void release(Index first, Index count) const {
        const std::size_t row = static_cast<std::size_t>(at_.cols) * sizeof(S);
        file_.release(at_.begin + static_cast<std::size_t>(first) * row,
                      static_cast<std::size_t>(count) * row);
    }

private:
    MappedFile file_;
    MappedNumbers at_;
};

}  // namespace hesse
