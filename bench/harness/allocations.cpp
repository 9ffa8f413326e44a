#include "harness/allocations.hpp"

#include <atomic>
#include <cerrno>
#include <cstddef>

// The C library lets a program define malloc itself and keeps its own under the names below.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* pointer, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace hesse::bench {
namespace {

std::atomic<std::uint64_t> count{0};

void count_one() { count.fetch_add(1, std::memory_order_relaxed); }

}  // namespace

std::uint64_t allocations() { return count.load(std::memory_order_relaxed); }

}  // namespace hesse::bench

extern "C" {

void* malloc(std::size_t size) {
    hesse::bench::count_one();
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    hesse::bench::count_one();
    return __libc_calloc(count, size);
}
void* realloc(void* pointer, std::size_t size) {
    hesse::bench::count_one();
    return __libc_realloc(pointer, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    hesse::bench::count_one();
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    hesse::bench::count_one();
    return __libc_memalign(alignment, size);
}
int posix_memalign(void** pointer, std::size_t alignment, std::size_t size) {
    hesse::bench::count_one();
    *pointer = __libc_memalign(alignment, size);
    return *pointer != nullptr ? 0 : ENOMEM;
}

}  // extern "C"
