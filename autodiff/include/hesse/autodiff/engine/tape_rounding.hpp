#pragma once

#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

/// The rounding error of a loss, as its statements tell it.
namespace hesse {

// A scalar statement is swept alone, on adjoints that are zero but for its own, to see what it contributes to which.
template <class T>
T Tape<T>::rounding_error() {
    using std::abs;
    seconds_.resize(values_.size());
    std::fill_n(seconds_.data(), values_.size(), T(0));
    SweepArrays<T> alone = arrays_of_gradient();
    alone.adjoint = seconds_.data();
    T sum(0);
    Position at{payload_.data(), parameters_};
    for (std::size_t i = 1; i < runs_.size(); ++i) {
        const Operations<T>& operations = *runs_[i].operations;
        if (operations.rounding != nullptr) {
            for (std::uint32_t k = 0; k < runs_[i].count; ++k, at.payload += sizeof(std::uint64_t)) {
                sum += operations.rounding(arrays_of_gradient(), at.payload);
                at.slot = operations.slots_after(alone, at.payload);
            }
            continue;
        }
        const auto& layout = operations.payload;
        if (layout.bytes == 0) {  // constants
            at.slot += runs_[i].count;
            continue;
        }
        for (std::uint32_t k = 0; k < runs_[i].count; ++k) {
            std::uint32_t y = static_cast<std::uint32_t>(at.slot);
            if (layout.in_place) std::memcpy(&y, at.payload, sizeof y);
            const T y_bar = adjoints_[y];
            at.payload += layout.bytes;
            if (!layout.in_place) ++at.slot;
            if (y_bar == T(0)) continue;
            alone.adjoint[y] = y_bar;
            operations.gradient(alone, at, 1);
            alone.adjoint[y] = T(0);
            for (std::size_t v = 0; v < layout.variables; ++v) {
                std::uint32_t x;
                std::memcpy(&x, at.payload - layout.bytes + layout.slots_at + sizeof x * v, sizeof x);
                sum += abs(T(alone.adjoint[x] * values_[x]));
                alone.adjoint[x] = T(0);
            }
            sum += abs(T(y_bar * values_[y])) * (layout.in_place ? T(0.125) : T(1));
        }
    }
    return sum * std::numeric_limits<ScalarOf<T>>::epsilon() / T(2);
}

}  // namespace hesse
