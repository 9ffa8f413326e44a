#include "hesse/data/numpy.hpp"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

constexpr std::string_view suffix = ".npy";

std::string text_of(int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return text;
}

}  // namespace

struct NpzFile::Archive {
    zip_t* zip = nullptr;

    Archive() = default;
    Archive(const Archive&) = delete;
    Archive& operator=(const Archive&) = delete;
    ~Archive() {
        if (zip != nullptr) zip_discard(zip);
    }
};

NpzFile::NpzFile(std::string path) : archive_(std::make_unique<Archive>()), path_(std::move(path)) {
    int code = 0;
    archive_->zip = zip_open(path_.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (archive_->zip == nullptr)
        throw std::invalid_argument(
            fmt::format("{}: is no .npz file that can be read: {}", path_, text_of(code)));
    const zip_int64_t count = zip_get_num_entries(archive_->zip, 0);
    for (zip_int64_t k = 0; k < count; ++k) {
        const char* const given = zip_get_name(archive_->zip, static_cast<zip_uint64_t>(k), 0);
        std::string name = given != nullptr ? given : "";
        if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
        names_.push_back(std::move(name));
    }
}
NpzFile::~NpzFile() = default;
NpzFile::NpzFile(NpzFile&&) noexcept = default;
NpzFile& NpzFile::operator=(NpzFile&&) noexcept = default;

bool NpzFile::contains(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
}

ArrayReader NpzFile::open(const std::string& name) const {
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end())
        throw std::invalid_argument(
            fmt::format("{}: has no array '{}', but {}", path_, name,
                        names_.empty() ? std::string("none") : fmt::format("{}", fmt::join(names_, ", "))));
    const std::string full = path_ + ": " + name;
    const auto index = static_cast<zip_uint64_t>(found - names_.begin());
    zip_stat_t about;
    const std::shared_ptr<zip_file_t> file(
        zip_stat_index(archive_->zip, index, 0, &about) == 0 ? zip_fopen_index(archive_->zip, index, 0)
                                                             : nullptr,
        [](zip_file_t* open) { return open != nullptr ? zip_fclose(open) : 0; });
    if (file == nullptr)
        throw std::invalid_argument(fmt::format("{}: cannot be read: {}", full, zip_strerror(archive_->zip)));
    return {[file, full](char* to, std::size_t count) {
                const zip_int64_t given = zip_fread(file.get(), to, count);
                if (given < 0)
                    throw std::invalid_argument(
                        fmt::format("{}: is damaged: {}", full, zip_file_strerror(file.get())));
                return static_cast<std::size_t>(given);
            },
            static_cast<std::size_t>(about.size), full};
}

void NpzWriter::add(std::string name, const ArrayFormat& format, const char* bytes) {
    const auto same = [&](const Member& member) { return member.name == name; };
    if (std::any_of(members_.begin(), members_.end(), same))
        throw std::invalid_argument(fmt::format("NpzWriter: there is an array '{}' already", name));
    std::string member = npy_header(format);
    member.append(bytes, format.data_bytes());
    members_.push_back({std::move(name), std::move(member)});
}

void NpzWriter::write(const std::string& path) const {
    int code = 0;
    zip_t* const zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (zip == nullptr)
        throw std::runtime_error(fmt::format("{}: cannot be written: {}", path, text_of(code)));
    bool good = true;
    for (const Member& member : members_) {
        zip_source_t* const source = zip_source_buffer(zip, member.bytes.data(), member.bytes.size(), 0);
        const zip_int64_t index =
            source == nullptr
                ? -1
                : zip_file_add(zip, (member.name + std::string(suffix)).c_str(), source, ZIP_FL_ENC_UTF_8);
        if (index < 0 && source != nullptr) zip_source_free(source);
        // As numpy.savez does: numbers hardly become shorter.
        good = good && index >= 0 &&
               zip_set_file_compression(zip, static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) == 0;
    }
    // It writes beside the file, and gives it its name in the end.
    if (good && zip_close(zip) == 0) return;
    const std::string reason = zip_strerror(zip);
    zip_discard(zip);
    throw std::runtime_error(fmt::format("{}: writing failed: {}", path, reason));
}

}  // namespace hesse
