#pragma once

#include "hesse/autodiff/array_nodes.hpp"

namespace hesse {

/// The slices of an array along which a reduction runs: `count` of them, `length` entries each.
struct SliceLayout {
    Index count, length, stride, next;

    template <class T>
    static SliceLayout of(const ArrayOperand<T>& x, Slices slices) {
        switch (slices) {
            case Slices::by_column:
                return {x.cols, x.rows, x.inner, x.outer};
            case Slices::by_row:
                return {x.rows, x.cols, x.outer, x.inner};
            case Slices::all:
                break;
        }
        return {1, x.size(), 1, 0};  // of a dense array
    }
    [[nodiscard]] Index offset(Index slice, Index i) const { return slice * next + i * stride; }
};

/// Shape of a reduction's result.
template <class T>
std::pair<Index, Index> reduced_shape(const ArrayOperand<T>& x, Slices slices) {
    switch (slices) {
        case Slices::by_column:
            return {1, x.cols};
        case Slices::by_row:
            return {x.rows, 1};
        case Slices::all:
            break;
    }
    return {1, 1};
}

}  // namespace hesse
