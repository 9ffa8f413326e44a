#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/shared_owner.hpp"
#include "hesse/autodiff/statement_layout.hpp"
#include "hesse/autodiff/symmetric_pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace hesse {

template <class T>
class Tape;

/// Recordings of a tape are counted in so many bits.
inline constexpr int generation_bits = 26;
inline constexpr std::uint32_t generation_mask = (1u << generation_bits) - 1;

/// Throws std::invalid_argument unless all entries are finite; names the first that is not.
template <class T>
void require_finite(const char* what, const T* x, Index n);
/// The same while copying them, in one pass.
template <class T>
void copy_finite(const char* what, const T* x, Index n, T* out);
extern template void require_finite(const char*, const double*, Index);
extern template void require_finite(const char*, const float*, Index);
extern template void copy_finite(const char*, const double*, Index, double*);
extern template void copy_finite(const char*, const float*, Index, float*);

/// The arrays that sweeps work on, one entry a slot.
template <class T>
struct SweepArrays {
    Tape<T>& tape;
    T* value;
    T* adjoint;              // first-order adjoints; kept between products
    T* tangent;              // directional derivative of value
    T* second;               // directional derivative of adjoint
    std::size_t result;      // slot of the loss, whose own tangent nothing asks for
    std::size_t parameters;  // how many; their slots come first
    const T* direction;      // tangents of the parameters
    T* out;                  // second adjoints of the parameters

    // Several directions at once: planes of tangents and second adjoints, of directions and results.
    std::size_t planes = 1;
    std::size_t stride = 0, direction_stride = 0, out_stride = 0;
    [[nodiscard]] SweepArrays plane(std::size_t k) const {
        return {tape,
                value,
                adjoint,
                tangent + k * stride,
                second + k * stride,
                result,
                parameters,
                direction + k * direction_stride,
                out + k * out_stride};
    }
    [[nodiscard]] std::size_t tangent_stride_at(std::size_t slot) const {
        return slot < parameters ? direction_stride : stride;
    }
    [[nodiscard]] std::size_t second_stride_at(std::size_t slot) const {
        return slot < parameters ? out_stride : stride;
    }

    // Arrays of parameters are read and written in the caller's vectors. Scalar statements find those that they
    // read in `tangent` and `second`: then direction and out are the beginnings of these.
    [[nodiscard]] const T* tangent_at(std::size_t slot) const {
        return slot < parameters ? direction + slot : tangent + slot;
    }
    [[nodiscard]] T* second_at(std::size_t slot) const {
        return slot < parameters ? out + slot : second + slot;
    }
};

/// Where a sweep stands: the next payload and slot, at the beginning of what follows in a forward sweep, at
/// the end of what comes before in a reverse one. Passed and returned in registers.
struct Position {
    std::byte* payload;
    std::size_t slot;
};

/// For reports: what a node reads and gives (engine/node_description.hpp).
template <class T>
struct NodeDescription;
/// For the pattern of a Hessian: which entries depend on which (engine/entry_dependencies.hpp).
class EntryDependencies;

/// One kind of statement: how each sweep passes `count` of them in a row.
template <class T>
struct alignas(64) Operations {
    using Pass = Position (*)(const SweepArrays<T>&, Position, std::uint32_t count);
    Pass gradient;  // reverse: adjoint
    // Of scalar statements only where there is a single product at a point; else they are linearised, once for all.
    Pass tangent = nullptr;   // forward: tangent
    Pass product = nullptr;   // reverse: second
    Pass tangents = nullptr;  // the same along several directions, each with a plane of its own
    Pass products = nullptr;
    bool scalar = false;
    const char* name = "";

    /// Of one scalar statement with k variables and result y: its partials (k) and, unless null, its second partials times
    /// the adjoint of y, the upper triangle of (k x k) by rows. After the gradient sweep. Second partials that are
    /// known to be zero (`payload.linear`) are not written.
    using Linearize = void (*)(const SweepArrays<T>&, const std::byte* payload, std::size_t y,
                               const StatementVariables& variables, T* partials, T* second);
    Linearize linearize = nullptr;
    StatementLayout payload{};
    /// Of nodes: the rounding of the first one in the list and of what it reads, as it reaches the loss, in units of the
    /// last place.
    T (*rounding)(const SweepArrays<T>&, const std::byte* payload) = nullptr;
    /// Of nodes: the slot that follows.
    std::size_t (*slots_after)(const SweepArrays<T>&, const std::byte* payload) = nullptr;
    /// Of nodes: what reports say of the first one in the list.
    NodeDescription<T> (*describe)(const SweepArrays<T>&, const std::byte* payload) = nullptr;
    /// Of nodes: what entries of the result of the first one in the list depend on.
    void (*dependencies)(const SweepArrays<T>&, const std::byte* payload, EntryDependencies& of) = nullptr;
};

template <class T>
class LocalDerivatives;
struct PlannedTape;
/// Reads the statements of a tape one by one, for reports and diagnosis.
template <class T>
class TapeInspection;

/// Where results of a vector-valued callable lie on its tape: consecutive slots.
struct OutputPiece {
    Index first;  // of the results
    std::size_t slot, size;
};

/// Entry (row, column) of a Hessian, and (column, row).
template <class T>
struct HessianEntry {
    Index row, column;
    T value;
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
    Tape();
    ~Tape();
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    /// Begins a new recording at the parameters x (n). Handles of earlier recordings become invalid.
    /// Throws std::invalid_argument if an entry is not finite.
    void start(const T* x, std::size_t n, bool array_of_parameters);

    [[nodiscard]] std::uint32_t generation() const { return generation_; }
    [[nodiscard]] std::size_t slots() const { return values_.size(); }
    [[nodiscard]] const T& value(std::size_t slot) const { return values_[slot]; }
    [[nodiscard]] T* values() { return values_.data(); }

    // ------------------------------------------------------------------------------ recording: scalars

    /// Appends a scalar statement and returns its payload of `bytes` bytes, to be filled at once; a result,
    /// if it has one, is appended next.
    std::byte* append(const Operations<T>& operations, std::size_t bytes) {
        if (room_ == 0) [[unlikely]]
            make_room();
        --room_;
        if (!runs_.back().extend(operations)) *runs_.extend_within(1) = Run(operations);
        return payload_.extend_within(bytes);
    }
    /// Gives the statement just appended its result slot.
    std::uint32_t append_value(const T& value) {
        *values_.extend_within(1) = value;
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
    void keep_alive(SharedOwner owner) { owners_.push_back(std::move(owner)); }

    /// Single entries of [begin, begin + size) are read by scalar statements, which only ever add to an
    /// adjoint: it starts from zero.
    void read_by_entry(Region region);

    // ------------------------------------------------------------------------------------------ sweeps

    /// Reverse sweep from `result`, whose adjoint is one. The gradient is adjoints()[0, n).
    void gradient(std::size_t result);
    /// Makes a recording one with several results, for the next three.
    void begin_results();
    /// Keeps what push_forward reads of expensive functions. pull_back does that itself.
    void prepare_sweeps();
    /// The tangents of the results along `direction` (n): out (m). Throws as `product` does.
    void push_forward(const T* direction, const std::vector<OutputPiece>& outputs, T* out, Index results);
    /// The same along `count` directions: column k of out, at out + k * out_leading, for column k of directions.
    void push_forwards(const T* directions, std::size_t leading, std::size_t count,
                       const std::vector<OutputPiece>& outputs, T* out, std::size_t out_leading,
                       Index results);
    /// The adjoints of the parameters where those of the results are `weights` (m): out (n).
    void pull_back(const T* weights, const std::vector<OutputPiece>& outputs, T* out);
    /// The derivative of that as the parameters move along `direction` (n) and the weights along `weight_tangents` (m).
    void pull_back_derivative(const T* direction, const std::vector<OutputPiece>& outputs, const T* weights,
                              const T* weight_tangents, T* out);
    /// Another tape, for functions inside this recording that run anew in each sweep.
    [[nodiscard]] Tape& scratch() {
        if (!scratch_) scratch_ = std::make_unique<Tape>();
        return *scratch_;
    }

    /// Tangent sweep along `direction` (n) and reverse sweep of its derivative: out = H direction.
    /// Throws std::invalid_argument, with out untouched, if an entry of the direction is not finite.
    void product(const T* direction, T* out);
    /// The same in two sweeps over the statements, without what further products at this point would be faster for.
    void product_once(const T* direction, T* out);
    /// `count` products: column k of out, at out + k * out_leading, is H times column k of directions. Several are made
    /// in one pass where scalar statements are all there is, or where that makes matrix products of products of a matrix
    /// and a vector.
    void products(const T* directions, std::size_t leading, std::size_t count, T* out,
                  std::size_t out_leading);

    /// No arrays but the parameters, and no matrix operations.
    [[nodiscard]] bool has_only_scalars() const { return only_scalars_; }
    /// The entries of the Hessian that are not zero, row <= column, of a tape that has only scalars. Throws
    /// std::length_error if more than `most_entries` have to be held on the way.
    [[nodiscard]] std::vector<HessianEntry<T>> sparse_hessian(std::size_t most_entries);
    /// The entries that may differ from zero, of any tape: see Hessian::sparsity_pattern.
    [[nodiscard]] SymmetricPattern sparsity_pattern(std::size_t most_entries);

    /// Said by a node that is much faster on several directions than on one.
    void prefer_planes() { prefers_planes_ = true; }

    /// A first-order estimate of the rounding error of the loss: half an epsilon times the sum, over all statements, of
    /// |adjoint value|, of what they read and of what they give. A sum of N terms in place counts N / 8 times, since
    /// the errors of its additions partly cancel. After `gradient`; costs about one more.
    [[nodiscard]] T rounding_error();

    [[nodiscard]] const T* adjoints() const { return adjoints_.data(); }

    /// Whether the statement that gives `slot` will be the loss, as far as one can tell from the recording before:
    /// its node may then sweep while it evaluates, in one pass over its operands, between these two calls.
    bool begin_early_sweep(std::size_t slot);
    [[nodiscard]] SweepArrays<T> arrays_of_gradient() {
        return {*this,   values_.data(), adjoints_.data(), nullptr, nullptr,
                result_, parameters_,    nullptr,          nullptr};
    }
    void end_early_sweep();
    /// Whether the adjoints that the node of `slot` contributes are there already.
    [[nodiscard]] bool was_swept_early(std::size_t slot) const { return early_.valid && early_.slot == slot; }

    /// Whether a node's contribution to the adjoints [begin, begin + size) is the first one, which assigns
    /// and saves a pass that would clear them. Asked by nodes once, in the first reverse sweep.
    bool first_contribution(Region region);
    /// The adjoints [begin, begin + size) are about to be read: where nothing contributed they are zero.
    void require_adjoints(Region region);

    /// Bytes in use, by what they hold.
    struct Memory {
        std::size_t values, sweeps, statements, nodes, kept;
        [[nodiscard]] std::size_t total() const { return values + sweeps + statements + nodes + kept; }
        friend Memory operator+(const Memory& a, const Memory& b) {
            return {a.values + b.values, a.sweeps + b.sweeps, a.statements + b.statements, a.nodes + b.nodes,
                    a.kept + b.kept};
        }
    };
    [[nodiscard]] Memory memory() const;

private:
    friend TapeInspection<T>;

    /// Statements of one kind, up to 8192 in a row: the address of their operations, of which the last six bits and the
    /// first seven say nothing, and their number less one.
    class Run {
    public:
        Run() = default;
        explicit Run(const Operations<T>& operations) : word_(key(operations)) {}
        /// By one more, if it is of that kind and there is room.
        bool extend(const Operations<T>& operations) {
            if (word_ - key(operations) >= most - 1) return false;
            ++word_;
            return true;
        }
        [[nodiscard]] const Operations<T>& operations() const {
            return *reinterpret_cast<const Operations<T>*>((word_ & ~std::uint64_t{most - 1}) >> shift);
        }
        [[nodiscard]] std::uint32_t count() const {
            return static_cast<std::uint32_t>(word_ & (most - 1)) + 1;
        }

    private:
        static constexpr int shift = 7;
        static constexpr std::uint64_t most = std::uint64_t{alignof(Operations<T>)} << shift;
        static std::uint64_t key(const Operations<T>& operations) {
            return std::uint64_t{reinterpret_cast<std::uintptr_t>(&operations)} << shift;
        }
        std::uint64_t word_ = 0;
    };
    struct Interval {
        std::size_t begin, end;
    };

    template <class Visit>
    void for_each_gap_between_arrays(const Visit& visit) const;
    void merge_cleared_first();
    template <class Seed>
    void sweep_gradient(const Seed& seed);
    void clear_adjoints(T* parameters, T* others) const;
    void cover(std::size_t begin, std::size_t end);
    void clear_gaps(std::size_t begin, std::size_t end);
    template <class Statement, class Begin, class End>
    bool for_each_statement(const Statement& statement, const Begin& begin, const End& end);
    template <class Statement>
    bool for_each_statement(const Statement& statement);
    /// Makes the derivatives of scalar statements, unless they are there.
    void linearize_statements(bool second);
    void plan_statements(const PlannedTape& wanted);
    [[nodiscard]] PlannedTape planned_for(bool second) const;
    [[nodiscard]] std::span<const std::byte> bytes_of_runs() const {
        return std::as_bytes(std::span(runs_.data(), runs_.size()));
    }
    bool sweeps_for_products();
    template <class Node, class Segment>
    void sweep_forward(const Node& node, const Segment& segment);
    template <class Node, class Segment>
    void sweep_reverse(const Node& node, const Segment& segment);
    void tangent_sweep(const SweepArrays<T>& arrays);
    void product_sweep(const SweepArrays<T>& arrays);
    [[nodiscard]] SweepArrays<T> arrays_of_product(const T* direction, T* out);
    void make_room();
    void product_of_scalars(const T* direction, T* out);
    template <class Forward, class Reverse>
    void product_by(const T* direction, T* out, const Forward& forward, const Reverse& reverse);
    void products_of_scalars(const T* directions, std::size_t leading, std::size_t count, T* out,
                             std::size_t out_leading);
    void products_in_planes(const T* directions, std::size_t leading, std::size_t count, T* out,
                            std::size_t out_leading);

    Arena<Run> runs_;
    Arena<std::byte> payload_, nodes_;
    Arena<T> values_, adjoints_, tangents_, seconds_;
    std::vector<std::vector<T, AlignedAllocator<T>>> kept_;  // blocks, so that addresses stay
    std::size_t kept_block_ = 0, kept_used_ = 0;
    std::vector<SharedOwner> owners_;
    std::unique_ptr<Tape> scratch_;
    std::unique_ptr<LocalDerivatives<T>> local_;  // of scalar statements, made when products are asked for
    Arena<Interval> arrays_;                      // slots that belong to arrays, in order
    Arena<Interval> cleared_first_;  // parts of them that a reverse sweep clears before it starts
    std::vector<Interval> covered_;  // while planning: adjoints that hold something, sorted, disjoint
    std::size_t parameters_ = 0;
    bool scalar_parameters_ = false;  // some are read by scalar statements
    bool only_scalars_ = true;        // no arrays but the parameters, no matrix operations
    bool prefers_planes_ = false;
    std::size_t result_ = no_slot;
    static constexpr std::size_t no_slot = std::numeric_limits<std::size_t>::max();
    struct EarlySweep {
        std::size_t slot = no_slot;
        std::size_t payload = 0, cleared_first = 0;  // sizes after it
        bool valid = false;
    } early_;
    std::size_t last_node_ = 0;
    std::uint32_t generation_ = 0;
    std::uint32_t room_ = 0;  // scalar statements that surely fit into the arenas
};

extern template class Tape<double>;
extern template class Tape<float>;

}  // namespace hesse
