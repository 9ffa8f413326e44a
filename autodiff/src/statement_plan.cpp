#include "hesse/autodiff/engine/statement_plan.hpp"

#include "hesse/autodiff/formula.hpp"
#include "second_partials.hpp"

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstring>

namespace hesse {

bool StatementPlan::is_for(const PlannedTape& tape, std::span<const std::byte> runs) const {
    PlannedTape wanted = tape;
    wanted.second = wanted.second || tape_.second;  // more than is asked for serves too
    return wanted == tape_ && runs.size() == runs_.size() &&
           std::memcmp(runs.data(), runs_.data(), runs.size()) == 0;
}

void StatementPlan::start(const PlannedTape& tape) {
    tape_ = tape;
    runs_.clear();  // for no recording until it is finished
    for (SparseRows* rows : {&matrices_.partials, &matrices_.curvature}) rows->clear();
    matrices_.segments.clear();
    matrices_.without_curvature.clear();
    recipes_.clear();
    script_.clear();
    entry_of_.clear();
    kinds_.clear();
    eliminated_.clear();
    statement_ = 0;
    entries_ = 0;
    size_ = tape.eliminates ? tape.parameters : tape.slots;
    if (!tape.eliminates) return;
    place_.resize(tape.slots);
    reader_.resize(tape.slots);
    std::fill_n(reader_.data(), tape.slots, 0u);
    for (std::size_t i = 0; i < tape.parameters; ++i) place_[i] = static_cast<std::uint32_t>(i);
}

void StatementPlan::read(const std::byte* payload, const StatementLayout& layout) {
    ++statement_;
    for (int i = 0; i < layout.operands; ++i) {
        std::uint32_t& reader = reader_[layout.slot(payload, i)];
        reader = reader == 0 || reader == statement_ ? statement_ : several_readers;
    }
}

void StatementPlan::begin_segment(std::size_t run, std::size_t slot) {
    const std::size_t row = matrices_.partials.rows.size(), partial = matrices_.partials.columns.size();
    const std::size_t curvature_row = matrices_.curvature.rows.size();
    matrices_.segments.push_back({run, run, 0, slot, row, row, partial, partial, curvature_row, curvature_row,
                                  matrices_.curvature.columns.size()});
    pairs_.clear();
    numbers_.clear();
}

StatementPlan::Kind& StatementPlan::kind(const Formula* formula) {
    if (last_kind_ < kinds_.size() && kinds_[last_kind_].formula == formula) return kinds_[last_kind_];
    const auto at =
        std::find_if(kinds_.begin(), kinds_.end(), [&](const Kind& kind) { return kind.formula == formula; });
    last_kind_ = static_cast<std::size_t>(at - kinds_.begin());
    if (at == kinds_.end()) {
        Kind kind{formula, {}, {}};
        if (formula != nullptr) kind.second = second_partials(*formula);
        kinds_.push_back(std::move(kind));
    }
    return kinds_[last_kind_];
}

void StatementPlan::add(const StatementLayout& layout, const std::byte* payload, std::uint32_t y) {
    Kind& kind = this->kind(layout.formula);
    Recipe& recipe = candidate_;
    recipe.operands = static_cast<std::uint8_t>(layout.operands);
    recipe.in_place = layout.in_place;
    recipe.constant = layout.formula == nullptr;
    recipe.expands = false;
    recipe.restored = recipe.count = 0;
    recipe.shares.clear();
    recipe.terms.clear();

    std::uint32_t slots[largest_statement];
    recipe.variables = {};
    recipe.variables.read(payload, layout, slots);
    for (int i = 0; i < recipe.variables.count; ++i) {
        operand_[i] = tape_.eliminates ? place_[slots[i]] : slots[i];
        recipe.expands = recipe.expands || (tape_.eliminates && (operand_[i] & eliminated_bit) != 0);
    }
    if (tape_.second && !layout.linear) add_terms(recipe, kind);
    const bool reaches_no_more = y == tape_.result;  // nothing that reads the loss reaches it
    if (!reaches_no_more) add_shares(recipe);
    std::uint32_t restored = 0;
    if (tape_.eliminates && layout.in_place && !reaches_no_more && (place_[y] & eliminated_bit) != 0) {
        // A sum that nobody has read: the term that it began with.
        const Eliminated& first = eliminated(place_[y]);
        restored = (place_[y] & ~eliminated_bit) + 1;
        recipe.restored = static_cast<std::uint8_t>(first.count);
        place_[y] = static_cast<std::uint32_t>(size_++);
        append_row(place_[y], false, first.place, first.count);
    }
    if (reaches_no_more && (!tape_.eliminates || layout.in_place)) {
        recipe.target = Recipe::Target::none;
    } else {
        find_target(recipe, y, layout.in_place);
    }

    script_.push_back(intern(kind));
    for (int i = 0; i < layout.operands; ++i) script_.push_back(layout.slot(payload, i));
    if (layout.in_place) script_.push_back(y);
    if (recipe.expands) {
        for (int i = 0; i < recipe.variables.count; ++i)
            script_.push_back((operand_[i] & eliminated_bit) != 0 ? (operand_[i] & ~eliminated_bit) + 1 : 0);
    }
    if (recipe.restored != 0) script_.push_back(restored);
    std::copy_n(terms_, recipe.terms.size(), script_.extend(recipe.terms.size()));
}

void StatementPlan::add_terms(Recipe& recipe, const Kind& kind) {
    const int n = recipe.variables.count;
    std::bitset<std::size_t{largest_statement * largest_statement}> done;
    const auto expand = [&](const std::uint32_t& place) {
        if (recipe.expands && (place & eliminated_bit) != 0) {
            const Eliminated& x = eliminated(place);
            return std::pair(&x.place[0], x.count);
        }
        return std::pair(&place, std::uint32_t{1});
    };
    for (const auto& [first, second] : kind.second) {
        int i = recipe.variables.of[first], j = recipe.variables.of[second];
        if (i > j) std::swap(i, j);
        const auto pair = static_cast<std::size_t>(i * n + j);
        if (done[pair]) continue;
        done[pair] = true;
        const auto [left, left_count] = expand(operand_[i]);
        const auto [right, right_count] = expand(operand_[j]);
        for (std::uint32_t k = 0; k < left_count; ++k) {
            for (std::uint32_t l = i == j ? k : 0; l < right_count; ++l) {
                const Pair places{std::min(left[k], right[l]), std::max(left[k], right[l])};
                const auto next = static_cast<std::uint32_t>(entries_ + pairs_.size());
                const std::uint32_t entry = numbers_.find(places, next);
                if (entry == next) pairs_.push_back(places);
                terms_[recipe.terms.size()] = entry;
                recipe.terms.push_back({static_cast<std::uint8_t>(pair), static_cast<std::uint8_t>(2 * i + k),
                                        static_cast<std::uint8_t>(2 * j + l),
                                        // x_i x_j and x_j x_i are one term
                                        i != j && left[k] == right[l]});
            }
        }
    }
}

void StatementPlan::add_shares(Recipe& recipe) {
    for (int i = 0; i < recipe.variables.count; ++i) {
        const bool eliminates = recipe.expands && (operand_[i] & eliminated_bit) != 0;
        const std::uint32_t* places = eliminates ? eliminated(operand_[i]).place : &operand_[i];
        const std::uint32_t count = eliminates ? eliminated(operand_[i]).count : 1;
        for (std::uint32_t k = 0; k < count; ++k) {
            std::uint8_t at = 0;
            while (at < recipe.count && places_[at] != places[k]) ++at;
            places_[at] = places[k];
            recipe.count = std::max(recipe.count, static_cast<std::uint8_t>(at + 1));
            recipe.shares.push_back({static_cast<std::uint8_t>(2 * i + static_cast<int>(k)), at});
        }
    }
}

// Finds a place for y, which depends on recipe.count numbers.
void StatementPlan::find_target(Recipe& recipe, std::uint32_t y, bool adds) {
    const std::uint32_t count = recipe.count;
    if (!tape_.eliminates) {
        recipe.target = Recipe::Target::row;
        append_row(y, adds, places_, count);
    } else if (!adds && (count <= 1 || (count <= most_eliminated && reader_[y] != several_readers))) {
        recipe.target = Recipe::Target::eliminated;
        place_[y] = eliminated_bit | static_cast<std::uint32_t>(eliminated_.size());
        Eliminated x{{}, count};
        std::copy_n(places_, count, x.place);
        eliminated_.push_back(x);
    } else {
        recipe.target = Recipe::Target::row;
        if (!adds) place_[y] = static_cast<std::uint32_t>(size_++);
        append_row(place_[y], adds, places_, count);
    }
}

void StatementPlan::append_row(std::uint32_t place, bool adds, const std::uint32_t* columns,
                               std::uint32_t count) {
    SparseRows& partials = matrices_.partials;
    if (adds && partials.rows.size() != matrices_.segments.back().row &&
        partials.rows.back().place == place) {
        partials.rows.back().count += count;
    } else {
        partials.rows.push_back({place, count, adds});
    }
    std::copy_n(columns, count, partials.columns.extend(count));
}

std::uint32_t StatementPlan::intern(Kind& kind) {
    for (std::size_t k = 0; k < kind.recipes.size(); ++k) {
        if (recipes_[kind.recipes[k]] != candidate_) continue;
        std::swap(kind.recipes[0], kind.recipes[k]);
        return kind.recipes[0];
    }
    kind.recipes.push_back(static_cast<std::uint32_t>(recipes_.size()));
    std::swap(kind.recipes.front(), kind.recipes.back());
    recipes_.push_back(candidate_);
    return kind.recipes[0];
}

// Rows are in the order of their first entry, columns in that of their entries.
void StatementPlan::end_segment(std::size_t run, std::size_t bytes) {
    StatementMatrices::Segment& segment = matrices_.segments.back();
    segment.end_run = run;
    segment.bytes = bytes;
    segment.end_row = matrices_.partials.rows.size();
    segment.end_partial = matrices_.partials.columns.size();

    SparseRows& curvature = matrices_.curvature;
    const std::size_t first_row = segment.curvature_row;
    constexpr std::uint32_t none = 0xffffffffu;
    row_of_.resize(tape_.eliminates ? size_ : tape_.slots, none);
    const auto count = [&](std::uint32_t i) {
        if (row_of_[i] == none) {
            row_of_[i] = static_cast<std::uint32_t>(curvature.rows.size());
            curvature.rows.push_back({i, 0, false});
        }
        ++curvature.rows[row_of_[i]].count;
    };
    for (const Pair& pair : pairs_) {
        count(pair.i);
        if (pair.i != pair.j) count(pair.j);
    }
    next_.clear();
    std::size_t end = segment.curvature;
    for (std::size_t r = first_row; r < curvature.rows.size(); ++r) {
        next_.push_back(static_cast<std::uint32_t>(end));
        end += curvature.rows[r].count;
    }
    curvature.columns.resize(end);
    entry_of_.resize(end);
    for (const Pair& pair : pairs_) {
        const auto put = [&](std::uint32_t i, std::uint32_t j) {
            const std::uint32_t at = next_[row_of_[i] - first_row]++;
            curvature.columns[at] = j;
            entry_of_[at] = static_cast<std::uint32_t>(entries_);
        };
        put(pair.i, pair.j);
        if (pair.i != pair.j) put(pair.j, pair.i);
        ++entries_;
    }
    for (std::size_t r = first_row; r < curvature.rows.size(); ++r) row_of_[curvature.rows[r].place] = none;
    segment.end_curvature_row = curvature.rows.size();
}

void StatementPlan::finish(std::span<const std::byte> runs) {
    runs_.assign(runs.begin(), runs.end());
    if (!tape_.eliminates) return;
    std::vector<bool> has_row(size_);
    for (std::size_t r = 0; r < matrices_.curvature.rows.size(); ++r)
        has_row[matrices_.curvature.rows[r].place] = true;
    for (std::size_t i = 0; i < size_; ++i) {
        if (!has_row[i]) matrices_.without_curvature.push_back(static_cast<std::uint32_t>(i));
    }
}

// Partials are read on the way there and on the way back.
std::size_t StatementPlan::bytes_of_product(std::size_t number) const {
    const SparseRows& partials = matrices_.partials;
    const SparseRows& curvature = matrices_.curvature;
    return (number + sizeof(std::uint32_t)) * (2 * partials.columns.size() + curvature.columns.size()) +
           sizeof(SparseRows::Row) * (2 * partials.rows.size() + curvature.rows.size()) + 4 * number * size_;
}

std::size_t StatementPlan::capacity_in_bytes() const {
    return runs_.capacity() + matrices_.partials.capacity_in_bytes() +
           matrices_.curvature.capacity_in_bytes() + script_.capacity_in_bytes() +
           entry_of_.capacity_in_bytes() + place_.capacity_in_bytes() + reader_.capacity_in_bytes() +
           eliminated_.capacity_in_bytes() + pairs_.capacity() * sizeof(Pair) + numbers_.capacity_in_bytes() +
           (row_of_.capacity() + next_.capacity()) * sizeof(std::uint32_t);
}

// ----------------------------------------------------------------------------------------------- pairs

void StatementPlan::PairNumbers::clear() {
    ++stamp_;
    used_ = 0;
}

std::uint32_t StatementPlan::PairNumbers::find(Pair pair, std::uint32_t next) {
    if (2 * used_ >= cells_.size()) [[unlikely]]
        grow();
    const std::uint64_t key = std::uint64_t{pair.i} << 32 | pair.j;
    Cell& found = cell(key);
    if (found.stamp != stamp_) {
        found = {key, next, stamp_};
        ++used_;
    }
    return found.number;
}

// That of a key, or the free one where it belongs.
StatementPlan::PairNumbers::Cell& StatementPlan::PairNumbers::cell(std::uint64_t key) {
    // Statements one after another meet others at like distances: eight of them lie side by side in memory.
    const std::uint64_t i = key >> 32, j = key & 0xffffffffu;
    const std::uint64_t hash = (j >> 3 << 32 | (j - i)) * 0x9e3779b97f4a7c15u;
    const std::size_t mask = cells_.size() - 1;
    auto at = static_cast<std::size_t>(hash >> shift_ << 3 | (j & 7));
    while (cells_[at].stamp == stamp_ && cells_[at].key != key) at = (at + 1) & mask;
    return cells_[at];
}

void StatementPlan::PairNumbers::grow() {
    std::vector<Cell> old(std::max<std::size_t>(64, 2 * cells_.size()));
    old.swap(cells_);
    shift_ = 64 + 3 - std::countr_zero(cells_.size());
    for (const Cell& each : old) {
        if (each.stamp == stamp_) cell(each.key) = each;
    }
}

std::size_t StatementPlan::PairNumbers::capacity_in_bytes() const { return cells_.capacity() * sizeof(Cell); }

}  // namespace hesse
