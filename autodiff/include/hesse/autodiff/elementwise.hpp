#pragma once

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/evaluation.hpp"
#include "hesse/autodiff/formula.hpp"
#include "hesse/autodiff/simd.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

/// Elementwise statements over arrays, fused: one pass for the whole tree.
///
/// Work goes block by block through the first-level cache. A driver, compiled once in the library, finds for
/// each block where every operand's entries lie side by side (copying to scratch where strides or repetition
/// say otherwise), and delivers adjoints likewise. Only the arithmetic in between is compiled for the
/// statement: a kernel, which sees contiguous blocks of whole packs and nothing else.
namespace hesse {

/// Where a kernel finds what, in the pointers it is given, for a statement of L leaves that keeps K numbers.
/// A scalar leaf's pointer is to one number, all others are to blocks. Of a statement that is summed, y and
/// y_dot are `sum_lanes` packs, to which those of the entries are added in turn, and y_bar and y_bar_dot are
/// one number.
struct KernelLayout {
    int leaves, kept;
    [[nodiscard]] constexpr int x(int leaf) const { return leaf; }
    [[nodiscard]] constexpr int x_dot(int leaf) const { return leaves + leaf; }
    [[nodiscard]] constexpr int x_bar(int leaf) const { return 2 * leaves + leaf; }
    [[nodiscard]] constexpr int keep(int number) const { return 3 * leaves + number; }
    [[nodiscard]] constexpr int y() const { return 3 * leaves + kept; }
    [[nodiscard]] constexpr int y_dot() const { return y() + 1; }
    [[nodiscard]] constexpr int y_bar() const { return y() + 2; }
    [[nodiscard]] constexpr int y_bar_dot() const { return y() + 3; }
    [[nodiscard]] constexpr int count() const { return y() + 4; }
};

/// Packs over which a kernel spreads a sum, so that additions need not wait for one another.
inline constexpr int sum_lanes = 4;

/// What a reverse kernel does with the adjoint of each leaf; bit k speaks of leaf k.
struct AdjointSums {
    std::uint32_t passed_on =
        0;                    // not stored: added to that of the next active leaf, which is the same operand
    std::uint32_t added = 0;  // added to what is there, not assigned
};

/// The arithmetic of one statement on n entries, at least one pack. Entries that fill no pack are evaluated in the
/// last pack of the block, which repeats some of those before to the same effect unless adjoints are `added`; then,
/// n is to be a multiple of `pack`. Of a sum that pack is not added but left behind those of y or y_dot.
template <class T>
struct Kernels {
    using Kernel = void (*)(Index n, T* const* pointers, AdjointSums sums);
    Kernel value;               // x -> y, kept
    Kernel gradient;            // x, kept, y, y_bar -> x_bar, kept
    Kernel tangent;             // x, x_dot, kept, y -> y_dot
    Kernel product;             // x, x_dot, kept, y, y_bar, y_bar_dot -> x_bar_dot (at x_bar)
    Kernel value_and_gradient;  // of a sum: x, y_bar -> y, kept, x_bar
    KernelLayout layout;
    std::uint32_t active;  // bit k: leaf k is active by its type, so that the kernel writes its adjoint
    int pack;
    const Formula* formula;

    [[nodiscard]] bool is_active(int leaf) const { return ((active >> leaf) & 1u) != 0; }
};

/// One leaf of a statement, as given to the library.
template <class T>
struct StatementLeaf {
    Tape<T>* tape;  // none: constant
    const T* data;  // of a constant array; none for scalars
    T value;        // of a constant scalar
    std::uint32_t slot;
    bool array;
    Index inner, outer;  // zero for scalars
};

/// A scalar result of an array operation.
template <class T>
struct ScalarResult {
    Tape<T>* tape;
    T value;
    std::uint32_t slot;
};

/// Evaluates statements, and records them where there is a tape. Defined in engine/statements.hpp.
template <class T>
struct ArrayStatements {
    using Leaves = std::span<const StatementLeaf<T>>;

    /// y = statement, dense (rows x cols): on the tape if there is one, else owned.
    static ArrayOperand<T> run(const Kernels<T>& kernels, Leaves leaves, Tape<T>* tape, Index rows,
                               Index cols);
    /// The same written to a given array: a part of one on the tape, or one at `data` (then `target.tape` is
    /// none). What was there before is not read.
    static void run_into(const Kernels<T>& kernels, Leaves leaves, Tape<T>* tape,
                         const ArrayOperand<T>& target, T* data);
    /// Sum of all entries of the statement, which is never stored as an array.
    static ScalarResult<T> sum(const Kernels<T>& kernels, Leaves leaves, Tape<T>* tape, Index rows,
                               Index cols);
};
extern template struct ArrayStatements<double>;
extern template struct ArrayStatements<float>;

// --------------------------------------------------------------------------------------------- kernels

/// Which leaves of a tree are arrays.
template <class Tree>
struct LeafIsArray {
    static constexpr std::array<bool, 1> value{Tree::array};
};
template <class Rule, class... Args>
struct LeafIsArray<Call<Rule, Args...>> {
    static constexpr auto value = [] {
        std::array<bool, std::size_t{Call<Rule, Args...>::leaves}> all{};
        std::size_t next = 0;
        const auto append = [&](const auto& part) {
            for (bool array : part) all[next++] = array;
        };
        (append(LeafIsArray<Args>::value), ...);
        return all;
    }();
};

/// The same calls of constants.
template <class Leaf>
struct ConstantTreeOf {
    using type = typename Leaf::Constant;
};
template <class Tree>
using ConstantTree = typename ConstantTreeOf<Tree>::type;
template <class Rule, class... Args>
struct ConstantTreeOf<Call<Rule, Args...>> {
    using type = Call<Rule, ConstantTree<Args>...>;
};

template <class T>
using LanesOf = std::conditional_t<std::is_floating_point_v<T>, Pack<T>, T>;

/// Source and sink of one pack of entries, at place i of a block.
template <class T, class Tree, bool Top, Sweep sweep, class P>
struct PackSource {
    static constexpr KernelLayout layout{Tree::leaves, kept_numbers<Tree, Top>};
    // A copy of the pointers: stores to blocks could change any other array of pointers, for all the compiler
    // knows, and it would load them anew each time.
    std::array<T*, std::size_t{layout.count()}> pointers;
    std::array<P, std::size_t{Tree::leaves}> numbers;  // of scalar leaves
    std::array<P, Top ? 1 : 2> adjoint_of_sum;         // and its tangent in the product sweep
    AdjointSums sums;
    P passed_on;  // the adjoint of the leaf before
    Index i = 0;

    [[gnu::always_inline]] explicit PackSource(T* const* given, AdjointSums given_sums = {})
        : sums(given_sums) {
        std::copy_n(given, layout.count(), pointers.begin());
        for (int leaf = 0; leaf < Tree::leaves; ++leaf) {
            if (!LeafIsArray<Tree>::value[leaf]) numbers[leaf] = P(*pointers[layout.x(leaf)]);
        }
        if constexpr (!Top && sweep != Sweep::record) {  // the tangent sweep reads them for nothing
            adjoint_of_sum[0] = P(*pointers[layout.y_bar()]);
            if constexpr (sweep == Sweep::product) adjoint_of_sum[1] = P(*pointers[layout.y_bar_dot()]);
        }
    }

    template <int I>
    P number() const {
        if constexpr (LeafIsArray<Tree>::value[I]) {
            return entry(layout.x(I));
        } else {
            return numbers[I];
        }
    }
    template <int I>
    auto leaf() const {
        if constexpr (sweep != Sweep::product || !LeafActivity<Tree>::value[I]) {
            return number<I>();
        } else if constexpr (LeafIsArray<Tree>::value[I]) {
            return Dual<P>(number<I>(), entry(layout.x_dot(I)));
        } else {
            return Dual<P>(number<I>(), P(*pointers[layout.x_dot(I)]));
        }
    }
    P entry(int which) const { return Lanes<P>::load(pointers[static_cast<std::size_t>(which)] + i); }
    template <int I>
    P kept() const {
        return entry(layout.keep(I));
    }
    template <int I>
    void keep(const P& number) {
        Lanes<P>::store(number, pointers[layout.keep(I)] + i);
    }
    P result() const { return entry(layout.y()); }

    // Called for the active leaves, from the first to the last.
    template <int I>
    [[gnu::always_inline]] void add(const P& x_bar) {
        deliver<I>(passed_to<I>() ? passed_on + x_bar : x_bar);
    }
    template <int I>
    [[gnu::always_inline]] void subtract(const P& x_bar) {
        deliver<I>(passed_to<I>() ? passed_on - x_bar : -x_bar);
    }

private:
    static bool bit(std::uint32_t bits, int k) { return ((bits >> k) & 1u) != 0; }
    // Whether leaf I takes over the adjoint of the active leaf before.
    template <int I>
    [[gnu::always_inline]] bool passed_to() const {
        constexpr int previous = [] {
            int leaf = I - 1;
            while (leaf >= 0 && !LeafActivity<Tree>::value[static_cast<std::size_t>(leaf)]) --leaf;
            return leaf;
        }();
        if constexpr (previous < 0) {
            return false;
        } else {
            return bit(sums.passed_on, previous);
        }
    }
    template <int I>
    [[gnu::always_inline]] void deliver(const P& x_bar) {
        passed_on = x_bar;
        if (bit(sums.passed_on, I)) return;
        T* target = pointers[layout.x_bar(I)] + i;
        Lanes<P>::store(bit(sums.added, I) ? Lanes<P>::load(target) + x_bar : x_bar, target);
    }
};

/// Kernels of a tree. `Top`: the statement's result is stored, so that its own call finds it there; else it is
/// summed. The type of pack is a parameter so that units compiled with other vector flags have kernels of
/// their own.
template <class T, class Tree, bool Top, class P = LanesOf<T>>
struct ElementwiseKernels {
    static constexpr int lanes = Lanes<P>::size;
    using Walker = Walk<Tree, 0, 0, Top>;
    template <Sweep sweep>
    using Source = PackSource<T, Tree, Top, sweep, P>;
    static constexpr KernelLayout layout = Source<Sweep::record>::layout;

    static void value(Index n, T* const* p, AdjointSums) {
        Source<Sweep::record> at(p);
        write(
            at, at.pointers[layout.y()], n, [&]() __attribute__((always_inline)) {
                return Walker::template forward<Sweep::record>(at).value;
            });
    }
    static void gradient(Index n, T* const* p, AdjointSums sums) {
        Source<Sweep::gradient> at(p, sums);
        for_each_pack(
            at, n, [&]() __attribute__((always_inline)) {
                const auto node = Walker::template forward<Sweep::gradient>(at);
                Walker::template reverse<Sweep::gradient>(at, at, node,
                                                          adjoint_of_result<Tree>(adjoint<0>(at)));
            });
    }
    static void value_and_gradient(Index n, T* const* p, AdjointSums sums) {
        Source<Sweep::gradient> at(p, sums);
        write(
            at, at.pointers[layout.y()], n, [&]() __attribute__((always_inline)) {
                const auto node = Walker::template forward<Sweep::record>(at);
                Walker::template reverse<Sweep::gradient>(at, at, node, adjoint<0>(at));
                return node.value;
            });
    }
    static void tangent(Index n, T* const* p, AdjointSums) {
        Source<Sweep::product> at(p);
        write(
            at, at.pointers[layout.y_dot()], n, [&]() __attribute__((always_inline)) {
                return Walker::template forward<Sweep::product>(at).value.tangent;
            });
    }
    static void product(Index n, T* const* p, AdjointSums sums) {
        Source<Sweep::product> at(p, sums);
        for_each_pack(
            at, n, [&]() __attribute__((always_inline)) {
                const auto node = Walker::template forward<Sweep::product>(at);
                const Dual<P> y_bar(adjoint<0>(at), adjoint<1>(at));
                Walker::template reverse<Sweep::product>(at, at, node, adjoint_of_result<Tree>(y_bar));
            });
    }

    template <class Source, class Visit>
    [[gnu::always_inline]] static void for_each_pack(Source& at, Index n, const Visit& visit) {
        for (Index done = 0; done < n; done += lanes) {
            at.i = std::min<Index>(done, n - lanes);
            visit();
        }
    }
    // Stores or sums what `entries` gives for each pack.
    template <class Source, class Entries>
    [[gnu::always_inline]] static void write(Source& at, T* y, Index n, const Entries& entries) {
        if constexpr (Top) {
            for_each_pack(
                at, n, [&]() __attribute__((always_inline)) { Lanes<P>::store(entries(), y + at.i); });
        } else {
            const auto next = [&]() __attribute__((always_inline)) {
                const P pack = entries();
                at.i += lanes;
                return pack;
            };
            // Named one by one, since GCC keeps an array of them in memory.
            static_assert(sum_lanes == 4);
            P a = Lanes<P>::load(y), b = Lanes<P>::load(y + lanes), c = Lanes<P>::load(y + 2 * lanes),
              d = Lanes<P>::load(y + 3 * lanes);
            while (at.i + sum_lanes * lanes <= n) {
                a = a + next();
                b = b + next();
                c = c + next();
                d = d + next();
            }
            while (at.i < n) {
                const bool whole = at.i + lanes <= n;
                if (!whole) at.i = n - lanes;
                const P pack = next();
                if (whole) {
                    a = a + pack;
                } else {
                    Lanes<P>::store(pack, y + sum_lanes * lanes);
                }
            }
            Lanes<P>::store(a, y);
            Lanes<P>::store(b, y + lanes);
            Lanes<P>::store(c, y + 2 * lanes);
            Lanes<P>::store(d, y + 3 * lanes);
        }
    }
    // y_bar, or its tangent.
    template <int order, class Source>
    [[gnu::always_inline]] static P adjoint(const Source& at) {
        if constexpr (Top) {
            return at.entry(layout.y_bar() + order);
        } else {
            return at.adjoint_of_sum[order];
        }
    }

    static constexpr std::uint32_t active_leaves = [] {
        std::uint32_t bits = 0;
        for (int k = 0; k < Tree::leaves; ++k) bits |= std::uint32_t{LeafActivity<Tree>::value[k]} << k;
        return bits;
    }();

    static constexpr Kernels<T> table = [] {
        // Where nothing is kept, variables are evaluated as constants are.
        constexpr bool as_constants = Tree::active && layout.kept == 0;
        using Evaluated = std::conditional_t<as_constants, ConstantTree<Tree>, Tree>;
        Kernels<T> all{ElementwiseKernels<T, Evaluated, Top, P>::value,
                       nullptr,
                       nullptr,
                       nullptr,
                       nullptr,
                       layout,
                       active_leaves,
                       lanes,
                       &formula_of<Tree>.formula};
        if constexpr (Tree::active) {
            all.gradient = gradient;
            all.tangent = tangent;
            all.product = product;
            if constexpr (!Top) all.value_and_gradient = value_and_gradient;
        }
        return all;
    }();
};

}  // namespace hesse
