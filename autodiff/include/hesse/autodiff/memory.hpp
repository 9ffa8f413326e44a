#pragma once

#include <algorithm>
#include <cstddef>
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
    Arena(Arena&& other) noexcept { swap(other); }
    Arena& operator=(Arena&& other) noexcept {
        swap(other);
        return *this;
    }
    ~Arena() { ::operator delete(data_, std::align_val_t{alignment}); }

    [[nodiscard]] T* data() { return data_; }
    [[nodiscard]] const T* data() const { return data_; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t capacity_in_bytes() const { return capacity_ * sizeof(T); }
    T& operator[](std::size_t i) { return data_[i]; }
    const T& operator[](std::size_t i) const { return data_[i]; }
    T& back() { return data_[size_ - 1]; }

    void clear() { size_ = 0; }

    /// Grows by `count` uninitialised entries and returns the first. Earlier pointers may be invalid.
    T* extend(std::size_t count) {
        if (size_ + count > capacity_) [[unlikely]] {
            reserve(std::max(size_ + count, 2 * capacity_));
        }
        T* first = data_ + size_;
        size_ += count;
        return first;
    }
    void push_back(const T& value) { *extend(1) = value; }

    /// Exactly `count` entries; the old ones keep their values, new ones are uninitialised.
    void resize(std::size_t count) {
        if (count > capacity_) reserve(count);
        size_ = count;
    }

    void reserve(std::size_t capacity) {
        if (capacity <= capacity_) return;
        auto* grown = static_cast<T*>(::operator new(capacity * sizeof(T), std::align_val_t{alignment}));
        if (size_ != 0) std::memcpy(static_cast<void*>(grown), data_, size_ * sizeof(T));
        ::operator delete(data_, std::align_val_t{alignment});
        data_ = grown;
        capacity_ = capacity;
    }

private:
    void swap(Arena& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
    }

    T* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace hesse
