#include "hesse/autodiff/engine/index_nodes.hpp"

#include <stdexcept>
#include <string>

namespace hesse {

void Indices::require_below(Index end, const char* function, const char* of_what) const {
    for (const int index : indices_) {
        if (index >= 0 && index < end) continue;
        throw std::invalid_argument(std::string(function) + ": the index " + std::to_string(index) +
                                    " is outside [0, " + std::to_string(end) + "), the " + of_what);
    }
}

void engine::throw_count(const char* function, Index given, const char* of_what, Index expected) {
    throw std::invalid_argument(std::string(function) + ": " + std::to_string(given) + " indices given for " +
                                std::to_string(expected) + " " + of_what);
}

template struct IndexNodes<double>;
template struct IndexNodes<float>;

}  // namespace hesse
