#pragma once

#include "support/hyper_dual.hpp"

#include <Eigen/Core>

#include <functional>
#include <utility>
#include <vector>

/// The same array as parameters of different layouts, for the library and for the truth.
namespace hesse::test {

using Table = Eigen::Matrix<HyperDual, Eigen::Dynamic, Eigen::Dynamic>;

enum class Layout { dense, block, transposed_block };
inline constexpr Layout layouts[] = {Layout::dense, Layout::block, Layout::transposed_block};

/// How many parameters hold an array (rows x cols).
inline Eigen::Index parameters_of(Layout layout, Eigen::Index rows, Eigen::Index cols) {
    return layout == Layout::dense ? rows * cols : (rows + 1) * (cols + 2);
}

/// The array (rows x cols) that the parameters hold, in the words of theta.
template <class Theta>
auto laid_out(const Theta& theta, Layout layout, Eigen::Index rows, Eigen::Index cols) {
    switch (layout) {
        case Layout::block:
            return theta.reshaped(rows + 1, cols + 2).block(1, 1, rows, cols);
        case Layout::transposed_block:
            return theta.reshaped(cols + 2, rows + 1).block(1, 1, cols, rows).transpose();
        case Layout::dense:
            break;
    }
    return theta.reshaped(rows, cols);
}
/// The same for the truth.
inline Table table_of(const Eigen::Matrix<HyperDual, Eigen::Dynamic, 1>& theta, Layout layout,
                      Eigen::Index rows, Eigen::Index cols) {
    Table x(rows, cols);
    for (Eigen::Index j = 0; j < cols; ++j) {
        for (Eigen::Index i = 0; i < rows; ++i) {
            x(i, j) = theta[layout == Layout::dense   ? i + j * rows
                            : layout == Layout::block ? i + 1 + (j + 1) * (rows + 1)
                                                      : j + 1 + (i + 1) * (cols + 2)];
        }
    }
    return x;
}

/// A number that tells apart arrays which differ in an entry or in the order of entries: sum_k (1 + k / 10) y_k^2.
template <class Array>
auto fingerprint(const Array& y) {
    const Eigen::MatrixXd weights =
        Eigen::VectorXd::LinSpaced(y.size(), 1.0, 1.0 + 0.1 * static_cast<double>(y.size() - 1))
            .reshaped(y.rows(), y.cols());
    return y.cwiseAbs2().cwiseProduct(weights * 1.0).sum();
}
inline HyperDual fingerprint(const Table& y) {
    HyperDual sum = 0;
    for (Eigen::Index k = 0; k < y.size(); ++k) {
        const HyperDual& entry = y.reshaped()[k];
        sum += (1.0 + 0.1 * static_cast<double>(k)) * entry * entry;
    }
    return sum;
}

}  // namespace hesse::test
