#pragma once

#include "hesse/autodiff/diagnosis.hpp"
#include "hesse/autodiff/source_line.hpp"

#include <string>

/// What diagnoses say.
namespace hesse {

std::string number_text(double x);
/// Not within Eigen, the standard library or this one.
bool is_user_line(const SourceLine& line);
std::string line_text(const SourceLine& line);

/// A paragraph on what was found. `account` tells of the numbers that met beside operands and result. Where the line
/// itself is not the user's, those before and after it tell about where it is.
std::string message_of(const NonFinite& found, const std::string& account, const SourceLine& where,
                       const SourceLine& before, const SourceLine& after);
std::string unexplained_message(DerivativeSweep sweep);

}  // namespace hesse
