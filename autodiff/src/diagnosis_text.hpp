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

/// Where an operation stands; if that is not the user's line, those before and after it tell about where it is.
std::string place_text(const SourceLine& where, const SourceLine& before, const SourceLine& after);
/// "log(-2) = nan". `account` tells of the numbers that met beside operands and result.
std::string event_text(const NonFinite& found, const std::string& account);
/// "statement 2 of 7"
std::string statement_number(const NonFinite& found);
std::string unexplained_message(DerivativeSweep sweep);

}  // namespace hesse
