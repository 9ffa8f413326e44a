#pragma once

#include "hesse/autodiff/gauss_newton.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/sums/rows.hpp"

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

/// What makes the objective of some rows out of what the user wrote for any.
namespace hesse {

/// loss(theta, rows) for certain rows, as a loss of theta alone.
template <class Loss>
struct LossOfRows {
    std::shared_ptr<const Loss> loss;
    Rows rows;

    template <class Theta>
        requires std::invocable<const Loss&, const Theta&, const Rows&>
    auto operator()(const Theta& theta) const {
        return (*loss)(theta, rows);
    }
};

template <class Loss, class T, bool by_scalars>
class LossByRows {
public:
    using Scalar = T;
    static_assert(
        !takes_one_type<Loss>,
        "hesse::finite_sum: the loss takes one type of parameters only; it must be callable with numbers and "
        "with variables: write a generic lambda, `[](const auto& theta, const Rows& rows) { ... }`");

    LossByRows(Loss loss, Index size)
        : loss_(std::make_shared<const Loss>(std::move(loss))),
          size_(size),
          pool_(std::make_shared<RecordingPool<T>>()) {
        require_parameters(size);
    }
    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] auto on(Rows rows) const {
        using Part = LossOfRows<Loss>;
        return TapeObjective<Part, T, by_scalars>(std::make_shared<const Part>(Part{loss_, std::move(rows)}),
                                                  size_, pool_);
    }

private:
    std::shared_ptr<const Loss> loss_;
    Index size_;
    std::shared_ptr<RecordingPool<T>> pool_;
};

/// outer(inner(theta, rows), rows)
template <class Outer, class Inner, class T, bool by_scalars>
class ComposedByRows {
public:
    using Scalar = T;

    ComposedByRows(Outer outer, Inner inner, Index size)
        : outer_(std::make_shared<const Outer>(std::move(outer))),
          inner_(std::make_shared<const Inner>(std::move(inner))),
          size_(size),
          pool_(std::make_shared<RecordingPool<T>>()) {
        require_parameters(size);
    }
    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] auto on(Rows rows) const {
        using OuterPart = LossOfRows<Outer>;
        using InnerPart = LossOfRows<Inner>;
        return ComposedObjective<OuterPart, InnerPart, T, by_scalars>(
            std::make_shared<const OuterPart>(OuterPart{outer_, rows}),
            std::make_shared<const InnerPart>(InnerPart{inner_, rows}), size_, pool_);
    }

private:
    std::shared_ptr<const Outer> outer_;
    std::shared_ptr<const Inner> inner_;
    Index size_;
    std::shared_ptr<RecordingPool<T>> pool_;
};

/// make(rows) of the user's own.
template <class Make>
class MadeByRows {
public:
    using Scalar = double;

    MadeByRows(Make make, Index size) : make_(std::move(make)), size_(size) { require_parameters(size); }
    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] auto on(Rows rows) const { return make_(rows); }

private:
    Make make_;
    Index size_;
};

}  // namespace hesse
