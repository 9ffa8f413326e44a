#pragma once

#include "hesse/data/array_format.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

/// Data in memory, one row for each.
template <DataNumber S>
using DataMatrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct LoadOptions {
    bool allow_not_finite =
        false;  ///< whether entries may be NaN or infinite; else they are refused, named by row
};

/// An array in NumPy's format that is read from its beginning.
class ArrayReader {
public:
    /// read(to, count) copies the next bytes, at most so many, and returns how many these were; `size` are all, and `name` is
    /// what messages say. Throws std::invalid_argument if the header is damaged, or tells of more or less than there is.
    using Read = std::function<std::size_t(char* to, std::size_t count)>;
    ArrayReader(Read read, std::size_t size, std::string name);

    [[nodiscard]] const ArrayFormat& format() const { return format_; }

    /// The numbers (rows x cols); once. Throws std::invalid_argument if they end before, and, named by row and column, if one is not
    /// finite, or one that S cannot hold: an integer beyond the digits of S, a fraction or an overflow.
    template <DataNumber S>
    DataMatrix<S> read(const LoadOptions& options) {
        DataMatrix<S> matrix(format_.rows(), format_.cols());
        read(matrix.data(), options);
        return matrix;
    }

private:
    template <DataNumber S>
    void read(S* out, const LoadOptions& options);
    template <class From, DataNumber S>
    void read_as(S* out, const LoadOptions& options);
    std::size_t fill(char* to, std::size_t count);

    Read read_;
    std::string name_;
    ArrayFormat format_;
};

/// The array of a .npy file.
ArrayReader open_npy(const std::string& path);

/// The array of a .npy file (.npy format versions 1 to 3; numbers of any size and byte order, in either order of indices) as a
/// matrix with one row for each entry of its first dimension: (n) becomes (n x 1), (n x a x b) becomes (n x ab). Memory for the
/// matrix, and little else. Throws std::invalid_argument if it cannot be read, is damaged, or cut short, or as ArrayReader does.
template <DataNumber S = double>
DataMatrix<S> read_npy(const std::string& path, const LoadOptions& options = {}) {
    return open_npy(path).read<S>(options);
}

/// Several arrays in one file, as numpy.savez and savez_compressed write them.
class NpzFile {
public:
    /// Throws std::invalid_argument if the file cannot be read or is none.
    explicit NpzFile(std::string path);
    ~NpzFile();
    NpzFile(NpzFile&&) noexcept;
    NpzFile& operator=(NpzFile&&) noexcept;

    /// The names of the arrays, in their order.
    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
    [[nodiscard]] bool contains(const std::string& name) const;

    /// One of them, as read_npy. Throws std::invalid_argument if there is none of this name, too.
    template <DataNumber S = double>
    [[nodiscard]] DataMatrix<S> read(const std::string& name, const LoadOptions& options = {}) const {
        return open(name).read<S>(options);
    }

private:
    [[nodiscard]] ArrayReader open(const std::string& name) const;

    struct Archive;
    std::unique_ptr<Archive> archive_;
    std::string path_;
    std::vector<std::string> names_;
};

/// Writes several arrays into one file, which numpy.load reads. They are held in memory until then.
class NpzWriter {
public:
    /// The rows of a matrix of double, float, std::int64_t, std::int32_t or std::uint8_t; a vector becomes an array of one dimension.
    template <class Derived>
    void add(std::string name, const Eigen::DenseBase<Derived>& matrix) {
        using S = typename Derived::Scalar;
        static_assert(DataNumber<S>,
                      "hesse::NpzWriter: the numbers must be double, float, int64, int32 or uint8");
        const DataMatrix<S> rows = matrix;
        std::vector<Index> shape{matrix.rows()};
        if (Derived::ColsAtCompileTime != 1) shape.push_back(matrix.cols());
        add(std::move(name), ArrayFormat::of<S>(std::move(shape)),
            reinterpret_cast<const char*>(rows.data()));
    }
    /// Writes the file: all of it, or, if that fails, nothing, and throws std::runtime_error.
    void write(const std::string& path) const;

private:
    void add(std::string name, const ArrayFormat& format, const char* bytes);

    struct Member {
        std::string name, bytes;
    };
    std::vector<Member> members_;
};

}  // namespace hesse
