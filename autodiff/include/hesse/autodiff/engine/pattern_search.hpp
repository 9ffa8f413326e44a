#pragma once

#include "hesse/autodiff/engine/entry_dependencies.hpp"
#include "hesse/autodiff/symmetric_pattern.hpp"

#include <memory>

namespace hesse {

/// Finds which entries of a Hessian may differ from zero, from what the statements of a recording say of their
/// dependencies. Told of the statements from the last to the first, it learns which slots reach the loss, and which of them
/// by way of something that is not linear: of these alone it needs to know on which parameters they depend. Told of them
/// from the first to the last, it finds these sets, and the pairs of parameters that meet where a statement is not linear.
class PatternSearch {
public:
    /// With at most `most_entries` pairs, and as many members of all sets.
    PatternSearch(std::size_t slots, std::size_t parameters, std::size_t result, std::size_t most_entries);
    ~PatternSearch();
    PatternSearch(const PatternSearch&) = delete;
    PatternSearch& operator=(const PatternSearch&) = delete;

    /// Told first, from the last statement to the first.
    EntryDependencies& backward();
    /// Told then, from the first to the last. Throws std::length_error if there are more entries than may be.
    EntryDependencies& forward();
    [[nodiscard]] SymmetricPattern pattern() const;

private:
    class Curvatures;
    class Uses;
    class Meetings;
    std::unique_ptr<Uses> uses_;
    std::unique_ptr<Meetings> meetings_;
    std::unique_ptr<Curvatures> curvatures_;
};

}  // namespace hesse
