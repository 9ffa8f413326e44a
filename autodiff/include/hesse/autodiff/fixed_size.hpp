#pragma once

#include "hesse/autodiff/eigen_numbers.hpp"
#include "hesse/autodiff/hessian.hpp"

#include <Eigen/Core>

#include <array>
#include <memory>
#include <utility>

/// Losses of a few parameters, whose number is known at compile time: derivatives forward, without a tape.
namespace hesse {

/// Derivatives of a number along N directions: the tangent of a Dual.
template <class T, int N>
class FixedTangents {
public:
    FixedTangents() = default;
    /// The same along all of them.
    [[gnu::always_inline]] explicit FixedTangents(ScalarOf<T> x) { of_.fill(T(x)); }
    /// That of the variable numbered i.
    [[gnu::always_inline]] static FixedTangents unit(int i) {
        FixedTangents y(0);
        y.of_[static_cast<std::size_t>(i)] = T(1);
        return y;
    }
    [[nodiscard]] const T& operator[](int i) const { return of_[static_cast<std::size_t>(i)]; }

    [[gnu::always_inline]] friend FixedTangents operator-(const FixedTangents& x) {
        return made([&](std::size_t i) __attribute__((always_inline)) { return -x.of_[i]; });
    }
    [[gnu::always_inline]] friend FixedTangents operator+(const FixedTangents& x, const FixedTangents& y) {
        return made([&](std::size_t i) __attribute__((always_inline)) { return x.of_[i] + y.of_[i]; });
    }
    [[gnu::always_inline]] friend FixedTangents operator-(const FixedTangents& x, const FixedTangents& y) {
        return made([&](std::size_t i) __attribute__((always_inline)) { return x.of_[i] - y.of_[i]; });
    }
    [[gnu::always_inline]] friend FixedTangents operator*(const FixedTangents& x, const T& factor) {
        return made([&](std::size_t i) __attribute__((always_inline)) { return x.of_[i] * factor; });
    }
    [[gnu::always_inline]] friend FixedTangents operator*(const T& factor, const FixedTangents& x) {
        return x * factor;
    }
    [[gnu::always_inline]] friend FixedTangents operator/(const FixedTangents& x, const T& divisor) {
        return made([&](std::size_t i) __attribute__((always_inline)) { return x.of_[i] / divisor; });
    }
    [[gnu::always_inline]] friend FixedTangents multiply_add(const FixedTangents& x, const T& factor,
                                                             const FixedTangents& y) {
        return made([&](std::size_t i)
                        __attribute__((always_inline)) { return x.of_[i] * factor + y.of_[i]; });
    }
    [[gnu::always_inline]] friend FixedTangents select(bool condition, const FixedTangents& x,
                                                       const FixedTangents& y) {
        return condition ? x : y;
    }

private:
    template <class Entry>
    [[gnu::always_inline]] static FixedTangents made(const Entry& entry) {
        FixedTangents y;
        for (std::size_t i = 0; i < std::size_t{N}; ++i) y.of_[i] = entry(i);
        return y;
    }

    std::array<T, std::size_t{N}> of_;
};

/// The Hessian of such a loss at a point, (N x N), as the map v -> H v: one run of the loss a product.
template <class Loss, class T, int N>
class FixedHessian {
public:
    using Scalar = T;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using FixedVector = Eigen::Matrix<T, N, 1>;

    FixedHessian(std::shared_ptr<const Loss> loss, const FixedVector& x) : loss_(std::move(loss)), x_(x) {}

    [[nodiscard]] Index rows() const { return N; }
    [[nodiscard]] Index cols() const { return N; }

    /// H v, (N).
    [[nodiscard]] FixedVector operator*(const FixedVector& v) const {
        using Inner = Dual<T, FixedTangents<T, N>>;
        Eigen::Matrix<Dual<Inner>, N, 1> along;
        for (int i = 0; i < N; ++i) {
            along[i] = {Inner{x_[i], FixedTangents<T, N>::unit(i)}, Inner(v[i])};
        }
        const Dual<Inner> y((*loss_)(std::as_const(along)));
        FixedVector out;
        for (int i = 0; i < N; ++i) out[i] = y.tangent.tangent[i];
        return out;
    }
    /// out = H in, both (N). Throws std::invalid_argument if a size is wrong or an entry of `in` is not finite; out is then
    /// untouched. in and out may be the same vector.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        require_size("hessian: the direction", in.size(), N);
        require_size("hessian: the result", out.size(), N);
        require_finite("hessian: the direction", in.data(), N);
        out = *this * FixedVector(in);
    }
    /// H itself, (N x N).
    [[nodiscard]] Eigen::Matrix<T, N, N> to_dense() const {
        Eigen::Matrix<T, N, N> entries;
        for (int i = 0; i < N; ++i) entries.col(i) = *this * FixedVector(FixedVector::Unit(i));
        return entries;
    }

private:
    std::shared_ptr<const Loss> loss_;
    FixedVector x_;
};

/// Such a loss at a point: value, gradient and Hessian.
template <class Loss, class T, int N>
class FixedLinearization {
public:
    using FixedVector = Eigen::Matrix<T, N, 1>;

    FixedLinearization(std::shared_ptr<const Loss> loss, const FixedVector& x)
        : hessian_(std::move(loss), x) {}

    [[nodiscard]] Index size() const { return N; }
    [[nodiscard]] T value() const { return value_; }
    /// The gradient, (N).
    [[nodiscard]] const FixedVector& gradient() const { return gradient_; }
    [[nodiscard]] const FixedHessian<Loss, T, N>& hessian() const { return hessian_; }

    void set(const Dual<T, FixedTangents<T, N>>& y) {
        value_ = y.value;
        for (int i = 0; i < N; ++i) gradient_[i] = y.tangent[i];
    }

private:
    T value_{};
    FixedVector gradient_;
    FixedHessian<Loss, T, N> hessian_;
};

/// A loss of N parameters with derivatives, made by `objective(loss, fixed_size<N>)`. It models the concept Objective of
/// the optimizers.
template <class Loss, class T, int N>
class FixedObjective {
public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using FixedVector = Eigen::Matrix<T, N, 1>;

    explicit FixedObjective(Loss loss) : loss_(std::make_shared<const Loss>(std::move(loss))) {}

    [[nodiscard]] Index size() const { return N; }

    /// The loss at x (N). Throws std::invalid_argument if x has another size or entries that are not finite.
    [[nodiscard]] T value(const Eigen::Ref<const Vector>& x) const {
        const FixedVector point = checked(x);
        return static_cast<T>((*loss_)(point));
    }
    /// The loss at x (N) with its gradient, in one run over numbers that carry N derivatives. Throws as `value` does; what
    /// the loss throws passes through.
    [[nodiscard]] FixedLinearization<Loss, T, N> linearize(const Eigen::Ref<const Vector>& x) const {
        using Number = Dual<T, FixedTangents<T, N>>;
        const FixedVector point = checked(x);
        Eigen::Matrix<Number, N, 1> variables;
        for (int i = 0; i < N; ++i) variables[i] = Number{point[i], FixedTangents<T, N>::unit(i)};
        FixedLinearization<Loss, T, N> at(loss_, point);
        at.set(Number((*loss_)(std::as_const(variables))));
        return at;
    }

private:
    static FixedVector checked(const Eigen::Ref<const Vector>& x) {
        require_size("objective: the point", x.size(), N);
        FixedVector point;
        copy_finite("objective: the point", x.data(), N, point.data());
        return point;
    }

    std::shared_ptr<const Loss> loss_;
};

template <int N>
struct FixedSize {};
/// Tag for losses of N parameters, N known at compile time: `objective(loss, fixed_size<2>)`.
template <int N>
inline constexpr FixedSize<N> fixed_size{};

/// The loss `loss` of N parameters, differentiated forward and without a tape: for N up to about ten. It is called with an
/// Eigen::Matrix<S, N, 1> of numbers S and is scalar code.
template <class T = double, class Loss, int N>
FixedObjective<Loss, T, N> objective(Loss loss, FixedSize<N>) {
    static_assert(N > 0, "hesse::objective: a loss has one parameter at least");
    return FixedObjective<Loss, T, N>(std::move(loss));
}

}  // namespace hesse
