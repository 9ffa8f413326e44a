#pragma once

#include "hesse/autodiff/traced.hpp"

#include <string_view>

namespace hesse {

/// A rule of traced arguments, by its name and how many they are; null for one that the library does not have.
template <class T>
using RuleOfTraced = Traced<T> (*)(const Traced<T>* x);
template <class T>
RuleOfTraced<T> rule_of_traced(std::string_view name, int arguments);

extern template RuleOfTraced<double> rule_of_traced(std::string_view, int);
extern template RuleOfTraced<float> rule_of_traced(std::string_view, int);

}  // namespace hesse
