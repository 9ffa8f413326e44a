#include "hesse/optim/curvature/basis.hpp"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace hesse {
namespace {

/// About 4 MiB a block, but enough columns for the blocked kernels of VectorSpace.
Index columns_of_a_block(Index dimension) { return std::clamp<Index>((Index{1} << 19) / dimension, 8, 64); }

}  // namespace

Index Basis::columns_within(std::size_t bytes, Index dimension, BasisPrecision precision) {
    const std::size_t entry = precision == BasisPrecision::double_precision ? sizeof(double) : sizeof(float);
    return static_cast<Index>(bytes / (entry * static_cast<std::size_t>(dimension)));
}

Basis::Basis(const VectorSpace& space, BasisPrecision precision)
    : space_(space),
      part_(space.part()),
      precision_(precision),
      block_columns_(columns_of_a_block(space.dimension())) {}

const double* Basis::operator[](Index j) const {
    assert(has_whole_columns() && j >= 0 && j < columns_);
    return at(doubles_, j);
}

void Basis::copy_column(Index j, double* w) const {
    assert(j >= 0 && j < columns_);
    double* const here = w + space_.part_first();
    if (precision_ == BasisPrecision::double_precision) part_.copy(at(doubles_, j), here);
    else std::copy_n(at(floats_, j), part_.dimension(), here);
    space_.gather(w);
}

void Basis::set_column(Index j, const double* w, double length) {
    w += space_.part_first();
    // 1 / length may overflow
    const auto write = [&](auto* column) {
        using T = std::remove_pointer_t<decltype(column)>;
        for (Index i = 0; i < part_.dimension(); ++i) column[i] = static_cast<T>(w[i] / length);
    };
    if (precision_ == BasisPrecision::double_precision) write(at(doubles_, j));
    else write(at(floats_, j));
}

void Basis::append(const double* w, double length) {
    const auto grow = [&](auto& blocks) {
        if (columns_ == static_cast<Index>(blocks.size()) * block_columns_)
            blocks.emplace_back().resize(static_cast<std::size_t>(block_columns_ * part_.dimension()));
    };
    if (precision_ == BasisPrecision::double_precision) grow(doubles_);
    else grow(floats_);
    set_column(columns_, w, length);
    ++columns_;
}

void Basis::truncate(Index columns) {
    assert(columns >= 0 && columns <= columns_);
    columns_ = columns;
}

template <class Work>  // work(block, columns of it that count, number of columns before it)
void Basis::for_each_block(Index columns, Work work) const {
    const auto visit = [&](const auto& blocks) {
        for (Index first = 0; first < columns; first += block_columns_)
            work(blocks[static_cast<std::size_t>(first / block_columns_)].data(),
                 std::min(block_columns_, columns - first), first);
    };
    if (precision_ == BasisPrecision::double_precision) visit(doubles_);
    else visit(floats_);
}

/// |w| where each rank has its part of w.
double Basis::norm(const double* w) const {
    const double* const here = w + space_.part_first();
    double square = part_.dot(here, here);
    space_.sum_over_ranks(&square, 1);
    return space_.norm_of_parts(here, square);
}

void Basis::project(const double* w, Index columns, double* c) const {
    assert(columns >= 0 && columns <= columns_);
    for_each_block(columns, [&](const auto* block, Index count, Index first) {
        part_.project(block, count, w + space_.part_first(), c + first);
    });
    space_.sum_over_ranks(c, columns);
}

double Basis::orthogonalize(double* w, std::vector<double>& c, Index columns) {
    const auto remove = [&](std::vector<double>& coefficients) {
        coefficients.resize(static_cast<std::size_t>(columns));
        project(w, columns, coefficients.data());
        for_each_block(columns, [&](const auto* block, Index count, Index first) {
            part_.subtract(block, count, coefficients.data() + first, w + space_.part_first());
        });
    };
    constexpr int most_passes = 4;
    double before = space_.norm(w);
    if (columns == 0) {
        c.clear();
        return before;
    }
    remove(c);
    double after = norm(w);
    // What is left may be mostly rounding once more.
    for (int pass = 2; pass <= most_passes && after < 0.707 * before; ++pass) {
        before = after;
        remove(next_pass_);
        for (std::size_t j = 0; j < c.size(); ++j) c[j] += next_pass_[j];
        after = norm(w);
    }
    space_.gather(w);
    return after;
}

void Basis::correct_last(double* w, double* last) {
    const Index others = columns_ - 1;
    const Index here = space_.part_first();
    double* const v = last != nullptr ? last + here : at(doubles_, others);
    next_pass_.resize(static_cast<std::size_t>(2 * others));
    for_each_block(others, [&](const auto* block, Index count, Index first) {
        part_.project_pair(block, count, v, w + here, next_pass_.data() + 2 * first);
    });
    space_.sum_over_ranks(next_pass_.data(), 2 * others);
    for_each_block(others, [&](const auto* block, Index count, Index first) {
        part_.subtract_pair(block, count, next_pass_.data() + 2 * first, v, w + here);
    });
    space_.gather(w);
    if (last == nullptr) return;
    set_column(others, last, 1.0);
    space_.gather(last);
}

void Basis::expand(Index first, Index count, const double* c, double* w) const {
    assert(first >= 0 && first + count <= columns_);
    double* const here = w + space_.part_first();
    std::fill(here, here + part_.dimension(), 0.0);
    for_each_block(first + count, [&](const auto* block, Index columns, Index before) {
        const Index skipped = std::clamp<Index>(first - before, 0, columns);
        part_.subtract(block + skipped * part_.dimension(), columns - skipped, c + (before + skipped - first),
                       here);
    });
    part_.scale(-1.0, here);  // exact, and allocates nothing, unlike negated coefficients
    space_.gather(w);
}

void Basis::rotate(Index begin, Index columns, const double* s, Index count) {
    assert(precision_ == BasisPrecision::double_precision);
    assert(begin >= 0 && begin + columns <= columns_ && count <= columns);
    constexpr Index rows = 256;  // as many rows of V S at a time as stay in cache
    std::vector<double> product(static_cast<std::size_t>(rows * count));
    for (Index first = 0; first < part_.dimension(); first += rows) {
        const Index length = std::min(rows, part_.dimension() - first);
        std::fill(product.begin(), product.end(), 0.0);
        for (Index j = 0; j < columns; ++j) {
            const double* v = at(doubles_, begin + j) + first;
            for (Index k = 0; k < count; ++k) {
                const double factor = s[k * columns + j];
                double* target = product.data() + k * rows;
                for (Index i = 0; i < length; ++i) target[i] += factor * v[i];
            }
        }
        for (Index k = 0; k < count; ++k)
            std::copy_n(product.data() + k * rows, length, at(doubles_, begin + k) + first);
    }
    const Index fewer = columns - count;
    if (fewer == 0) return;
    for (Index j = begin + columns; j < columns_; ++j) part_.copy(at(doubles_, j), at(doubles_, j - fewer));
    columns_ -= fewer;
}

}  // namespace hesse
