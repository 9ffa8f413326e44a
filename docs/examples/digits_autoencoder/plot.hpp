#pragma once

#include "attempt.hpp"

#include <filesystem>
#include <vector>

namespace demo {

/// Draws loss and gradient norm against gradient-equivalents, a column of panels for each start: writes
/// loss.gnuplot, and runs gnuplot on it, which writes loss.svg and loss.png. Returns whether it did: false
/// where there is no gnuplot. Throws std::runtime_error if the script cannot be written.
bool plot(const std::filesystem::path& directory, const std::vector<Attempt>& attempts);

}  // namespace demo
