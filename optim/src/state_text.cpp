#include "hesse/optim/state_text.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <istream>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <string>

namespace hesse {
namespace {

/// Hexadecimal digits of a double, independent of the locale: -0x1.8p-3, inf, nan.
std::string exact(double value) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, std::abs(value), std::chars_format::hex);
    const std::string_view text(digits, static_cast<std::size_t>(end.ptr - digits));
    const char* sign = std::signbit(value) ? "-" : "";
    return std::isfinite(value) ? fmt::format("{}0x{}", sign, text) : fmt::format("{}{}", sign, text);
}

bool parse(std::string_view text, double& value) {
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    if (text.starts_with("0x")) text.remove_prefix(2);
    const char* last = text.data() + text.size();
    const auto end = std::from_chars(text.data(), last, value, std::chars_format::hex);
    if (end.ec != std::errc() || end.ptr != last) return false;
    if (negative) value = -value;
    return true;
}

bool parse(std::string_view text, std::int64_t& value) {
    const char* last = text.data() + text.size();
    const auto end = std::from_chars(text.data(), last, value);
    return end.ec == std::errc() && end.ptr == last;
}

}  // namespace

StateWriter::StateWriter(std::ostream& out, std::string_view type, int version) : out_(out) {
    out_ << fmt::format("{} {}\n", type, version);
}

void StateWriter::number(std::string_view name, double value) {
    out_ << fmt::format("{} {}\n", name, exact(value));
}

void StateWriter::integer(std::string_view name, std::int64_t value) {
    out_ << fmt::format("{} {}\n", name, value);
}

void StateWriter::vector(std::string_view name, const double* values, Index count) {
    out_ << fmt::format("{} {}", name, count);
    for (Index i = 0; i < count; ++i) out_ << ' ' << exact(values[i]);
    out_ << '\n';
}

void StateWriter::word(std::string_view name, std::string_view value) {
    out_ << fmt::format("{} {}\n", name, value);
}

void StateWriter::random(std::string_view name, const RandomGenerator& generator) {
    out_ << name << ' ' << generator << '\n';
}

StateReader::StateReader(std::istream& in, std::string_view type, int version) : in_(in), type_(type) {
    std::string found, found_version;
    in_ >> found >> found_version;
    if (found != type || found_version != std::to_string(version))
        throw std::invalid_argument(fmt::format("load: expected the state of '{} {}', found '{} {}'", type,
                                                version, found, found_version));
}

void StateReader::expect(std::string_view name) {
    std::string found;
    in_ >> found;
    if (found != name)
        throw std::invalid_argument(
            fmt::format("load: expected '{}' in the state of {}, found '{}'", name, type_, found));
}

double StateReader::read_double(std::string_view name) {
    std::string word;
    double value = 0.0;
    if (!(in_ >> word) || !parse(word, value))
        throw std::invalid_argument(
            fmt::format("load: '{}' of {} holds '{}', expected a number", name, type_, word));
    return value;
}

double StateReader::number(std::string_view name) {
    expect(name);
    return read_double(name);
}

std::int64_t StateReader::integer(std::string_view name) {
    expect(name);
    std::string word;
    std::int64_t value = 0;
    if (!(in_ >> word) || !parse(word, value))
        throw std::invalid_argument(
            fmt::format("load: '{}' of {} holds '{}', expected an integer", name, type_, word));
    return value;
}

Buffer StateReader::vector(std::string_view name, std::size_t count) {
    const std::int64_t found = integer(name);
    if (found != static_cast<std::int64_t>(count))
        throw std::invalid_argument(
            fmt::format("load: '{}' of {} has {} entries, expected {}", name, type_, found, count));
    Buffer values(count);
    for (double& value : values) value = read_double(name);
    return values;
}

std::string StateReader::word(std::string_view name) {
    expect(name);
    std::string value;
    in_ >> value;
    return value;
}

RandomGenerator StateReader::random(std::string_view name) {
    expect(name);
    RandomGenerator generator;
    if (!(in_ >> generator))
        throw std::invalid_argument(
            fmt::format("load: '{}' of {} is not the state of a random generator", name, type_));
    return generator;
}

}  // namespace hesse
