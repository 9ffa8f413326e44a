#pragma once

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Core>

#include <concepts>
#include <stdexcept>
#include <string>
#include <type_traits>

namespace hesse {

class Communicator;

// clang-format off
/// A symmetric linear map known only by its products: `rows()` and `apply(in, out)`, which writes A in to
/// out. `apply` takes its vectors as Eigen::Ref<const VectorXd> and Eigen::Ref<VectorXd>, or as templates.
template <class A>
concept LinearOperator = requires(const A& a, const Eigen::Map<const Eigen::VectorXd>& in,
                                  Eigen::Map<Eigen::VectorXd>& out) {
    { a.rows() } -> std::convertible_to<Index>;
    a.apply(in, out);
};

/// One that multiplies several vectors at once, the columns of a matrix.
template <class A>
concept BlockOperator = requires(const A& a, const Eigen::Map<const Eigen::MatrixXd>& in,
                                 Eigen::Map<Eigen::MatrixXd>& out) { a.apply_block(in, out); };

/// The same on plain arrays: what compiled code writes.
template <class A>
concept ArrayOperator = requires(const A& a, const double* in, double* out) {
    { a.rows() } -> std::convertible_to<Index>;
    a.apply(in, out);
};

template <class A>
concept ArrayBlockOperator = requires(const A& a, const double* in, Index count, double* out) {
    a.apply_block(in, count, out);
};

/// A symmetric matrix of Eigen's, or a view of one: dense, sparse, diagonal, selfadjointView<Lower>() ...
/// Both triangles are read unless the view says otherwise.
template <class A>
concept SymmetricMatrix = !LinearOperator<A> && !ArrayOperator<A> &&
    requires(const A& a, const Eigen::Map<const Eigen::VectorXd>& in, Eigen::Map<Eigen::VectorXd>& out) {
    { a.rows() } -> std::convertible_to<Index>;
    { a.cols() } -> std::convertible_to<Index>;
    out.noalias() = a * in;
};
// clang-format on

/// Non-owning, allocation-free reference to anything that multiplies a vector symmetrically: what the
/// algorithms take. What it refers to must outlive it. Throws std::invalid_argument for a matrix that is
/// not square.
class OperatorRef {
public:
    template <class A>
        requires(!std::same_as<A, OperatorRef> &&
                 (LinearOperator<A> || ArrayOperator<A> || SymmetricMatrix<A>))
    OperatorRef(const A& a)  // NOLINT(google-explicit-constructor): a reference, as std::span is
        : object_(&a),
          rows_(static_cast<Index>(a.rows())),
          apply_(&apply_to<A>),
          apply_block_(block_of<A>()) {
        if constexpr (requires { a.communicator(); }) communicator_ = a.communicator();
        if constexpr (SymmetricMatrix<A>)
            if (a.rows() != a.cols())
                throw std::invalid_argument("OperatorRef: the matrix has shape (" + std::to_string(a.rows()) +
                                            " x " + std::to_string(a.cols()) + "), expected a square one");
    }

    [[nodiscard]] Index rows() const { return rows_; }
    /// The processes that multiply together, where the operator has them as `communicator()`: all ask the same. Null for others.
    [[nodiscard]] Communicator* communicator() const { return communicator_; }

    /// out = A in. Both arrays have rows() entries and do not overlap.
    void apply(const double* in, double* out) const { apply_(object_, rows_, in, out); }
    /// The same for `count` vectors, one after the other in memory: at once if the operator can, see BlockOperator.
    void apply_block(const double* in, Index count, double* out) const {
        if (count > 1 && apply_block_ != nullptr) return apply_block_(object_, rows_, in, count, out);
        for (Index k = 0; k < count; ++k) apply(in + k * rows_, out + k * rows_);
    }

private:
    using Apply = void (*)(const void*, Index, const double*, double*);
    using ApplyBlock = void (*)(const void*, Index, const double*, Index, double*);

    template <class A>
    static ApplyBlock block_of() {
        if constexpr (SymmetricMatrix<A>) {
            return [](const void* object, Index n, const double* in, Index count, double* out) {
                const Eigen::Map<const Eigen::MatrixXd> source(in, n, count);
                Eigen::Map<Eigen::MatrixXd>(out, n, count).noalias() =
                    *static_cast<const A*>(object) * source;
            };
        } else if constexpr (BlockOperator<A>) {
            return [](const void* object, Index n, const double* in, Index count, double* out) {
                const Eigen::Map<const Eigen::MatrixXd> source(in, n, count);
                Eigen::Map<Eigen::MatrixXd> target(out, n, count);
                static_cast<const A*>(object)->apply_block(source, target);
            };
        } else if constexpr (ArrayBlockOperator<A>) {
            return [](const void* object, Index, const double* in, Index count, double* out) {
                static_cast<const A*>(object)->apply_block(in, count, out);
            };
        } else {
            return nullptr;
        }
    }
    template <class A>
    static void apply_to(const void* object, Index n, const double* in, double* out) {
        const A& a = *static_cast<const A*>(object);
        const Eigen::Map<const Eigen::VectorXd> source(in, n);
        Eigen::Map<Eigen::VectorXd> target(out, n);
        if constexpr (LinearOperator<A>) a.apply(source, target);
        else if constexpr (ArrayOperator<A>) a.apply(in, out);
        else target.noalias() = a * source;
    }

    const void* object_;
    Index rows_;
    Apply apply_;
    ApplyBlock apply_block_;
    Communicator* communicator_ = nullptr;
};

/// A + shift I, without a copy of A.
class ShiftedOperator {
public:
    ShiftedOperator(OperatorRef a, double shift) : a_(a), shift_(shift) {}

    [[nodiscard]] Index rows() const { return a_.rows(); }
    [[nodiscard]] Communicator* communicator() const { return a_.communicator(); }
    void apply(const double* in, double* out) const {
        a_.apply(in, out);
        for (Index i = 0; i < a_.rows(); ++i) out[i] += shift_ * in[i];
    }

private:
    OperatorRef a_;
    double shift_;
};

}  // namespace hesse
