#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Core>

#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse::test {

/// Where an argument of a function is taken from.
struct Interval {
    double low, high;
};

/// A function at a point, and what dual numbers over dual numbers say of it, forward and without a tape. Compiled once for
/// all functions.
class RecordedFunction {
public:
    using Second = Dual<Dual<double>>;
    using InDuals = std::function<Second(const std::vector<Second>&)>;
    static constexpr Index entries = 11;  // packs, and some entries more

    RecordedFunction(const char* name, const std::vector<Interval>& of, const InDuals& f);

    [[nodiscard]] const VectorXd& x() const { return x_; }
    /// Compares value, gradient and a product. Errors count relative to the sizes of all three together, and may be some
    /// thousand roundings: second derivatives of special functions are sums of terms that cancel in part.
    void compare(const Linearization<double>& at) const;
    void compare_bits(double plain, const Linearization<double>& at) const;

private:
    const char* name_;
    VectorXd x_, v_, gradient_, product_;
    double value_ = 0;
};

/// Compares what a tape says of a function, recorded in words of arrays and in scalar code, with dual numbers: as a loss of so
/// many arguments, sum_i w_i f(x_i, y_i, ...). Arrays give the bits of the plain value. There a function is part of a
/// statement; in scalar code it is one of its own.
template <class F, std::size_t... k>
void check_recorded(const char* name, const F& f, const std::vector<Interval>& of,
                    std::index_sequence<k...>) {
    constexpr Index entries = RecordedFunction::entries;
    const VectorXd weights = random_vector(entries, 3, 0.5, 1.5);
    const auto sum = [f, weights]<class T>(std::type_identity<T>, const auto& x) {
        T total(0.0);
        for (Index i = 0; i < entries; ++i)
            total = total + T(weights[i] * T(f(x[static_cast<Index>(k) * entries + i]...)));
        return total;
    };
    const RecordedFunction truth(name, of, [&](const std::vector<RecordedFunction::Second>& x) {
        return sum(std::type_identity<RecordedFunction::Second>(), x);
    });
    const auto in_arrays = objective(
        [f, weights](const auto& x) {
            return (weights.array() * f(x.segment(static_cast<Index>(k) * entries, entries).array()...))
                .sum();
        },
        truth.x().size());
    const auto at = in_arrays.linearize(truth.x());
    truth.compare(at);
    truth.compare_bits(in_arrays.value(truth.x()), at);
    const auto in_scalars = objective(
        [sum](const auto& x) {
            return sum(std::type_identity<typename std::remove_cvref_t<decltype(x)>::Scalar>(), x);
        },
        truth.x().size(), scalars);
    truth.compare(in_scalars.linearize(truth.x()));
}

template <class F>
void check_recorded(const char* name, const F& f, Interval x) {
    check_recorded(name, f, {x}, std::make_index_sequence<1>{});
}
template <class F>
void check_recorded(const char* name, const F& f, Interval x, Interval y) {
    check_recorded(name, f, {x, y}, std::make_index_sequence<2>{});
}
template <class F>
void check_recorded(const char* name, const F& f, Interval x, Interval y, Interval z) {
    check_recorded(name, f, {x, y, z}, std::make_index_sequence<3>{});
}

}  // namespace hesse::test
