#pragma once

#include <string_view>

/// What elementary functions and their derivatives really are: closed forms of the values in 100 decimal digits,
/// differentiated by central differences whose error is below 1e-20, rounded to double at the very end. Nothing
/// here knows of the rules it is there to test.
namespace test {

struct Derivatives {
    double value;
    double first;
    double second;
};

/// y(x), y'(x), y''(x) of the function that a rule calls `name`. Throws std::invalid_argument for an unknown name.
Derivatives exact_derivatives(std::string_view name, double x);

struct PowerDerivatives {
    double value;
    double a, b;
    double aa, ab, bb;
};

/// a^b and its partials for a > 0.
PowerDerivatives exact_power(double a, double b);

}  // namespace test
