#include "hesse/optim/vector_space.hpp"

#include "basis_kernels.hpp"
#include "hesse/autodiff/sums/communicator.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace hesse {
namespace {

// Blocks of two vectors (2 x 32 KiB) stay in cache while a basis streams past them, and are long enough for the streams.
constexpr Index block_length = VectorSpace::block_length;

Index blocks_of(Index dimension) { return (dimension + block_length - 1) / block_length; }

double block_dot(const double* x, const double* y, Index length) {
    double dot[1][1] = {};
    kernels::add_dots<1, 1, double>({x}, {y}, length, dot);
    return dot[0][0];
}

/// |x - y|^2.
double block_distance(const double* x, const double* y, Index length) {
    return kernels::square(
        length, [&]<class P>(Index i, std::type_identity<P>) { return P::load(x + i) - P::load(y + i); });
}

template <class Work>  // work(first, length)
inline void for_each_block(Index dimension, Work work) {
    for (Index first = 0; first < dimension; first += block_length)
        work(first, std::min(block_length, dimension - first));
}

/// Columns of one array, each after the one before.
template <class T>
struct Consecutive {
    using Number = T;
    const T* first;
    Index length;
    const T* operator()(Index j) const { return first + j * length; }
};

/// Columns that lie anywhere.
struct Scattered {
    using Number = double;
    std::span<const double* const> columns;
    const double* operator()(Index j) const { return columns[static_cast<std::size_t>(j)]; }
};

/// The entries from `row` on of C columns from the j-th on.
template <int C, class Columns>
std::array<const typename Columns::Number*, C> some(const Columns& columns, Index j, Index row) {
    std::array<const typename Columns::Number*, C> x;
    for (int k = 0; k < C; ++k) x[static_cast<std::size_t>(k)] = columns(j + k) + row;
    return x;
}

constexpr Index projected_together = 64;  // columns: their sums, at each height of the tree, are on the stack

/// c = V' [w_1 ... w_R] (count x R, by rows) of the columns from `from` on, for the blocks [first_block, last_block), along their tree.
template <int R, class Columns>
void project_blocks(Index dimension, Index first_block, Index last_block, const Columns& columns, Index from,
                    Index count, const std::array<const double*, R>& w, double* c) {
    if (last_block - first_block > 1) {
        const Index middle = middle_of(first_block, last_block);
        std::array<double, projected_together * R> rest;
        project_blocks<R>(dimension, first_block, middle, columns, from, count, w, c);
        project_blocks<R>(dimension, middle, last_block, columns, from, count, w, rest.data());
        for (Index k = 0; k < count * R; ++k) c[k] += rest[static_cast<std::size_t>(k)];
        return;
    }
    constexpr int together = 4;
    const Index first = first_block * block_length, length = std::min(block_length, dimension - first);
    std::array<const double*, R> at;
    for (std::size_t r = 0; r < R; ++r) at[r] = w[r] + first;
    const auto dots_of = [&]<int C>(Index j, std::integral_constant<int, C>) {
        double dots[C][R] = {};
        kernels::add_dots<C, R>(some<C>(columns, from + j, first), at, length, dots);
        for (int k = 0; k < C; ++k)
            for (int r = 0; r < R; ++r) c[(j + k) * R + r] = dots[k][r];
    };
    Index j = 0;
    for (; j + together <= count; j += together) dots_of(j, std::integral_constant<int, together>{});
    for (; j < count; ++j) dots_of(j, std::integral_constant<int, 1>{});
}

template <int R, class Columns>
void project_on(Index dimension, const Columns& columns, Index count, const std::array<const double*, R>& w,
                double* c) {
    for (Index j = 0; j < count; j += projected_together)
        project_blocks<R>(dimension, 0, blocks_of(dimension), columns, j,
                          std::min(projected_together, count - j), w, c + j * R);
}

/// [w_1 ... w_R] += sign V c of one block, c as above. Columns go by fours, so that w is read and written once for four of them.
template <int R, class Columns>
void add_block(const Columns& columns, Index count, const double* c, double sign,
               const std::array<double*, R>& w, Index first, Index length) {
    std::array<double*, R> at;
    for (std::size_t r = 0; r < R; ++r) at[r] = w[r] + first;
    const auto add = [&]<int C>(Index j, std::integral_constant<int, C>) {
        double factor[C][R];
        for (int k = 0; k < C; ++k)
            for (int r = 0; r < R; ++r) factor[k][r] = sign * c[(j + k) * R + r];
        kernels::add_columns<C, R>(some<C>(columns, j, first), factor, at, length);
    };
    Index j = 0;
    for (; j + 4 <= count; j += 4) add(j, std::integral_constant<int, 4>{});
    for (; j < count; ++j) add(j, std::integral_constant<int, 1>{});
}

template <int R, class Columns>
void add_columns(Index dimension, const Columns& columns, Index count, const double* c, double sign,
                 const std::array<double*, R>& w) {
    for_each_block(dimension, [&](Index first, Index length) {
        add_block<R>(columns, count, c, sign, w, first, length);
    });
}

/// The norm of a vector, entry by entry, whose squares over- or underflow: they are taken of x / 2^e, 2^e near max|x|.
template <class Entry>
double scaled_norm(const VectorSpace& space, Entry entry) {
    const Index dimension = space.dimension();
    double largest = 0.0;
    for (Index i = 0; i < dimension; ++i) {
        if (std::isnan(entry(i))) return entry(i);
        largest = std::max(largest, std::abs(entry(i)));
    }
    if (largest == 0.0 || std::isinf(largest)) return largest;
    const int exponent = std::ilogb(largest);
    std::array<double, block_length> scaled;
    const double sum = space.sum_of_blocks([&](Index first, Index length) {
        for (Index i = 0; i < length; ++i)
            scaled[static_cast<std::size_t>(i)] = std::scalbn(entry(first + i), -exponent);
        return block_dot(scaled.data(), scaled.data(), length);
    });
    return std::scalbn(std::sqrt(sum), exponent);
}

/// Whether the root of a sum of squares is right: below `safe` a square may have lost digits to underflow that the sum still shows.
bool root_is_safe(double square) {
    constexpr double safe =
        std::numeric_limits<double>::min() / std::numeric_limits<double>::epsilon() * 1e16;
    return square >= safe && square <= std::numeric_limits<double>::max();
}

}  // namespace

VectorSpace::VectorSpace(Index dimension, Communicator* ranks)
    : dimension_(dimension), part_length_(dimension) {
    if (dimension < 1)
        throw std::invalid_argument("VectorSpace: dimension is " + std::to_string(dimension) +
                                    ", expected at least 1");
    const Index blocks = blocks_of(dimension);
    if (ranks == nullptr || ranks->size() == 1 || blocks < ranks->size()) return;
    ranks_ = ranks;
    const auto [first, last] = parts_of_rank(blocks, ranks->rank(), ranks->size());
    part_first_ = first * block_length;
    part_length_ = std::min(dimension, last * block_length) - part_first_;
}

void VectorSpace::sum_over_ranks(double* x, Index count) const {
    if (divided() && count > 0) ranks_->sum(x, static_cast<std::size_t>(count), "inner products");
}

void VectorSpace::gather(double* x) const {
    if (divided()) ranks_->gather(x, static_cast<std::size_t>(dimension_), block_length);
}

double VectorSpace::norm_of_parts(const double* part, double square) const {
    if (!divided() || root_is_safe(square)) return norm(part, square);
    Buffer all(static_cast<std::size_t>(dimension_));
    std::copy(part, part + part_length_, all.data() + part_first_);
    gather(all.data());
    return norm(all.data(), square);
}

double VectorSpace::dot(const double* x, const double* y) const {
    return sum_of_blocks([&](Index first, Index length) { return block_dot(x + first, y + first, length); });
}

double VectorSpace::norm(const double* x) const { return norm(x, dot(x, x)); }

double VectorSpace::norm(const double* x, double square) const {
    if (root_is_safe(square)) return std::sqrt(square);
    return scaled_norm(*this, [x](Index i) { return x[i]; });
}

double VectorSpace::squared_distance(const double* x, const double* y) const {
    return sum_of_blocks(
        [&](Index first, Index length) { return block_distance(x + first, y + first, length); });
}

double VectorSpace::distance(const double* x, const double* y) const {
    return distance(x, y, squared_distance(x, y));
}

double VectorSpace::distance(const double* x, const double* y, double square) const {
    if (root_is_safe(square)) return std::sqrt(square);
    return scaled_norm(*this, [x, y](Index i) { return x[i] - y[i]; });
}

bool VectorSpace::all_finite(const double* x) const {
    for (Index first = 0; first < dimension_; first += block_length) {
        const Index length = std::min(block_length, dimension_ - first);
        // 0 x is zero for every finite x, and not a number for the others.
        constexpr Index width = kernels::Numbers::size;
        kernels::Numbers zeros(0.0);
        Index i = 0;
        for (; i + width <= length; i += width)
            zeros += kernels::Numbers(0.0) * kernels::Numbers::load(x + first + i);
        double rest = 0.0;
        for (; i < length; ++i) rest += 0.0 * x[first + i];
        if (sum(zeros) + rest != 0.0) return false;
    }
    return true;
}

void VectorSpace::copy(const double* x, double* y) const {
    if (x != y) std::copy(x, x + dimension_, y);
}

void VectorSpace::scale(double a, double* x) const {
    kernels::for_packs(
        dimension_, [&]<class P>(Index i, std::type_identity<P>) { (P(a) * P::load(x + i)).store(x + i); });
}

void VectorSpace::add(double a, const double* x, double* y) const {
    kernels::for_packs(dimension_, [&]<class P>(Index i, std::type_identity<P>) {
        (P::load(y + i) + P(a) * P::load(x + i)).store(y + i);
    });
}

void VectorSpace::combine(double a, const double* x, double b, double* y) const {
    if (b == 0.0) {  // y may hold anything, as in BLAS
        kernels::for_packs(dimension_, [&]<class P>(Index i, std::type_identity<P>) {
            (P(a) * P::load(x + i)).store(y + i);
        });
    } else {
        kernels::for_packs(dimension_, [&]<class P>(Index i, std::type_identity<P>) {
            (P(a) * P::load(x + i) + P(b) * P::load(y + i)).store(y + i);
        });
    }
}

void VectorSpace::subtract(const double* x, const double* y, double* z) const {
    kernels::for_packs(dimension_, [&]<class P>(Index i, std::type_identity<P>) {
        (P::load(x + i) - P::load(y + i)).store(z + i);
    });
}

double VectorSpace::add_dot(double a, const double* x, double* y, const double* z) const {
    return sum_of_blocks([&](Index first, Index length) {
        const double factor[1][1] = {{a}};
        kernels::add_columns<1, 1, double>({x + first}, factor, {y + first}, length);
        return block_dot(y + first, z + first, length);
    });
}

double VectorSpace::step(const double* x, double a, const double* d, double* y) const {
    return sum_of_blocks([&](Index first, Index length) {
        return kernels::square(length, [&]<class P>(Index i, std::type_identity<P>) {
            const P from = P::load(x + first + i), to = from + P(a) * P::load(d + first + i);
            to.store(y + first + i);
            return to - from;
        });
    });
}

template <class T>
void VectorSpace::project(const T* basis, Index columns, const double* w, double* c) const {
    project_on<1>(dimension_, Consecutive<T>{basis, dimension_}, columns, {w}, c);
}

template <class T>
void VectorSpace::subtract(const T* basis, Index columns, const double* c, double* w) const {
    add_columns<1>(dimension_, Consecutive<T>{basis, dimension_}, columns, c, -1.0, {w});
}

template <class T>
void VectorSpace::project_pair(const T* basis, Index columns, const double* v, const double* w,
                               double* c) const {
    project_on<2>(dimension_, Consecutive<T>{basis, dimension_}, columns, {v, w}, c);
}

template <class T>
void VectorSpace::subtract_pair(const T* basis, Index columns, const double* c, double* v, double* w) const {
    add_columns<2>(dimension_, Consecutive<T>{basis, dimension_}, columns, c, -1.0, {v, w});
}

void VectorSpace::expand(const double* basis, Index columns, const double* c, double* w) const {
    std::fill(w, w + dimension_, 0.0);
    add_columns<1>(dimension_, Consecutive<double>{basis, dimension_}, columns, c, 1.0, {w});
}

void VectorSpace::project(std::span<const double* const> columns, const double* w, double* c) const {
    project_on<1>(dimension_, Scattered{columns}, static_cast<Index>(columns.size()), {w}, c);
}

void VectorSpace::project_pair(std::span<const double* const> columns, const double* v, const double* w,
                               double* c) const {
    project_on<2>(dimension_, Scattered{columns}, static_cast<Index>(columns.size()), {v, w}, c);
}

void VectorSpace::combine(std::span<const double* const> columns, const double* c, double a, const double* x,
                          double* y) const {
    for_each_block(dimension_, [&](Index first, Index length) {
        kernels::for_packs(length, [&]<class P>(Index i, std::type_identity<P>) {
            (P(a) * P::load(x + first + i)).store(y + first + i);
        });
        add_block<1>(Scattered{columns}, static_cast<Index>(columns.size()), c, 1.0, {y}, first, length);
    });
}

template void VectorSpace::project(const double*, Index, const double*, double*) const;
template void VectorSpace::project(const float*, Index, const double*, double*) const;
template void VectorSpace::subtract(const double*, Index, const double*, double*) const;
template void VectorSpace::subtract(const float*, Index, const double*, double*) const;
template void VectorSpace::project_pair(const double*, Index, const double*, const double*, double*) const;
template void VectorSpace::project_pair(const float*, Index, const double*, const double*, double*) const;
template void VectorSpace::subtract_pair(const double*, Index, const double*, double*, double*) const;
template void VectorSpace::subtract_pair(const float*, Index, const double*, double*, double*) const;

}  // namespace hesse
