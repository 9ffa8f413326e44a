#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>

namespace hesse::test {

/// A path of this process's own, where there may be a file; that is gone with this.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& name)
        : path_((std::filesystem::temp_directory_path() / (std::to_string(getpid()) + "." + name)).string()) {
        remove();
    }
    TemporaryFile(const std::string& name, std::string_view content) : TemporaryFile(name) { write(content); }
    ~TemporaryFile() { remove(); }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] bool exists() const { return std::filesystem::exists(path_); }
    void write(std::string_view content) const { std::ofstream(path_, std::ios::binary) << content; }
    [[nodiscard]] std::string content() const {
        std::ostringstream text;
        text << std::ifstream(path_, std::ios::binary).rdbuf();
        return text.str();
    }

private:
    void remove() const {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    std::string path_;
};

}  // namespace hesse::test
