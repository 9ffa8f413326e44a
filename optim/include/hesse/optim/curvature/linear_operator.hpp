#pragma once

#include <Eigen/Core>
#include <concepts>

#include "hesse/autodiff/memory.hpp"

namespace hesse {

// clang-format off
/// A symmetric linear map known only by its products: `rows()` and `apply(in, out)`, which writes A in to
/// out. `apply` takes its vectors as Eigen::Ref<const VectorXd> and Eigen::Ref<VectorXd>, or as templates.
template <class A>
concept LinearOperator = requires(const A& a, const Eigen::Map<const Eigen::VectorXd>& in,
                                  Eigen::Map<Eigen::VectorXd>& out) {
    { a.rows() } -> std::convertible_to<Index>;
    a.apply(in, out);
};
// clang-format on

/// Non-owning, allocation-free reference to any linear operator: what the compiled algorithms take.
/// The operator must outlive the reference.
class OperatorRef {
public:
    template <LinearOperator A>
        requires(!std::same_as<std::remove_cvref_t<A>, OperatorRef>)
    OperatorRef(const A& a)  // NOLINT(google-explicit-constructor): a reference, as std::span is
        : object_(&a), rows_(static_cast<Index>(a.rows())), apply_(&apply_to<A>) {}

    [[nodiscard]] Index rows() const { return rows_; }

    /// out = A in. Both arrays have rows() entries and do not overlap.
    void apply(const double* in, double* out) const { apply_(object_, rows_, in, out); }

private:
    template <class A>
    static void apply_to(const void* object, Index n, const double* in, double* out) {
        const Eigen::Map<const Eigen::VectorXd> source(in, n);
        Eigen::Map<Eigen::VectorXd> target(out, n);
        static_cast<const A*>(object)->apply(source, target);
    }

    const void* object_;
    Index rows_;
    void (*apply_)(const void*, Index, const double*, double*);
};

}  // namespace hesse
