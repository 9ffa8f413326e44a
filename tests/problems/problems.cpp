#include "problems/problems.hpp"

#include "problems/entry.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace hesse::problems {

namespace {

const std::vector<Entry>& collection() {
    static const std::vector<Entry> entries = [] {
        std::vector<Entry> all;
        for (const auto& family : {small_valleys(), curve_fits(), sums_of_squares(), chained_valleys(),
                                   quartics(), dixmaan(), humps(), equations()}) {
            all.insert(all.end(), family.begin(), family.end());
        }
        return all;
    }();
    return entries;
}

std::string full_name(std::string_view name, Index size) {
    return std::string(name) + ' ' + std::to_string(size);
}

/// The entry of that name and size, or one of the name alone.
const Entry* find(std::string_view name, Index size) {
    const Entry* found = nullptr;
    for (const Entry& entry : collection()) {
        if (entry.name != name) continue;
        found = &entry;
        if (entry.size == size) break;
    }
    return found;
}

}  // namespace

std::vector<std::string> names() {
    std::vector<std::string> result;
    for (const Entry& entry : collection()) result.push_back(full_name(entry.name, entry.size));
    return result;
}

Problem make(std::string_view name) {
    const std::size_t space = std::min(name.find(' '), name.size());
    const std::string_view size = name.substr(std::min(space + 1, name.size()));
    Index n = 0;
    if (std::from_chars(size.data(), size.data() + size.size(), n).ptr != size.data() + size.size()) n = 0;
    const Entry* entry = n < 1 ? nullptr : find(name.substr(0, space), n);
    if (entry == nullptr || entry->start(n).size() != n) {
        throw std::invalid_argument("make: there is no problem \"" + std::string(name) +
                                    "\", expected a name and a size as of names()");
    }
    return {full_name(entry->name, n),
            std::string(entry->source),
            entry->loss(n),
            entry->start(n),
            entry->size == n ? entry->minima : std::vector<double>{},
            entry->many_minima};
}

}  // namespace hesse::problems
