#include "harness/allocations.hpp"

#include <malloc.h>

#include <atomic>
#include <cerrno>
#include <cstddef>

// The C library lets a program define malloc itself and keeps its own under the names below.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* pointer, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* pointer);
}

namespace hesse::bench {
namespace {

std::atomic<std::uint64_t> count{0};
std::atomic<std::int64_t> held{0}, most_held{0};

void hold(std::int64_t bytes) {
    const std::int64_t now = held.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::int64_t most = most_held.load(std::memory_order_relaxed);
    while (now > most && !most_held.compare_exchange_weak(most, now, std::memory_order_relaxed)) {
    }
}

std::int64_t size_of(void* pointer) { return static_cast<std::int64_t>(malloc_usable_size(pointer)); }

void* taken(void* pointer) {
    count.fetch_add(1, std::memory_order_relaxed);
    hold(size_of(pointer));
    return pointer;
}

}  // namespace

std::uint64_t allocations() { return count.load(std::memory_order_relaxed); }

double peak_heap_bytes(const std::function<void()>& work) {
    const std::int64_t before = held.load();
    most_held.store(before);
    work();
    return static_cast<double>(most_held.load() - before);
}

}  // namespace hesse::bench

extern "C" {

void* malloc(std::size_t size) { return hesse::bench::taken(__libc_malloc(size)); }
void* calloc(std::size_t count, std::size_t size) { return hesse::bench::taken(__libc_calloc(count, size)); }
void* realloc(void* pointer, std::size_t size) {
    const std::int64_t before = hesse::bench::size_of(pointer);
    void* const memory = __libc_realloc(pointer, size);
    if (memory == nullptr && size != 0) return nullptr;
    hesse::bench::hold(-before);
    return hesse::bench::taken(memory);
}
void* memalign(std::size_t alignment, std::size_t size) {
    return hesse::bench::taken(__libc_memalign(alignment, size));
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
    return hesse::bench::taken(__libc_memalign(alignment, size));
}
int posix_memalign(void** pointer, std::size_t alignment, std::size_t size) {
    *pointer = hesse::bench::taken(__libc_memalign(alignment, size));
    return *pointer != nullptr ? 0 : ENOMEM;
}
void free(void* pointer) {
    hesse::bench::hold(-hesse::bench::size_of(pointer));
    __libc_free(pointer);
}

}  // extern "C"
