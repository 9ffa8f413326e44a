#include "hesse/data/finite_rows.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace hesse {

void throw_not_finite(std::string_view name, Index row, Index column, double entry) {
    throw std::invalid_argument(fmt::format(
        "{}: the entry of row {}, column {} is {}, expected a finite number", name, row, column, entry));
}

}  // namespace hesse
