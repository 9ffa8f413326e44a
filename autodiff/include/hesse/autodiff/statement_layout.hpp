#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace hesse {

/// A scalar statement reads at most this many operands; a longer expression is recorded in parts, so that
/// `auto y1 = y0 * y0; auto y2 = y1 * y1; ...` grows linearly.
inline constexpr int largest_statement = 16;

struct Formula;

/// How the payload of a scalar statement is made up: the slots of `operands`, at `slots_at` of its `bytes` bytes. One that
/// adds to a sum begins with the slot of that.
struct StatementLayout {
    std::uint16_t bytes = 0, slots_at = 0, operands = 0;
    bool in_place = false;
    bool linear = false;               // its second partials are known to be zero
    const Formula* formula = nullptr;  // none: a constant

    [[nodiscard]] std::uint32_t slot(const std::byte* payload, int operand) const {
        return load(payload + slots_at + sizeof(std::uint32_t) * static_cast<std::size_t>(operand));
    }
    /// That a statement in place adds to.
    static std::uint32_t slot_of_sum(const std::byte* payload) { return load(payload); }

private:
    static std::uint32_t load(const std::byte* at) {
        std::uint32_t slot;
        std::memcpy(&slot, at, sizeof slot);
        return slot;
    }
};

/// Which operands of a scalar statement are the same variable.
struct StatementVariables {
    int count = 0;                            // different ones
    std::uint8_t of[largest_statement] = {};  // of each operand, its place among them
    friend bool operator==(const StatementVariables&, const StatementVariables&) = default;

    /// Finds them in a payload, and their slots.
    void read(const std::byte* payload, const StatementLayout& layout, std::uint32_t* slots) {
        count = 0;
        for (int i = 0; i < layout.operands; ++i) {
            const std::uint32_t x = layout.slot(payload, i);
            int at = 0;
            slots[count] = x;
            while (slots[at] != x) ++at;
            count = std::max(count, at + 1);
            of[i] = static_cast<std::uint8_t>(at);
        }
    }
};

}  // namespace hesse
