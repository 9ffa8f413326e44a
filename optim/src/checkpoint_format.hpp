#pragma once

#include <string_view>

namespace hesse {

/// The first line of a checkpoint. The last one is `checksum` and the sum of all before it.
inline constexpr std::string_view checkpoint_type = "hesse-run";
inline constexpr int checkpoint_version = 2;  // 2: has a checksum, and what the last steps did

}  // namespace hesse
