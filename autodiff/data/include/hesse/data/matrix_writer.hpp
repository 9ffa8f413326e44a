#pragma once

#include "hesse/data/array_format.hpp"
#include "hesse/data/numpy.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

/// A .npy file of which rows are written one after the other; what compiled code does of MatrixWriter and write_npy.
class ArrayWriter {
public:
    /// For rows of this format's shape but the first length, which is found in the end. Throws as MatrixWriter does.
    ArrayWriter(std::string path, ArrayFormat format);
    ~ArrayWriter();
    ArrayWriter(const ArrayWriter&) = delete;
    ArrayWriter& operator=(const ArrayWriter&) = delete;

    /// Rows of this format, one after the other.
    void append(const char* bytes, Index rows, Index cols);
    void close();
    [[nodiscard]] Index rows() const { return format_.shape.front(); }

private:
    void write(const void* bytes, std::size_t count);
    void abandon();

    std::string path_, draft_;
    ArrayFormat format_;
    std::size_t header_bytes_;
    std::FILE* file_;
};

/// Throws std::invalid_argument unless the integral type S has the number x, which is at (i, j).
template <class S, class T>
void require_holds(T x, Index i, Index j) {
    bool holds = false;
    if constexpr (std::is_integral_v<T>) holds = std::in_range<S>(x);
    else
        holds = x >= static_cast<T>(std::numeric_limits<S>::lowest()) &&
                x < std::ldexp(T(1), std::numeric_limits<S>::digits) && std::trunc(x) == x;
    if (!holds)
        throw std::invalid_argument("MatrixWriter: the number " + std::to_string(x) + " at (" +
                                    std::to_string(i) + ", " + std::to_string(j) +
                                    ") of the rows is not one of the file's type");
}

/// Writes a matrix (rows x cols) that need not fit into memory, in blocks of rows, as a .npy file. Until `close` it goes by another
/// name, path + ".part": whatever stops the writer, there is no file of the right name that is not whole.
template <DataNumber S = double>
class MatrixWriter {
public:
    /// Throws std::invalid_argument if cols < 0 or the file cannot be written.
    MatrixWriter(const std::string& path, Index cols) : writer_(path, ArrayFormat::of<S>({0, cols})) {}

    /// More rows (any number x cols). Throws std::invalid_argument if there is another number of columns, or a number that an
    /// integral S does not hold, std::runtime_error if writing fails, as where the disk is full: the file is then gone.
    template <class Derived>
    void append(const Eigen::DenseBase<Derived>& rows) {
        if constexpr (std::is_integral_v<S>) {
            for (Index i = 0; i < rows.rows(); ++i)
                for (Index j = 0; j < rows.cols(); ++j) require_holds<S>(rows.derived().coeff(i, j), i, j);
        }
        const DataMatrix<S> block = rows.derived().template cast<S>();
        writer_.append(reinterpret_cast<const char*>(block.data()), block.rows(), block.cols());
    }
    [[nodiscard]] Index rows() const { return writer_.rows(); }

    /// Ends the file and gives it its name. Without it there will be none. Throws std::runtime_error if that fails.
    void close() { writer_.close(); }

private:
    ArrayWriter writer_;
};

/// Writes a matrix, or a vector as an array of one dimension, as a .npy file: all of it, or nothing. Throws std::invalid_argument
/// if the file cannot be written, std::runtime_error if writing fails.
template <class Derived>
void write_npy(const std::string& path, const Eigen::DenseBase<Derived>& matrix) {
    using S = typename Derived::Scalar;
    static_assert(DataNumber<S>,
                  "hesse::write_npy: the numbers must be double, float, int64, int32 or uint8");
    std::vector<Index> shape{0};
    if (Derived::ColsAtCompileTime != 1) shape.push_back(matrix.cols());
    ArrayWriter writer(path, ArrayFormat::of<S>(std::move(shape)));
    const Index together = std::max<Index>(1, (Index{1} << 17) / std::max<Index>(1, matrix.cols()));
    for (Index first = 0; first < matrix.rows(); first += together) {
        const Index count = std::min(together, matrix.rows() - first);
        const DataMatrix<S> block = matrix.derived().middleRows(first, count);
        writer.append(reinterpret_cast<const char*>(block.data()), count, block.cols());
    }
    writer.close();
}

}  // namespace hesse
