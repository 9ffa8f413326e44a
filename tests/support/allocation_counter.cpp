#include "support/allocation_counter.hpp"

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <new>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HESSE_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HESSE_TEST_SANITIZED
#endif
#endif

namespace {
std::atomic<std::size_t> allocations{0};
}

#if defined(__GLIBC__) && !defined(HESSE_TEST_SANITIZED)
// The program's definitions come before the C library's, also for what operator new of the C++ library calls.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
    ++allocations;
    return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
    ++allocations;
    return __libc_calloc(count, size);
}
void* realloc(void* pointer, std::size_t size) {
    ++allocations;
    return __libc_realloc(pointer, size);
}
void* memalign(std::size_t alignment, std::size_t size) {
    ++allocations;
    return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) { return memalign(alignment, size); }
int posix_memalign(void** pointer, std::size_t alignment, std::size_t size) {
    *pointer = memalign(alignment, size);
    return *pointer == nullptr ? ENOMEM : 0;
}
}
#endif

namespace hesse::test {

AllocationCounter::AllocationCounter() : before_(allocations) {}

std::size_t AllocationCounter::count() const { return allocations - before_; }

bool AllocationCounter::works() {
    const AllocationCounter counter;
    void* plain = ::operator new(64);
    void* aligned = ::operator new(64, std::align_val_t{64});
    ::operator delete(plain);
    ::operator delete(aligned, std::align_val_t{64});
    return counter.count() == 2;
}

}  // namespace hesse::test
