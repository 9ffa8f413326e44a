#include "hesse/optim/checkpoint.hpp"

#include "checkpoint_format.hpp"
#include "options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

std::string draft_of(const std::string& path) { return path + ".part"; }

/// Where a link leads to, for what is renamed would replace it.
std::string target_of(const std::string& path) {
    std::error_code error;
    std::filesystem::path target = path;
    for (int links = 0; links < 40 && std::filesystem::is_symlink(target, error); ++links)
        target = target.parent_path() / std::filesystem::read_symlink(target, error);
    return target.string();
}

/// FNV-1a of 64 bits. Each step is a bijection of the sum, so that a change of one byte never goes unseen.
std::uint64_t checksum(std::string_view text) {
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const char byte : text) sum = (sum ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    return sum;
}

std::string checksum_line(std::string_view text) { return fmt::format("checksum {:016x}\n", checksum(text)); }

/// Writes and waits for the disk: without that, a power failure after the rename may leave the name to an empty file. The folder is
/// not waited for: it shows the checkpoint before or this one, and both are whole.
bool write_through(const std::string& path, std::string_view text, std::string_view last_line) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr) return false;
    bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size() &&
                   std::fwrite(last_line.data(), 1, last_line.size(), file) == last_line.size() &&
                   std::fflush(file) == 0 && fsync(fileno(file)) == 0;
    return std::fclose(file) == 0 && written;
}

/// The version in the first line; 0 if it is not that of a checkpoint.
int version_of(std::string_view text) {
    if (!text.starts_with(checkpoint_type)) return 0;
    text.remove_prefix(checkpoint_type.size());
    if (!text.starts_with(' ')) return 0;
    text = text.substr(1, text.find('\n') - 1);
    int version = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), version);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() && version > 0 ? version : 0;
}

/// Why this cannot be resumed from; empty if it can.
std::string fault_of(std::string_view text) {
    const int version = version_of(text);
    if (version == 0) return "is not a checkpoint";
    if (version != checkpoint_version)
        return fmt::format("is a checkpoint of version {}, {} one: this library writes and reads version {}",
                           version, version > checkpoint_version ? "a newer" : "an older",
                           checkpoint_version);
    const std::size_t length = checksum_line({}).size();
    const std::string_view body = text.substr(0, text.size() - std::min(length, text.size()));
    if (text.substr(body.size()) != checksum_line(body))
        return "is damaged or cut off: its checksum is wrong";
    return {};
}

}  // namespace

CheckpointTo::CheckpointTo(std::string path, Index every) : path_(std::move(path)), every_(every) {
    require_at_least("checkpoint_to", "every", every_, 1);
}

void CheckpointTo::require_writable() const {
    const std::string path = target_of(path_);
    std::error_code error;
    bool writable = !path.empty() &&
                    (!std::filesystem::exists(path, error) || std::filesystem::is_regular_file(path, error));
    if (writable) {
        writable = std::ofstream(draft_of(path)).good();
        std::remove(draft_of(path).c_str());
    }
    if (!writable) throw std::invalid_argument(fmt::format("checkpoint_to: cannot write '{}'", path_));
}

std::optional<std::string> CheckpointTo::try_write(const std::string& text) const {
    const std::string path = target_of(path_);
    if (write_through(draft_of(path), text, checksum_line(text)) &&
        std::rename(draft_of(path).c_str(), path.c_str()) == 0)
        return std::nullopt;
    std::remove(draft_of(path).c_str());  // half a checkpoint is none
    return fmt::format("checkpoint_to: writing '{}' failed", path_);
}

std::string ResumeFrom::read() const {
    std::ifstream file(path_, std::ios::binary);
    std::ostringstream stream;
    stream << file.rdbuf();
    if (!file) throw std::invalid_argument(fmt::format("resume_from: cannot read '{}'", path_));
    std::string text = stream.str();
    if (const std::string fault = fault_of(text); !fault.empty())
        throw std::invalid_argument(fmt::format("resume_from: '{}' {}", path_, fault));
    return text;
}

}  // namespace hesse
