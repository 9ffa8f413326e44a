#pragma once

#include <functional>

namespace hesse::bench {

/// Resident memory that `work` takes at its peak above what the process has when it begins, in bytes. It runs in
/// a copy of the process, so that nothing of it stays here.
/// Throws std::runtime_error if the system does not tell, or if the copy fails.
double peak_bytes(const std::function<void()>& work);

}  // namespace hesse::bench
