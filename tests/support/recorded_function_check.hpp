#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace hesse::test {

/// Where an argument of a function is taken from.
struct Interval {
    double low, high;
};

/// A function as a loss of so many arguments, each of `entries`: sum_i w_i f(x_i, y_i, ...).
template <class F, std::size_t... k>
class WeightedSum {
public:
    static constexpr Index entries = 11;  // packs, and some entries more

    explicit WeightedSum(F f) : f_(std::move(f)), weights_(random_vector(entries, 3, 0.5, 1.5)) {}

    [[nodiscard]] auto in_arrays() const {
        return [*this](const auto& x) {
            return (weights_.array() * f_(x.segment(static_cast<Index>(k) * entries, entries).array()...))
                .sum();
        };
    }
    [[nodiscard]] auto in_scalars() const {
        return [*this](const auto& x) {
            using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
            return sum<T>(x);
        };
    }
    /// By dual numbers over dual numbers, forward: no tape.
    [[nodiscard]] Dual<Dual<double>> along(const VectorXd& x, const VectorXd& u, const VectorXd& v) const {
        using Second = Dual<Dual<double>>;
        std::vector<Second> point;
        for (Index i = 0; i < x.size(); ++i)
            point.emplace_back(Dual<double>(x[i], v[i]), Dual<double>(u[i], 0.0));
        return sum<Second>(point);
    }

private:
    template <class T, class X>
    T sum(const X& x) const {
        T total(0.0);
        for (Index i = 0; i < entries; ++i)
            total = total + T(weights_[i] * f_(x[static_cast<Index>(k) * entries + i]...));
        return total;
    }

    F f_;
    VectorXd weights_;
};

/// Compares what a tape says of a function, recorded in words of arrays and in scalar code, with dual numbers. Arrays give
/// the bits of the plain value. Errors count relative to the sizes of value, gradient and product together, and may be some
/// thousand roundings: second derivatives of special functions are sums of terms that cancel in part.
template <class F, std::size_t... k>
void check_recorded(const char* name, const F& f, const std::vector<Interval>& of,
                    std::index_sequence<k...>) {
    using Loss = WeightedSum<F, k...>;
    const Loss loss(f);
    const Index n = static_cast<Index>(sizeof...(k)) * Loss::entries;
    VectorXd x(n);
    for (std::size_t a = 0; a < of.size(); ++a)
        x.segment(static_cast<Index>(a) * Loss::entries, Loss::entries) =
            random_vector(Loss::entries, 20 + a, of[a].low, of[a].high);
    const VectorXd v = random_vector(n, 9);
    VectorXd gradient(n), product(n);
    double value = 0;
    for (Index i = 0; i < n; ++i) {
        const auto y = loss.along(x, VectorXd::Unit(n, i), v);
        value = y.value.value;
        gradient[i] = y.tangent.value;
        product[i] = y.tangent.tangent;
    }
    const auto compare = [&](const auto& objective, bool same_bits) {
        const auto at = objective.linearize(x);
        const double scale = std::abs(value) + gradient.norm() + product.norm();
        BOOST_TEST(std::isfinite(scale), name << ": the truth is " << scale);
        if (same_bits) BOOST_TEST(objective.value(x) == at.value(), name << ": values differ");
        const auto near = [&](double error, const char* of_what) {
            BOOST_TEST(error <= 2e-12 * scale, name << ": " << of_what << " is wrong by " << error);
        };
        near(std::abs(at.value() - value), "the value");
        near((at.gradient() - gradient).norm(), "the gradient");
        near((VectorXd(at.hessian() * v) - product).norm(), "the product");
    };
    compare(objective(loss.in_arrays(), n), true);
    compare(objective(loss.in_scalars(), n, scalars), false);
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
