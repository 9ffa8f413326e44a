#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace hesse {

/// A share in what an operand reads, of the library's own or of the user's. As small as a pointer, and what it does where
/// it owns something is compiled in the library: programs copy a great many of them.
class SharedOwner {
public:
    SharedOwner() = default;
    template <class Object>
    SharedOwner(std::shared_ptr<Object> object)  // implicit: one way to own is as good as another
        : block_(own(std::move(object))) {}
    SharedOwner(const SharedOwner& other) noexcept : block_(other.block_) {
        if (block_ != nullptr) retain(block_);
    }
    SharedOwner(SharedOwner&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
    SharedOwner& operator=(SharedOwner other) noexcept {
        std::swap(block_, other.block_);
        return *this;
    }
    ~SharedOwner() {
        if (block_ != nullptr) release(block_);
    }

    /// Owns `bytes` uninitialised bytes, on a cache line: `memory`.
    static SharedOwner of_storage(std::size_t bytes, void*& memory);

    explicit operator bool() const { return block_ != nullptr; }

private:
    struct Block;
    static Block* own(std::shared_ptr<const void> object);
    static void retain(Block* block) noexcept;
    static void release(Block* block) noexcept;

    Block* block_ = nullptr;
};

}  // namespace hesse
