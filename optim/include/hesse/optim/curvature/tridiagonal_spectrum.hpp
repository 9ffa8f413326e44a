#pragma once

#include "hesse/optim/curvature/tridiagonal.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace hesse {

/// All eigenvalues and eigenvectors of a symmetric tridiagonal matrix T (k x k), by the implicit QR algorithm with the shifts of
/// Wilkinson (Golub and Van Loan, Matrix Computations, section 8.3): some 3 k^3 operations, errors of a few eps |T|. For vectors one at
/// a time Tridiagonal::eigenvector is cheaper. One object serves many matrices and keeps its memory.
class TridiagonalSpectrum {
public:
    /// Throws std::runtime_error if the iteration does not converge, which nobody has seen for finite entries.
    void compute(const Tridiagonal& t);

    [[nodiscard]] Index rows() const { return static_cast<Index>(values_.size()); }
    /// (k), in no order.
    [[nodiscard]] std::span<const double> values() const { return values_; }
    /// (k): the unit vector of values()[index].
    [[nodiscard]] std::span<const double> vector(Index index) const {
        const auto k = values_.size();
        return std::span(vectors_).subspan(static_cast<std::size_t>(index) * k, k);
    }

private:
    void sweep(std::size_t first, std::size_t last);
    void rotate(std::size_t i, double cosine, double sine);

    std::vector<double> values_, beside_,
        vectors_;  // what becomes the diagonal; the vectors one after the other
};

}  // namespace hesse
