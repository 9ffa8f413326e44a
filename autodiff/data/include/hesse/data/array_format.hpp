#pragma once

#include "hesse/autodiff/memory.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hesse {

/// What data may be read as, and kept in memory.
template <class S>
concept DataNumber = std::same_as<S, double> || std::same_as<S, float> || std::same_as<S, std::int64_t> ||
                     std::same_as<S, std::int32_t> || std::same_as<S, std::uint8_t>;

/// How numbers lie in a file of NumPy's format .npy: NumPy Enhancement Proposal 1, versions 1 to 3.
struct ArrayFormat {
    enum class Kind : char { floating = 'f', signed_integer = 'i', unsigned_integer = 'u', boolean = 'b' };

    Kind kind = Kind::floating;
    int bytes = 8;            // of a number
    bool swapped = false;     // the other byte order than this machine's
    bool by_columns = false;  // Fortran's order: the first index changes fastest
    std::vector<Index> shape;

    /// As a matrix: the first dimension, and all others in one. A vector is a column.
    [[nodiscard]] Index rows() const { return shape.empty() ? 1 : shape.front(); }
    [[nodiscard]] Index cols() const;
    [[nodiscard]] std::size_t data_bytes() const;
    /// Numbers of S as this machine has them.
    template <DataNumber S>
    static ArrayFormat of(std::vector<Index> shape) {
        ArrayFormat format;
        format.kind = std::is_floating_point_v<S> ? Kind::floating
                      : std::is_signed_v<S>       ? Kind::signed_integer
                                                  : Kind::unsigned_integer;
        format.bytes = static_cast<int>(sizeof(S));
        format.shape = std::move(shape);
        return format;
    }
    /// As NumPy writes it, '<f8'.
    [[nodiscard]] std::string type_name() const;
};

/// The first bytes of a .npy file, which say how many bytes its header has; see header_bytes.
inline constexpr std::size_t npy_prefix_bytes = 12;
/// How many bytes the header has, the prefix included. Throws std::invalid_argument, in the name of the file, if these are not
/// the first of a .npy file.
std::size_t npy_header_bytes(std::string_view prefix, const std::string& name);
/// What the header says. Throws std::invalid_argument, in the name of the file, if it is damaged or the numbers are none that
/// can be read: complex, text, objects, records.
ArrayFormat parse_npy_header(std::string_view header, const std::string& name);
/// The header of version 1, at least 128 bytes, that says this; `room` more for a shape that grows.
std::string npy_header(const ArrayFormat& format, std::size_t room = 0);

}  // namespace hesse
