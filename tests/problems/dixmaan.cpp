#include "problems/entry.hpp"

#include <array>
#include <cmath>

/// Dixon and Maany, TR 206, Hatfield Polytechnic, 1988.
namespace hesse::problems {

namespace {

/// Of one of the functions A to L: the weights of the four sums, and the powers of i / n that multiply their terms.
struct Member {
    std::string_view name;
    double alpha, beta, gamma, delta;
    std::array<int, 4> powers;
};

/// 1 + sum alpha (i/n)^k1 x_i^2 + sum beta (i/n)^k2 x_i^2 (x_{i+1} + x_{i+1}^2)^2
///   + sum gamma (i/n)^k3 x_i^2 x_{i+m}^4 + sum delta (i/n)^k4 x_i x_{i+2m},  m = n / 3
struct Dixmaan {
    Member member;

    template <class T>
    T operator()(const Numbers<T>& x) const {
        const Index n = x.size();
        const Index m = n / 3;
        T sum = 1.0;
        for (Index i = 0; i < n; ++i) sum += weight(0, member.alpha, i, n) * square(x[i]);
        if (member.beta != 0.0) {
            for (Index i = 0; i < n - 1; ++i)
                sum += weight(1, member.beta, i, n) * square(x[i] * (x[i + 1] + square(x[i + 1])));
        }
        for (Index i = 0; i < 2 * m; ++i)
            sum += weight(2, member.gamma, i, n) * square(x[i] * square(x[i + m]));
        for (Index i = 0; i < m; ++i) sum += weight(3, member.delta, i, n) * x[i] * x[i + 2 * m];
        return sum;
    }

private:
    [[nodiscard]] double weight(std::size_t term, double factor, Index i, Index n) const {
        return factor * std::pow(static_cast<double>(i + 1) / static_cast<double>(n), member.powers[term]);
    }
};

}  // namespace

std::vector<Entry> dixmaan() {
    constexpr Member members[] = {
        {"DIXMAANA", 1.0, 0.0, 0.125, 0.125, {0, 0, 0, 0}},
        {"DIXMAANB", 1.0, 0.0625, 0.0625, 0.0625, {0, 0, 0, 0}},
        {"DIXMAANC", 1.0, 0.125, 0.125, 0.125, {0, 0, 0, 0}},
        {"DIXMAAND", 1.0, 0.26, 0.26, 0.26, {0, 0, 0, 0}},
        {"DIXMAANE", 1.0, 0.0, 0.125, 0.125, {1, 0, 0, 1}},
        {"DIXMAANF", 1.0, 0.0625, 0.0625, 0.0625, {1, 0, 0, 1}},
        {"DIXMAANG", 1.0, 0.125, 0.125, 0.125, {1, 0, 0, 1}},
        {"DIXMAANH", 1.0, 0.26, 0.26, 0.26, {1, 0, 0, 1}},
        {"DIXMAANI", 1.0, 0.0, 0.125, 0.125, {2, 0, 0, 2}},
        {"DIXMAANJ", 1.0, 0.0625, 0.0625, 0.0625, {2, 0, 0, 2}},
        {"DIXMAANK", 1.0, 0.125, 0.125, 0.125, {2, 0, 0, 2}},
        {"DIXMAANL", 1.0, 0.26, 0.26, 0.26, {2, 0, 0, 2}},
    };
    std::vector<Entry> entries;
    for (const Member& member : members) {
        entries.push_back({member.name,
                           3000,
                           "Dixon and Maany 1988; CUTEst",
                           in_scalars(Dixmaan{member}),
                           repeated({2.0, 2.0, 2.0}),
                           {1.0}});
    }
    return entries;
}

}  // namespace hesse::problems
