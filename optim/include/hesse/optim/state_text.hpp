#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/random.hpp"

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>

namespace hesse {

/// Writes the state of an optimizer as text, one named entry a line, doubles exactly (as hexadecimal):
///     HeavyBall 1
///     velocity 2 -0x1.47ae147ae147bp-6 0x1.47ae147ae147bp-6
/// The first line is the type's name and the version of its format.
class StateWriter {
public:
    StateWriter(std::ostream& out, std::string_view type, int version);

    void number(std::string_view name, double value);
    void integer(std::string_view name, std::int64_t value);
    void vector(std::string_view name, const double* values, Index count);
    void vector(std::string_view name, const Buffer& values) {
        vector(name, values.data(), static_cast<Index>(values.size()));
    }
    /// `value` has no spaces.
    void word(std::string_view name, std::string_view value);
    void random(std::string_view name, const RandomGenerator& generator);

private:
    std::ostream& out_;
};

/// Reads what StateWriter wrote, entries in the same order. Each function throws std::invalid_argument,
/// naming the type and the entry, if the text holds something else: read into local variables first, and
/// take them over when all are there.
class StateReader {
public:
    /// Throws std::invalid_argument unless the text begins with this type and version.
    StateReader(std::istream& in, std::string_view type, int version);

    double number(std::string_view name);
    std::int64_t integer(std::string_view name);
    /// Expects `count` entries.
    Buffer vector(std::string_view name, std::size_t count);
    std::string word(std::string_view name);
    RandomGenerator random(std::string_view name);

private:
    void expect(std::string_view name);
    double read_double(std::string_view name);

    std::istream& in_;
    std::string_view type_;
};

}  // namespace hesse
