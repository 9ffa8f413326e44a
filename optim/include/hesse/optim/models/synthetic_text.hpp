#pragma once

#include "hesse/autodiff/memory.hpp"

#include <cstdint>
#include <vector>

namespace hesse {

struct SyntheticTextOptions {
    /// How unequal the followers of a token are: the standard deviation of the logarithms of their weights. With 0 all are
    /// equally probable, and the entropy rate is log(vocabulary).
    double sharpness = 2.0;
    std::uint64_t seed = 0;
};

/// A text of tokens 0, ..., vocabulary - 1 by a stationary Markov chain, of which everything is known.
struct SyntheticText {
    std::vector<int> tokens;
    Index vocabulary = 0;
    /// probability(i, j): of j after i, at [i vocabulary + j].
    Buffer transitions;
    /// How often each token comes in the long run (vocabulary).
    Buffer stationary;

    [[nodiscard]] double probability(int token, int next) const {
        return transitions[static_cast<std::size_t>(token * vocabulary + next)];
    }
    /// -sum_i pi_i sum_j p_ij log p_ij, in nats: the mean of -log p(next token), which no model of the text can be below in
    /// the long run. Shannon 1948.
    [[nodiscard]] double entropy_rate() const;
    /// -sum_i pi_i log pi_i: the best that a model can do which does not look at the tokens before.
    [[nodiscard]] double token_entropy() const;
    /// The mean of -log p over the transitions of this text, which no model that knows the chain alone can be below on it.
    [[nodiscard]] double mean_surprise() const;
};

/// `length` tokens of a chain whose transition probabilities are drawn from the seed, too: exp(sharpness z) with normal z, row
/// by row, over its sum. The first token is drawn from the stationary distribution, which is computed without subtractions, in
/// vocabulary^3 / 3 multiplications: Grassmann, Taksar and Heyman, Operations Research 33 (1985) 1107.
/// Throws std::invalid_argument unless length and vocabulary are at least 1 and 0 <= sharpness <= 20.
SyntheticText synthetic_text(Index length, Index vocabulary, const SyntheticTextOptions& options = {});

}  // namespace hesse
