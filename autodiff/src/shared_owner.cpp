#include "hesse/autodiff/shared_owner.hpp"

#include "hesse/autodiff/memory.hpp"

#include <atomic>
#include <new>

namespace hesse {

// Storage follows its block.
struct alignas(alignment) SharedOwner::Block {
    std::atomic<std::size_t> owners{1};
    std::shared_ptr<const void> object;

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

void SharedOwner::retain(Block* block) noexcept { block->owners.fetch_add(1, std::memory_order_relaxed); }

void SharedOwner::release(Block* block) noexcept {
    if (block->owners.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    block->~Block();
    ::operator delete(block, std::align_val_t{alignment});
}

}  // namespace hesse
