#include "hesse/autodiff/elementwise.hpp"

#include "kernel_run.hpp"
#include "node.hpp"

#include <algorithm>
#include <memory>

namespace hesse {
namespace {

/// Whether blocks should keep to single columns.
template <class T>
bool by_column(Index rows, Index cols, std::span<const StatementLeaf<T>> leaves, const Layout& result) {
    constexpr Index worthwhile = 64;
    if (rows < worthwhile) return false;
    bool dense = result.dense(cols);
    for (const auto& leaf : leaves) {
        dense = dense && (!leaf.array || Layout{rows, leaf.inner, leaf.outer}.dense(cols));
    }
    return !dense;
}

/// What the adjoint of a leaf does with the contribution of this statement.
enum class Delivery : std::uint8_t {
    none,    // the leaf is constant
    assign,  // the first contribution: written where it belongs
    add,
    joined,  // added together with that of an earlier leaf, which is the same array
};

struct Contribution {
    Delivery delivery = Delivery::none;
    int joined = -1;  // the leaf whose contribution is added in one pass with this one
};

/// Behind the node lie its leaves, and behind those what each contributes.
template <class T>
struct ElementwiseNode {
    static constexpr const char* name = "elementwise";
    const Kernels<T>* kernels;
    Index rows, cols;
    std::size_t slots_before, slots_after;
    std::size_t result;  // slot of y
    Index result_outer;  // distance of its columns
    bool sum;            // y is the sum of the statement
    T* kept;             // one block of rows * cols for each number kept
    int leaves;

    StatementLeaf<T>* leaf() { return reinterpret_cast<StatementLeaf<T>*>(this + 1); }
    Contribution* contribution() { return reinterpret_cast<Contribution*>(leaf() + leaves); }
    std::span<const StatementLeaf<T>> operands() { return {leaf(), static_cast<std::size_t>(leaves)}; }
    [[nodiscard]] Layout layout(const StatementLeaf<T>& leaf) const { return {rows, leaf.inner, leaf.outer}; }
    [[nodiscard]] Layout result_layout() const { return {rows, 1, sum ? rows : result_outer}; }

    void gradient(const SweepArrays<T>& at);
    void tangent(const SweepArrays<T>& at);
    void product(const SweepArrays<T>& at);

private:
    /// Distance from the first entry to one past the last.
    [[nodiscard]] std::size_t extent(Index inner, Index outer) const {
        return rows * cols == 0 ? 0 : static_cast<std::size_t>((rows - 1) * inner + (cols - 1) * outer + 1);
    }
    void plan(Tape<T>& tape);
    void read_result(KernelRun<T>& run, int pointer, const T* array, Block block) const {
        read_block<T>(run, pointer, array + result, result_layout(), cols, block);
    }
    void reverse(const SweepArrays<T>& at, bool second);
};

/// How many blocks of scratch the operands of a statement may need: copies of what does not lie side by side,
/// and with tangents also those, or zeros for constants.
template <class T>
int scratch_for_operands(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Index rows,
                         Index cols, bool tangents) {
    int blocks = 0;
    for (int k = 0; k < kernels.layout.leaves; ++k) {
        const auto& leaf = leaves[static_cast<std::size_t>(k)];
        if (!leaf.array) continue;
        const bool dense = Layout{rows, leaf.inner, leaf.outer}.dense(cols);
        blocks += dense ? 0 : 1;
        if (tangents && kernels.is_active(k)) blocks += !dense || leaf.tape == nullptr ? 1 : 0;
    }
    return blocks;
}

/// Points a run at the operands of a block: values, and tangents where `tangent` is given.
template <class T>
void read_operands(KernelRun<T>& run, const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves,
                   Index rows, Index cols, Block block, const T* value, const T* tangent) {
    static constexpr T zero(0);
    const KernelLayout& p = kernels.layout;
    for (int k = 0; k < p.leaves; ++k) {
        const auto& leaf = leaves[static_cast<std::size_t>(k)];
        const bool variable = leaf.tape != nullptr;
        if (!leaf.array) {
            run.number(p.x(k), variable ? value + leaf.slot : &leaf.value);
            run.number(p.x_dot(k), variable && tangent != nullptr ? tangent + leaf.slot : &zero);
            continue;
        }
        const Layout layout{rows, leaf.inner, leaf.outer};
        read_block(run, p.x(k), variable ? value + leaf.slot : leaf.data, layout, cols, block);
        if (tangent == nullptr || !kernels.is_active(k)) continue;
        if (variable) {
            read_block(run, p.x_dot(k), tangent + leaf.slot, layout, cols, block);
        } else {
            std::fill_n(run.scratch(p.x_dot(k)), block.count, zero);
            run.read(p.x_dot(k), run.scratch(p.x_dot(k)));
        }
    }
}

/// Evaluates a statement into `target`, with the layout `result`; without a target, returns its sum.
template <class T>
T evaluate(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Tape<T>* tape, Index rows,
           Index cols, const Layout& result, T* kept, T* target) {
    const KernelLayout& p = kernels.layout;
    KernelRun<T> run(kernels, scratch_for_operands(kernels, leaves, rows, cols, false) +
                                  (kept == nullptr ? p.kept : 0) + 1);
    const Index size = rows * cols;
    const T* value = tape != nullptr ? tape->values() : nullptr;
    if (target == nullptr) run.begin_sum(p.y());
    // Sums are taken in one order, whatever the operands' strides, since a recording may have evaluated what
    // plain numbers read as a view, and both are to have the same bits.
    const bool columns = target != nullptr && by_column(rows, cols, leaves, result);
    for_each_block(rows, cols, run.length(), columns, [&](Block block) {
        read_operands<T>(run, kernels, leaves, rows, cols, block, value, nullptr);
        for (int k = 0; k < p.kept; ++k) {
            run.write(p.keep(k), kept != nullptr ? kept + k * size + block.first : run.scratch(p.keep(k)));
        }
        Index offset = 0;
        if (target != nullptr) {
            offset = result.contiguous(block, cols);
            run.write(p.y(), offset >= 0 ? target + offset : run.scratch(p.y()));
        }
        run(kernels.value, block.count);
        if (offset < 0) scatter(run.scratch(p.y()), result, block, target);
    });
    return target == nullptr ? run.sum() : T(0);
}

// Decides once how each adjoint is delivered. A dense operand that nothing contributed to before is
// assigned; one that overlaps another operand of this statement, shifted, must not be: blocks interleave.
template <class T>
void ElementwiseNode<T>::plan(Tape<T>& tape) {
    if (!sum) {
        tape.require_adjoints({result, extent(1, result_outer)});
    }
    for (int k = 0; k < leaves; ++k) {
        const StatementLeaf<T>& source = leaf()[k];
        Contribution& own = contribution()[k] = {};
        if (source.tape == nullptr) continue;
        own.delivery = Delivery::add;
        if (!source.array) continue;
        bool whole = layout(source).dense(cols) && source.inner * source.outer != 0;
        for (int other = 0; other < leaves; ++other) {
            const StatementLeaf<T>& b = leaf()[other];
            if (other == k || b.tape == nullptr || !b.array) continue;
            if (source.slot >= b.slot + extent(b.inner, b.outer) ||
                b.slot >= source.slot + extent(source.inner, source.outer)) {
                continue;
            }
            whole = whole && b.slot == source.slot && layout(b).dense(cols) && b.inner * b.outer != 0;
        }
        const typename Tape<T>::Region region{source.slot, extent(source.inner, source.outer)};
        if (whole && tape.first_contribution(region)) {
            own.delivery = Delivery::assign;
            continue;
        }
        tape.require_adjoints(region);
        for (int other = 0; other < k; ++other) {
            const StatementLeaf<T>& b = leaf()[other];
            Contribution& theirs = contribution()[other];
            if (theirs.delivery == Delivery::add && theirs.joined < 0 && b.array && b.slot == source.slot &&
                b.inner == source.inner && b.outer == source.outer) {
                theirs.joined = k;
                own.delivery = Delivery::joined;
                break;
            }
        }
    }
}

// The reverse sweep of first adjoints, or of second ones.
template <class T>
void ElementwiseNode<T>::reverse(const SweepArrays<T>& at, bool second) {
    const KernelLayout& p = kernels->layout;
    const Index size = rows * cols;
    T* target = second ? at.second : at.adjoint;
    int blocks = scratch_for_operands(*kernels, operands(), rows, cols, second) +
                 (result_layout().dense(cols) ? 0 : 3);
    for (int k = 0; k < leaves; ++k) {
        blocks += kernels->is_active(k) && contribution()[k].delivery != Delivery::assign ? 1 : 0;
    }
    KernelRun<T> run(*kernels, blocks);
    if (sum) {
        run.number(p.y_bar(), at.adjoint + result);
        if (second) run.number(p.y_bar_dot(), at.second + result);
    }
    for_each_block(rows, cols, run.length(), by_column(rows, cols, operands(), result_layout()),
                   [&](Block block) {
                       read_operands<T>(run, *kernels, operands(), rows, cols, block, at.value,
                                        second ? at.tangent : nullptr);
                       for (int k = 0; k < leaves; ++k) {
                           if (!kernels->is_active(k)) continue;
                           run.write(p.x_bar(k), contribution()[k].delivery == Delivery::assign
                                                     ? target + leaf()[k].slot + block.first
                                                     : run.scratch(p.x_bar(k)));
                       }
                       for (int k = 0; k < p.kept; ++k) {
                           T* numbers = kept + k * size + block.first;
                           run.read(p.keep(k), numbers);
                           // The gradient sweep keeps derivatives beside the results it reads.
                           if (!second) run.write(p.keep(k), numbers);
                       }
                       if (!sum) {
                           read_result(run, p.y(), at.value, block);
                           read_result(run, p.y_bar(), at.adjoint, block);
                           if (second) read_result(run, p.y_bar_dot(), at.second, block);
                       }
                       run(second ? kernels->product : kernels->gradient, block.count);
                       for (int k = 0; k < leaves; ++k) {
                           const Contribution& own = contribution()[k];
                           if (own.delivery != Delivery::add) continue;
                           const T* x_bar = run.scratch(p.x_bar(k));
                           T* to = target + leaf()[k].slot;
                           if (leaf()[k].array) {
                               scatter_add(x_bar, own.joined < 0 ? nullptr : run.scratch(p.x_bar(own.joined)),
                                           layout(leaf()[k]), block, to);
                           } else {
                               *to += sum_of(x_bar, block.count);
                           }
                       }
                   });
}

template <class T>
void ElementwiseNode<T>::gradient(const SweepArrays<T>& at) {
    plan(at.tape);
    reverse(at, false);
}

template <class T>
void ElementwiseNode<T>::product(const SweepArrays<T>& at) {
    reverse(at, true);
}

template <class T>
void ElementwiseNode<T>::tangent(const SweepArrays<T>& at) {
    if (sum && result == at.result) return;  // nothing asks for the derivative of the loss itself
    const KernelLayout& p = kernels->layout;
    const Index size = rows * cols;
    KernelRun<T> run(*kernels, scratch_for_operands(*kernels, operands(), rows, cols, true) +
                                   (result_layout().dense(cols) ? 0 : 2));
    if (sum) {
        run.begin_sum(p.y_dot());
        run.number(p.y_bar(), at.adjoint + result);
        run.number(p.y_bar_dot(), at.second + result);
    }
    for_each_block(
        rows, cols, run.length(), by_column(rows, cols, operands(), result_layout()), [&](Block block) {
            read_operands<T>(run, *kernels, operands(), rows, cols, block, at.value, at.tangent);
            for (int k = 0; k < p.kept; ++k) run.read(p.keep(k), kept + k * size + block.first);
            Index offset = 0;
            if (!sum) {
                read_result(run, p.y(), at.value, block);
                offset = result_layout().contiguous(block, cols);
                run.write(p.y_dot(), offset >= 0 ? at.tangent + result + offset : run.scratch(p.y_dot()));
            }
            run(kernels->tangent, block.count);
            if (offset < 0) scatter(run.scratch(p.y_dot()), result_layout(), block, at.tangent + result);
        });
    if (sum) at.tangent[result] = run.sum();
}

template <class T>
ElementwiseNode<T>& append_statement(Tape<T>& tape, const Kernels<T>& kernels,
                                     std::span<const StatementLeaf<T>> leaves, Index rows, Index cols) {
    ElementwiseNode<T> node{};
    node.kernels = &kernels;
    node.rows = rows;
    node.cols = cols;
    node.leaves = static_cast<int>(leaves.size());
    node.kept = kernels.layout.kept == 0
                    ? nullptr
                    : tape.keep_numbers(static_cast<std::size_t>(kernels.layout.kept * rows * cols));
    auto& stored = append(tape, node, leaves.size() * (sizeof(StatementLeaf<T>) + sizeof(Contribution)));
    std::uninitialized_copy(leaves.begin(), leaves.end(), stored.leaf());
    return stored;
}

}  // namespace

template <class T>
void run_statement_into(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Tape<T>* tape,
                        const ArrayOperand<T>& target, T* data) {
    const Index rows = target.rows, cols = target.cols;
    T* kept = nullptr;
    if (tape != nullptr) {
        auto& node = append_statement(*tape, kernels, leaves, rows, cols);
        node.slots_before = node.slots_after = tape->slots();
        node.result = target.slot;
        node.result_outer = target.outer;
        kept = node.kept;
        data = tape->values() + target.slot;
    }
    evaluate<T>(kernels, leaves, tape, rows, cols, Layout{rows, 1, target.outer}, kept, data);
}

template <class T>
ArrayOperand<T> run_statement(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves,
                              Tape<T>* tape, Index rows, Index cols) {
    if (tape == nullptr) {
        auto result = allocate_array<T>(rows, cols);
        run_statement_into<T>(kernels, leaves, nullptr, result.operand, result.data);
        return result.operand;
    }
    const std::size_t before = tape->slots();
    const ArrayOperand<T> result = allocate_variable(*tape, rows, cols);
    run_statement_into<T>(kernels, leaves, tape, result, nullptr);
    auto& node = *reinterpret_cast<ElementwiseNode<T>*>(tape->last_node());
    node.slots_before = before;
    return result;
}

template <class T>
ScalarResult<T> run_sum(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Tape<T>* tape,
                        Index rows, Index cols) {
    T* kept = nullptr;
    std::size_t slot = 0;
    if (tape != nullptr) {
        auto& node = append_statement(*tape, kernels, leaves, rows, cols);
        node.sum = true;
        node.slots_before = slot = tape->slots();
        node.slots_after = slot + 1;
        node.result = slot;
        kept = node.kept;
    }
    const T value = evaluate<T>(kernels, leaves, tape, rows, cols, Layout{rows, 1, rows}, kept, nullptr);
    if (tape != nullptr) tape->append_value(value);
    return {tape, value, static_cast<std::uint32_t>(slot)};
}

template ArrayOperand<double> run_statement(const Kernels<double>&, std::span<const StatementLeaf<double>>,
                                            Tape<double>*, Index, Index);
template ArrayOperand<float> run_statement(const Kernels<float>&, std::span<const StatementLeaf<float>>,
                                           Tape<float>*, Index, Index);
template void run_statement_into(const Kernels<double>&, std::span<const StatementLeaf<double>>,
                                 Tape<double>*, const ArrayOperand<double>&, double*);
template void run_statement_into(const Kernels<float>&, std::span<const StatementLeaf<float>>, Tape<float>*,
                                 const ArrayOperand<float>&, float*);
template ScalarResult<double> run_sum(const Kernels<double>&, std::span<const StatementLeaf<double>>,
                                      Tape<double>*, Index, Index);
template ScalarResult<float> run_sum(const Kernels<float>&, std::span<const StatementLeaf<float>>,
                                     Tape<float>*, Index, Index);

}  // namespace hesse
