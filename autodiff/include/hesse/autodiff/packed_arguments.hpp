#pragma once

#include "hesse/autodiff/array.hpp"

#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// The arguments of a callable inside a loss: what may depend on the parameters is packed in one vector, which the
/// callable's own tape has for parameters; everything else goes to it as it is.
namespace hesse {

/// An array within the vector.
template <Words words>
struct PackedArray {
    Index first, rows, cols;
    template <class Packed>
    [[nodiscard]] auto unpacked(const Packed& packed) const {
        auto view = packed.segment(first, rows * cols).reshaped(rows, cols);
        if constexpr (words == Words::array) return view.array();
        else return view;
    }
};
/// A scalar within it.
struct PackedScalar {
    Index first;
    template <class Packed>
    [[nodiscard]] auto unpacked(const Packed& packed) const {
        return packed(first);
    }
};
/// Constants and plain numbers.
template <class X>
struct UnpackedArgument {
    X x;
    template <class Packed>
    [[nodiscard]] const X& unpacked(const Packed&) const {
        return x;
    }
};

/// All arguments: which entries of the vector are whose, and where on the outer tape these come from.
template <class T, class... Argument>
class PackedArguments {
public:
    PackedArguments(std::tuple<Argument...> arguments, std::vector<ArrayOperand<T>> operands, Index size)
        : arguments_(std::move(arguments)), operands_(std::move(operands)), size_(size) {}

    /// Length of the vector.
    [[nodiscard]] Index size() const { return size_; }
    /// What it is made of, in order.
    [[nodiscard]] const std::vector<ArrayOperand<T>>& operands() const { return operands_; }
    /// The tape that one of them is on; none if all are constant.
    [[nodiscard]] Tape<T>* tape() const {
        Tape<T>* tape = nullptr;
        for (const auto& x : operands_) tape = join_tapes(tape, x.tape, x.generation);
        return tape;
    }
    /// body(arguments...), with the vector cut into them.
    template <class Body, class Packed>
    auto call(const Body& body, const Packed& packed) const {
        return std::apply([&](const auto&... argument) { return body(argument.unpacked(packed)...); },
                          arguments_);
    }

    /// The vector of what `values(operand)` points at: values, adjoints or tangents of the operands.
    template <class Values>
    [[nodiscard]] std::vector<T> gather(const Values& values) const {
        std::vector<T> packed;
        packed.reserve(static_cast<std::size_t>(size_));
        for (const auto& x : operands_) {
            const T* from = values(x);
            for (Index j = 0; j < x.cols; ++j) {
                for (Index i = 0; i < x.rows; ++i)
                    packed.push_back(from == nullptr ? T(0) : from[x.offset(i, j)]);
            }
        }
        return packed;
    }
    /// Adds a vector to where `target(operand)` points at.
    template <class Target>
    void scatter_add(const std::vector<T>& packed, const Target& target) const {
        std::size_t next = 0;
        for (const auto& x : operands_) {
            T* to = x.tape != nullptr ? target(x) : nullptr;
            for (Index j = 0; j < x.cols; ++j) {
                for (Index i = 0; i < x.rows; ++i, ++next) {
                    if (to != nullptr) to[x.offset(i, j)] += packed[next];
                }
            }
        }
    }

private:
    std::tuple<Argument...> arguments_;
    std::vector<ArrayOperand<T>> operands_;
    Index size_;
};

template <class X>
auto plain_scalar() {
    if constexpr (EigenArray<X>) return typename std::remove_cvref_t<X>::Scalar();
    else if constexpr (Arithmetic<X>) return std::remove_cvref_t<X>();
    else return float();
}
/// The number type of a call: that of its arrays and scalars, or, of plain numbers and Eigen's arrays alone, theirs.
template <class... X>
using NumberOfCall = typename std::conditional_t<std::is_void_v<NumberOfArguments<X...>>,
                                                 CommonNumberOf<decltype(plain_scalar<X>())...>,
                                                 std::type_identity<NumberOfArguments<X...>>>::type;

/// The arguments as they are handed to checkpoint, inner_gradient and the like.
template <class T, class... X>
auto pack_arguments(X&&... x) {
    std::vector<ArrayOperand<T>> operands;
    Index size = 0;
    Tape<T>* tape = nullptr;
    ((tape = tape != nullptr ? tape : tape_of_argument<T>(x)), ...);
    const auto pack = [&]<class Y>(Y&& y) {
        using Bare = std::remove_cvref_t<Y>;
        const Index first = size;
        if constexpr (ArrayLike<Y> && is_active_argument<Y>) {
            operands.push_back(y.expression().operand());
            size += operands.back().size();
            return PackedArray<Bare::Expression::kind>{first, y.rows(), y.cols()};
        } else if constexpr (ScalarOperand<Y>) {
            const Variable<T> variable(y);
            ArrayOperand<T> operand;
            operand.rows = operand.cols = operand.outer = 1;
            if (variable.tape() != nullptr) {
                operand.tape = variable.tape();
                operand.slot = variable.slot();
                operand.generation = variable.generation();
            } else {
                auto kept = allocate_constant<T>(tape, 1, 1);
                *kept.data = variable.value();
                operand = kept.operand;
            }
            operands.push_back(operand);
            size += 1;
            return PackedScalar{first};
        } else if constexpr (ArrayLike<Y> || EigenArray<Y>) {
            constexpr Words words = speaks_array<Y> ? Words::array : Words::matrix;
            using View = ArrayView<T, false, words>;
            return UnpackedArgument<View>{View(entries_of<T>(std::forward<Y>(y), tape))};
        } else {
            return UnpackedArgument<Bare>{y};
        }
    };
    // Braces evaluate from left to right.
    using Arguments = std::tuple<decltype(pack(std::forward<X>(x)))...>;
    Arguments arguments{pack(std::forward<X>(x))...};
    return std::apply(
        [&](auto&&... argument) {
            return PackedArguments<T, std::remove_cvref_t<decltype(argument)>...>({std::move(argument)...},
                                                                                  std::move(operands), size);
        },
        std::move(arguments));
}

}  // namespace hesse
