#pragma once

#include <cstddef>

namespace hesse::test {

/// Counts what this program takes from the heap: operator new in all its forms, and malloc, which Eigen calls.
/// A test that uses it gets allocation functions of its own. Sanitizers bring theirs: nothing is counted then.
class AllocationCounter {
public:
    AllocationCounter();
    /// Allocations since the counter was made.
    [[nodiscard]] std::size_t count() const;
    /// Whether allocations are seen at all.
    [[nodiscard]] static bool works();

private:
    std::size_t before_;
};

}  // namespace hesse::test
