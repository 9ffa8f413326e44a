#pragma once

#include <exception>
#include <string>

namespace hesse::test {

/// What an error says, without the line it was made at: "add: the shapes (2 x 1) and (3 x 1) do not fit".
inline std::string without_line(const std::exception& error) {
    const std::string text = error.what();
    return text.substr(0, text.find(" (at "));
}

/// What the exception says that work() ends in, without the line it was made at.
template <class Work>
std::string message_of(const Work& work) {
    try {
        work();
    } catch (const std::exception& error) {
        return without_line(error);
    }
    return "nothing thrown";
}

}  // namespace hesse::test
