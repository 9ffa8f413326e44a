#pragma once

#include "hesse/optim/models/layers.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace hesse {

/// Dense layers of these widths, each with the activation, and one of `out` units without: the scores of a classifier, or
/// what a regression says. Parameters "layer 1/weights", "layer 1/bias" ... Returns (out x samples). A classifier's loss is
/// mean(cross_entropy(multilayer_perceptron(p, inputs, {64, 64}, classes), labels)).
template <class P, class X, class Activation = Tanh>
auto multilayer_perceptron(const P& p, const X& x, const std::vector<Index>& hidden, Index out,
                           const Activation& activation = {},
                           const Initialiser& initialiser = Initialiser::glorot_uniform()) {
    const auto name = [](std::size_t layer) { return "layer " + std::to_string(layer); };
    const auto last = [&](const auto& h) {
        return dense(p.in(name(hidden.size() + 1)), h, out, NoActivation{}, initialiser);
    };
    if (hidden.empty()) return last(x);
    auto h = dense(p.in(name(1)), x, hidden[0], activation, initialiser);
    for (std::size_t l = 1; l < hidden.size(); ++l)
        h = dense(p.in(name(l + 1)), h, hidden[l], activation, initialiser);
    return last(h);
}

}  // namespace hesse
