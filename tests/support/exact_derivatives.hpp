#pragma once

#include <array>
#include <string_view>
#include <vector>

/// What elementary functions and their derivatives really are: closed forms, series and continued fractions of the values
/// in 300 decimal digits, differentiated by central differences whose error is below 1e-17, rounded to double at the very
/// end. Nothing here knows of the rules it is there to test.
namespace test {

/// Of a function of up to three arguments.
struct Derivatives {
    double value;
    std::array<double, 3> first;
    std::array<std::array<double, 3>, 3> second;
    std::array<double, 3> third;                    // along each argument
    double first_noise, second_noise, third_noise;  // what differences of 300 digits cannot see
};

/// Value, gradient, Hessian and third derivatives of the function that a rule calls `name`, with respect to the arguments
/// that are `active`. Throws std::invalid_argument for an unknown name.
Derivatives exact_derivatives(std::string_view name, const std::vector<double>& x,
                              const std::vector<bool>& active);

}  // namespace test
