#pragma once

#include "hesse/autodiff/engine/node.hpp"
#include "hesse/autodiff/engine/slices.hpp"

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

namespace hesse {
namespace engine {

/// What the nodes of this file share: one operand x, a dense result y, and x's adjoint, always added to.
template <class T>
struct OneOperand {
    std::size_t slots_before, slots_after;
    std::size_t result;
    Index result_size;
    std::uint32_t slot;
    Index extent;

    void plan(Tape<T>& tape) const {
        tape.require_adjoints({result, static_cast<std::size_t>(result_size)});
        tape.require_adjoints({slot, static_cast<std::size_t>(extent)});
    }
};

/// Allocates y, lets `write(values of x, y)` compute it, and appends the node where x is variable.
template <class T, class Node, class Write>
ArrayOperand<T> run(const ArrayOperand<T>& x, Index rows, Index cols, Node node, const Write& write,
                    std::size_t extra = 0) {
    if (x.tape == nullptr) {
        auto y = allocate_array<T>(rows, cols);
        write(x.data, y.data);
        return y.operand;
    }
    join_tapes<T>(nullptr, x.tape, x.generation);
    node.slots_before = x.tape->slots();
    const ArrayOperand<T> y = allocate_variable(*x.tape, rows, cols);
    node.slots_after = x.tape->slots();
    node.result = y.slot;
    node.result_size = rows * cols;
    node.slot = x.slot;
    node.extent = x.extent();
    write(x.values(), x.tape->values() + y.slot);
    append(*x.tape, node, extra);
    return y;
}

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

/// y_s = log sum_i exp(x_si), with p_si = exp(x_si - y_s) kept.      x_si_bar += p_si y_s_bar
template <class T>
struct LogSumExpNode : OneOperand<T> {
    static constexpr const char* name = "log_sum_exp";
    SliceLayout layout;
    T* p;  // slice by slice

    // The largest entry is taken out; where it is infinite it is the result: all -inf, or some +inf.
    void value(const T* x, T* y, T* probabilities) const {
        using std::exp;
        using std::isfinite;
        using std::log;
        constexpr auto infinity = std::numeric_limits<ScalarOf<T>>::infinity();
        for (Index s = 0; s < layout.count; ++s) {
            T largest(-infinity);
            for (Index i = 0; i < layout.length; ++i) {
                const T& entry = x[layout.offset(s, i)];
                if (entry > largest || entry != entry) largest = entry;
                if (entry != entry) break;
            }
            T sum(0);
            const bool finite = isfinite(largest);
            for (Index i = 0; i < layout.length; ++i) {
                const T& entry = x[layout.offset(s, i)];
                const T weight = finite ? T(exp(entry - largest)) : T(entry == largest ? 1 : 0);
                sum += weight;
                if (probabilities != nullptr) probabilities[s * layout.length + i] = weight;
            }
            y[s] = finite ? T(largest + log(sum)) : largest;
            if (probabilities == nullptr) continue;
            // Of entries that are all -inf none moves the result.
            const T scale = largest == -infinity ? T(0) : T(1) / sum;
            for (Index i = 0; i < layout.length; ++i) probabilities[s * layout.length + i] *= scale;
        }
    }

    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        const T* y_bar = at.adjoint + this->result;
        T* x_bar = at.adjoint + this->slot;
        for (Index s = 0; s < layout.count; ++s) {
            const T* weights = p + s * layout.length;
            for (Index i = 0; i < layout.length; ++i) x_bar[layout.offset(s, i)] += weights[i] * y_bar[s];
        }
    }
    void tangent(const SweepArrays<T>& at) {
        const T* x_dot = at.tangent_at(this->slot);
        T* y_dot = at.tangent + this->result;
        for (Index s = 0; s < layout.count; ++s) {
            const T* weights = p + s * layout.length;
            T sum(0);
            for (Index i = 0; i < layout.length; ++i) sum += weights[i] * x_dot[layout.offset(s, i)];
            y_dot[s] = sum;
        }
    }
    // dp_i = p_i (dx_i - dy)
    void product(const SweepArrays<T>& at) {
        const T* x_dot = at.tangent_at(this->slot);
        const T* y_dot = at.tangent + this->result;
        const T* y_bar = at.adjoint + this->result;
        const T* y_bar_dot = at.second + this->result;
        T* x_bar_dot = at.second_at(this->slot);
        for (Index s = 0; s < layout.count; ++s) {
            const T* weights = p + s * layout.length;
            for (Index i = 0; i < layout.length; ++i) {
                const Index k = layout.offset(s, i);
                x_bar_dot[k] += weights[i] * (y_bar_dot[s] + y_bar[s] * (x_dot[k] - y_dot[s]));
            }
        }
    }
};

/// y_j = x_(r_j, j).      x_(r_j, j)_bar += y_j_bar
template <class T>
struct PickNode : OneOperand<T> {
    static constexpr const char* name = "pick";

    // Behind the node: the distance of each chosen entry from the first of x.
    std::uint32_t* offsets() { return reinterpret_cast<std::uint32_t*>(this + 1); }

    void gradient(const SweepArrays<T>& at) {
        this->plan(at.tape);
        add(at.adjoint + this->result, at.adjoint + this->slot);
    }
    void tangent(const SweepArrays<T>& at) {
        const T* x_dot = at.tangent_at(this->slot);
        for (Index j = 0; j < this->result_size; ++j) {
            at.tangent[static_cast<Index>(this->result) + j] = x_dot[offsets()[j]];
        }
    }
    void product(const SweepArrays<T>& at) { add(at.second + this->result, at.second_at(this->slot)); }

private:
    void add(const T* y_bar, T* x_bar) {
        for (Index j = 0; j < this->result_size; ++j) x_bar[offsets()[j]] += y_bar[j];
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
ArrayOperand<T> ArrayNodes<T>::log_sum_exp(const ArrayOperand<T>& x, Slices slices) {
    if (slices == Slices::all && !x.is_dense()) return log_sum_exp(copy(x), slices);
    const auto [rows, cols] = reduced_shape(x, slices);
    engine::LogSumExpNode<T> node{};
    node.layout = SliceLayout::of(x, slices);
    if (x.tape != nullptr) node.p = x.tape->keep_numbers(static_cast<std::size_t>(x.size()));
    return engine::run<T>(x, rows, cols, node, [&](const T* from, T* to) { node.value(from, to, node.p); });
}

template <class T>
ArrayOperand<T> ArrayNodes<T>::pick(const ArrayOperand<T>& x, std::span<const int> rows) {
    if (static_cast<Index>(rows.size()) != x.cols) {
        throw std::invalid_argument("pick: " + std::to_string(rows.size()) + " indices given for " +
                                    std::to_string(x.cols) + " columns; one a column is expected");
    }
    for (const int row : rows) {
        if (row < 0 || row >= x.rows) {
            throw std::invalid_argument("pick: the index " + std::to_string(row) + " is outside [0, " +
                                        std::to_string(x.rows) + "), the rows of the array");
        }
    }
    const auto offset = [&](Index j) { return x.offset(rows[static_cast<std::size_t>(j)], j); };
    const auto y = engine::run<T>(
        x, 1, x.cols, engine::PickNode<T>{},
        [&](const T* from, T* to) {
            for (Index j = 0; j < x.cols; ++j) to[j] = from[offset(j)];
        },
        rows.size() * sizeof(std::uint32_t));
    if (x.tape != nullptr) {
        auto& node = *reinterpret_cast<engine::PickNode<T>*>(x.tape->last_node());
        for (Index j = 0; j < x.cols; ++j) node.offsets()[j] = static_cast<std::uint32_t>(offset(j));
    }
    return y;
}

}  // namespace hesse
