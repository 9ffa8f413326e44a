#include "hesse/data/numpy.hpp"

#include "hesse/data/finite_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

/// A number of two bytes, IEEE 754's binary16.
struct Half {
    std::uint16_t bits;
};

/// What the file has, as a number to compute with.
template <class From>
auto number(From given) {
    return given;
}
double number(Half half) {
    const int exponent = (half.bits >> 10) & 31, fraction = half.bits & 1023;
    const double sign = (half.bits >> 15) != 0 ? -1.0 : 1.0;
    if (exponent == 31) return fraction == 0 ? sign * std::numeric_limits<double>::infinity() : std::nan("");
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

/// Whether S has this number, but for rounding of fractions.
template <class S, class From>
bool holds(From value) {
    if constexpr (std::floating_point<From> && std::floating_point<S>) {
        return !std::isfinite(value) || std::isfinite(static_cast<S>(value));
    } else if constexpr (std::floating_point<From>) {
        constexpr From beyond =
            static_cast<From>(std::numeric_limits<S>::max() / 2 + 1) * From(2);  // a power of two
        return value == std::trunc(value) && value >= static_cast<From>(std::numeric_limits<S>::min()) &&
               value < beyond;
    } else if constexpr (std::floating_point<S>) {
        using Unsigned = std::make_unsigned_t<From>;
        const auto size = static_cast<std::uint64_t>(
            value < 0 ? static_cast<Unsigned>(Unsigned{0} - static_cast<Unsigned>(value))
                      : static_cast<Unsigned>(value));
        return size == 0 || std::bit_width(size) - std::countr_zero(size) <= std::numeric_limits<S>::digits;
    } else {
        return std::in_range<S>(value);
    }
}

template <class From>
From taken_from(const char* bytes, bool swapped) {
    std::array<char, sizeof(From)> own;
    std::memcpy(own.data(), bytes, sizeof(From));
    if (swapped) std::reverse(own.begin(), own.end());
    return std::bit_cast<From>(own);
}

/// Where the k-th number of a row is found in C's order, if the file goes through the row in Fortran's.
std::vector<Index> places_in_row(const std::vector<Index>& shape, Index cols) {
    std::vector<Index> places(static_cast<std::size_t>(cols)), index(shape.size(), 0);
    for (Index& place : places) {
        place = 0;
        for (std::size_t d = 1; d < shape.size(); ++d) place = place * shape[d] + index[d];
        for (std::size_t d = 1; d < shape.size() && ++index[d] == shape[d]; ++d) index[d] = 0;
    }
    return places;
}

}  // namespace

ArrayReader::ArrayReader(Read read, std::size_t size, std::string name)
    : read_(std::move(read)), name_(std::move(name)) {
    std::string header(npy_prefix_bytes, '\0');
    header.resize(fill(header.data(), header.size()));
    const std::size_t bytes = npy_header_bytes(header, name_), before = header.size();
    constexpr std::size_t longest = std::size_t{1} << 20;
    if (bytes < before || bytes > longest)
        throw std::invalid_argument(
            fmt::format("{}: the header of the .npy file has {} bytes, expected {} to {}", name_, bytes,
                        before, longest));
    header.resize(bytes);
    header.resize(before + fill(header.data() + before, bytes - before));
    format_ = parse_npy_header(header, name_);
    // Before memory is asked for.
    const std::size_t given = size - std::min(size, bytes), expected = format_.data_bytes();
    if (given < expected)
        throw std::invalid_argument(
            fmt::format("{}: cut short: it has {} bytes of numbers, expected {}", name_, given, expected));
    if (given > expected)
        throw std::invalid_argument(fmt::format(
            "{}: goes on behind the {} bytes of numbers that its header tells of", name_, expected));
}

std::size_t ArrayReader::fill(char* to, std::size_t count) {
    std::size_t filled = 0;
    while (filled < count) {
        const std::size_t more = read_(to + filled, count - filled);
        if (more == 0) break;
        filled += more;
    }
    return filled;
}

template <class From, DataNumber S>
void ArrayReader::read_as(S* out, const LoadOptions& options) {
    using Number = decltype(number(From{}));
    const Index rows = format_.rows(), cols = format_.cols(), all = rows * cols;
    const std::vector<Index> places =
        format_.by_columns ? places_in_row(format_.shape, cols) : std::vector<Index>{};
    const auto is_good = [&](Number value) {
        if constexpr (std::floating_point<Number>)
            if (!std::isfinite(value) && !options.allow_not_finite) return false;
        return holds<S>(value);
    };
    constexpr Index together = 8192;
    std::array<char, together * sizeof(From)> block;
    Index first_bad = all;  // by rows, whatever the order in the file
    Number bad{};
    for (Index k = 0; k < all && (first_bad == all || format_.by_columns); k += together) {
        const Index count = std::min(together, all - k);
        const std::size_t wanted = static_cast<std::size_t>(count) * sizeof(From);
        if (fill(block.data(), wanted) < wanted)
            throw std::invalid_argument(fmt::format("{}: ends before its numbers do", name_));
        for (Index i = 0; i < count; ++i) {
            const Number value = number(
                taken_from<From>(block.data() + i * static_cast<Index>(sizeof(From)), format_.swapped));
            const Index at = format_.by_columns
                                 ? (k + i) % rows * cols + places[static_cast<std::size_t>((k + i) / rows)]
                                 : k + i;
            if (is_good(value)) {
                out[at] = static_cast<S>(value);
            } else if (at < first_bad) {
                first_bad = at;
                bad = value;
            }
        }
    }
    if (first_bad == all) {
        char none = 0;
        (void)fill(&none, 1);  // at the end an archive looks at its checksum, and throws
        return;
    }
    const Index row = first_bad / cols, column = first_bad % cols;
    if constexpr (std::floating_point<Number>)
        if (!std::isfinite(bad)) throw_not_finite(name_, row, column, bad);
    throw std::invalid_argument(
        fmt::format("{}: the entry of row {}, column {} is {}, which the type asked for cannot hold", name_,
                    row, column, bad));
}

template <DataNumber S>
void ArrayReader::read(S* out, const LoadOptions& options) {
    using Kind = ArrayFormat::Kind;
    const auto as = [&]<class From>(From) { read_as<From>(out, options); };
    switch (format_.kind) {
        case Kind::floating:
            return format_.bytes == 8 ? as(double{}) : format_.bytes == 4 ? as(float{}) : as(Half{});
        case Kind::signed_integer:
            return format_.bytes == 8   ? as(std::int64_t{})
                   : format_.bytes == 4 ? as(std::int32_t{})
                   : format_.bytes == 2 ? as(std::int16_t{})
                                        : as(std::int8_t{});
        case Kind::unsigned_integer:
            return format_.bytes == 8   ? as(std::uint64_t{})
                   : format_.bytes == 4 ? as(std::uint32_t{})
                   : format_.bytes == 2 ? as(std::uint16_t{})
                                        : as(std::uint8_t{});
        case Kind::boolean:
            return as(std::uint8_t{});
    }
}
template void ArrayReader::read(double*, const LoadOptions&);
template void ArrayReader::read(float*, const LoadOptions&);
template void ArrayReader::read(std::int64_t*, const LoadOptions&);
template void ArrayReader::read(std::int32_t*, const LoadOptions&);
template void ArrayReader::read(std::uint8_t*, const LoadOptions&);

ArrayReader open_npy(const std::string& path) {
    const std::shared_ptr<std::FILE> file(std::fopen(path.c_str(), "rb"), [](std::FILE* open) {
        return open != nullptr ? std::fclose(open) : 0;
    });
    if (file == nullptr)
        throw std::invalid_argument(
            fmt::format("{}: cannot be read: {}", path, std::generic_category().message(errno)));
    std::error_code fault;
    const auto size = static_cast<std::size_t>(std::filesystem::file_size(path, fault));
    if (fault) throw std::invalid_argument(fmt::format("{}: cannot be read: {}", path, fault.message()));
    return {[file, path](char* to, std::size_t count) {
                const std::size_t given = std::fread(to, 1, count, file.get());
                if (given == 0 && std::ferror(file.get()) != 0)
                    throw std::invalid_argument(
                        fmt::format("{}: cannot be read: {}", path, std::generic_category().message(errno)));
                return given;
            },
            size, path};
}

}  // namespace hesse
