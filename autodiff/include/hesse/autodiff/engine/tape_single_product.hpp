#pragma once

#include "hesse/autodiff/engine/tape_sweeps.hpp"

#include <algorithm>

/// One product of a Hessian and a vector by tangents forward and their adjoints backward, statement by statement: nothing
/// is made that further products would use.
namespace hesse {

template <class T>
void Tape<T>::product_once(const T* direction, T* out) {
    tangents_.resize(values_.size());
    seconds_.resize(values_.size());
    copy_finite("hessian: the direction", direction, static_cast<Index>(parameters_), tangents_.data());
    // The beginnings of the tangents and second adjoints stand for the caller's vectors.
    const SweepArrays<T> arrays = arrays_of_product(tangents_.data(), seconds_.data());
    tangents_[result_] = T(0);  // nodes leave out what nothing asks for
    Position at{payload_.data(), parameters_};
    for (std::size_t i = 1; i < runs_.size(); ++i)
        at = runs_[i].operations().tangent(arrays, at, runs_[i].count());
    clear_adjoints(seconds_.data(), seconds_.data());
    for (std::size_t i = runs_.size(); i-- > 1;)
        at = runs_[i].operations().product(arrays, at, runs_[i].count());
    std::copy_n(seconds_.data(), parameters_, out);
}

}  // namespace hesse
