#pragma once

#include <string_view>

namespace hesse {

/// The first line of a checkpoint. The last one is `checksum` and the sum of all before it.
inline constexpr std::string_view checkpoint_type = "hesse-run";
// 2: a checksum, and what the last steps did. 3: what batches cost. 4: their values apart.
inline constexpr int checkpoint_version = 4;

}  // namespace hesse
