#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

using Index = std::ptrdiff_t;

/// Every array of the library starts on a cache line, whatever vector flags a unit was compiled with.
inline constexpr std::size_t alignment = 64;

/// Allocator of 64-byte aligned storage. It does not depend on vector flags, unlike Eigen's, so a buffer
/// allocated in the compiled library may be freed in the user's code and the reverse.
template <class T>
struct AlignedAllocator {
    using value_type = T;

    AlignedAllocator() = default;
    template <class U>
    AlignedAllocator(const AlignedAllocator<U>&) {}

    T* allocate(std::size_t count) {
        return static_cast<T*>(::operator new(count * sizeof(T), std::align_val_t{alignment}));
    }
    void deallocate(T* pointer, std::size_t) noexcept {
        ::operator delete(pointer, std::align_val_t{alignment});
    }
    friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};

/// Owning array of doubles used wherever the compiled library keeps vectors.
using Buffer = std::vector<double, AlignedAllocator<double>>;

/// Growing array of trivial values. Unlike std::vector it leaves new entries uninitialised (a tape writes
/// every entry before it reads it) and `clear` keeps the memory for the next recording.
template <class T>
class Arena {
    static_assert(std::is_trivially_copyable_v<T>);

public:
    Arena() = default;
    Arena(const Arena& other) {
        if (other.size() == 0) return;
        resize(other.size());
        std::memcpy(static_cast<void*>(begin_), other.begin_, other.size() * sizeof(T));
    }
    Arena(Arena&& other) noexcept { swap(other); }
    Arena& operator=(const Arena& other) {
        Arena copy(other);
        swap(copy);
        return *this;
    }
    Arena& operator=(Arena&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Arena() { std::free(memory_); }

    [[nodiscard]] T* data() { return begin_; }
    [[nodiscard]] const T* data() const { return begin_; }
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
    [[nodiscard]] std::size_t capacity() const { return static_cast<std::size_t>(limit_ - begin_); }
    [[nodiscard]] std::size_t capacity_in_bytes() const { return capacity() * sizeof(T); }
    T& operator[](std::size_t i) { return begin_[i]; }
    const T& operator[](std::size_t i) const { return begin_[i]; }
    T& back() { return end_[-1]; }

    void clear() { end_ = begin_; }

    /// Grows by `count` uninitialised entries and returns the first. Earlier pointers may be invalid.
    T* extend(std::size_t count) {
        reserve_more(count);
        return extend_within(count);
    }
    /// The same where the capacity is known to suffice.
    T* extend_within(std::size_t count) {
        T* first = end_;
        end_ += count;
        return first;
    }
    void push_back(const T& value) { *extend(1) = value; }

    /// Exactly `count` entries; the old ones keep their values, new ones are uninitialised.
    void resize(std::size_t count) {
        if (count > capacity()) reserve(count);
        end_ = begin_ + count;
    }

    /// The same, and where they begin.
    T* resized(std::size_t count) {
        resize(count);
        return begin_;
    }

    /// Capacity for `count` more entries, growing geometrically.
    void reserve_more(std::size_t count) {
        if (size() + count > capacity()) [[unlikely]]
            reserve(std::max(size() + count, 2 * capacity()));
    }

private:
    // Memory of large arrays is moved by remapping its pages, without a moment at which there are two copies.
    void reserve(std::size_t capacity) {
        const std::size_t bytes = size() * sizeof(T), shift = begin_ == nullptr ? 0 : offset();
        auto* memory = static_cast<std::byte*>(std::realloc(memory_, capacity * sizeof(T) + alignment));
        if (memory == nullptr) throw std::bad_alloc();
        memory_ = memory;
        std::byte* const from = memory + shift;
        begin_ =
            reinterpret_cast<T*>(memory + alignment - reinterpret_cast<std::uintptr_t>(memory) % alignment);
        if (bytes != 0 && offset() != shift) std::memmove(static_cast<void*>(begin_), from, bytes);
        end_ = begin_ + bytes / sizeof(T);
        limit_ = begin_ + capacity;
    }
    [[nodiscard]] std::size_t offset() const {
        return static_cast<std::size_t>(reinterpret_cast<std::byte*>(begin_) - memory_);
    }
    void swap(Arena& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(begin_, other.begin_);
        std::swap(end_, other.end_);
        std::swap(limit_, other.limit_);
    }

    std::byte* memory_ = nullptr;
    T* begin_ = nullptr;
    T* end_ = nullptr;
    T* limit_ = nullptr;
};

}  // namespace hesse
