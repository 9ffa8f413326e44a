#include "hesse/optim/models/synthetic_text.hpp"

#include "../options.hpp"
#include "hesse/optim/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace hesse {
namespace {

/// A row of probabilities.
void draw_probabilities(RandomGenerator& generator, double sharpness, double* row, Index count) {
    double sum = 0.0;
    for (Index j = 0; j < count; ++j) sum += row[j] = std::exp(sharpness * generator.normal());
    for (Index j = 0; j < count; ++j) row[j] /= sum;
}

/// States are taken out from the last to the second; what flows through them is added to the others. Then the stationary
/// measure of each follows from those before it.
Buffer stationary_distribution(Buffer p, Index n) {
    const auto at = [&](Index i, Index j) -> double& { return p[static_cast<std::size_t>(i * n + j)]; };
    for (Index k = n - 1; k > 0; --k) {
        double out = 0.0;
        for (Index j = 0; j < k; ++j) out += at(k, j);
        for (Index i = 0; i < k; ++i) {
            const double through = at(i, k) /= out;
            for (Index j = 0; j < k; ++j) at(i, j) += through * at(k, j);
        }
    }
    Buffer pi(static_cast<std::size_t>(n), 1.0);
    double sum = 1.0;
    for (Index k = 1; k < n; ++k) {
        double measure = 0.0;
        for (Index i = 0; i < k; ++i) measure += pi[static_cast<std::size_t>(i)] * at(i, k);
        sum += pi[static_cast<std::size_t>(k)] = measure;
    }
    for (double& x : pi) x /= sum;
    return pi;
}

int draw(RandomGenerator& generator, const double* probabilities, Index count) {
    double left = generator.uniform();
    for (Index j = 0; j + 1 < count; ++j) {
        left -= probabilities[j];
        if (left < 0.0) return static_cast<int>(j);
    }
    return static_cast<int>(count - 1);
}

double entropy(const double* probabilities, Index count) {
    double sum = 0.0;
    for (Index j = 0; j < count; ++j) {
        if (probabilities[j] > 0.0) sum -= probabilities[j] * std::log(probabilities[j]);
    }
    return sum;
}

}  // namespace

double SyntheticText::entropy_rate() const {
    double sum = 0.0;
    for (Index i = 0; i < vocabulary; ++i)
        sum += stationary[static_cast<std::size_t>(i)] *
               entropy(transitions.data() + i * vocabulary, vocabulary);
    return sum;
}

double SyntheticText::token_entropy() const { return entropy(stationary.data(), vocabulary); }

double SyntheticText::mean_surprise() const {
    if (tokens.size() < 2) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0.0;
    for (std::size_t t = 1; t < tokens.size(); ++t) sum -= std::log(probability(tokens[t - 1], tokens[t]));
    return sum / static_cast<double>(tokens.size() - 1);
}

SyntheticText synthetic_text(Index length, Index vocabulary, const SyntheticTextOptions& options) {
    require_at_least("synthetic_text", "length", length, 1);
    require_at_least("synthetic_text", "vocabulary", vocabulary, 1);
    // Beyond 20, probabilities underflow and the chain may fall apart.
    require_in("synthetic_text", "sharpness", options.sharpness, 0.0, std::nextafter(20.0, 21.0));
    RandomGenerator generator(options.seed);
    SyntheticText text;
    text.vocabulary = vocabulary;
    text.transitions.resize(static_cast<std::size_t>(vocabulary * vocabulary));
    for (Index i = 0; i < vocabulary; ++i)
        draw_probabilities(generator, options.sharpness, text.transitions.data() + i * vocabulary,
                           vocabulary);
    text.stationary = stationary_distribution(text.transitions, vocabulary);
    text.tokens.reserve(static_cast<std::size_t>(length));
    text.tokens.push_back(draw(generator, text.stationary.data(), vocabulary));
    while (static_cast<Index>(text.tokens.size()) < length)
        text.tokens.push_back(
            draw(generator, text.transitions.data() + text.tokens.back() * vocabulary, vocabulary));
    return text;
}

}  // namespace hesse
