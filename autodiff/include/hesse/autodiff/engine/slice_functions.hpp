#pragma once

#include "hesse/autodiff/engine/one_operand.hpp"
#include "hesse/autodiff/engine/slices.hpp"
#include "hesse/autodiff/engine/softmax.hpp"
#include "hesse/autodiff/slice_nodes.hpp"

#include <vector>

namespace hesse {
namespace engine {

/// y = function(x), slice by slice. The functions (softmax.hpp) see entries that lie side by side: those of other
/// slices are copied to scratch and back.
template <class T, template <class> class Function>
struct SliceNode : OneOperand<T> {
    static constexpr const char* name = Function<T>::name;
    static constexpr int buffers = 6;

    Function<T> function;
    SliceLayout from, to;  // of x and of y
    T* kept;               // numbers of each slice
    Index kept_step;       // from one slice to the next; none where nothing is recorded
    T* scratch;            // `buffers` slices
    bool first;            // x's adjoint is assigned, not added to

    void dependencies(EntryDependencies& of) const {
        for (Index s = 0; s < from.count; ++s) {
            of.nonlinear(this->results(to.offset(s, 0), to.length, to.stride),
                         this->entries(from.offset(s, 0), from.length, from.stride));
        }
    }
    void value(const T* x, T* y, T* kept_numbers) const {
        for (Index s = 0; s < from.count; ++s) {
            T* slice = place(y, to, s, 1);
            function.value(from.length, read(x, from, s, 0), slice, numbers(kept_numbers, s));
            if (slice == buffer(1)) write(slice, y, to, s);
        }
    }

    void gradient(const SweepArrays<T>& at) {
        const auto size = static_cast<std::size_t>(this->extent);
        at.tape.require_adjoints({this->result, static_cast<std::size_t>(this->result_size)});
        first = this->extent == from.count * from.length && at.tape.first_contribution({this->slot, size});
        if (!first) at.tape.require_adjoints({this->slot, size});
        for (Index s = 0; s < from.count; ++s) {
            function.gradient(from.length, read(at.value + this->result, to, s, 0),
                              read(at.adjoint + this->result, to, s, 1), numbers(kept, s), buffer(5));
            deliver(at.adjoint + this->slot, s);
        }
    }
    void tangent(const SweepArrays<T>& at) {
        for (Index s = 0; s < from.count; ++s) {
            T* y_dot = place(at.tangent + this->result, to, s, 2);
            function.tangent(from.length, read(at.value + this->result, to, s, 0),
                             read(at.tangent_at(this->slot), from, s, 1), numbers(kept, s), y_dot);
            if (y_dot == buffer(2)) write(y_dot, at.tangent + this->result, to, s);
        }
    }
    void product(const SweepArrays<T>& at) {
        for (Index s = 0; s < from.count; ++s) {
            function.product(from.length, read(at.value + this->result, to, s, 0),
                             read(at.adjoint + this->result, to, s, 1),
                             read(at.tangent + this->result, to, s, 2),
                             read(at.second + this->result, to, s, 3),
                             read(at.tangent_at(this->slot), from, s, 4), numbers(kept, s), buffer(5));
            deliver(at.second_at(this->slot), s);
        }
    }

private:
    [[nodiscard]] T* buffer(int i) const { return scratch + i * from.length; }
    T* numbers(T* all, Index s) const { return all + s * kept_step; }
    static bool side_by_side(const SliceLayout& slices) { return slices.stride == 1 || slices.length == 1; }

    const T* read(const T* array, const SliceLayout& slices, Index s, int i) const {
        const T* slice = array + slices.offset(s, 0);
        if (side_by_side(slices)) return slice;
        T* copy = buffer(i);
        for (Index k = 0; k < slices.length; ++k) copy[k] = slice[k * slices.stride];
        return copy;
    }
    T* place(T* array, const SliceLayout& slices, Index s, int i) const {
        return side_by_side(slices) ? array + slices.offset(s, 0) : buffer(i);
    }
    static void write(const T* slice, T* array, const SliceLayout& slices, Index s) {
        for (Index k = 0; k < slices.length; ++k) array[slices.offset(s, k)] = slice[k];
    }
    void deliver(T* x_bar, Index s) const {
        const T* term = buffer(5);
        if (first) {
            write(term, x_bar, from, s);
        } else {
            for (Index k = 0; k < from.length; ++k) x_bar[from.offset(s, k)] += term[k];
        }
    }
};

template <template <class> class Function, class T>
ArrayOperand<T> run_slices(const Function<T>& function, const ArrayOperand<T>& x, Slices slices) {
    if (slices == Slices::all && !x.is_dense()) return run_slices(function, ArrayNodes<T>::copy(x), slices);
    SliceNode<T, Function> node{};
    node.function = function;
    node.from = SliceLayout::of(x, slices);
    const bool reduces = Function<T>::outputs(node.from.length + 2) == 1;
    const auto [rows, cols] = reduces ? reduced_shape(x, slices) : std::pair{x.rows, x.cols};
    ArrayOperand<T> y;
    y.rows = y.outer = rows;
    y.cols = cols;
    node.to = reduces ? SliceLayout{node.from.count, 1, 1, 1} : SliceLayout::of(y, slices);
    const Index kept = Function<T>::kept(node.from.length);
    const Index scratch = node.buffers * node.from.length;
    if (x.tape == nullptr) {
        std::vector<T> memory(static_cast<std::size_t>(kept + scratch));
        node.scratch = memory.data() + kept;
        return run<T>(x, rows, cols, node, [&](const T* in, T* out) { node.value(in, out, memory.data()); });
    }
    node.kept_step = kept;
    node.kept = x.tape->keep_numbers(static_cast<std::size_t>(node.from.count * kept + scratch));
    node.scratch = node.kept + node.from.count * kept;
    return run<T>(x, rows, cols, node, [&](const T* in, T* out) { node.value(in, out, node.kept); });
}

}  // namespace engine

template <class T>
ArrayOperand<T> SliceNodes<T>::log_sum_exp(const Operand& x, Slices slices) {
    return engine::run_slices(engine::LogSumExp<T>{}, x, slices);
}
template <class T>
ArrayOperand<T> SliceNodes<T>::softmax(const Operand& x, Slices slices) {
    return engine::run_slices(engine::Softmax<T>{}, x, slices);
}
template <class T>
ArrayOperand<T> SliceNodes<T>::log_softmax(const Operand& x, Slices slices) {
    return engine::run_slices(engine::LogSoftmax<T>{}, x, slices);
}
template <class T>
ArrayOperand<T> SliceNodes<T>::standardize(const Operand& x, const T& epsilon, Slices slices) {
    return engine::run_slices(engine::Standardize<T>{epsilon}, x, slices);
}

}  // namespace hesse
