#pragma once

#include "hesse/autodiff/formula.hpp"
#include "hesse/autodiff/statement_layout.hpp"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <utility>
#include <vector>

namespace hesse {

/// Finds the pairs of active operands by which a statement has second partials.
class SecondPartials {
public:
    explicit SecondPartials(const Formula& formula) : next_(formula.terms()) { read_term(); }
    [[nodiscard]] std::vector<std::pair<int, int>> pairs() const {
        std::vector<std::pair<int, int>> all;
        for (int i = 0; i < largest_statement; ++i) {
            for (int j = i; j < largest_statement; ++j) {
                if (by_[index(i, j)]) all.emplace_back(i, j);
            }
        }
        return all;
    }

private:
    struct Range {
        int first, end;
    };
    static std::size_t index(int i, int j) { return static_cast<std::size_t>(i * largest_statement + j); }

    Range read_term() {
        const FormulaTerm& term = *next_++;
        const int first = operand_;
        if (term.rule == nullptr) {
            operand_ += term.active ? 1 : 0;
            return {first, operand_};
        }
        Range of[largest_statement];
        for (int k = 0; k < term.arguments; ++k) of[k] = read_term();
        const Range all{first, operand_};
        if (term.curvature == Curvature::product) add(of[0], of[1]);
        if (term.curvature == Curvature::quotient) add(all, of[1]);
        if (term.curvature == Curvature::any) add(all, all);
        return all;
    }
    void add(Range a, Range b) {
        for (int i = a.first; i < a.end; ++i) {
            for (int j = b.first; j < b.end; ++j) by_[index(std::min(i, j), std::max(i, j))] = true;
        }
    }

    const FormulaTerm* next_;
    int operand_ = 0;
    std::bitset<std::size_t{largest_statement * largest_statement}> by_;
};

/// Pairs (i, j), i <= j, of active operands, from the first to the last of a statement.
inline std::vector<std::pair<int, int>> second_partials(const Formula& formula) {
    return SecondPartials(formula).pairs();
}

}  // namespace hesse
