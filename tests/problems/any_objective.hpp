#pragma once

#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

namespace hesse::problems {

/// A loss of any type, erased, so that each optimizer is compiled once for all of them. Copies share the loss.
/// It gives what the loss gives: blocks of products, the rounding error of the value, the precision of products.
class AnyObjective {
public:
    template <Objective F>
        requires(!std::same_as<F, AnyObjective>)
    explicit AnyObjective(F loss)
        : erase_([shared = std::make_shared<const F>(std::move(loss))]() -> std::shared_ptr<ObjectiveRef> {
              const auto owner = std::make_shared<Owner<F>>(shared);
              return {owner, &owner->erased};
          }),
          loss_(erase_()),
          size_(loss_->size()) {}

    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] double value(const Eigen::Ref<const Eigen::VectorXd>& x) const {
        return loss_->value(x.data());
    }

    /// The Hessian (n x n) of one linearisation, for as long as that lives.
    class Hessian {
    public:
        explicit Hessian(const ObjectiveRef& at) : at_(&at) {}
        [[nodiscard]] Index rows() const { return at_->size(); }
        void apply(const Eigen::Ref<const Eigen::VectorXd>& in, Eigen::Ref<Eigen::VectorXd> out) const {
            at_->apply_hessian(ObjectiveRef::Slot::current, in.data(), out.data());
        }
        void apply_once(const Eigen::Ref<const Eigen::VectorXd>& in, Eigen::Ref<Eigen::VectorXd> out) const {
            at_->apply_hessian_once(ObjectiveRef::Slot::current, in.data(), out.data());
        }
        void apply_block(const Eigen::Map<const Eigen::MatrixXd>& in,
                         Eigen::Map<Eigen::MatrixXd>& out) const {
            at_->apply_hessian_block(ObjectiveRef::Slot::current, in.data(), in.cols(), out.data());
        }
        [[nodiscard]] double precision() const { return at_->product_precision(ObjectiveRef::Slot::current); }

    private:
        const ObjectiveRef* at_;
    };

    class Linearization {
    public:
        explicit Linearization(std::shared_ptr<const ObjectiveRef> at) : at_(std::move(at)), hessian_(*at_) {}
        [[nodiscard]] double value() const { return at_->value(ObjectiveRef::Slot::current); }
        [[nodiscard]] Eigen::Map<const Eigen::VectorXd> gradient() const {
            return {at_->gradient(ObjectiveRef::Slot::current), at_->size()};
        }
        [[nodiscard]] const Hessian& hessian() const { return hessian_; }
        [[nodiscard]] double rounding_error() const {
            return at_->rounding_error(ObjectiveRef::Slot::current);
        }

    private:
        std::shared_ptr<const ObjectiveRef> at_;
        Hessian hessian_;
    };

    [[nodiscard]] Linearization linearize(const Eigen::Ref<const Eigen::VectorXd>& x) const {
        auto at = erase_();
        at->linearize(x.data(), ObjectiveRef::Slot::current);
        return Linearization(std::move(at));
    }

private:
    /// The loss, kept alive, and the slots of one linearisation of it.
    template <class F>
    struct Owner {
        explicit Owner(std::shared_ptr<const F> shared) : loss(std::move(shared)), erased(*loss) {}
        std::shared_ptr<const F> loss;
        ErasedObjective<F> erased;
    };

    std::function<std::shared_ptr<ObjectiveRef>()> erase_;
    std::shared_ptr<ObjectiveRef> loss_;  // for values
    Index size_;
};
static_assert(Objective<AnyObjective>);

}  // namespace hesse::problems
