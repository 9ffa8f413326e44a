#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/sums/parallel.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

/// Sums over parts in one fixed order: that of a binary tree which depends on the number of parts alone, so that results are
/// the same bit for bit on any number of threads.
namespace hesse {

/// Where the parts [first, last) are cut in two.
inline Index middle_of(Index first, Index last) { return first + (last - first) / 2; }

/// The sum of `parts` numbers, added up along the tree.
template <class T>
T sum_along_tree(const T* parts, Index count) {
    if (count == 0) return T(0);
    if (count == 1) return parts[0];
    const Index left = middle_of(0, count);
    return sum_along_tree(parts, left) + sum_along_tree(parts + left, count - left);
}

/// Vectors that are used and given back, so that sums which are evaluated again and again find their memory there. Any
/// thread may ask.
template <class T>
class VectorPool {
public:
    using Vector = std::vector<T, AlignedAllocator<T>>;

    /// Gives its vector back where it ends.
    class Lease {
    public:
        Lease(VectorPool& pool, std::size_t size) : pool_(&pool), vector_(pool.get(size)) {}
        ~Lease() { pool_->put(std::move(vector_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        [[nodiscard]] T* data() { return vector_.data(); }

    private:
        VectorPool* pool_;
        Vector vector_;
    };

private:
    Vector get(std::size_t size) {
        Vector vector;
        {
            const std::lock_guard lock(mutex_);
            if (!free_.empty()) {
                vector = std::move(free_.back());
                free_.pop_back();
            }
        }
        vector.resize(size);
        return vector;
    }
    void put(Vector&& vector) noexcept {
        const std::lock_guard lock(mutex_);
        try {
            free_.push_back(std::move(vector));
        } catch (...) {  // then it is gone
        }
    }

    std::mutex mutex_;
    std::vector<Vector> free_;
};

/// Adds up the vectors (length) of parts along the tree. `part(k, out)` writes that of part k, on any thread.
template <class T, class Part>
class TreeSum {
public:
    TreeSum(Index parts, std::size_t length, int threads, VectorPool<T>& pool, const Part& part)
        : parts_(parts), length_(length), threads_(threads), pool_(pool), part_(part) {}

    /// out (length) = the sum.
    void operator()(T* out) const {
        if (parts_ == 0) return std::fill_n(out, length_, T(0)), void();
        if (threads_ == 1) return in_one_thread(out);
        std::vector<Branch> branches;
        cut(0, parts_, branches_wanted(), branches);
        std::vector<std::unique_ptr<typename VectorPool<T>::Lease>> sums(branches.size());
        std::vector<T*> at(branches.size());
        for (std::size_t b = 0; b < branches.size(); ++b) {
            if (b > 0) sums[b] = std::make_unique<typename VectorPool<T>::Lease>(pool_, length_);
            at[b] = b > 0 ? sums[b]->data() : out;
        }
        for_each_task(static_cast<Index>(branches.size()), threads_, [&](Index b) {
            const auto& [first, last] = branches[static_cast<std::size_t>(b)];
            add_up(first, last, at[static_cast<std::size_t>(b)]);
        });
        const Index blocks = (static_cast<Index>(length_) + block - 1) / block;
        for_each_task(blocks, threads_, [&](Index k) {
            const auto begin = static_cast<std::size_t>(k * block);
            const std::size_t count = std::min(static_cast<std::size_t>(block), length_ - begin);
            T* const* next = at.data();
            join(0, parts_, branches_wanted(), next, begin, count);
        });
    }

private:
    using Branch = std::pair<Index, Index>;
    static constexpr Index block = 16384;

    [[nodiscard]] Index branches_wanted() const { return Index{4} * threads_; }

    void in_one_thread(T* out) const {
        for_each_task(1, 1, [&](Index) { add_up(0, parts_, out); });
    }

    static void add(T* to, const T* from, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) to[i] += from[i];
    }

    /// The parts [first, last), one after the other.
    void add_up(Index first, Index last, T* out) const {
        if (last - first == 1) return part_(first, out);
        const Index middle = middle_of(first, last);
        add_up(first, middle, out);
        typename VectorPool<T>::Lease rest(pool_, length_);
        add_up(middle, last, rest.data());
        add(out, rest.data(), length_);
    }

    /// The branches that are added up by themselves: at least `wanted` where there are as many parts.
    static void cut(Index first, Index last, Index wanted, std::vector<Branch>& branches) {
        if (wanted <= 1 || last - first == 1) return branches.emplace_back(first, last), void();
        const Index middle = middle_of(first, last);
        cut(first, middle, (wanted + 1) / 2, branches);
        cut(middle, last, (wanted + 1) / 2, branches);
    }
    /// Adds up the branches' entries from `begin` on, into the first; returns it. `next` walks through the branches as `cut`
    /// did.
    static T* join(Index first, Index last, Index wanted, T* const*& next, std::size_t begin,
                   std::size_t count) {
        if (wanted <= 1 || last - first == 1) return *next++ + begin;
        const Index middle = middle_of(first, last);
        T* const left = join(first, middle, (wanted + 1) / 2, next, begin, count);
        add(left, join(middle, last, (wanted + 1) / 2, next, begin, count), count);
        return left;
    }

    Index parts_;
    std::size_t length_;
    int threads_;
    VectorPool<T>& pool_;
    const Part& part_;
};

/// out (length) = the sum of what part(k, out) writes for k in [0, parts), along the tree.
template <class T, class Part>
void sum_parts(Index parts, std::size_t length, int threads, VectorPool<T>& pool, const Part& part, T* out) {
    TreeSum<T, Part>(parts, length, threads, pool, part)(out);
}

}  // namespace hesse
