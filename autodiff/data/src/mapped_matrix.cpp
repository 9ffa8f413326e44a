#include "hesse/data/mapped_matrix.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

[[noreturn]] void cannot_read(const std::string& path) {
    throw std::invalid_argument(
        fmt::format("{}: cannot be read: {}", path, std::generic_category().message(errno)));
}

void advise(const char* data, std::size_t size, int advice) {
    // Where the system does not take the hint nothing is lost.
    if (size > 0) (void)madvise(const_cast<char*>(data), size, advice);
}

}  // namespace

MappedFile::MappedFile(std::string path) : path_(std::move(path)) {
    const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) cannot_read(path_);
    struct stat status {};
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file);
        throw std::invalid_argument(fmt::format("{}: cannot be mapped, since it is no file", path_));
    }
    size_ = static_cast<std::size_t>(status.st_size);
    if (size_ > 0) {
        void* const mapped = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED) {
            const int why = errno;
            close(file);
            errno = why;
            cannot_read(path_);
        }
        data_ = static_cast<const char*>(mapped);
    }
    close(file);
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) munmap(const_cast<char*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

void MappedFile::expect_in_order() const { advise(data_, size_, MADV_SEQUENTIAL); }
void MappedFile::expect_anywhere() const { advise(data_, size_, MADV_RANDOM); }

void MappedFile::release(std::size_t first, std::size_t count) const {
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t begin = (std::min(first, size_) + page - 1) / page * page;
    const std::size_t end = std::min(first + count, size_) / page * page;
    if (begin < end) advise(data_ + begin, end - begin, MADV_DONTNEED);
}

MappedNumbers MappedNumbers::in_npy(const MappedFile& file, const ArrayFormat& expected) {
    const std::string_view bytes(file.data(), file.size());
    const std::string& name = file.path();
    const ArrayFormat format = parse_npy_header(bytes, name);
    const MappedNumbers at{format.rows(), format.cols(), npy_header_bytes(bytes, name)};
    if (format.kind != expected.kind || format.bytes != expected.bytes || format.swapped)
        throw std::invalid_argument(
            fmt::format("{}: the numbers are of type '{}', expected '{}': read_npy converts", name,
                        format.type_name(), expected.type_name()));
    if (format.by_columns && at.rows > 1 && at.cols > 1)
        throw std::invalid_argument(
            fmt::format("{}: the numbers lie by columns, expected by rows: read_npy turns them", name));
    if (file.size() - at.begin != format.data_bytes())
        throw std::invalid_argument(
            fmt::format("{}: has {} bytes of numbers, expected {}: it was cut short, or goes on", name,
                        file.size() - at.begin, format.data_bytes()));
    if (at.begin % static_cast<std::size_t>(format.bytes) != 0)
        throw std::invalid_argument(fmt::format(
            "{}: the numbers begin at byte {}, expected a multiple of their size: read_npy does not mind",
            name, at.begin));
    return at;
}

MappedNumbers MappedNumbers::in_raw(const MappedFile& file, Index rows, Index cols, std::size_t offset,
                                    std::size_t bytes) {
    const std::string& name = file.path();
    if (rows < 0 || cols < 0)
        throw std::invalid_argument(
            fmt::format("{}: the shape is ({} x {}), expected no negative numbers", name, rows, cols));
    if (offset % bytes != 0)
        throw std::invalid_argument(fmt::format(
            "{}: offset is {}, expected a multiple of {}, the bytes of a number", name, offset, bytes));
    const std::size_t available = file.size() - std::min(offset, file.size());
    const auto width = static_cast<std::size_t>(cols);
    if (width > 0 && static_cast<std::size_t>(rows) > available / bytes / width)
        throw std::invalid_argument(
            fmt::format("{}: has {} bytes from byte {} on, expected ({} x {}) numbers of {} bytes", name,
                        available, offset, rows, cols, bytes));
    return {rows, cols, std::min(offset, file.size())};
}

}  // namespace hesse
