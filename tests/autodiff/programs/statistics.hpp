#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

/// Clusters, hidden states, networks, curves and options, for any scalar.
namespace programs {

/// The mean squared distance of points from the nearest of the centers.
template <class T>
T k_means_cost(const std::vector<T>& centers, const std::vector<double>& points, std::size_t dimension) {
    T total = 0;
    for (std::size_t p = 0; p < points.size(); p += dimension) {
        T nearest = std::numeric_limits<T>::max();
        for (std::size_t c = 0; c < centers.size(); c += dimension) {
            T distance = 0;
            for (std::size_t k = 0; k < dimension; ++k) {
                const T d = centers[c + k] - points[p + k];
                distance += d * d;
            }
            nearest = std::min(nearest, distance);
        }
        total += nearest;
    }
    return total / static_cast<double>(points.size() / dimension);
}

template <class T>
T log_sum_of_exponentials(const std::vector<T>& x) {
    using std::exp;
    using std::log;
    const T largest = *std::max_element(x.begin(), x.end());
    T sum = 0;
    for (const auto& entry : x) sum += exp(entry - largest);
    return largest + log(sum);
}

/// Log-likelihood of what a hidden Markov model emitted, by the forward algorithm. Rows of logits are normalized.
template <class T>
T hidden_markov_likelihood(std::vector<std::vector<T>> transition, std::vector<std::vector<T>> emission,
                           const std::vector<std::size_t>& seen) {
    for (auto* table : {&transition, &emission}) {
        for (auto& row : *table) {
            const T normalizer = log_sum_of_exponentials(row);
            for (auto& logit : row) logit -= normalizer;
        }
    }
    const std::size_t states = transition.size();
    using std::log;
    std::vector<T> forward(states, T(-log(double(states))));
    for (std::size_t s = 0; s < states; ++s) forward[s] += emission[s][seen.front()];
    for (std::size_t t = 1; t < seen.size(); ++t) {
        std::vector<T> next(states);
        for (std::size_t to = 0; to < states; ++to) {
            std::vector<T> ways;
            for (std::size_t from = 0; from < states; ++from)
                ways.push_back(forward[from] + transition[from][to]);
            next[to] = log_sum_of_exponentials(ways) + emission[to][seen[t]];
        }
        std::swap(forward, next);
    }
    return log_sum_of_exponentials(forward);
}

/// A network of dense layers of tanh units, weights row by row with a bias at the end of each.
template <class T>
class Network {
public:
    Network(const std::vector<T>& weights, const std::vector<std::size_t>& widths) {
        auto next = weights.begin();
        for (std::size_t layer = 0; layer + 1 < widths.size(); ++layer) {
            std::vector<std::vector<T>> rows(widths[layer + 1]);
            for (auto& row : rows) {
                row.assign(next, next + static_cast<std::ptrdiff_t>(widths[layer]) + 1);
                next += static_cast<std::ptrdiff_t>(row.size());
            }
            layers_.push_back(rows);
        }
    }
    std::vector<T> operator()(std::vector<T> signal) const {
        using std::tanh;
        for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
            std::vector<T> out;
            for (const auto& row : layers_[layer]) {
                const T a = std::inner_product(signal.begin(), signal.end(), row.begin(), row.back());
                out.push_back(layer + 1 < layers_.size() ? tanh(a) : a);
            }
            signal = out;
        }
        return signal;
    }

private:
    std::vector<std::vector<std::vector<T>>> layers_;
};

/// A Bezier curve by de Casteljau's construction.
template <class T>
T bezier(std::vector<T> control, double t) {
    for (std::size_t n = control.size(); n > 1; --n) {
        for (std::size_t i = 0; i + 1 < n; ++i) control[i] = (1 - t) * control[i] + t * control[i + 1];
    }
    return control.front();
}

/// An American put on a binomial tree of Cox, Ross and Rubinstein.
template <class T>
T american_put(const T& spot, const T& strike, const T& rate, const T& volatility, double years, int steps) {
    using std::exp;
    using std::max;
    using std::sqrt;
    const double dt = years / steps;
    const T up = exp(volatility * sqrt(dt)), down = 1 / up;
    const T growth = exp(rate * dt);
    const T probability = (growth - down) / (up - down);
    std::vector<T> prices(static_cast<std::size_t>(steps) + 1), values;
    prices[0] = spot;
    for (int i = 0; i < steps; ++i) prices[0] *= down;
    for (std::size_t i = 1; i < prices.size(); ++i) prices[i] = prices[i - 1] * up / down;
    for (const T& price : prices) values.push_back(max(strike - price, T(0)));
    for (int step = steps; step-- > 0;) {
        for (std::size_t i = 0; i <= static_cast<std::size_t>(step); ++i) {
            prices[i] *= up;
            const T kept = (probability * values[i + 1] + (1 - probability) * values[i]) / growth;
            const T exercised = strike - prices[i];
            values[i] = exercised > kept ? exercised : kept;
        }
    }
    return values[0];
}

}  // namespace programs
