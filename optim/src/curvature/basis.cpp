#include "hesse/optim/curvature/basis.hpp"

#include <algorithm>
#include <cassert>

namespace hesse {
namespace {

/// About 4 MiB a block, but enough columns for the blocked kernels of VectorSpace.
Index columns_of_a_block(Index dimension) { return std::clamp<Index>((Index{1} << 19) / dimension, 8, 64); }

}  // namespace

Basis::Basis(const VectorSpace& space)
    : space_(space), block_columns_(columns_of_a_block(space.dimension())) {}

double* Basis::column(Index j) {
    return blocks_[static_cast<std::size_t>(j / block_columns_)].data() +
           (j % block_columns_) * space_.dimension();
}

const double* Basis::operator[](Index j) const {
    assert(j >= 0 && j < columns_);
    return blocks_[static_cast<std::size_t>(j / block_columns_)].data() +
           (j % block_columns_) * space_.dimension();
}

void Basis::append(const double* w, double length) {
    if (columns_ == static_cast<Index>(blocks_.size()) * block_columns_)
        blocks_.emplace_back(static_cast<std::size_t>(block_columns_ * space_.dimension()));
    double* added = column(columns_);
    for (Index i = 0; i < space_.dimension(); ++i) added[i] = w[i] / length;  // 1 / length may overflow
    ++columns_;
}

void Basis::truncate(Index columns) {
    assert(columns >= 0 && columns <= columns_);
    columns_ = columns;
}

template <class Work>  // work(block, columns of it that count, number of columns before it)
void Basis::for_each_block(Index columns, Work work) const {
    for (Index first = 0; first < columns; first += block_columns_)
        work(blocks_[static_cast<std::size_t>(first / block_columns_)].data(),
             std::min(block_columns_, columns - first), first);
}

double Basis::orthogonalize(double* w, std::vector<double>& c) {
    const auto remove = [&](std::vector<double>& coefficients) {
        coefficients.resize(static_cast<std::size_t>(columns_));
        for_each_block(columns_, [&](const double* block, Index count, Index first) {
            space_.project(block, count, w, coefficients.data() + first);
        });
        for_each_block(columns_, [&](const double* block, Index count, Index first) {
            space_.subtract(block, count, coefficients.data() + first, w);
        });
    };
    constexpr int most_passes = 4;
    double before = space_.norm(w);
    remove(c);
    double after = space_.norm(w);
    // What is left may be mostly rounding once more.
    for (int pass = 2; pass <= most_passes && after < 0.707 * before; ++pass) {
        before = after;
        remove(next_pass_);
        for (std::size_t j = 0; j < c.size(); ++j) c[j] += next_pass_[j];
        after = space_.norm(w);
    }
    return after;
}

void Basis::expand(Index first, Index count, const double* c, double* w) const {
    assert(first >= 0 && first + count <= columns_);
    std::fill(w, w + space_.dimension(), 0.0);
    for_each_block(first + count, [&](const double* block, Index columns, Index before) {
        const Index skipped = std::clamp<Index>(first - before, 0, columns);
        space_.subtract(block + skipped * space_.dimension(), columns - skipped,
                        c + (before + skipped - first), w);
    });
    space_.scale(-1.0, w);  // exact, and allocates nothing, unlike negated coefficients
}

void Basis::rotate(Index begin, Index columns, const double* s, Index count) {
    assert(begin >= 0 && begin + columns <= columns_ && count <= columns);
    constexpr Index rows = 256;  // as many rows of V S at a time as stay in cache
    std::vector<double> product(static_cast<std::size_t>(rows * count));
    for (Index first = 0; first < space_.dimension(); first += rows) {
        const Index length = std::min(rows, space_.dimension() - first);
        std::fill(product.begin(), product.end(), 0.0);
        for (Index j = 0; j < columns; ++j) {
            const double* v = column(begin + j) + first;
            for (Index k = 0; k < count; ++k) {
                const double factor = s[k * columns + j];
                double* target = product.data() + k * rows;
                for (Index i = 0; i < length; ++i) target[i] += factor * v[i];
            }
        }
        for (Index k = 0; k < count; ++k)
            std::copy_n(product.data() + k * rows, length, column(begin + k) + first);
    }
    const Index fewer = columns - count;
    if (fewer == 0) return;
    for (Index j = begin + columns; j < columns_; ++j) space_.copy(column(j), column(j - fewer));
    columns_ -= fewer;
}

}  // namespace hesse
