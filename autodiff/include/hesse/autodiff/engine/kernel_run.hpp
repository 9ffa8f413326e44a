#pragma once

#include "hesse/autodiff/elementwise.hpp"
#include "hesse/autodiff/engine/blocks.hpp"

#include <cassert>

namespace hesse {

inline constexpr int largest_pointers = KernelLayout{largest_statement, largest_kept}.count();
template <class T>
inline constexpr int largest_pack = std::is_floating_point_v<T> ? 16 : 1;
inline constexpr int longest_block = 1024;
/// Blocks of scratch start at different places of a page: a processor takes a load for one that waits for an
/// earlier store if the last twelve bits of their addresses agree.
inline constexpr int stagger = 32;
template <class T>
inline constexpr int scratch_size = std::is_floating_point_v<T> ? 10496 : 4096;
template <class T>
inline constexpr bool scratch_suffices =
    (scratch_size<T> - (sum_lanes + largest_pointers) * largest_pack<T>) / largest_pointers >=
    sum_lanes * largest_pack<T> + stagger;

/// A kernel's pointers, block by block. The last, partial pack of a block is worked on in scratch.
template <class T>
class KernelRun {
    static constexpr int pack_room = largest_pack<T>;
    static constexpr int size = scratch_size<T>;
    static_assert(scratch_suffices<T>, "for the largest statement");

public:
    /// `scratch_blocks`: how many pointers need scratch.
    KernelRun(const Kernels<T>& kernels, int scratch_blocks)
        : pack_(kernels.pack), count_(kernels.layout.count()) {
        // As long as scratch allows, and short enough for it to stay in the first-level cache. Whole turns of
        // the lanes of a sum, so that its bits do not depend on the length.
        constexpr int turn = sum_lanes * pack_room;
        const int room = size - turn - count_ * pack_room;
        length_ = std::min(room / std::max(scratch_blocks, 1) - stagger, longest_block) / turn * turn;
        tail_ = scratch_.data() + size - turn - count_ * pack_room;
        block_of_.fill(-1);
    }

    [[nodiscard]] Index length() const { return length_; }
    [[nodiscard]] T* scratch(int pointer) {
        std::int16_t& block = block_of_[index(pointer)];
        if (block < 0) block = next_block_++;
        assert((block + 1) * length_ + block * stagger <= tail_ - scratch_.data());
        return scratch_.data() + block * (length_ + stagger);
    }

    /// A number that the kernel reads for all entries.
    void number(int pointer, const T* at) { pointers_[index(pointer)] = const_cast<T*>(at); }
    /// A block that the kernel reads, or writes.
    void read(int pointer, const T* at) {
        number(pointer, at);
        reads_[index(read_count_++)] = pointer;
    }
    void write(int pointer, T* at) {
        number(pointer, at);
        writes_[index(write_count_++)] = pointer;
    }

    /// A block that the kernel adds to.
    void update(int pointer, T* at) {
        number(pointer, at);
        updates_[index(update_count_++)] = pointer;
    }
    /// The block of an earlier pointer, written again after it.
    void follow(int pointer, int earlier) {
        number(pointer, pointers_[index(earlier)]);
        follows_[index(follow_count_++)] = {pointer, earlier};
    }
    /// A block that the kernel writes may be one that it reads: no entry is to be evaluated twice.
    void writes_where_it_reads() { repeats_ = false; }

    /// Runs the kernel on `count` entries and forgets the blocks.
    void operator()(typename Kernels<T>::Kernel kernel, Index count, AdjointSums sums = {}) {
        const Index whole = count & -pack_;  // a power of two
        const Index rest = count - whole;
        if (rest == 0 || (whole != 0 && repeats_ && update_count_ == 0)) {
            kernel(count, pointers_.data(), sums);
            if (sum_ >= 0) rest_sum_ += sum_of(sums_.data() + (sum_lanes + 1) * pack_ - rest, rest);
        } else {
            if (whole != 0) kernel(whole, pointers_.data(), sums);
            run_rest(kernel, whole, rest, sums);
        }
        read_count_ = write_count_ = update_count_ = follow_count_ = 0;
    }

    /// What follows is summed: the kernel adds to this pointer.
    void begin_sum(int pointer) {
        sum_ = pointer;
        number(pointer, sums_.data());
        std::fill_n(sums_.data(), sum_lanes * pack_, T(0));
        rest_sum_ = 0;
    }
    [[nodiscard]] T sum() const {
        return static_cast<T>(sum_of(sums_.data(), sum_lanes * pack_) + rest_sum_);
    }

    /// Of as many entries as there are lanes, the sum of the magnitudes of the terms; of the last few, that of their sum.
    [[nodiscard]] T sum_of_magnitudes() const {
        T total = rest_sum_ < T(0) ? T(-rest_sum_) : rest_sum_;
        for (int i = 0; i < sum_lanes * pack_; ++i)
            total += sums_[index(i)] < T(0) ? T(-sums_[index(i)]) : sums_[index(i)];
        return total;
    }

private:
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }

    // The entries that fill no pack get one of their own, filled up with the last.
    void run_rest(typename Kernels<T>::Kernel kernel, Index whole, Index rest, AdjointSums adjoints) {
        std::array<T*, largest_pointers> packs;
        std::copy_n(pointers_.data(), count_, packs.data());
        const auto fill = [&](int p) {
            T* pack = packs[index(p)] = tail(p);
            std::copy_n(pointers_[index(p)] + whole, rest, pack);
            std::fill(pack + rest, pack + pack_, pack[rest - 1]);
        };
        const auto copy_back = [&](int p) { std::copy_n(tail(p), rest, pointers_[index(p)] + whole); };
        for (int k = 0; k < read_count_; ++k) fill(reads_[index(k)]);
        for (int k = 0; k < write_count_; ++k) packs[index(writes_[index(k)])] = tail(writes_[index(k)]);
        for (int k = 0; k < update_count_; ++k) fill(updates_[index(k)]);
        for (int k = 0; k < follow_count_; ++k) {
            packs[index(follows_[index(k)].pointer)] = packs[index(follows_[index(k)].earlier)];
        }
        T* sums = tail(count_);
        if (sum_ >= 0) {
            std::fill_n(sums, sum_lanes * pack_, T(0));
            packs[index(sum_)] = sums;
        }
        kernel(pack_, packs.data(), adjoints);
        for (int k = 0; k < write_count_; ++k) copy_back(writes_[index(k)]);
        for (int k = 0; k < update_count_; ++k) copy_back(updates_[index(k)]);
        if (sum_ >= 0) rest_sum_ += sum_of(sums, rest);  // what the first pack got
    }
    [[nodiscard]] T* tail(int pointer) { return tail_ + pointer * pack_room; }

    Index pack_;
    int count_;
    Index length_;
    T* tail_;
    std::int16_t next_block_ = 0;
    std::array<std::int16_t, largest_pointers> block_of_;  // of scratch, for each pointer that has one
    std::array<T*, largest_pointers> pointers_;
    std::array<int, largest_pointers> reads_, writes_, updates_;
    struct Follow {
        int pointer, earlier;
    };
    std::array<Follow, largest_statement> follows_;
    int read_count_ = 0, write_count_ = 0, update_count_ = 0, follow_count_ = 0;
    bool repeats_ = true;
    int sum_ = -1;
    T rest_sum_ = 0;
    alignas(alignment) std::array<T, (sum_lanes + 1) * pack_room> sums_;
    alignas(alignment) std::array<T, size> scratch_;
};

}  // namespace hesse
