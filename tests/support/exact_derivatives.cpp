#include "exact_derivatives.hpp"

#include <boost/multiprecision/cpp_dec_float.hpp>

#include <cstdlib>
#include <ios>
#include <map>
#include <stdexcept>
#include <string>

namespace test {
namespace {

// Without expression templates: ten functions are not worth their compile time.
using Exact =
    boost::multiprecision::number<boost::multiprecision::cpp_dec_float<100>, boost::multiprecision::et_off>;
using Function = Exact (*)(const Exact&);

// 100 digits of 1 + u say nothing about a u below 1e-100.
Exact log_of_one_plus(const Exact& u) {
    return abs(u) < Exact("1e-40") ? Exact(u - u * u / 2 + u * u * u / 3) : Exact(log(1 + u));
}

const std::map<std::string_view, Function>& functions() {
    static const std::map<std::string_view, Function> table = {
        {"exp", [](const Exact& x) { return Exact(exp(x)); }},
        {"expm1", [](const Exact& x) { return Exact(exp(x) - 1); }},
        {"log", [](const Exact& x) { return Exact(log(x)); }},
        {"log1p", [](const Exact& x) { return log_of_one_plus(x); }},
        {"sqrt", [](const Exact& x) { return Exact(sqrt(x)); }},
        {"square", [](const Exact& x) { return Exact(x * x); }},
        {"inverse", [](const Exact& x) { return Exact(1 / x); }},
        {"abs", [](const Exact& x) { return Exact(abs(x)); }},
        {"relu", [](const Exact& x) { return x > 0 ? x : Exact(0); }},
        {"sin", [](const Exact& x) { return Exact(sin(x)); }},
        {"cos", [](const Exact& x) { return Exact(cos(x)); }},
        {"tan", [](const Exact& x) { return Exact(tan(x)); }},
        {"asin", [](const Exact& x) { return Exact(asin(x)); }},
        {"acos", [](const Exact& x) { return Exact(acos(x)); }},
        {"atan", [](const Exact& x) { return Exact(atan(x)); }},
        {"sinh", [](const Exact& x) { return Exact((exp(x) - exp(-x)) / 2); }},
        {"cosh", [](const Exact& x) { return Exact((exp(x) + exp(-x)) / 2); }},
        {"tanh", [](const Exact& x) { return Exact(1 - 2 / (exp(2 * x) + 1)); }},
        {"sigmoid", [](const Exact& x) { return Exact(1 / (1 + exp(-x))); }},
        {"softplus",
         [](const Exact& x) {
             return x > 0 ? Exact(x + log_of_one_plus(exp(-x))) : Exact(log_of_one_plus(exp(x)));
         }},
        {"log_sigmoid",
         [](const Exact& x) {
             return x < 0 ? Exact(x - log_of_one_plus(exp(x))) : Exact(-log_of_one_plus(exp(-x)));
         }},
    };
    return table;
}

Function find(std::string_view name) {
    const auto entry = functions().find(name);
    if (entry == functions().end()) {
        throw std::invalid_argument("exact_derivatives: no function called " + std::string(name));
    }
    return entry->second;
}

// Errors of the differences relative to y'' are about (h/L)^2 by truncation and 1e-100 (L/h)^2 by rounding, with L
// the length over which the function changes: the distance to its singularity for algebraic functions, else 1.
Exact step(std::string_view name, double x) {
    Exact length(1);
    for (const std::string_view algebraic : {"log", "sqrt", "square", "inverse", "abs", "relu"}) {
        if (name == algebraic && x != 0) length = abs(Exact(x));
    }
    if (name == "log1p") length = 1 + Exact(x);
    return Exact("1e-24") * length;
}

// The conversion of the number type flushes subnormal numbers to 0, the one of text does not.
double rounded(const Exact& x) { return std::strtod(x.str(40, std::ios_base::scientific).c_str(), nullptr); }

}  // namespace

Derivatives exact_derivatives(std::string_view name, double x) {
    const Function f = find(name);
    const Exact at(x);
    const Exact h = step(name, x);
    const Exact left = f(at - h);
    const Exact middle = f(at);
    const Exact right = f(at + h);
    return {rounded(middle), rounded((right - left) / (2 * h)),
            rounded((right - 2 * middle + left) / (h * h))};
}

PowerDerivatives exact_power(double a, double b) {
    const Exact x(a);
    const Exact n(b);
    const Exact y = pow(x, n);
    const Exact ln = log(x);
    return {rounded(y),
            rounded(n * y / x),
            rounded(y * ln),
            rounded(n * (n - 1) * y / (x * x)),
            rounded(y / x * (1 + n * ln)),
            rounded(y * ln * ln)};
}

}  // namespace test
