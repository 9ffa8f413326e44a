#pragma once

#include "hesse/autodiff/engine/tape_linearization.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

/// The rounding error of a loss, as its statements tell it.
namespace hesse {

template <class T>
T Tape<T>::rounding_error() {
    using std::abs;
    const SweepArrays<T> arrays = arrays_of_gradient();
    T sum(0);
    Position at{payload_.data(), parameters_};
    for (std::size_t i = 1; i < runs_.size(); ++i) {
        const Operations<T>& operations = runs_[i].operations();
        if (operations.rounding == nullptr) {
            at.payload += runs_[i].count() * std::size_t{operations.payload.bytes};
            continue;
        }
        for (std::uint32_t k = 0; k < runs_[i].count(); ++k, at.payload += sizeof(std::uint64_t)) {
            sum += operations.rounding(arrays, at.payload);
        }
    }
    StatementVariables variables;
    std::uint32_t slots[largest_statement];
    T partials[largest_statement];
    for_each_statement([&](const Operations<T>& operations, const std::byte* payload, std::uint32_t y) {
        const auto& layout = operations.payload;
        const T y_bar = adjoints_[y];
        if (operations.linearize == nullptr || y_bar == T(0)) return true;
        variables.read(payload, layout, slots);
        operations.linearize(arrays, payload, y, variables, partials, nullptr);
        for (int v = 0; v < variables.count; ++v) {
            sum += abs(T(y_bar * partials[v] * values_[slots[v]]));
        }
        sum += abs(T(y_bar * values_[y])) * (layout.in_place ? T(0.125) : T(1));
        return true;
    });
    return sum * std::numeric_limits<ScalarOf<T>>::epsilon() / T(2);
}

}  // namespace hesse
