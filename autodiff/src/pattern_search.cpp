#include "hesse/autodiff/engine/pattern_search.hpp"

#include "pair_table.hpp"
#include "parameter_sets.hpp"
#include "second_partials.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace hesse {

// --------------------------------------------------------------------------------------------- formulas

/// A formula's operands with those of them by which it has second partials.
class PatternSearch::Curvatures {
public:
    struct Of {
        std::vector<std::pair<int, int>> pairs;
        std::uint32_t curved = 0;  // bit k: operand k is in some pair
    };
    const Of& of(const Formula& formula) {
        if (&formula == last_) return *last_found_;
        const auto [known, is_new] = all_.try_emplace(&formula);
        Of& found = known->second;
        if (is_new) {
            found.pairs = second_partials(formula);
            for (const auto& [i, j] : found.pairs)
                found.curved |= std::uint32_t{1} << i | std::uint32_t{1} << j;
        }
        last_ = &formula;
        last_found_ = &found;
        return found;
    }

private:
    std::unordered_map<const Formula*, Of> all_;
    const Formula* last_ = nullptr;
    const Of* last_found_ = nullptr;
};

// ---------------------------------------------------------------------------------------- the way back

/// What becomes of each slot.
class PatternSearch::Uses final : public EntryDependencies {
public:
    Uses(std::size_t slots, std::size_t result, Curvatures& curvatures)
        : uses_(slots, 0), curvatures_(curvatures) {
        uses_[result] = reaches_loss;
    }

    /// The loss depends on it.
    [[nodiscard]] bool reaches(std::size_t slot) const { return uses_[slot] != 0; }
    /// And not linearly.
    [[nodiscard]] bool meets(std::size_t slot) const { return (uses_[slot] & meets_others) != 0; }

    void linear(const SlotArray& results, std::span<const SlotArray> from) override {
        mark(from, of(results));
    }
    void nonlinear(const SlotArray& results, std::span<const SlotArray> from) override {
        if (of(results) != 0) mark(from, reaches_loss | meets_others);
    }
    void entrywise(const Formula& formula, Index rows, Index cols, std::span<const SlotArray> x,
                   const SlotArray& results) override {
        const std::uint32_t curved = curvatures_.of(formula).curved;
        for (std::size_t k = 0; k < x.size(); ++k) {
            if (x[k].constant()) continue;
            const std::uint8_t more = (curved >> k & 1u) != 0 ? meets_others : 0;
            for (Index j = 0; j < cols; ++j) {
                for (Index i = 0; i < rows; ++i) {
                    const std::uint8_t use = uses_[results.slot(i, j)];
                    if (use != 0) uses_[x[k].slot(i, j)] |= static_cast<std::uint8_t>(use | more);
                }
            }
        }
    }
    void product(const SlotArray& results, const SlotArray& a, const SlotArray& b) override {
        nonlinear(results, std::array{a, b});
    }
    void cumulative(const SlotArray& results, const SlotArray& from) override {
        std::uint8_t use = 0;
        for (Index i = results.rows; i-- > 0;) {
            use |= uses_[results.slot(i)];
            uses_[from.slot(i)] |= use;
        }
    }

private:
    static constexpr std::uint8_t reaches_loss = 1, meets_others = 2;

    [[nodiscard]] std::uint8_t of(const SlotArray& results) const {
        std::uint8_t use = 0;
        results.for_each([&](std::size_t slot) { use |= uses_[slot]; });
        return use;
    }
    void mark(std::span<const SlotArray> from, std::uint8_t use) {
        if (use == 0) return;
        for (const SlotArray& x : from) x.for_each([&](std::size_t slot) { uses_[slot] |= use; });
    }

    std::vector<std::uint8_t> uses_;
    Curvatures& curvatures_;
};

// ----------------------------------------------------------------------------------------- the way there

/// On which parameters slots depend, and which of these meet.
class PatternSearch::Meetings final : public EntryDependencies {
public:
    using Id = ParameterSets::Id;

    Meetings(std::size_t slots, std::size_t parameters, std::size_t most_entries, const Uses& uses,
             Curvatures& curvatures)
        : sets_(parameters, most_entries),
          pairs_(parameters, most_entries),
          set_of_(slots, ParameterSets::empty),
          uses_(uses),
          curvatures_(curvatures) {
        for (std::size_t i = 0; i < parameters; ++i) set_of_[i] = ParameterSets::single(i);
    }
    [[nodiscard]] SymmetricPattern pattern() const { return pairs_.pattern(); }

    void linear(const SlotArray& results, std::span<const SlotArray> from) override {
        if (any(results, &Uses::meets)) give(results, union_of(from));
    }
    void nonlinear(const SlotArray& results, std::span<const SlotArray> from) override {
        if (!any(results, &Uses::reaches)) return;
        const Id all = union_of(from);
        meet(all, all);
        give(results, all);
    }
    void entrywise(const Formula& formula, Index rows, Index cols, std::span<const SlotArray> x,
                   const SlotArray& results) override {
        plan(formula, x);
        std::array<Id, largest_statement> sets;
        const auto count = operands_.size();
        for (Index j = 0; j < cols; ++j) {
            for (Index i = 0; i < rows; ++i) {
                const std::size_t y = results.slot(i, j);
                if (!uses_.reaches(y)) continue;
                for (std::size_t k = 0; k < count; ++k) sets[k] = read(operands_[k].slot(i, j));
                for (const auto& [a, b] : pairs_of_operands_) meet(sets[a], sets[b]);
                if (!uses_.meets(y)) continue;
                Id all = ParameterSets::empty;
                for (std::size_t k = 0; k < count; ++k) all = sets_.unite(all, sets[k]);
                give(y, all);
            }
        }
    }
    void product(const SlotArray& results, const SlotArray& a, const SlotArray& b) override {
        const bool meets = any(results, &Uses::meets);
        std::vector<Id> of_row, of_column;
        for (Index i = 0; meets && i < a.rows; ++i) of_row.push_back(union_of(std::array{a.row(i)}));
        for (Index j = 0; meets && j < b.cols; ++j) of_column.push_back(union_of(std::array{b.column(j)}));
        for (Index j = 0; j < b.cols; ++j) {
            for (Index i = 0; i < a.rows; ++i) {
                const std::size_t y = results.slot(i, j);
                if (!uses_.reaches(y)) continue;
                for (Index k = 0; k < a.cols; ++k) meet(read(a.slot(i, k)), read(b.slot(k, j)));
                if (!meets || !uses_.meets(y)) continue;
                give(y, sets_.unite(of_row[static_cast<std::size_t>(i)],
                                    of_column[static_cast<std::size_t>(j)]));
            }
        }
    }
    void cumulative(const SlotArray& results, const SlotArray& from) override {
        Index end = results.rows;  // what nobody needs is not worth long sets
        while (end > 0 && !uses_.meets(results.slot(end - 1))) --end;
        Id sum = ParameterSets::empty;
        for (Index i = 0; i < end; ++i) {
            sum = sets_.unite(sum, read(from.slot(i)));
            give(results.slot(i), sum);
        }
    }

private:
    /// Set in the place of an id: the slot has several sets, which are united when they are read. A loop that adds to a sum
    /// would make one for each term otherwise.
    static constexpr Id unsettled = 0x80000000u;

    template <class Use>
    [[nodiscard]] bool any(const SlotArray& results, Use use) const {
        for (Index j = 0; j < results.cols; ++j) {
            for (Index i = 0; i < results.rows; ++i) {
                if ((uses_.*use)(results.slot(i, j))) return true;
            }
        }
        return false;
    }

    [[nodiscard]] Id read(std::size_t slot) {
        const Id id = set_of_[slot];
        if ((id & unsettled) == 0) return id;
        std::vector<Id>& several = several_[id & ~unsettled];
        set_of_[slot] = sets_.unite(several);
        several = {};
        return set_of_[slot];
    }
    void give(std::size_t slot, Id more) {
        Id& known = set_of_[slot];
        if (more == ParameterSets::empty || known == more) return;
        if (known == ParameterSets::empty) {
            known = more;
        } else if ((known & unsettled) != 0) {
            several_[known & ~unsettled].push_back(more);
        } else {
            several_.push_back({known, more});
            known = unsettled | static_cast<Id>(several_.size() - 1);
        }
    }
    void give(const SlotArray& results, Id more) {
        results.for_each([&](std::size_t slot) {
            if (uses_.meets(slot)) give(slot, more);
        });
    }
    Id union_of(std::span<const SlotArray> from) {
        ids_.clear();
        for (const SlotArray& x : from) {
            x.for_each([&](std::size_t slot) {
                const Id id = read(slot);
                if (ids_.empty() || ids_.back() != id) ids_.push_back(id);
            });
        }
        return sets_.unite(ids_);
    }

    void meet(Id a, Id b) {
        if (a == ParameterSets::empty || b == ParameterSets::empty) return;
        if (sets_.is_single(a) && sets_.is_single(b)) {
            pairs_.add(a - 1, b - 1);
            return;
        }
        if (a > b) std::swap(a, b);
        constexpr std::size_t small = 16;  // met faster than looked up
        if (sets_.members(a).size() * sets_.members(b).size() > small &&
            !met_.insert(std::uint64_t{a} << 32 | b).second)
            return;
        for (const std::uint32_t i : sets_.members(a)) {
            for (const std::uint32_t j : sets_.members(b)) {
                if (a != b || i <= j) pairs_.add(i, j);
            }
        }
    }

    // The different ones of the operands, and the pairs of these by which there are second partials.
    void plan(const Formula& formula, std::span<const SlotArray> x) {
        std::array<std::size_t, largest_statement> place;
        operands_.clear();
        for (std::size_t k = 0; k < x.size(); ++k) {
            const auto known = std::find(operands_.begin(), operands_.end(), x[k]);
            place[k] = static_cast<std::size_t>(known - operands_.begin());
            if (known == operands_.end() && !x[k].constant()) operands_.push_back(x[k]);
        }
        pairs_of_operands_.clear();
        for (const auto& [i, j] : curvatures_.of(formula).pairs) {
            const auto k = static_cast<std::size_t>(i), l = static_cast<std::size_t>(j);
            if (x[k].constant() || x[l].constant()) continue;
            const std::pair<std::size_t, std::size_t> both = std::minmax(place[k], place[l]);
            if (std::ranges::find(pairs_of_operands_, both) == pairs_of_operands_.end())
                pairs_of_operands_.push_back(both);
        }
    }

    ParameterSets sets_;
    PairTable pairs_;
    std::vector<Id> set_of_;  // of each slot
    std::vector<std::vector<Id>> several_;
    std::unordered_set<std::uint64_t> met_;  // pairs of sets whose members have all met
    const Uses& uses_;
    Curvatures& curvatures_;

    std::vector<Id> ids_;
    std::vector<SlotArray> operands_;
    std::vector<std::pair<std::size_t, std::size_t>> pairs_of_operands_;
};

// --------------------------------------------------------------------------------------------------------

PatternSearch::PatternSearch(std::size_t slots, std::size_t parameters, std::size_t result,
                             std::size_t most_entries)
    : curvatures_(std::make_unique<Curvatures>()) {
    uses_ = std::make_unique<Uses>(slots, result, *curvatures_);
    meetings_ = std::make_unique<Meetings>(slots, parameters, most_entries, *uses_, *curvatures_);
}
PatternSearch::~PatternSearch() = default;

EntryDependencies& PatternSearch::backward() { return *uses_; }
EntryDependencies& PatternSearch::forward() { return *meetings_; }
SymmetricPattern PatternSearch::pattern() const { return meetings_->pattern(); }

}  // namespace hesse
