#pragma once

#include <cstddef>
#include <new>
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

}  // namespace hesse
