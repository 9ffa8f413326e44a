#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <vector>

#include "hesse/autodiff/memory.hpp"

namespace hesse {

template <class T>
class Tape;

/// Where a sweep stands on a tape. Forward sweeps see `payload` and `slot` at the beginning of a run and
/// leave them at its end; reverse sweeps the other way round.
template <class T>
struct TapeCursor {
    Tape<T>& tape;
    std::byte* payload;
    std::size_t slot;
    T* value;    // of every slot
    T* adjoint;  // first-order adjoints; kept between products
    T* tangent;  // directional derivative of value
    T* second;   // directional derivative of adjoint
};

/// One kind of statement: how each sweep passes `count` of them in a row.
template <class T>
struct Operations {
    void (*gradient)(TapeCursor<T>&, std::uint32_t count);  // reverse: adjoint
    void (*tangent)(TapeCursor<T>&, std::uint32_t count);   // forward: tangent
    void (*product)(TapeCursor<T>&, std::uint32_t count);   // reverse: second
    const char* name;
};

/// A recording of one evaluation of a loss.
///
/// Every number that depends on the parameters has a slot; the parameters are slots 0..n-1, an array is a
/// run of slots, column by column. A statement is an entry in the list of runs (consecutive statements of
/// one type are one run) and a payload: the slots it reads and the numbers it keeps. A scalar statement
/// writes the next slot, which therefore need not be stored. Arrays and matrix operations keep what they
/// need in a node of their own, in the same order.
template <class T>
class Tape {
public:
    Tape() = default;
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    /// Begins a new recording at the parameters x (n). Handles of earlier recordings become invalid.
    void start(const T* x, std::size_t n, bool array_of_parameters);

    [[nodiscard]] std::uint32_t generation() const { return generation_; }
    [[nodiscard]] std::size_t slots() const { return values_.size(); }
    [[nodiscard]] const T& value(std::size_t slot) const { return values_[slot]; }
    [[nodiscard]] T* values() { return values_.data(); }

    // ------------------------------------------------------------------------------ recording: scalars

    /// Appends a statement and returns its payload of `bytes` bytes, to be filled at once.
    std::byte* append(const Operations<T>& operations, std::size_t bytes) {
        if (runs_.size() != 0 && runs_.back().operations == &operations) {
            ++runs_.back().count;
        } else {
            runs_.push_back({&operations, 1});
        }
        return payload_.extend(bytes);
    }
    /// Gives the statement just appended its result slot.
    std::uint32_t append_value(const T& value) {
        values_.push_back(value);
        return static_cast<std::uint32_t>(values_.size() - 1);
    }
    /// A number that does not depend on the parameters, where a statement wants a slot.
    std::uint32_t append_constant(const T& value);

    // ------------------------------------------------------------------------------- recording: arrays

    /// Slots [begin, begin + size) for an array, on a cache line. Values are uninitialised.
    struct Region {
        std::size_t begin;
        std::size_t size;
    };
    Region append_array(std::size_t size);

    /// Appends a statement whose data is a node of `bytes` bytes. Nodes move when the tape grows.
    std::byte* append_node(const Operations<T>& operations, std::size_t bytes);
    [[nodiscard]] std::byte* node(std::uint64_t offset) { return nodes_.data() + offset; }
    [[nodiscard]] std::byte* last_node() { return nodes_.data() + last_node_; }

    /// Memory that lives as long as the recording, for numbers that nodes keep.
    T* keep_numbers(std::size_t count);

    /// Shares ownership of data that a node reads.
    void keep_alive(std::shared_ptr<const void> owner) { owners_.push_back(std::move(owner)); }

    /// Single entries of [begin, begin + size) are read by scalar statements, which only ever add to an
    /// adjoint: it starts from zero.
    void read_by_entry(Region region);

    // ------------------------------------------------------------------------------------------ sweeps

    /// Reverse sweep from `result`, whose adjoint is one. The gradient is adjoints()[0, n).
    void gradient(std::size_t result);
    /// Tangent sweep along `direction` (n) and reverse sweep of its derivative: out = H direction.
    void product(const T* direction, T* out);

    [[nodiscard]] const T* adjoints() const { return adjoints_.data(); }

    /// Whether a node's contribution to the adjoints [begin, begin + size) is the first one, which assigns
    /// and saves a pass that would clear them. Asked by nodes once, in the first reverse sweep.
    bool first_contribution(Region region);
    /// The adjoints [begin, begin + size) are about to be read: where nothing contributed they are zero.
    void require_adjoints(Region region);

    /// Bytes in use, by what they hold.
    struct Memory {
        std::size_t values, sweeps, statements, nodes, kept;
        [[nodiscard]] std::size_t total() const { return values + sweeps + statements + nodes + kept; }
    };
    [[nodiscard]] Memory memory() const;

private:
    struct Run {
        const Operations<T>* operations;
        std::uint32_t count;
    };
    struct Interval {
        std::size_t begin, end;
    };

    void clear_adjoints(T* adjoints) const;
    void cover(std::size_t begin, std::size_t end);
    void clear_gaps(std::size_t begin, std::size_t end);
    [[nodiscard]] TapeCursor<T> cursor(bool at_end);

    Arena<Run> runs_;
    Arena<std::byte> payload_, nodes_;
    Arena<T> values_, adjoints_, tangents_, seconds_;
    std::vector<std::vector<T, AlignedAllocator<T>>> kept_;  // blocks, so that addresses stay
    std::size_t kept_block_ = 0, kept_used_ = 0;
    std::vector<std::shared_ptr<const void>> owners_;
    Arena<Interval> arrays_;         // slots that belong to arrays, in order
    Arena<Interval> cleared_first_;  // parts of them that a reverse sweep clears before it starts
    std::vector<Interval> covered_;  // while planning: adjoints that hold something, sorted, disjoint
    std::size_t parameters_ = 0;
    std::size_t last_node_ = 0;
    std::uint32_t generation_ = 0;
};

extern template class Tape<double>;
extern template class Tape<float>;

}  // namespace hesse
