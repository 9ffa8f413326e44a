#include "hesse/data/array_format.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <limits>
#include <stdexcept>
#include <system_error>

namespace hesse {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view magic = "\x93NUMPY"sv;
constexpr bool little = std::endian::native == std::endian::little;

[[noreturn]] void fail(const std::string& name, const std::string& what) {
    throw std::invalid_argument(fmt::format("{}: {}", name, what));
}

/// The dictionary of a header, read from left to right.
class HeaderText {
public:
    HeaderText(std::string_view text, const std::string& name) : all_(text), left_(text), name_(name) {}

    bool take(std::string_view token) {
        skip_spaces();
        if (!left_.starts_with(token)) return false;
        left_.remove_prefix(token.size());
        return true;
    }
    void expect(std::string_view token) {
        if (!take(token)) damaged();
    }
    std::string_view quoted() {
        skip_spaces();
        const char quote = left_.empty() ? '\0' : left_.front();
        if (quote != '\'' && quote != '"') damaged();
        const std::size_t end = left_.find(quote, 1);
        if (end == std::string_view::npos) damaged();
        const std::string_view text = left_.substr(1, end - 1);
        left_.remove_prefix(end + 1);
        return text;
    }
    Index number() {
        skip_spaces();
        Index value = 0;
        const auto read = std::from_chars(left_.data(), left_.data() + left_.size(), value);
        if (read.ec != std::errc{} || value < 0) damaged();
        left_.remove_prefix(static_cast<std::size_t>(read.ptr - left_.data()));
        (void)take("L");  // as Python 2 wrote long integers
        return value;
    }
    void end() {
        skip_spaces();
        if (!left_.empty()) damaged();
    }
    [[noreturn]] void damaged() const {
        fail(name_,
             fmt::format("the header of the .npy file is damaged: {}", std::string(all_.substr(0, 100))));
    }
    [[nodiscard]] bool starts_with(std::string_view token) {
        skip_spaces();
        return left_.starts_with(token);
    }

private:
    void skip_spaces() {
        while (!left_.empty() && (left_.front() == ' ' || left_.front() == '\n')) left_.remove_prefix(1);
    }

    std::string_view all_, left_;
    const std::string& name_;
};

/// '<f8' and the like.
void read_type(HeaderText& text, ArrayFormat& format, const std::string& name) {
    if (text.starts_with("["))
        fail(name,
             "the array has records for its entries, expected numbers: save its fields as arrays of their "
             "own");
    const std::string_view type = text.quoted();
    const auto unknown = [&] {
        fail(name,
             fmt::format("the entries are of NumPy's type '{}', expected floating-point numbers of 2, 4 or 8 "
                         "bytes, integers or booleans",
                         type));
    };
    if (type.size() < 3) unknown();
    const char order = type[0], kind = type[1];
    int bytes = 0;
    const auto read = std::from_chars(type.data() + 2, type.data() + type.size(), bytes);
    if (read.ec != std::errc{} || read.ptr != type.data() + type.size()) unknown();
    if (order != '<' && order != '>' && order != '|' && order != '=') unknown();
    const bool whole = bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
    if (!((kind == 'f' && whole && bytes > 1) || ((kind == 'i' || kind == 'u') && whole) ||
          (kind == 'b' && bytes == 1)))
        unknown();
    format.kind = static_cast<ArrayFormat::Kind>(kind);
    format.bytes = bytes;
    format.swapped = bytes > 1 && (order == '<' || order == '>') && (order == '<') != little;
}

}  // namespace

Index ArrayFormat::cols() const {
    Index cols = 1;
    for (std::size_t k = 1; k < shape.size(); ++k) cols *= shape[k];
    return cols;
}

std::size_t ArrayFormat::data_bytes() const {
    return static_cast<std::size_t>(rows() * cols()) * static_cast<std::size_t>(bytes);
}

std::string ArrayFormat::type_name() const {
    const char order = bytes == 1 ? '|' : little != swapped ? '<' : '>';
    return fmt::format("{}{}{}", order, static_cast<char>(kind), bytes);
}

std::size_t npy_header_bytes(std::string_view prefix, const std::string& name) {
    if (!prefix.starts_with(magic)) fail(name, "is not a .npy file: it does not begin with \\x93NUMPY");
    if (prefix.size() < npy_prefix_bytes) fail(name, "is cut short within the header of a .npy file");
    const auto byte = [&](std::size_t k) {
        return static_cast<std::size_t>(static_cast<unsigned char>(prefix[k]));
    };
    const std::size_t version = byte(6);
    if (version < 1 || version > 3)
        fail(name, fmt::format("is a .npy file of version {}, expected 1, 2 or 3", version));
    if (version == 1) return 10 + byte(8) + (byte(9) << 8);
    return 12 + byte(8) + (byte(9) << 8) + (byte(10) << 16) + (byte(11) << 24);
}

ArrayFormat parse_npy_header(std::string_view header, const std::string& name) {
    const std::size_t bytes = npy_header_bytes(header, name);
    if (header.size() < bytes) fail(name, "is cut short within the header of a .npy file");
    const std::size_t begin = header[6] == 1 ? 10 : 12;
    HeaderText text(header.substr(begin, bytes - begin), name);
    ArrayFormat format;
    bool has_type = false, has_order = false, has_shape = false;
    text.expect("{");
    while (!text.take("}")) {
        const std::string_view key = text.quoted();
        text.expect(":");
        if (key == "descr" && !has_type) {
            read_type(text, format, name);
            has_type = true;
        } else if (key == "fortran_order" && !has_order) {
            format.by_columns = text.take("True");
            if (!format.by_columns) text.expect("False");
            has_order = true;
        } else if (key == "shape" && !has_shape) {
            text.expect("(");
            while (!text.take(")")) {
                format.shape.push_back(text.number());
                if (!text.take(",") && !text.starts_with(")")) text.damaged();
            }
            has_shape = true;
        } else {
            text.damaged();
        }
        if (!text.take(",") && !text.starts_with("}")) text.damaged();
    }
    text.end();
    if (!has_type || !has_order || !has_shape) text.damaged();
    std::size_t count = static_cast<std::size_t>(format.bytes);
    for (const Index length : format.shape) {
        const auto factor = static_cast<std::size_t>(length);
        if (factor != 0 && count > static_cast<std::size_t>(std::numeric_limits<Index>::max()) / factor)
            fail(name, "the shape in the header has more entries than any file can hold");
        count *= factor;
    }
    return format;
}

std::string npy_header(const ArrayFormat& format, std::size_t room) {
    std::string shape;
    for (const Index length : format.shape) shape += fmt::format("{}, ", length);
    if (format.shape.size() > 1) shape.resize(shape.size() - 2);
    else if (format.shape.size() == 1) shape.pop_back();
    std::string text = fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': ({}), }}",
                                   format.type_name(), format.by_columns ? "True" : "False", shape);
    constexpr std::size_t before = 10, multiple = 64;
    std::size_t bytes = before + text.size() + room + 1;
    bytes = std::max((bytes + multiple - 1) / multiple * multiple, 2 * multiple);
    text.resize(bytes - before - 1, ' ');
    text += '\n';
    std::string header(magic);
    header += '\1';
    header += '\0';
    header += static_cast<char>(text.size() & 0xff);
    header += static_cast<char>(text.size() >> 8);
    return header + text;
}

}  // namespace hesse
