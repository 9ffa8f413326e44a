#pragma once

#include "hesse/autodiff.hpp"
#include "problems/any_objective.hpp"

#include <Eigen/Core>

#include <functional>
#include <string_view>
#include <vector>

/// What the tables of problems are made of.
namespace hesse::problems {

struct Entry {
    std::string_view name;
    Index size;  // in the collection
    std::string_view source;
    std::function<AnyObjective(Index n)> loss;
    std::function<Eigen::VectorXd(Index n)>
        start;  // of another size than n, if there is no problem of that size
    std::vector<double> minima;
    bool many_minima = false;
};

std::vector<Entry> chained_valleys();
std::vector<Entry> curve_fits();
std::vector<Entry> dixmaan();
std::vector<Entry> equations();
std::vector<Entry> humps();
std::vector<Entry> quartics();
std::vector<Entry> small_valleys();
std::vector<Entry> sums_of_squares();

inline double number(Index i) { return static_cast<double>(i); }

/// Scalar code: a template over the type of its numbers.
template <class T>
using Numbers = Eigen::Matrix<T, Eigen::Dynamic, 1>;
template <class Loss>
auto in_scalars(Loss loss) {
    return [loss](Index n) { return AnyObjective(objective(loss, n, scalars)); };
}
template <class Loss>
auto in_arrays(Loss loss) {
    return [loss](Index n) { return AnyObjective(objective(loss, n)); };
}

/// Starts.
inline auto all(double value) {
    return [value](Index n) -> Eigen::VectorXd { return Eigen::VectorXd::Constant(n, value); };
}
/// The entries one after the other, again and again.
inline auto repeated(std::vector<double> entries) {
    return [entries](Index n) {
        const auto period = static_cast<Index>(entries.size());
        return Eigen::VectorXd(Eigen::VectorXd::NullaryExpr(
            n / period * period, [&](Index i) { return entries.data()[i % period]; }));
    };
}
/// Of this size only.
inline auto point(std::vector<double> entries) {
    return [entries](Index) -> Eigen::VectorXd {
        return Eigen::VectorXd::Map(entries.data(), static_cast<Index>(entries.size()));
    };
}
/// entry(i, n), i from 1 to n as in the papers.
template <class Formula>
auto by_formula(Formula entry) {
    return [entry](Index n) {
        Eigen::VectorXd x(n);
        for (Index i = 0; i < n; ++i) x[i] = entry(number(i + 1), number(n));
        return x;
    };
}

}  // namespace hesse::problems
