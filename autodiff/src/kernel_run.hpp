#pragma once

#include "blocks.hpp"
#include "hesse/autodiff/elementwise.hpp"

#include <cassert>

namespace hesse {

inline constexpr int largest_pointers = KernelLayout{largest_statement, largest_kept}.count();
inline constexpr int largest_pack = 16;
inline constexpr Index longest_block = 1024;
inline constexpr int scratch_size = 8192;
static_assert((scratch_size - (sum_lanes + largest_pointers) * largest_pack) / largest_pointers >=
                  sum_lanes * largest_pack,
              "scratch for the largest statement");

/// A kernel's pointers, block by block. The last, partial pack of a block is worked on in scratch.
template <class T>
class KernelRun {
public:
    /// `scratch_blocks`: how many pointers need scratch.
    KernelRun(const Kernels<T>& kernels, int scratch_blocks)
        : pack_(kernels.pack), count_(kernels.layout.count()) {
        // As long as scratch allows, and short enough for it to stay in the first-level cache. Whole turns of
        // the lanes of a sum, so that its bits do not depend on the length.
        constexpr Index turn = sum_lanes * largest_pack;
        const Index room = scratch_size - turn - count_ * largest_pack;
        length_ = std::min<Index>(room / std::max(scratch_blocks, 1), longest_block) / turn * turn;
        tail_ = scratch_.data() + scratch_size - turn - count_ * largest_pack;
        block_of_.fill(-1);
    }

    [[nodiscard]] Index length() const { return length_; }
    [[nodiscard]] T* scratch(int pointer) {
        std::int16_t& block = block_of_[index(pointer)];
        if (block < 0) block = next_block_++;
        assert((block + 1) * length_ <= tail_ - scratch_.data());
        return scratch_.data() + block * length_;
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

    /// Runs the kernel on `count` entries and forgets the blocks.
    void operator()(typename Kernels<T>::Kernel kernel, Index count) {
        const Index whole = count / pack_ * pack_;
        if (whole != 0) kernel(whole, pointers_.data());
        if (whole != count) run_rest(kernel, whole, count - whole);
        read_count_ = write_count_ = 0;
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

private:
    static std::size_t index(int i) { return static_cast<std::size_t>(i); }

    // The rest fills a pack of its own, repeating its last entry, which no operation can mind.
    void run_rest(typename Kernels<T>::Kernel kernel, Index whole, Index rest) {
        std::array<T*, largest_pointers> packs;
        std::copy_n(pointers_.data(), count_, packs.data());
        for (int k = 0; k < read_count_; ++k) {
            const int p = reads_[index(k)];
            T* pack = tail_ + p * largest_pack;
            const T* from = pointers_[index(p)] + whole;
            for (Index i = 0; i < pack_; ++i) pack[i] = from[std::min(i, rest - 1)];
            packs[index(p)] = pack;
        }
        for (int k = 0; k < write_count_; ++k) {
            packs[index(writes_[index(k)])] = tail_ + writes_[index(k)] * largest_pack;
        }
        T* sums = tail_ + count_ * largest_pack;
        if (sum_ >= 0) {
            std::fill_n(sums, sum_lanes * pack_, T(0));
            packs[index(sum_)] = sums;
        }
        kernel(pack_, packs.data());
        for (int k = 0; k < write_count_; ++k) {
            const int p = writes_[index(k)];
            std::copy_n(packs[index(p)], rest, pointers_[index(p)] + whole);
        }
        if (sum_ >= 0) rest_sum_ += sum_of(sums, rest);  // what the first pack got
    }

    Index pack_;
    int count_;
    Index length_;
    T* tail_;
    std::int16_t next_block_ = 0;
    std::array<std::int16_t, largest_pointers> block_of_;  // of scratch, for each pointer that has one
    std::array<T*, largest_pointers> pointers_;
    std::array<int, largest_pointers> reads_, writes_;
    int read_count_ = 0, write_count_ = 0;
    int sum_ = -1;
    T rest_sum_ = 0;
    alignas(alignment) std::array<T, sum_lanes * largest_pack> sums_;
    alignas(alignment) std::array<T, scratch_size> scratch_;
};

/// Points a run at a block of an array: in place if its entries are side by side, else copied to scratch.
template <class T>
void read_block(KernelRun<T>& run, int pointer, const T* array, const Layout& layout, Index cols,
                Block block) {
    const Index offset = layout.contiguous(block, cols);
    if (offset >= 0) {
        run.read(pointer, array + offset);
    } else {
        gather(array, layout, block, run.scratch(pointer));
        run.read(pointer, run.scratch(pointer));
    }
}

}  // namespace hesse
