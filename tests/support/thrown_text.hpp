#pragma once

#include "support/error_text.hpp"

#include <stdexcept>
#include <string>

namespace hesse::test {

/// What the std::invalid_argument that f throws says, without the line it was made at; a text of our own if there is none.
template <class F>
std::string thrown_text(const F& f) {
    try {
        f();
    } catch (const std::invalid_argument& error) {
        return without_line(error);
    }
    return "nothing was thrown";
}

}  // namespace hesse::test
