#pragma once

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/vector_function.hpp"

#include <Eigen/Core>

#include <limits>
#include <memory>
#include <utility>

/// Losses declared as outer(inner(theta)): their Gauss-Newton and Fisher matrices as operators.
namespace hesse {

/// J'MJ, (n x n), for the Jacobian J of the inner part and a symmetric matrix M of its results. A handle on the
/// linearisation that it comes from. One product costs about two gradients and one product with M; one thread at a time.
template <class T, class Metric>
class ProjectedMetric {
public:
    using Scalar = T;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    ProjectedMetric(const Jacobian<T>& jacobian, Metric metric)
        : jacobian_(jacobian), metric_(std::move(metric)) {}

    [[nodiscard]] Index rows() const { return jacobian_.cols(); }
    [[nodiscard]] Index cols() const { return jacobian_.cols(); }

    /// out = J'MJ in, both (n). Throws std::invalid_argument if a size is wrong or an entry is not finite.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        results_.resize(jacobian_.rows());
        scaled_.resize(jacobian_.rows());
        jacobian_.apply(in, results_);
        metric_(results_, scaled_);
        jacobian_.apply_transpose(scaled_, out);
    }
    [[nodiscard]] Vector operator*(const Eigen::Ref<const Vector>& v) const {
        Vector out(rows());
        apply(v, out);
        return out;
    }

private:
    Jacobian<T> jacobian_;
    Metric metric_;
    mutable Vector results_, scaled_;  // have no memory before the first product
};

/// The Hessian of outer(inner(theta)), (n x n), from the two recordings:
///     H v = J'(M J v) + d/dt J(theta + t v)'w
/// for the gradient w and the Hessian M of the outer part. A handle on the linearisation that it comes from. One product costs
/// about four gradients; one thread at a time.
template <class T>
class ComposedHessian {
public:
    using Scalar = T;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    ComposedHessian(const Jacobian<T>& inner, const Linearization<T>& outer)
        : inner_(inner), outer_(&outer.hessian()), weights_(outer.gradient().data()) {}

    [[nodiscard]] Index rows() const { return inner_.cols(); }
    [[nodiscard]] Index cols() const { return inner_.cols(); }

    /// out = H in, both (n). Throws std::invalid_argument if a size is wrong or an entry is not finite.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        const Index m = inner_.rows();
        results_.resize(m);
        change_.resize(m);
        inner_.apply(in, results_);
        outer_->apply(results_, change_);
        inner_.apply_transpose_derivative(in, Eigen::Map<const Vector>(weights_, m), change_, out);
    }
    [[nodiscard]] Vector operator*(const Eigen::Ref<const Vector>& v) const {
        Vector out(rows());
        apply(v, out);
        return out;
    }

private:
    Jacobian<T> inner_;
    const Hessian<T>* outer_;
    const T* weights_;
    mutable Vector results_, change_;
};

/// A loss outer(inner(theta)) at one point.
template <class T>
class ComposedLinearization {
    struct OuterHessian {
        using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
        const Hessian<T>* hessian;
        void operator()(const Vector& in, Vector& out) const { hessian->apply(in, out); }
    };

public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    /// `finite`: whether the results of the inner part are. Where they are not, `outer` is at some other point, and the loss has
    /// no value. What the operators refer to stays where it is when a linearisation moves.
    ComposedLinearization(VectorLinearization<T> inner, Linearization<T> outer, bool finite = true)
        : inner_(std::move(inner)),
          outer_(std::move(outer)),
          value_(finite ? outer_.value() : std::numeric_limits<T>::quiet_NaN()),
          gradient_(inner_.jacobian().cols()),
          hessian_(inner_.jacobian(), outer_),
          gauss_newton_(inner_.jacobian(), OuterHessian{&outer_.hessian()}) {
        if (finite && outer_.gradient().allFinite())
            inner_.jacobian().apply_transpose(outer_.gradient(), gradient_);
        else gradient_.setConstant(std::numeric_limits<T>::quiet_NaN());
    }

    [[nodiscard]] Index size() const { return gradient_.size(); }
    /// NaN where the results of the inner part are not finite.
    [[nodiscard]] T value() const { return value_; }
    /// The gradient (n) of the composed loss.
    [[nodiscard]] const Vector& gradient() const { return gradient_; }
    /// The two parts: what the inner one gave, with its Jacobian, and the outer loss as a function of that.
    [[nodiscard]] const VectorLinearization<T>& inner() const { return inner_; }
    [[nodiscard]] const Linearization<T>& outer() const { return outer_; }

    /// The Hessian (n x n) of the loss.
    [[nodiscard]] const ComposedHessian<T>& hessian() const { return hessian_; }
    /// J'HJ, where H is the Hessian of the outer loss: the Hessian of the loss without the curvature of the inner part.
    /// Positive semidefinite where the outer loss is convex (Schraudolph 2002). For the negative log-likelihood of an
    /// exponential family in its natural parameters (squared error, softmax or logistic cross-entropy) it is the Fisher
    /// matrix too.
    [[nodiscard]] const auto& gauss_newton() const { return gauss_newton_; }
    /// J'FJ for a Fisher matrix F of the results (m x m), given as metric(in, out): out = F in.
    template <class Metric>
    [[nodiscard]] auto fisher(Metric metric) const {
        return ProjectedMetric<T, Metric>(inner_.jacobian(), std::move(metric));
    }
    /// A first-order estimate of the rounding error of value(). Costs about two gradients.
    [[nodiscard]] T rounding_error() const {
        return outer_.rounding_error() + inner_.rounding_error(outer_.gradient());
    }
    /// Bytes both recordings hold, by what they are for.
    [[nodiscard]] typename Tape<T>::Memory memory() const { return inner_.memory() + outer_.memory(); }

private:
    VectorLinearization<T> inner_;
    Linearization<T> outer_;
    T value_;
    Vector gradient_;
    ComposedHessian<T> hessian_;
    ProjectedMetric<T, OuterHessian> gauss_newton_;
};

/// A loss declared as outer(inner(theta)), made by `composed`: its value, its gradient, its Hessian and its Gauss-Newton
/// matrix. It models the concept Objective of the optimizers. Where no Gauss-Newton matrix is wanted write the same loss with
/// `objective`, whose Hessian products cost half as much.
template <class Outer, class Inner, class T = double, bool by_scalars = false>
class ComposedObjective {
public:
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

    ComposedObjective(Outer outer, Inner inner, Index size)
        : ComposedObjective(std::make_shared<const Outer>(std::move(outer)),
                            std::make_shared<const Inner>(std::move(inner)), size) {
        require_parameters(size);
    }
    ComposedObjective(std::shared_ptr<const Outer> outer, std::shared_ptr<const Inner> inner, Index size,
                      std::shared_ptr<RecordingPool<T>> pool = std::make_shared<RecordingPool<T>>())
        : outer_(std::move(outer)), inner_(std::move(inner), size, std::move(pool)) {}

    [[nodiscard]] Index size() const { return inner_.size(); }
    /// The loss at x (n); NaN where results of the inner part are not finite. Throws std::invalid_argument if x has another size or
    /// entries that are not finite.
    [[nodiscard]] T value(const Eigen::Ref<const Vector>& x) const {
        const auto y = inner_.values(x);
        if (!y.allFinite()) return std::numeric_limits<T>::quiet_NaN();
        return outer_of(y.rows(), y.cols()).value(y.reshaped());
    }
    /// The loss at x (n), with gradient and Gauss-Newton matrix. Throws as `value` does.
    [[nodiscard]] ComposedLinearization<T> linearize(const Eigen::Ref<const Vector>& x) const {
        auto inner = inner_.linearize(x);
        const auto& y = inner.values();
        const bool finite = y.allFinite();
        const auto of_results = outer_of(y.rows(), y.cols());
        auto outer = of_results.linearize(finite ? Vector(y.reshaped()) : Vector(Vector::Zero(y.size())));
        return {std::move(inner), std::move(outer), finite};
    }

private:
    /// The outer loss as one of a vector.
    struct OfVector {
        std::shared_ptr<const Outer> outer;
        Index rows, cols;
        template <class Y>
        auto operator()(const Y& y) const {
            if constexpr (by_scalars) return (*outer)(y);
            else return (*outer)(y.reshaped(rows, cols));
        }
    };
    auto outer_of(Index rows, Index cols) const {
        return TapeObjective<OfVector, T, by_scalars>(
            std::make_shared<const OfVector>(OfVector{outer_, rows, cols}), rows * cols, inner_.pool());
    }

    std::shared_ptr<const Outer> outer_;
    TapeFunction<Inner, T, by_scalars> inner_;
};

/// The loss outer(inner(theta)) of n parameters. `inner` is called as a loss is and returns an array, which `outer` takes in
/// the same shape and makes a number of. Throws std::invalid_argument if n < 1.
template <class T = double, class Outer, class Inner>
auto composed(Outer outer, Inner inner, Index n) {
    return ComposedObjective<Outer, Inner, T, !ArrayLoss<Inner, T>>(std::move(outer), std::move(inner), n);
}
/// The same for scalar code: both take an Eigen vector of scalars, and `inner` returns one.
template <class T = double, class Outer, class Inner>
auto composed(Outer outer, Inner inner, Index n, ScalarCode) {
    return ComposedObjective<Outer, Inner, T, true>(std::move(outer), std::move(inner), n);
}

/// Half the sum of the squares of `residuals`, of n parameters: called as a loss is, returns an array. Its Gauss-Newton matrix is
/// J'J. Throws std::invalid_argument if n < 1.
template <class T = double, class Residuals>
auto least_squares(Residuals residuals, Index n) {
    return composed<T>([](const auto& r) { return T(0.5) * r.squaredNorm(); }, std::move(residuals), n);
}
/// The same for scalar code.
template <class T = double, class Residuals>
auto least_squares(Residuals residuals, Index n, ScalarCode) {
    return composed<T>([](const auto& r) { return T(0.5) * r.squaredNorm(); }, std::move(residuals), n,
                       scalars);
}

}  // namespace hesse
