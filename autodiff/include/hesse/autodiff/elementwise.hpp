#pragma once

#include <cstdint>
#include <span>

#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/evaluation.hpp"
#include "hesse/autodiff/simd.hpp"

/// Elementwise statements over arrays, fused: one pass for the whole tree.
///
/// Work goes block by block through the first-level cache. A driver, compiled once in the library, finds for
/// each block where every operand's entries lie side by side (copying to scratch where strides or repetition
/// say otherwise), and delivers adjoints likewise. Only the arithmetic in between is compiled for the
/// statement: a kernel, which sees contiguous blocks of whole packs and nothing else.
namespace hesse {

/// Where a kernel finds what, in the pointers it is given, for a statement of L leaves that keeps K numbers.
/// A scalar leaf's pointer is to one number, all others are to blocks.
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

/// The arithmetic of one statement. `n` is a multiple of `pack`.
template <class T>
struct Kernels {
    using Kernel = void (*)(Index n, T* const* pointers);
    Kernel value;     // x -> y, kept
    Kernel gradient;  // x, kept, y, y_bar -> x_bar, kept
    Kernel tangent;   // x, x_dot, kept, y -> y_dot
    Kernel product;   // x, x_dot, kept, y, y_bar, y_bar_dot -> x_bar_dot (at x_bar)
    KernelLayout layout;
    int pack;
    const char* name;
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

/// y = statement, dense (rows x cols): on the tape if there is one, else owned.
template <class T>
ArrayOperand<T> run_statement(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves,
                              Tape<T>* tape, Index rows, Index cols);

/// The same written to a given array: a part of one on the tape, or one at `data` (then `target.tape` is
/// none). What was there before is not read.
template <class T>
void run_statement_into(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Tape<T>* tape,
                        const ArrayOperand<T>& target, T* data);

/// A scalar result of an array operation.
template <class T>
struct ScalarResult {
    Tape<T>* tape;
    T value;
    std::uint32_t slot;
};

/// Sum of all entries of the statement, which is never stored as an array.
template <class T>
ScalarResult<T> run_sum(const Kernels<T>& kernels, std::span<const StatementLeaf<T>> leaves, Tape<T>* tape,
                        Index rows, Index cols);

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

/// Source and sink of one pack of entries, at place i of a block.
template <class T, class Tree, bool Top, Sweep sweep, class P>
struct PackSource {
    static constexpr KernelLayout layout{Tree::leaves, kept_numbers<Tree, Top>};
    T* const* pointers;
    Index i;

    template <int I>
    P read(int which) const {
        if constexpr (LeafIsArray<Tree>::value[I]) {
            return P::load(pointers[which] + i);
        } else {
            return P(*pointers[which]);
        }
    }
    template <int I>
    auto leaf() const {
        if constexpr (sweep == Sweep::product && LeafActivity<Tree>::value[I]) {
            return Dual<P>(read<I>(layout.x(I)), read<I>(layout.x_dot(I)));
        } else {
            return read<I>(layout.x(I));
        }
    }
    template <int I>
    P kept() const {
        return P::load(pointers[layout.keep(I)] + i);
    }
    template <int I>
    void keep(const P& number) {
        number.store(pointers[layout.keep(I)] + i);
    }
    P result() const { return P::load(pointers[layout.y()] + i); }

    template <int I>
    void add(const P& x_bar) {
        x_bar.store(pointers[layout.x_bar(I)] + i);
    }
    template <int I>
    void add(const Dual<P>& x_bar) {
        x_bar.tangent.store(pointers[layout.x_bar(I)] + i);
    }
};

/// Kernels of a tree. `Top`: the statement's result is stored, so that its own call finds it there. The type
/// of pack is a parameter so that units compiled with other vector flags have kernels of their own.
template <class T, class Tree, bool Top, class P = Pack<T>>
struct ElementwiseKernels {
    using Walker = Walk<Tree, 0, 0, Top>;
    template <Sweep sweep>
    using Source = PackSource<T, Tree, Top, sweep, P>;
    static constexpr KernelLayout layout = Source<Sweep::record>::layout;

    static void value(Index n, T* const* p) {
        for (Index i = 0; i < n; i += P::size) {
            Source<Sweep::record> source{p, i};
            Walker::template forward<Sweep::record>(source).value.store(p[layout.y()] + i);
        }
    }
    static void gradient(Index n, T* const* p) {
        for (Index i = 0; i < n; i += P::size) {
            Source<Sweep::gradient> source{p, i};
            const auto node = Walker::template forward<Sweep::gradient>(source);
            Walker::template reverse<Sweep::gradient>(source, source, node, P::load(p[layout.y_bar()] + i));
        }
    }
    static void tangent(Index n, T* const* p) {
        for (Index i = 0; i < n; i += P::size) {
            Source<Sweep::product> source{p, i};
            Walker::template forward<Sweep::product>(source).value.tangent.store(p[layout.y_dot()] + i);
        }
    }
    static void product(Index n, T* const* p) {
        for (Index i = 0; i < n; i += P::size) {
            Source<Sweep::product> source{p, i};
            const auto node = Walker::template forward<Sweep::product>(source);
            const Dual<P> y_bar(P::load(p[layout.y_bar()] + i), P::load(p[layout.y_bar_dot()] + i));
            Walker::template reverse<Sweep::product>(source, source, node, y_bar);
        }
    }

    static constexpr Kernels<T> table = [] {
        if constexpr (Tree::active) {
            return Kernels<T>{value, gradient, tangent, product, layout, P::size, "elementwise"};
        } else {
            return Kernels<T>{value, nullptr, nullptr, nullptr, layout, P::size, "elementwise"};
        }
    }();
};

}  // namespace hesse
