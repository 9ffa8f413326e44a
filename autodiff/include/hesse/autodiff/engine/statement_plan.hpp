#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/statement_layout.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

/// Where the derivatives of scalar statements go, found without a number: recordings that repeat one another, as those of
/// most losses do from point to point, share it.
namespace hesse {

/// Rows of sparse matrices, one after the other: the columns of each follow those of the row before.
struct SparseRows {
    struct Row {
        std::uint32_t place, count;
        bool adds;  // to what the row gave before
    };
    Arena<Row> rows;
    Arena<std::uint32_t> columns;

    void clear() {
        rows.clear();
        columns.clear();
    }
    [[nodiscard]] std::size_t capacity_in_bytes() const {
        return rows.capacity_in_bytes() + columns.capacity_in_bytes();
    }
};

/// The structure of what products multiply by: triangular rows of partials, rows of a symmetric matrix of second partials
/// (both triangles), each in segments, the runs of statements between two nodes.
struct StatementMatrices {
    struct Segment {
        std::size_t first_run, end_run, bytes;  // and what the payload of the runs has
        std::size_t first_slot;                 // of their results
        std::size_t row, end_row, partial, end_partial;
        std::size_t curvature_row, end_curvature_row, curvature;
    };
    SparseRows partials, curvature;
    std::vector<Segment> segments;
    std::vector<std::uint32_t> without_curvature;  // places that have no row there
};

/// What a plan is made for.
struct PlannedTape {
    std::size_t slots, parameters, result;
    bool eliminates;  // see LocalDerivatives
    bool second;      // second partials too
    friend bool operator==(const PlannedTape&, const PlannedTape&) = default;
};

class StatementPlan {
public:
    /// Whether a recording has the same kinds of statements in the same order. Their operands are compared as numbers are
    /// filled in.
    [[nodiscard]] bool is_for(const PlannedTape& tape, std::span<const std::byte> runs) const;

    // --------------------------------------------------------------------------------------- making one

    void start(const PlannedTape& tape);
    /// The next statement reads these slots: told of all of them before the first `add`, where this eliminates.
    void read(const std::byte* payload, const StatementLayout& layout);
    void begin_segment(std::size_t run, std::size_t slot);
    void add(const StatementLayout& layout, const std::byte* payload, std::uint32_t y);
    void end_segment(std::size_t run, std::size_t bytes);
    void finish(std::span<const std::byte> runs);

    /// Memory that a product with what is kept goes through, of numbers of so many bytes.
    [[nodiscard]] std::size_t bytes_of_product(std::size_t number) const;

    // ------------------------------------------------------------------------------------- following it

    /// What to do with the derivatives of a statement. Factor 2 i + k is that of the k-th number that operand i depends on,
    /// where it is eliminated; else factor 2 i is one.
    struct Recipe {
        enum class Target : std::uint8_t { none, row, eliminated };
        /// The partial by an operand, times a factor, is part of a number of the result.
        struct Share {
            std::uint8_t factor, to;
            friend bool operator==(const Share&, const Share&) = default;
        };
        /// A second partial times two factors is part of an entry.
        struct Term {
            std::uint8_t pair, left, right;  // of variables i and j of n: n i + j
            bool twice;
            friend bool operator==(const Term&, const Term&) = default;
        };
        StatementVariables variables{};
        std::uint8_t operands = 0;  // slots
        bool in_place = false, constant = false;
        bool expands = false;  // some operand is eliminated
        Target target = Target::none;
        std::uint8_t restored = 0;  // numbers of a sum that was eliminated
        std::uint8_t count = 0;     // and those of the result
        std::vector<Share> shares;
        std::vector<Term> terms;
        friend bool operator==(const Recipe&, const Recipe&) = default;
    };
    [[nodiscard]] const Recipe& recipe(std::uint32_t id) const { return recipes_[id]; }
    /// Of each statement: its recipe; the slots of its operands, and of the sum that it adds to; if it expands, for each
    /// variable, which eliminated result it is, from 1, or 0; which one is restored, from 1; the entries that its terms are part of.
    [[nodiscard]] const std::uint32_t* script() const { return script_.data(); }
    /// Entries of the upper triangle of all segments, and which of them each of both triangles is.
    [[nodiscard]] std::size_t entries() const { return entries_; }
    [[nodiscard]] const Arena<std::uint32_t>& entry_of() const { return entry_of_; }
    [[nodiscard]] std::size_t eliminated() const { return eliminated_.size(); }

    [[nodiscard]] const StatementMatrices& matrices() const { return matrices_; }
    [[nodiscard]] bool eliminates() const { return tape_.eliminates; }
    /// Numbers that a sweep has: where this eliminates, those of the parameters and of what is left; else one for each slot.
    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] std::size_t capacity_in_bytes() const;

private:
    static constexpr std::uint32_t eliminated_bit = 0x80000000u;
    static constexpr std::uint32_t several_readers = 0xffffffffu;
    static constexpr int most_eliminated = 2;  // numbers that an eliminated result depends on

    struct Eliminated {
        std::uint32_t place[most_eliminated];
        std::uint32_t count;
    };
    struct Pair {
        std::uint32_t i, j;
    };
    /// Finds pairs that came before; see Knuth, The Art of Computer Programming 3, 6.4, open addressing.
    class PairNumbers {
    public:
        void clear();
        /// The number of the pair, which is `next` if it is new.
        std::uint32_t find(Pair pair, std::uint32_t next);
        [[nodiscard]] std::size_t capacity_in_bytes() const;

    private:
        struct Cell {
            std::uint64_t key;
            std::uint32_t number, stamp;  // free unless the stamp is the last one
        };
        Cell& cell(std::uint64_t key);
        void grow();
        std::vector<Cell> cells_;
        std::size_t used_ = 0;
        std::uint32_t stamp_ = 1;
        int shift_ = 0;  // of a hash, to the number of eight cells
    };
    struct Kind {
        const Formula* formula;
        std::vector<std::pair<int, int>> second;  // operands by which it has a second partial
        std::vector<std::uint32_t> recipes;       // that statements of this kind had, the last one first
    };

    Kind& kind(const Formula* formula);
    std::uint32_t intern(Kind& kind);
    void add_terms(Recipe& recipe, const Kind& kind);
    void add_shares(Recipe& recipe);
    void find_target(Recipe& recipe, std::uint32_t y, bool adds);
    void append_row(std::uint32_t place, bool adds, const std::uint32_t* columns, std::uint32_t count);
    [[nodiscard]] const Eliminated& eliminated(std::uint32_t place) const {
        return eliminated_[place & ~eliminated_bit];
    }

    PlannedTape tape_{};
    std::vector<std::byte> runs_;
    StatementMatrices matrices_;
    std::size_t size_ = 0;
    std::size_t entries_ = 0;
    std::vector<Recipe> recipes_;
    Arena<std::uint32_t> script_, entry_of_;

    // While it is made.
    std::vector<Kind> kinds_;
    std::size_t last_kind_ = 0;
    std::uint32_t statement_ = 0;
    Arena<std::uint32_t> place_, reader_;  // of slots
    Arena<Eliminated> eliminated_;
    std::vector<Pair> pairs_;  // of the segment
    PairNumbers numbers_;
    std::vector<std::uint32_t> row_of_, next_;

    // Of the statement at hand.
    Recipe candidate_;
    std::uint32_t operand_[largest_statement];                   // its place
    std::uint32_t places_[largest_statement * most_eliminated];  // that the result depends on
    std::uint32_t terms_[largest_statement * largest_statement * most_eliminated * most_eliminated];
};

}  // namespace hesse
