#pragma once

#include "hesse/autodiff/memory.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

namespace hesse {

/// A sparse symmetric matrix, made from terms in any order: a term (i, j, w) adds w to the entries (i, j) and (j, i).
/// It comes in blocks, each made from terms of its own. Kept by rows, both triangles: a product then writes each row once.
template <class T>
class SymmetricTerms {
public:
    /// Ranges of the rows and entries of a block.
    struct Block {
        std::size_t row = 0, end_row = 0, entry = 0;
    };

    /// Begins a block of a matrix of at most `size` rows; the first one drops those before.
    void start(bool first, std::size_t size) {
        terms_.clear();
        limit_ = at_least;
        if (first) {
            rows_.clear();
            columns_.clear();
            entries_.clear();
            for (Arena<std::uint32_t>* array : {&count_, &position_}) {
                array->resize(size);
                std::fill_n(array->data(), size, 0u);
            }
        }
        first_row_ = rows_.size();
        first_entry_ = entries_.size();
    }
    void add(std::uint32_t i, std::uint32_t j, const T& w) {
        if (terms_.size() == limit_) [[unlikely]]
            merge();
        count(i);
        if (i != j) count(j);
        terms_.push_back({i, j, w});
    }
    Block finish() {
        sort(true);
        return {first_row_, rows_.size(), first_entry_};
    }

    /// s += W t, or s = W t in the rows that have entries, for `lanes` columns side by side.
    template <std::size_t lanes, bool adds>
    void multiply(const Block& block, const T* t, T* s) const {
        const T* w = entries_.data() + block.entry;
        const std::uint32_t* j = columns_.data() + block.entry;
        for (std::size_t r = block.row; r < block.end_row; ++r) {
            const Row row = rows_[r];
            T* const to = s + row.place * lanes;
            T sum[lanes];
            for (std::size_t l = 0; l < lanes; ++l) sum[l] = adds ? to[l] : T(0);
            for (std::size_t k = row.count; k != 0; --k, ++w, ++j) {
                const T* const from = t + *j * lanes;
                for (std::size_t l = 0; l < lanes; ++l) sum[l] = sum[l] + *w * from[l];
            }
            for (std::size_t l = 0; l < lanes; ++l) to[l] = sum[l];
        }
    }

    /// Visits the rows that have entries.
    template <class Visit>
    void for_each_place(const Block& block, const Visit& visit) const {
        for (std::size_t r = block.row; r < block.end_row; ++r) visit(rows_[r].place);
    }

    /// Visits the entries, of both triangles: visit(i, j, w).
    template <class Visit>
    void for_each(const Block& block, const Visit& visit) const {
        std::size_t at = block.entry;
        for (std::size_t r = block.row; r < block.end_row; ++r) {
            for (std::uint32_t k = 0; k < rows_[r].count; ++k, ++at)
                visit(rows_[r].place, columns_[at], entries_[at]);
        }
    }

    [[nodiscard]] std::size_t capacity_in_bytes() const {
        return terms_.capacity_in_bytes() + rows_.capacity_in_bytes() + columns_.capacity_in_bytes() +
               entries_.capacity_in_bytes() + count_.capacity_in_bytes() + position_.capacity_in_bytes();
    }

private:
    static constexpr std::size_t at_least = std::size_t{1} << 22;

    struct Term {
        std::uint32_t i, j;
        T w;
    };
    struct Row {
        std::uint32_t place, count;
    };

    // Entries of a row, of one triangle or both, are counted as terms come; rows are in the order of their first term.
    [[gnu::always_inline]] void count(std::uint32_t i) {
        if (count_[i]++ == 0) rows_.push_back({i, 0});
    }

    // Adds equal terms up before they take more memory than what they are made from.
    void merge() {
        for (std::size_t t = 0; t < terms_.size(); ++t) {
            if (terms_[t].i != terms_[t].j) --count_[terms_[t].j];
        }
        sort(false);
        std::size_t to = 0, entry = first_entry_;
        for (std::size_t r = first_row_; r < rows_.size(); ++r) {
            for (std::uint32_t k = 0; k < rows_[r].count; ++k, ++entry) {
                terms_[to++] = {rows_[r].place, columns_[entry], entries_[entry]};
            }
        }
        terms_.resize(to);
        rows_.resize(first_row_);
        columns_.resize(first_entry_);
        entries_.resize(first_entry_);
        std::fill_n(position_.data(), position_.size(), 0u);
        for (std::size_t t = 0; t < to; ++t) {
            count(terms_[t].i);
            if (terms_[t].i != terms_[t].j) count(terms_[t].j);
        }
        limit_ = std::max(at_least, 2 * to);
    }

    // Appends the terms to the matrix, the columns of a row in the order of their terms.
    void sort(bool both_triangles) {
        const std::size_t first_row = first_row_, first_entry = first_entry_;
        std::size_t end = first_entry;
        for (std::size_t r = first_row; r < rows_.size(); ++r) {
            rows_[r].count = count_[rows_[r].place];
            count_[rows_[r].place] = static_cast<std::uint32_t>(end - first_entry);
            end += rows_[r].count;
        }
        columns_.resize(end);
        entries_.resize(end);
        const auto put = [&](std::uint32_t i, std::uint32_t j, const T& w) {
            const std::size_t at = first_entry + count_[i]++;
            columns_[at] = j;
            entries_[at] = w;
        };
        for (const Term& term : std::span(terms_.data(), terms_.size())) {
            put(term.i, term.j, term.w);
            if (both_triangles && term.i != term.j) put(term.j, term.i, term.w);
        }
        // position_[j] - 1 is where column j lies in the current row, if it is there
        std::size_t from = first_entry, to = first_entry;
        for (std::size_t r = first_row; r < rows_.size(); ++r) {
            const std::size_t begin = to;
            for (std::uint32_t k = 0; k < rows_[r].count; ++k, ++from) {
                const std::uint32_t j = columns_[from];
                const T w = entries_[from];
                if (const std::size_t at = position_[j]; at > begin) {
                    entries_[at - 1] = entries_[at - 1] + w;
                } else {
                    columns_[to] = j;
                    entries_[to++] = w;
                    position_[j] = static_cast<std::uint32_t>(to);
                }
            }
            rows_[r].count = static_cast<std::uint32_t>(to - begin);
            count_[rows_[r].place] = 0;
        }
        columns_.resize(to);
        entries_.resize(to);
    }

    Arena<Term> terms_;
    std::size_t first_row_ = 0, first_entry_ = 0;  // of the block at hand
    std::size_t limit_ = at_least;
    Arena<Row> rows_;
    Arena<std::uint32_t> columns_;
    Arena<T> entries_;
    Arena<std::uint32_t> count_, position_;  // of rows and columns, while they are sorted
};

}  // namespace hesse
