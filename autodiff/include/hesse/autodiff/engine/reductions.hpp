#pragma once

#include "hesse/autodiff/engine/one_operand.hpp"
#include "hesse/autodiff/engine/slices.hpp"

#include <algorithm>

namespace hesse {
namespace engine {

/// y_s = sum_i x_si.      x_si_bar += y_s_bar
template <class T>
struct SumNode : OneOperand<T> {
    static constexpr const char* name = "sum of slices";
    SliceLayout layout;

    void value(const T* x, T* y) const {
        // Along the columns of a matrix stored by columns, so that memory is read in order.
        if (layout.stride == 1 || layout.next != 1) {
            for (Index s = 0; s < layout.count; ++s) {
                T sum(0);
                for (Index i = 0; i < layout.length; ++i) sum += x[layout.offset(s, i)];
                y[s] = sum;
            }
        } else {
            std::fill_n(y, layout.count, T(0));
            for (Index i = 0; i < layout.length; ++i) {
                const T* column = x + i * layout.stride;
                for (Index s = 0; s < layout.count; ++s) y[s] += column[s];
            }
        }
    }
    void dependencies(EntryDependencies& of) const {
        for (Index s = 0; s < layout.count; ++s)
            of.linear(this->results(s, 1), this->entries(layout.offset(s, 0), layout.length, layout.stride));
    }
    void pull(const T* y_bar, T* x_bar) const {
        const bool slice_inside = layout.stride == 1 || layout.next != 1;
        const Index outer = slice_inside ? layout.count : layout.length;
        const Index inner = slice_inside ? layout.length : layout.count;
        for (Index a = 0; a < outer; ++a) {
            for (Index b = 0; b < inner; ++b) {
                const Index s = slice_inside ? a : b, i = slice_inside ? b : a;
                x_bar[layout.offset(s, i)] += y_bar[s];
            }
        }
    }

    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        pull(at.adjoint + this->result, at.adjoint + this->slot);
    }
    void tangent(const SweepArrays<T>& at) { value(at.tangent_at(this->slot), at.tangent + this->result); }
    void product(const SweepArrays<T>& at) { pull(at.second + this->result, at.second_at(this->slot)); }
};

/// y_s = prod_i x_si.      x_si_bar += y_s_bar prod_(j != i) x_sj
///
/// The product of the others is that of those before times that of those behind: nothing is divided by x_si, which may
/// be zero.
template <class T>
struct SliceProductNode : OneOperand<T> {
    static constexpr const char* name = "product of slices";
    SliceLayout layout;
    T* before;   // the product of the entries before each, slice by slice
    T* scratch;  // of the length of a slice

    void dependencies(EntryDependencies& of) const {
        for (Index s = 0; s < layout.count; ++s)
            of.nonlinear(this->results(s, 1),
                         this->entries(layout.offset(s, 0), layout.length, layout.stride));
    }
    void value(const T* x, T* y) const {
        for (Index s = 0; s < layout.count; ++s) {
            T product(1);
            for (Index i = 0; i < layout.length; ++i) {
                if (before != nullptr) before[s * layout.length + i] = product;
                product *= x[layout.offset(s, i)];
            }
            y[s] = product;
        }
    }
    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        const T* x = at.value + this->slot;
        T* x_bar = at.adjoint + this->slot;
        for (Index s = 0; s < layout.count; ++s) {
            T behind = at.adjoint[static_cast<Index>(this->result) + s];
            for (Index i = layout.length; i-- > 0;) {
                const Index k = layout.offset(s, i);
                x_bar[k] += before[s * layout.length + i] * behind;
                behind *= x[k];
            }
        }
    }
    // Calls visit(i, derivative of the product before entry i) and returns that of the whole slice.
    template <class Visit>
    T tangent_before(const T* x, const T* x_dot, Index s, const Visit& visit) const {
        T derivative(0);
        for (Index i = 0; i < layout.length; ++i) {
            const Index k = layout.offset(s, i);
            visit(i, derivative);
            derivative = derivative * x[k] + before[s * layout.length + i] * x_dot[k];
        }
        return derivative;
    }
    void tangent(const SweepArrays<T>& at) {
        for (Index s = 0; s < layout.count; ++s) {
            at.tangent[static_cast<Index>(this->result) + s] =
                tangent_before(at.value + this->slot, at.tangent_at(this->slot), s, [](Index, const T&) {});
        }
    }
    void product(const SweepArrays<T>& at) {
        const T* x = at.value + this->slot;
        const T* x_dot = at.tangent_at(this->slot);
        T* x_bar_dot = at.second_at(this->slot);
        for (Index s = 0; s < layout.count; ++s) {
            (void)tangent_before(x, x_dot, s, [&](Index i, const T& derivative) { scratch[i] = derivative; });
            T behind = at.adjoint[static_cast<Index>(this->result) + s];
            T behind_dot = at.second[static_cast<Index>(this->result) + s];
            for (Index i = layout.length; i-- > 0;) {
                const Index k = layout.offset(s, i);
                x_bar_dot[k] += scratch[i] * behind + before[s * layout.length + i] * behind_dot;
                behind_dot = behind_dot * x[k] + behind * x_dot[k];
                behind *= x[k];
            }
        }
    }
};

}  // namespace engine

template <class T>
ArrayOperand<T> ArrayNodes<T>::sum(const ArrayOperand<T>& x, Slices slices) {
    if (slices == Slices::all && !x.is_dense()) return sum(copy(x), slices);
    const auto [rows, cols] = reduced_shape(x, slices);
    engine::SumNode<T> node{};
    node.layout = SliceLayout::of(x, slices);
    return engine::run<T>(x, rows, cols, node, [&](const T* from, T* to) { node.value(from, to); });
}

template <class T>
ArrayOperand<T> ArrayNodes<T>::product(const ArrayOperand<T>& x, Slices slices) {
    if (slices == Slices::all && !x.is_dense()) return product(copy(x), slices);
    const auto [rows, cols] = reduced_shape(x, slices);
    engine::SliceProductNode<T> node{};
    node.layout = SliceLayout::of(x, slices);
    if (x.tape != nullptr) {
        node.before = x.tape->keep_numbers(static_cast<std::size_t>(x.size() + node.layout.length));
        node.scratch = node.before + x.size();
    }
    return engine::run<T>(x, rows, cols, node, [&](const T* from, T* to) { node.value(from, to); });
}

}  // namespace hesse
