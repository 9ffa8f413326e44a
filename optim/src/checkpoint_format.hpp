#pragma once

#include <string_view>

namespace hesse {

/// The first line of a checkpoint. The last one is `checksum` and the sum of all before it.
inline constexpr std::string_view checkpoint_type = "hesse-run";
// 2: a checksum, and what the last steps did. 3: what batches cost.
inline constexpr int checkpoint_version = 3;

}  // namespace hesse
