#pragma once

#include <cstdint>

namespace hesse::bench {

/// Heap allocations of this process so far, by whatever means: malloc and all that ends there.
std::uint64_t allocations();

}  // namespace hesse::bench
