#include "hesse/autodiff/shared_owner.hpp"

#include "hesse/autodiff/memory.hpp"

#include <atomic>
#include <new>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace hesse {
namespace {

bool is_single_threaded() {
#if __has_include(<sys/single_threaded.h>)
    return __libc_single_threaded != 0;
#else
    return false;
#endif
}

}  // namespace

// Storage follows its block.
struct alignas(alignment) SharedOwner::Block {
    std::atomic<std::ptrdiff_t> owners{1};
    std::shared_ptr<const void> object;

    /// How many owners there are then. While the process has one thread, without what threads make dear.
    std::ptrdiff_t change(std::ptrdiff_t by) noexcept {
        if (!is_single_threaded()) return owners.fetch_add(by, std::memory_order_acq_rel) + by;
        const std::ptrdiff_t changed = owners.load(std::memory_order_relaxed) + by;
        owners.store(changed, std::memory_order_relaxed);
        return changed;
    }

    static Block* make(std::size_t bytes) {
        return new (::operator new(sizeof(Block) + bytes, std::align_val_t{alignment})) Block;
    }
};

SharedOwner::Block* SharedOwner::own(std::shared_ptr<const void> object) {
    if (object == nullptr) return nullptr;
    Block* block = Block::make(0);
    block->object = std::move(object);
    return block;
}

SharedOwner SharedOwner::of_storage(std::size_t bytes, void*& memory) {
    SharedOwner owner;
    owner.block_ = Block::make(bytes);
    memory = owner.block_ + 1;
    return owner;
}

void SharedOwner::retain(Block* block) noexcept { block->change(1); }

void SharedOwner::release(Block* block) noexcept {
    if (block->change(-1) != 0) return;
    block->~Block();
    ::operator delete(block, std::align_val_t{alignment});
}

}  // namespace hesse
