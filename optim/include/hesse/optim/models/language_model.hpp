#pragma once

#include "hesse/optim/models/transformer.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {

/// A transformer that reads sequences of tokens and says at each place what it expects next.
struct LanguageModel {
    Index vocabulary = 64;
    Index width = 32;
    Index heads = 4;
    Index blocks = 2;
    Index hidden = 0;  // of a block; four times the width if 0
    double deviation =
        0.02;  // of initial weights; those added to a block's input have this over sqrt(2 blocks)
    bool checkpoints =
        false;  // keep the input of each block alone, and record one block at a time: see checkpoint
};

/// Scores (vocabulary x tokens) of the next token at each place; tokens are those of `sequences` sequences of one length, one
/// after the other. No score depends on later tokens. Parameters "tokens/vectors", "places/vectors", "block 1/...", "norm/gain",
/// "norm/shift", "scores/weights".
///
/// Initial values as in Radford et al., "Language models are unsupervised multitask learners", 2019; with deviation 0 all scores are
/// equal, and that point is a saddle. With checkpoints a gradient costs one evaluation more.
template <class P>
auto next_token_scores(const P& p, const LanguageModel& language, const Indices& tokens, Index sequences) {
    const Initialiser weights = Initialiser::normal(language.deviation);
    const auto count = static_cast<double>(language.blocks);
    TransformerBlock block;
    block.attention = {.sequences = sequences, .heads = language.heads, .causal = true};
    block.hidden = language.hidden;
    block.weights = weights;
    block.residual = Initialiser::normal(language.deviation / std::sqrt(std::max(1.0, 2.0 * count)));
    const auto run = [block](const auto& q, const auto& x) { return transformer_block(q, x, block); };

    auto h = positional_embedding(
        p.in("places"), embedding(p.in("tokens"), tokens, language.vocabulary, language.width, weights),
        sequences, weights);
    for (Index k = 1; k <= language.blocks; ++k) {
        const auto q = p.in("block " + std::to_string(k));
        if (language.checkpoints) h = q.checkpoint(run, h);
        else h = run(q, h);
    }
    return linear(p.in("scores"), layer_normalisation(p.in("norm"), h), language.vocabulary, weights);
}

/// Tokens of sequences, one after the other, and those that follow each.
struct TokenBatch {
    std::vector<int> inputs, targets;
    Index sequences = 0;
};
/// Cuts a text into the batch of `sequences` sequences of `length` tokens: the first from `first` on, each from where the one before
/// it ended. Throws std::invalid_argument unless the text has first + length sequences + 1 tokens, the last as a target.
inline TokenBatch token_batch(std::span<const int> text, Index length, Index sequences, Index first = 0) {
    const Index needed = length * sequences;
    const auto size = static_cast<Index>(text.size());
    if (length < 1 || sequences < 1 || first < 0 || first + needed + 1 > size)
        throw std::invalid_argument("token_batch: " + std::to_string(sequences) + " sequences of " +
                                    std::to_string(length) + " tokens from " + std::to_string(first) +
                                    " on, and one after them, are not in a text of " + std::to_string(size));
    const auto begin = text.begin() + first;
    return {{begin, begin + needed}, {begin + 1, begin + needed + 1}, sequences};
}

/// The mean over all places of -log of the probability of the token that comes next: in nats.
template <class P>
auto next_token_loss(const P& p, const LanguageModel& language, const TokenBatch& batch) {
    const auto scores = next_token_scores(p, language, batch.inputs, batch.sequences);
    return mean(cross_entropy(scores, batch.targets));
}

}  // namespace hesse
