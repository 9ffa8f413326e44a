#pragma once

#include "attempt.hpp"

#include <array>
#include <string>
#include <vector>

namespace demo {

inline constexpr std::size_t columns = 8;
using Cells = std::array<std::string, columns>;

/// The headings of the table, and one line of it.
Cells headings();
Cells cells(const Attempt& attempt);

/// The table as text, a blank line between two starts.
std::string text_table(const std::vector<Attempt>& attempts);

}  // namespace demo
