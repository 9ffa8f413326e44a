#pragma once

#include "harness/report.hpp"

#include <filesystem>

namespace hesse::bench {

/// Writes the report into a page in Markdown, in the place of what stands between the lines
///     <!-- begin NAME, written by ./run bench -->   and   <!-- end NAME -->
/// Unless the run was a complete one, rows of workloads that were not measured now stay, if they are of the same processor
/// and compiler.
/// NAME is `targets`, the figures of hesse beside what is asked, and `peers`, which is left as it is unless a
/// peer took part. Throws std::runtime_error if the page cannot be read or written, or lacks such lines.
void write_document(const Report& report, const std::filesystem::path& page, bool complete);

}  // namespace hesse::bench
