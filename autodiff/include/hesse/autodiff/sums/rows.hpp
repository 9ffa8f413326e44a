#pragma once

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <iterator>
#include <memory>
#include <mutex>
#include <span>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace hesse {

/// Where rows that are not next to each other are gathered, once for each array. Shared by the copies of one Rows.
class GatheredRows {
public:
    /// What is gathered: an array, by its first entry, its shape and its strides, and which way.
    struct Source {
        const void* first;
        Index rows, cols;
        Index down = 1, across = 0;  // strides
        bool by_rows = true;
        friend bool operator==(const Source&, const Source&) = default;
    };

    /// The copy of `source`, made by `gather` where there is none yet: a std::vector.
    template <class Gather>
    const auto& of(const Source& source, const Gather& gather) {
        using Gathered = decltype(gather());
        const std::lock_guard lock(mutex_);
        for (const Entry& entry : entries_)
            if (entry.source == source && *entry.type == typeid(Gathered))
                return *static_cast<const Gathered*>(entry.copy.get());
        auto copy = std::make_shared<const Gathered>(gather());
        entries_.push_back({source, &typeid(Gathered), copy});
        return *copy;
    }
    /// Books the bytes of data that were asked for.
    void count(std::size_t bytes) {
        const std::lock_guard lock(mutex_);
        bytes_ += bytes;
    }
    [[nodiscard]] std::size_t bytes() {
        const std::lock_guard lock(mutex_);
        return bytes_;
    }

private:
    struct Entry {
        Source source;
        const std::type_info* type;  // of the copy
        std::shared_ptr<const void> copy;
    };
    std::mutex mutex_;
    std::vector<Entry> entries_;
    std::size_t bytes_ = 0;
};

/// Throws std::invalid_argument: an array with `given` rows, or columns, does not hold the rows of a sum over `expected`, nor
/// those `here`.
[[noreturn]] void throw_other_rows(const char* what, Index given, Index expected, Index here);

/// Some rows of the data that a sum runs over: a range of them, or a list. It is what a loss of `finite_sum` is called with.
///
///     rows.of(x)                  those rows of a matrix or a vector with one row for each of the data: a view of what is
///                                 next to each other, else a copy that lives as long as the part
///     rows.columns_of(x)          the same of one that has a column for each
///     for (Index i : rows)        their numbers, for code that works one by one
class Rows {
public:
    /// Rows first, ..., first + count - 1 of `total`.
    Rows(Index first, Index count, Index total)
        : first_(first),
          count_(count),
          total_(total),
          here_first_(0),
          here_(total),
          gathered_(std::make_shared<GatheredRows>()) {}
    /// Those listed, in that order; each lies in [0, total).
    Rows(std::shared_ptr<const std::vector<Index>> listed, Index first, Index count, Index total)
        : first_(first),
          count_(count),
          total_(total),
          here_first_(0),
          here_(total),
          listed_(std::move(listed)),
          gathered_(std::make_shared<GatheredRows>()) {}

    /// The same of data of which this process has the rows [first, last) only.
    [[nodiscard]] Rows with_data(Index first, Index last) const {
        Rows same = *this;
        same.here_first_ = first;
        same.here_ = last - first;
        return same;
    }

    /// The k-th alone.
    [[nodiscard]] Rows only(Index k) const {
        Rows one = *this;
        one.first_ += k;
        one.count_ = 1;
        one.gathered_ = std::make_shared<GatheredRows>();
        return one;
    }

    /// How many there are.
    [[nodiscard]] Index size() const { return count_; }
    /// How many the data have in all.
    [[nodiscard]] Index total() const { return total_; }
    /// Whether they are next to each other.
    [[nodiscard]] bool contiguous() const { return listed_ == nullptr; }
    /// The number of the k-th.
    [[nodiscard]] Index operator[](Index k) const {
        return listed_ == nullptr ? first_ + k : (*listed_)[static_cast<std::size_t>(first_ + k)];
    }

    class Iterator {
    public:
        using iterator_category = std::forward_iterator_tag;
        using value_type = Index;
        using difference_type = Index;
        using pointer = const Index*;
        using reference = Index;

        Iterator() = default;
        Iterator(const Rows& rows, Index at) : rows_(&rows), at_(at) {}
        Index operator*() const { return (*rows_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) {
            Iterator before = *this;
            ++at_;
            return before;
        }
        friend bool operator==(const Iterator& a, const Iterator& b) { return a.at_ == b.at_; }

    private:
        const Rows* rows_ = nullptr;
        Index at_ = 0;
    };
    [[nodiscard]] Iterator begin() const { return {*this, 0}; }
    [[nodiscard]] Iterator end() const { return {*this, count_}; }

    /// These rows, (size() x cols), of data (total() x cols), which stay where they are; where rows are divided among
    /// ranks, also of data that are the rows of this rank alone. Throws std::invalid_argument if the data have another number
    /// of rows.
    template <class Derived>
    [[nodiscard]] auto of(const Eigen::DenseBase<Derived>& data) const {
        return slices<true>(data.derived(), first_of("rows", data.rows()));
    }
    /// A view of it would outlive a temporary.
    template <class Derived>
    void of(Eigen::PlainObjectBase<Derived>&&) const = delete;
    /// These columns, (rows x size()), of data (rows x total()). Throws as `of` does.
    template <class Derived>
    [[nodiscard]] auto columns_of(const Eigen::DenseBase<Derived>& data) const {
        return slices<false>(data.derived(), first_of("columns", data.cols()));
    }
    template <class Derived>
    void columns_of(Eigen::PlainObjectBase<Derived>&&) const = delete;
    /// These entries of a vector, as labels are; (size()). Throws as `of` does.
    template <class V>
    [[nodiscard]] std::span<const V> of(const std::vector<V>& data) const {
        const Index before = first_of("entries", static_cast<Index>(data.size()));
        gathered_->count(static_cast<std::size_t>(count_) * sizeof(V));
        if (contiguous()) return {data.data() + first_ - before, static_cast<std::size_t>(count_)};
        const auto& copy = gathered_->of({data.data(), static_cast<Index>(data.size()), 1}, [&] {
            std::vector<V> entries;
            entries.reserve(static_cast<std::size_t>(count_));
            for (const Index i : *this) entries.push_back(data[static_cast<std::size_t>(i - before)]);
            return entries;
        });
        return {copy.data(), copy.size()};
    }

    template <class V>
    void of(std::vector<V>&&) const = delete;

    /// Bytes of data that `of` and `columns_of` have been asked for.
    [[nodiscard]] std::size_t bytes_of_data() const { return gathered_->bytes(); }

private:
    /// The number of the row that data of so many begin with.
    [[nodiscard]] Index first_of(const char* what, Index rows) const {
        if (rows == total_) return 0;
        if (rows == here_) return here_first_;
        throw_other_rows(what, rows, total_, here_);
    }

    template <bool by_rows, class Data>
    [[nodiscard]] auto slices(const Data& data, Index before) const {
        static_assert((Data::Flags & Eigen::DirectAccessBit) != 0,
                      "hesse::Rows: the data must be a matrix, a map or a block, not an expression");
        using S = typename Data::Scalar;
        constexpr int rows_at_compile_time = by_rows ? Eigen::Dynamic : int(Data::RowsAtCompileTime);
        constexpr int cols_at_compile_time = by_rows ? int(Data::ColsAtCompileTime) : Eigen::Dynamic;
        constexpr bool row_major =
            cols_at_compile_time != 1 && (rows_at_compile_time == 1 || Data::IsRowMajor);
        using Plain = Eigen::Matrix<S, rows_at_compile_time, cols_at_compile_time,
                                    row_major ? Eigen::RowMajor : Eigen::ColMajor>;
        using Stride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
        using View = Eigen::Map<const Plain, Eigen::Unaligned, Stride>;

        const Index down = Data::IsRowMajor ? data.outerStride() : data.innerStride();
        const Index across = Data::IsRowMajor ? data.innerStride() : data.outerStride();
        const Index rows = by_rows ? count_ : data.rows(), cols = by_rows ? data.cols() : count_;
        const Index step = by_rows ? down : across;
        const auto view = [&](const S* entries, Index row_step, Index col_step) {
            return View(entries, rows, cols,
                        row_major ? Stride(row_step, col_step) : Stride(col_step, row_step));
        };
        gathered_->count(static_cast<std::size_t>(rows * cols) * sizeof(S));
        if (contiguous()) return view(data.derived().data() + (first_ - before) * step, down, across);

        // Samples stay next to each other in memory where they were.
        const Index length = by_rows ? cols : rows, stride = by_rows ? across : down;
        const bool samples_first = stride <= step;
        const GatheredRows::Source whole{
            data.derived().data(), data.rows(), data.cols(), down, across, by_rows};
        const auto& copy = gathered_->of(whole, [&] {
            std::vector<S, AlignedAllocator<S>> entries(static_cast<std::size_t>(rows * cols));
            const S* const source = data.derived().data();
            for (Index k = 0; k < count_; ++k) {
                const S* const sample = source + ((*this)[k] - before) * step;
                S* const to = entries.data() + (samples_first ? k * length : k);
                for (Index j = 0; j < length; ++j) to[j * (samples_first ? 1 : count_)] = sample[j * stride];
            }
            return entries;
        });
        const Index of_sample = samples_first ? length : 1, within = samples_first ? 1 : count_;
        return by_rows ? view(copy.data(), of_sample, within) : view(copy.data(), within, of_sample);
    }

    Index first_, count_, total_;
    Index here_first_, here_;  // the rows that this process has
    std::shared_ptr<const std::vector<Index>> listed_;
    std::shared_ptr<GatheredRows> gathered_;
};

}  // namespace hesse
