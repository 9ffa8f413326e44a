#include "diagnosis_text.hpp"
#include "hesse/autodiff/array_operand.hpp"
#include "hesse/autodiff/source_line.hpp"
#include "hesse/autodiff/variable.hpp"

#include <stdexcept>
#include <string>

namespace hesse {

std::string shape_text(Index rows, Index cols) {
    std::string text = "(";
    text += std::to_string(rows);
    text += " x ";
    text += std::to_string(cols);
    text += ')';
    return text;
}

constinit thread_local NotedLines noted_lines{};

namespace {

/// " (at loss.cpp:12)", of the last line that a word has noted.
std::string place_text() {
    const SourceLine& line = noted_lines.last;
    if (!is_user_line(line)) return "";
    return (line.near ? " (near " : " (at ") + line_text(line) + ')';
}

}  // namespace

void throw_shapes(const char* operation, Index rows, Index cols, Index other_rows, Index other_cols) {
    throw std::invalid_argument(std::string(operation) + ": the shapes " + shape_text(rows, cols) + " and " +
                                shape_text(other_rows, other_cols) + " do not fit" + place_text());
}

void throw_block(Index row, Index col, Index block_rows, Index block_cols, Index rows, Index cols,
                 SourceLine line) {
    note(line);
    throw std::out_of_range("block of shape " + shape_text(block_rows, block_cols) + " at (" +
                            std::to_string(row) + ", " + std::to_string(col) +
                            ") does not lie within an array of shape " + shape_text(rows, cols) +
                            place_text());
}

void throw_mixed_tapes() {
    throw std::logic_error(
        "hesse: a statement uses variables of two recordings; pass the outer variables of an inner loss to "
        "it "
        "as arguments instead of capturing them");
}

void throw_stale_handle() {
    throw std::logic_error(
        "hesse: a variable kept from an earlier recording is used in a new one; keep numbers (value_of) "
        "between calls of the loss, not variables");
}

}  // namespace hesse
