#pragma once

#include "hesse/autodiff/engine/kernel_operands.hpp"
#include "hesse/autodiff/engine/node.hpp"

#include <algorithm>
#include <array>
#include <span>

/// The sweeps of a statement over arrays.
namespace hesse {

inline std::uint32_t bit(int k) { return std::uint32_t{1} << k; }

template <class T>
bool same_operand(const StatementLeaf<T>& a, const StatementLeaf<T>& b) {
    return a.tape != nullptr && b.tape != nullptr && a.array == b.array && a.slot == b.slot &&
           a.inner == b.inner && a.outer == b.outer;
}

/// Where the contribution of this statement to the adjoint of an operand goes. Leaves that are the same operand
/// share what the first of them says.
enum class Delivery : std::uint8_t {
    none,     // the operand is constant
    direct,   // the kernel writes where the adjoint lies
    scratch,  // the kernel writes a block of scratch, which is added to the adjoint
};

struct Contribution {
    Delivery delivery = Delivery::none;
    int first = 0;  // the first leaf that is the same operand
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
    bool sum = false;    // y is the sum of the statement
    AdjointSums adjoints;
    T* kept;  // one block of rows * cols for each number kept
    int leaves;

    StatementLeaf<T>* leaf() { return reinterpret_cast<StatementLeaf<T>*>(this + 1); }
    Contribution* contribution() { return reinterpret_cast<Contribution*>(leaf() + leaves); }
    std::span<const StatementLeaf<T>> operands() { return {leaf(), static_cast<std::size_t>(leaves)}; }
    [[nodiscard]] Layout layout(const StatementLeaf<T>& leaf) const { return {rows, leaf.inner, leaf.outer}; }
    [[nodiscard]] Layout result_layout() const { return {rows, 1, sum ? rows : result_outer}; }

    void gradient(const SweepArrays<T>& at);
    void tangent(const SweepArrays<T>& at);
    void product(const SweepArrays<T>& at);
    T rounding(const SweepArrays<T>& at);
    void describe(NodeDescription<T>& to) {
        for (const auto& x : operands()) {
            const bool number = !x.array;
            to.operands.push_back({x.tape != nullptr, x.slot, x.data, x.value, number ? 1 : rows,
                                   number ? 1 : cols, x.inner, x.outer});
        }
        to.result = NodeDescription<T>::slots(result, sum ? 1 : rows, sum ? 1 : cols);
        if (!sum) to.result.outer = result_outer;
        to.bytes += static_cast<std::size_t>(leaves) * (sizeof(StatementLeaf<T>) + sizeof(Contribution));
        to.kept = static_cast<std::size_t>(kernels->layout.kept * rows * cols);
        to.formula = kernels->formula;
        to.flops = static_cast<double>(rows * cols) * (kernels->formula->calls + (sum ? 1 : 0));
        to.sum = sum;
        to.rows = rows;
        to.cols = cols;
    }
    void dependencies(EntryDependencies& of) {
        std::array<SlotArray, largest_statement> active;
        std::size_t count = 0;
        for (int k = 0; k < leaves; ++k) {
            if (!kernels->is_active(k)) continue;
            const StatementLeaf<T>& x = leaf()[k];
            if (x.tape != nullptr) active[count] = {x.slot, rows, cols, x.inner, x.outer};
            ++count;
        }
        of.entrywise(
            *kernels->formula, rows, cols, std::span(active.data(), count),
            sum ? SlotArray{result, rows, cols, 0, 0} : SlotArray{result, rows, cols, 1, result_outer});
    }
    /// Evaluates a sum that will be the loss, and contributes to the adjoints in the same pass.
    T evaluate_and_sweep(Tape<T>& tape);
    /// Whether that gives the bits of the sum as it is evaluated otherwise, and needs nothing to be cleared first.
    bool may_sweep_early() {
        if (kernels->value_and_gradient == nullptr ||
            blocks_by_column(rows, cols, operands(), result_layout()))
            return false;
        return std::none_of(leaf(), leaf() + leaves,
                            [](const auto& operand) { return operand.tape != nullptr && !operand.array; });
    }

private:
    T sum_of_magnitudes(const SweepArrays<T>& at);
    enum class Pass { gradient, value_and_gradient, product };

    /// Distance from the first entry to one past the last.
    [[nodiscard]] std::size_t extent(Index inner, Index outer) const {
        return rows * cols == 0 ? 0 : static_cast<std::size_t>((rows - 1) * inner + (cols - 1) * outer + 1);
    }
    [[nodiscard]] bool dense(const StatementLeaf<T>& leaf) const {
        return layout(leaf).dense(cols) && leaf.inner * leaf.outer != 0;
    }
    [[nodiscard]] bool overlap(const StatementLeaf<T>& a, const StatementLeaf<T>& b) const {
        return a.slot < b.slot + extent(b.inner, b.outer) && b.slot < a.slot + extent(a.inner, a.outer);
    }
    void plan_sums();
    void plan(Tape<T>& tape);
    template <class Target>
    void write_adjoints(KernelRun<T>& run, Block block, const Target& target);
    template <class Target>
    void deliver(KernelRun<T>& run, Block block, const Target& target);
    void read_result(KernelRun<T>& run, int pointer, const T* array, Block block) const {
        read_block<T>(run, pointer, array + result, result_layout(), cols, block);
    }
    template <Pass pass>
    T reverse(const SweepArrays<T>& at);
};

// Leaves that are the same operand deliver together: the kernel adds them up, in registers if they follow one
// another, and stores the sum once.
template <class T>
void ElementwiseNode<T>::plan_sums() {
    adjoints = {};
    int previous = -1;  // active leaf
    for (int k = 0; k < leaves; ++k) {
        Contribution& own = contribution()[k] = {};
        own.first = k;
        if (!kernels->is_active(k)) continue;
        if (leaf()[k].tape != nullptr) {
            own.delivery = Delivery::scratch;
            for (int other = 0; other < k && own.first == k; ++other) {
                if (kernels->is_active(other) && same_operand(leaf()[other], leaf()[k])) own.first = other;
            }
            if (previous >= 0 && own.first == contribution()[previous].first) {
                adjoints.passed_on |= bit(previous);
                if ((adjoints.added & bit(previous)) != 0) adjoints.added |= bit(k);
            } else if (own.first != k) {
                adjoints.added |= bit(k);
            }
        }
        previous = k;
    }
}

// Decides once how each adjoint is delivered. The kernel may write that of a dense operand where it lies, and
// assign it if nothing contributed before. Of operands that overlap, such as head and tail of one vector, only
// the one that lies last is written by the kernel, which is always ahead of the others there: what it assigns has
// not been added to yet. The others follow by way of scratch, since their loads would wait for its stores.
template <class T>
void ElementwiseNode<T>::plan(Tape<T>& tape) {
    if (!sum) tape.require_adjoints({result, extent(1, result_outer)});
    plan_sums();
    std::array<int, largest_statement> order;  // operands that are arrays, from the last slot to the first
    int count = 0;
    for (int k = 0; k < leaves; ++k) {
        const Contribution& own = contribution()[k];
        if (own.delivery == Delivery::none || own.first != k || !leaf()[k].array) continue;
        int at = count++;
        for (; at > 0 && leaf()[order[index(at - 1)]].slot < leaf()[k].slot; --at) {
            order[index(at)] = order[index(at - 1)];
        }
        order[index(at)] = k;
    }
    for (int i = 0; i < count; ++i) {
        const int k = order[index(i)];
        bool direct = dense(leaf()[k]), leads = true;
        for (int j = 0; j < count; ++j) {
            const int other = order[index(j)];
            if (j == i || !overlap(leaf()[k], leaf()[other])) continue;
            if (j < i && contribution()[other].delivery == Delivery::direct) direct = false;
            leads = leads && j > i && dense(leaf()[other]);
        }
        const typename Tape<T>::Region region{leaf()[k].slot, extent(leaf()[k].inner, leaf()[k].outer)};
        if (direct) contribution()[k].delivery = Delivery::direct;
        if (direct && leads && tape.first_contribution(region)) continue;
        tape.require_adjoints(region);
        for (int other = k; direct && other < leaves; ++other) {
            if (kernels->is_active(other) && contribution()[other].first == k) adjoints.added |= bit(other);
        }
    }
}

// Tells the kernel where to write the adjoints of a block.
template <class T>
template <class Target>
void ElementwiseNode<T>::write_adjoints(KernelRun<T>& run, Block block, const Target& target) {
    std::array<int, largest_statement> stored;  // by an operand's first leaf, the leaf that stores first
    stored.fill(-1);
    for (int k = 0; k < leaves; ++k) {
        if (!kernels->is_active(k) || (adjoints.passed_on & bit(k)) != 0) continue;
        const int first = contribution()[k].first;
        const int pointer = kernels->layout.x_bar(k);
        int& earlier = stored[index(first)];
        if (earlier >= 0) {
            run.follow(pointer, kernels->layout.x_bar(earlier));
            continue;
        }
        earlier = k;
        T* at = contribution()[first].delivery == Delivery::direct
                    ? target(leaf()[k].slot) + block.first
                    : run.scratch(kernels->layout.x_bar(first));
        if ((adjoints.added & bit(k)) != 0) {
            run.update(pointer, at);
        } else {
            run.write(pointer, at);
        }
    }
}

// Adds to the adjoints what the kernel left in scratch.
template <class T>
template <class Target>
void ElementwiseNode<T>::deliver(KernelRun<T>& run, Block block, const Target& target) {
    for (int k = 0; k < leaves; ++k) {
        if (contribution()[k].delivery != Delivery::scratch || contribution()[k].first != k) continue;
        const T* x_bar = run.scratch(kernels->layout.x_bar(k));
        T* to = target(leaf()[k].slot);
        if (leaf()[k].array) {
            scatter_add(x_bar, layout(leaf()[k]), block, to);
        } else {
            *to += sum_of(x_bar, block.count);
        }
    }
}

// The reverse sweep of first adjoints, or of second ones; returns the sum where it is evaluated.
template <class T>
template <typename ElementwiseNode<T>::Pass pass>
T ElementwiseNode<T>::reverse(const SweepArrays<T>& at) {
    constexpr bool second = pass == Pass::product;
    constexpr bool evaluates = pass == Pass::value_and_gradient;
    const auto kernel = second      ? kernels->product
                        : evaluates ? kernels->value_and_gradient
                                    : kernels->gradient;
    const KernelLayout& p = kernels->layout;
    const Index size = rows * cols;
    const auto target = [&](std::size_t slot) { return second ? at.second_at(slot) : at.adjoint + slot; };
    int blocks = scratch_for_operands(*kernels, operands(), rows, cols, second) +
                 (result_layout().dense(cols) ? 0 : 3);
    for (int k = 0; k < leaves; ++k) {
        const Contribution& own = contribution()[k];
        blocks += kernels->is_active(k) && own.first == k && own.delivery != Delivery::direct ? 1 : 0;
    }
    KernelRun<T> run(*kernels, blocks);
    if (evaluates) run.begin_sum(p.y());
    if (sum) {
        run.number(p.y_bar(), at.adjoint + result);
        if (second) run.number(p.y_bar_dot(), at.second + result);
    }
    for_each_block(rows, cols, run.length(), blocks_by_column(rows, cols, operands(), result_layout()),
                   [&](Block block) {
                       read_operands<T>(run, *kernels, operands(), rows, cols, block, at.value,
                                        second ? &at : nullptr);
                       write_adjoints(run, block, target);
                       for (int k = 0; k < p.kept; ++k) {
                           T* numbers = kept + k * size + block.first;
                           // The gradient sweep keeps derivatives beside the results it reads.
                           if (!evaluates) run.read(p.keep(k), numbers);
                           if (!second) run.write(p.keep(k), numbers);
                       }
                       if (!sum) {
                           read_result(run, p.y(), at.value, block);
                           read_result(run, p.y_bar(), at.adjoint, block);
                           if (second) read_result(run, p.y_bar_dot(), at.second, block);
                       }
                       run(kernel, block.count, adjoints);
                       deliver(run, block, target);
                   });
    return evaluates ? run.sum() : T(0);
}

template <class T>
T ElementwiseNode<T>::evaluate_and_sweep(Tape<T>& tape) {
    plan(tape);
    return reverse<Pass::value_and_gradient>(tape.arrays_of_gradient());
}

template <class T>
void ElementwiseNode<T>::gradient(const SweepArrays<T>& at) {
    if (at.tape.was_swept_early(result)) return;
    plan(at.tape);
    reverse<Pass::gradient>(at);
}

template <class T>
void ElementwiseNode<T>::product(const SweepArrays<T>& at) {
    reverse<Pass::product>(at);
}

// The kernel writes the adjoints of all leaves apart.
template <class T>
T ElementwiseNode<T>::rounding(const SweepArrays<T>& at) {
    using std::abs;
    const KernelLayout& p = kernels->layout;
    const Index size = rows * cols;
    const int blocks = scratch_for_operands(*kernels, operands(), rows, cols, false) + leaves + p.kept + 3;
    KernelRun<T> run(*kernels, blocks);
    if (sum) run.number(p.y_bar(), at.adjoint + result);
    T total(0);
    for_each_block(
        rows, cols, run.length(), blocks_by_column(rows, cols, operands(), result_layout()),
        [&](Block block) {
            const auto add = [&](const T* adjoint, const T* number) {
                for (Index i = 0; i < block.count; ++i) total += abs(T(adjoint[i] * number[i]));
            };
            read_operands<T>(run, *kernels, operands(), rows, cols, block, at.value, nullptr);
            for (int k = 0; k < leaves; ++k) {
                if (kernels->is_active(k)) run.write(p.x_bar(k), run.scratch(p.x_bar(k)));
            }
            for (int k = 0; k < p.kept; ++k) {
                std::copy_n(kept + k * size + block.first, block.count, run.scratch(p.keep(k)));
                run.update(p.keep(k), run.scratch(p.keep(k)));
            }
            if (!sum) {
                read_result(run, p.y(), at.value, block);
                read_result(run, p.y_bar(), at.adjoint, block);
            }
            run(kernels->gradient, block.count);
            for (int k = 0; k < leaves; ++k) {
                if (!kernels->is_active(k)) continue;
                const T* x_bar = run.scratch(p.x_bar(k));
                if (leaf()[k].array) {
                    gather((leaf()[k].tape != nullptr ? at.value + leaf()[k].slot : leaf()[k].data),
                           layout(leaf()[k]), block, run.scratch(p.y()));
                    add(x_bar, run.scratch(p.y()));
                } else {
                    const T number = leaf()[k].tape != nullptr ? at.value[leaf()[k].slot] : leaf()[k].value;
                    for (Index i = 0; i < block.count; ++i) total += abs(T(x_bar[i] * number));
                }
            }
        });
    if (!sum) return total + rounding_of(at, result, result + extent(1, result_outer));
    const T additions = static_cast<T>(size) / static_cast<T>(8 * sum_lanes * kernels->pack);
    return total + (T(1) + additions) * abs(T(at.adjoint[result] * sum_of_magnitudes(at)));
}

// Of the terms of a sum: so few at a time that each lane gets one.
template <class T>
T ElementwiseNode<T>::sum_of_magnitudes(const SweepArrays<T>& at) {
    const KernelLayout& p = kernels->layout;
    KernelRun<T> run(*kernels, scratch_for_operands(*kernels, operands(), rows, cols, false) + p.kept + 1);
    T total(0);
    for_each_block(rows, cols, Index{sum_lanes * kernels->pack},
                   blocks_by_column(rows, cols, operands(), result_layout()), [&](Block block) {
                       run.begin_sum(p.y());
                       read_operands<T>(run, *kernels, operands(), rows, cols, block, at.value, nullptr);
                       for (int k = 0; k < p.kept; ++k) run.write(p.keep(k), run.scratch(p.keep(k)));
                       run(kernels->value, block.count);
                       total += run.sum_of_magnitudes();
                   });
    return total;
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
    for_each_block(rows, cols, run.length(), blocks_by_column(rows, cols, operands(), result_layout()),
                   [&](Block block) {
                       read_operands<T>(run, *kernels, operands(), rows, cols, block, at.value, &at);
                       for (int k = 0; k < p.kept; ++k) run.read(p.keep(k), kept + k * size + block.first);
                       Index offset = 0;
                       if (!sum) {
                           read_result(run, p.y(), at.value, block);
                           offset = result_layout().contiguous(block, cols);
                           run.write(p.y_dot(),
                                     offset >= 0 ? at.tangent + result + offset : run.scratch(p.y_dot()));
                       }
                       run(kernels->tangent, block.count);
                       if (offset < 0)
                           scatter(run.scratch(p.y_dot()), result_layout(), block, at.tangent + result);
                   });
    if (sum) at.tangent[result] = run.sum();
}

}  // namespace hesse
