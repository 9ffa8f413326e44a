#pragma once

#include "published/outcome.hpp"

#include <filesystem>
#include <vector>

namespace hesse::bench {

/// Draws, for each method, the part of the problems that it solves at no more than tau times the cost of the best one, over tau.
/// Cost is in gradient-equivalents. Dolan and More, Math. Prog. 91 (2002) 201.
void draw_performance_profile(const std::filesystem::path& directory, const std::vector<Outcome>& outcomes);

}  // namespace hesse::bench
