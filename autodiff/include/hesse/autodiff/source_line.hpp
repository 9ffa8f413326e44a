#pragma once

namespace hesse {

/// A line of the user's. A function with a last parameter `SourceLine line = SourceLine::here()` is told the line of its
/// call; an operator, which can have no default arguments, takes a class whose constructor has one, and is told by
/// the conversion. (std::source_location is not in all of the compilers that read these headers.)
struct SourceLine {
    const char* file = "";
    int line = 0;  // unknown

    static constexpr SourceLine here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        return {file, line};
    }
    [[nodiscard]] constexpr bool known() const { return line != 0; }
};

}  // namespace hesse
