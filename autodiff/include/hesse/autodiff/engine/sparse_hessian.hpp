#pragma once

#include "hesse/autodiff/engine/pattern_search.hpp"
#include "hesse/autodiff/engine/tape_inspection.hpp"
#include "hesse/autodiff/engine/tape_linearization.hpp"
#include "hesse/autodiff/tape.hpp"

#include <cassert>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

/// The Hessian itself, where it is sparse.
namespace hesse {
namespace engine {

/// A sparse symmetric matrix from which rows and columns are eliminated: with x_p = sum_i g_i x_i, what it says of x_p is
/// said of the x_i (edge pushing: Gower and Mello, Optimization Methods and Software 27, 2012).
template <class T>
class SymmetricElimination {
public:
    SymmetricElimination(std::size_t size, std::size_t most_entries)
        : neighbors_(size), most_entries_(most_entries) {}

    void add(std::uint32_t i, std::uint32_t j, const T& w) {
        if (i > j) std::swap(i, j);
        const auto [at, is_new] = entries_.try_emplace(key(i, j), w);
        if (!is_new) {
            at->second = at->second + w;
            return;
        }
        if (entries_.size() > most_entries_) {
            throw std::length_error("hessian: to_sparse needs more than the " +
                                    std::to_string(most_entries_) + " entries that it may have");
        }
        neighbors_[i].push_back(j);
        if (i != j) neighbors_[j].push_back(i);
    }

    struct Share {
        std::uint32_t of;
        T factor;
    };
    void eliminate(std::uint32_t p, const std::vector<Share>& shares) {
        const std::vector<std::uint32_t> neighbors = std::move(neighbors_[p]);
        for (const std::uint32_t q : neighbors) {
            const auto at = entries_.find(key(std::min(p, q), std::max(p, q)));
            if (at == entries_.end()) continue;  // with q, before
            const T w = at->second;
            entries_.erase(at);
            for (std::size_t i = 0; i < shares.size(); ++i) {
                const Share& x = shares[i];
                const T w_i = w * x.factor;
                if (q != p) {
                    add(x.of, q, x.of == q ? T(w_i + w_i) : w_i);
                } else {
                    for (std::size_t j = i; j < shares.size(); ++j)
                        add(x.of, shares[j].of, T(w_i * shares[j].factor));
                }
            }
        }
    }

    /// Visits the rows of the upper triangle: visit(i, j, w).
    template <class Visit>
    void for_each(const Visit& visit) const {
        for (std::uint32_t i = 0; i < neighbors_.size(); ++i) {
            for (const std::uint32_t j : neighbors_[i]) {
                if (j < i) continue;
                const auto at = entries_.find(key(i, j));
                if (at != entries_.end()) visit(i, j, at->second);
            }
        }
    }

private:
    static std::uint64_t key(std::uint32_t i, std::uint32_t j) { return std::uint64_t{i} << 32 | j; }

    std::unordered_map<std::uint64_t, T> entries_;
    std::vector<std::vector<std::uint32_t>> neighbors_;  // some of them gone
    std::size_t most_entries_;
};

}  // namespace engine

template <class T>
std::vector<HessianEntry<T>> LocalDerivatives<T>::sparse_hessian(std::size_t parameters,
                                                                 std::size_t most_entries) const {
    using Elimination = engine::SymmetricElimination<T>;
    Elimination matrix(size(), most_entries);
    const SparseRows& curvature = matrices_->curvature;
    for (std::size_t r = 0, e = 0; r < curvature.rows.size(); ++r) {
        for (std::uint32_t k = 0; k < curvature.rows[r].count; ++k, ++e) {
            const std::uint32_t i = curvature.rows[r].place, j = curvature.columns[e];
            if (i <= j && !vanishes(curvature_[e])) matrix.add(i, j, curvature_[e]);
        }
    }
    const Arena<SparseRows::Row>& rows = matrices_->partials.rows;
    const Arena<std::uint32_t>& columns = matrices_->partials.columns;
    // A sum is complete with its last row, and is what all of its rows say.
    std::vector<std::vector<std::size_t>> begin_of(size());
    std::size_t at = 0;
    for (std::size_t r = 0; r < rows.size(); at += rows[r++].count) {
        begin_of[rows[r].place].push_back(at);
        begin_of[rows[r].place].push_back(at + rows[r].count);
    }
    std::vector<typename Elimination::Share> shares;
    std::unordered_map<std::uint32_t, std::size_t> index;
    for (std::size_t r = rows.size(); r-- > 0;) {
        const std::vector<std::size_t> ranges = std::move(begin_of[rows[r].place]);
        shares.clear();
        index.clear();
        for (std::size_t k = 0; k + 1 < ranges.size(); k += 2) {
            for (std::size_t e = ranges[k]; e < ranges[k + 1]; ++e) {
                const auto [found, is_new] = index.try_emplace(columns[e], shares.size());
                if (is_new) shares.push_back({columns[e], partials_[e]});
                else shares[found->second].factor = shares[found->second].factor + partials_[e];
            }
        }
        if (!ranges.empty()) matrix.eliminate(rows[r].place, shares);
    }
    std::vector<HessianEntry<T>> entries;
    matrix.for_each([&](std::uint32_t i, std::uint32_t j, const T& w) {
        if (j < parameters) entries.push_back({static_cast<Index>(i), static_cast<Index>(j), w});
    });
    return entries;
}

template <class T>
std::vector<HessianEntry<T>> Tape<T>::sparse_hessian(std::size_t most_entries) {
    assert(only_scalars_);
    linearize_statements(true);
    return local_->sparse_hessian(parameters_, most_entries);
}

template <class T>
SymmetricPattern Tape<T>::sparsity_pattern(std::size_t most_entries) {
    const TapeInspection<T> inspection(*this);
    const auto statements = inspection.statements();
    PatternSearch search(slots(), parameters_, result_, most_entries);
    for (std::size_t k = statements.size(); k-- > 0;)
        inspection.dependencies(statements[k], search.backward());
    for (const auto& statement : statements) inspection.dependencies(statement, search.forward());
    return search.pattern();
}

}  // namespace hesse
