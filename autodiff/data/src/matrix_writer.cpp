#include "hesse/data/matrix_writer.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

constexpr std::size_t room_for_rows = 20;  // digits

}  // namespace

ArrayWriter::ArrayWriter(std::string path, ArrayFormat format)
    : path_(std::move(path)),
      draft_(path_ + ".part"),
      format_(std::move(format)),
      header_bytes_(0),
      file_(nullptr) {
    if (format_.cols() < 0)
        throw std::invalid_argument(
            fmt::format("{}: the number of columns is {}, expected at least 0", path_, format_.cols()));
    std::error_code error;  // a device, say, would be replaced by a file
    if (std::filesystem::exists(path_, error) && !std::filesystem::is_regular_file(path_, error))
        throw std::invalid_argument(fmt::format("{}: is no file, and cannot be written as one", path_));
    file_ = std::fopen(draft_.c_str(), "wb");
    if (file_ == nullptr) throw std::invalid_argument(fmt::format("{}: cannot write '{}'", path_, draft_));
    const std::string header = npy_header(format_, room_for_rows);
    header_bytes_ = header.size();
    write(header.data(), header.size());
}

ArrayWriter::~ArrayWriter() { abandon(); }

void ArrayWriter::abandon() {
    if (file_ == nullptr) return;
    std::fclose(std::exchange(file_, nullptr));
    std::remove(draft_.c_str());
}

void ArrayWriter::write(const void* bytes, std::size_t count) {
    if (std::fwrite(bytes, 1, count, file_) == count) return;
    abandon();
    throw std::runtime_error(fmt::format("{}: writing failed: is the disk full?", path_));
}

void ArrayWriter::append(const char* bytes, Index rows, Index cols) {
    if (file_ == nullptr)
        throw std::invalid_argument(fmt::format("{}: rows after the file was closed, or failed", path_));
    if (cols != format_.cols())
        throw std::invalid_argument(
            fmt::format("{}: the rows have {} columns, expected {}", path_, cols, format_.cols()));
    write(bytes, static_cast<std::size_t>(rows * cols) * static_cast<std::size_t>(format_.bytes));
    format_.shape.front() += rows;
}

void ArrayWriter::close() {
    if (file_ == nullptr)
        throw std::invalid_argument(fmt::format("{}: closed again, or after it failed", path_));
    std::string header = npy_header(format_, 0);
    // The room that was left for the number of rows becomes spaces before the end of the line.
    for (std::size_t room = 1; header.size() < header_bytes_; ++room) header = npy_header(format_, room);
    bool written = header.size() == header_bytes_ && std::fseek(file_, 0, SEEK_SET) == 0 &&
                   std::fwrite(header.data(), 1, header.size(), file_) == header.size() &&
                   std::fflush(file_) == 0 && fsync(fileno(file_)) == 0;
    written = std::fclose(std::exchange(file_, nullptr)) == 0 && written;
    if (written && std::rename(draft_.c_str(), path_.c_str()) == 0) return;
    std::remove(draft_.c_str());
    throw std::runtime_error(fmt::format("{}: writing failed: is the disk full?", path_));
}

}  // namespace hesse
