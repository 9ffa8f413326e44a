#include "hesse/optim/checkpoint.hpp"

#include "options.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

std::string draft_of(const std::string& path) { return path + ".part"; }

}  // namespace

CheckpointTo::CheckpointTo(std::string path, Index every) : path_(std::move(path)), every_(every) {
    require_at_least("checkpoint_to", "every", every_, 1);
    bool writable = !path_.empty() && !std::filesystem::is_directory(path_);
    if (writable) {
        writable = std::ofstream(draft_of(path_)).good();
        std::remove(draft_of(path_).c_str());
    }
    if (!writable) throw std::invalid_argument(fmt::format("checkpoint_to: cannot write '{}'", path_));
}

std::optional<std::string> CheckpointTo::try_write(const std::string& text) const {
    std::ofstream file(draft_of(path_));
    file << text;
    file.close();
    if (file && std::rename(draft_of(path_).c_str(), path_.c_str()) == 0) return std::nullopt;
    std::remove(draft_of(path_).c_str());  // half a checkpoint is none
    return fmt::format("checkpoint_to: writing '{}' failed", path_);
}

ResumeFrom::ResumeFrom(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) throw std::invalid_argument(fmt::format("resume_from: cannot read '{}'", path));
    text_ = text.str();
}

}  // namespace hesse
