#pragma once

#include <cstdint>
#include <functional>

namespace hesse::bench {

/// Heap allocations of this process so far, by whatever means: malloc and all that ends there.
std::uint64_t allocations();

/// Bytes of the heap that `work` holds at its peak above what the process holds when it begins. Unlike peak_bytes
/// it knows nothing of stacks and of code that is read for the first time, and is the same in every run.
double peak_heap_bytes(const std::function<void()>& work);

}  // namespace hesse::bench
