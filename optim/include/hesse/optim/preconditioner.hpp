#pragma once

#include "hesse/optim/iterate.hpp"

#include <Eigen/Core>

#include <concepts>
#include <iosfwd>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

namespace preconditioner {
template <class R>
concept OnArrays = requires(R& rule, const double* in, double* out) { rule.apply(in, out); };
template <class R>
concept OnVectors = requires(R& rule, const Eigen::Map<const Eigen::VectorXd>& in,
                             Eigen::Map<Eigen::VectorXd>& out) { rule.apply(in, out); };
template <class R>
concept Function = requires(R& rule, const Eigen::Map<const Eigen::VectorXd>& in,
                            Eigen::Map<Eigen::VectorXd>& out) { out = rule(in); };
}  // namespace preconditioner

// clang-format off
/// A copyable object with apply(in, out), on arrays (n) or Eigen vectors, or a function of a vector that returns one: P in, where P
/// is symmetric, positive definite and near the inverse of the Hessian. Such are JacobiPreconditioner and [=](const auto& r) {
/// return r.cwiseQuotient(d).eval(); }. And, if it wants to follow the point,
///     start(at)       forgets the past
///     update(at)      called at each new point, before P is applied there; may spend products of the Hessian
///     observe(s, hs)  a product (n) that the method has made there
///     accept()        the step from there was taken. What update and observe find out is no part of the state, which save writes,
///                     before that: a step that fails leaves no trace. Throws nothing
///     save, load      the state, as that of an Optimizer
template <class R>
concept PreconditionerRule = std::copy_constructible<R> &&
    (preconditioner::OnArrays<R> || preconditioner::OnVectors<R> || preconditioner::Function<R>);
// clang-format on

/// An approximate inverse of the Hessian, of any type, as a value: what conjugate gradients are preconditioned with.
///     minimize(f, x, SteihaugTrustRegion({.preconditioner = DiagonalPreconditioner{}}))
/// A method has a copy of its own. Empty: none, which is the identity.
class Preconditioner {
public:
    Preconditioner() = default;
    template <class R>
        requires(!std::same_as<std::remove_cvref_t<R>, Preconditioner> &&
                 PreconditionerRule<std::remove_cvref_t<R>>)
    Preconditioner(R&& rule)  // NOLINT(google-explicit-constructor): any rule is one
        : rule_(std::make_unique<Erased<std::remove_cvref_t<R>>>(std::forward<R>(rule))) {}
    Preconditioner(const Preconditioner& other)
        : rule_(other.rule_ ? other.rule_->clone() : nullptr), held_(other.held_) {}
    Preconditioner& operator=(const Preconditioner& other) {
        rule_ = other.rule_ ? other.rule_->clone() : nullptr;
        held_ = other.held_;
        return *this;
    }
    Preconditioner(Preconditioner&&) = default;
    Preconditioner& operator=(Preconditioner&&) = default;
    ~Preconditioner() = default;

    explicit operator bool() const { return rule_ != nullptr; }

    // As PreconditionerRule says, without the parameters that are held at bounds. apply needs a rule; the others do nothing without one.
    void apply(const double* in, double* out, Index n) {
        rule_->apply(in, out, n);
        for (const Index i : held_) out[i] = 0.0;
    }
    void start(Iterate& at) {
        if (rule_) rule_->start(at);
    }
    void update(Iterate& at) {
        if (!rule_) return;
        rule_->update(at);
        held_.clear();
        for (Index i = 0; at.bounded() && i < at.size(); ++i)
            if (at.held(i)) held_.push_back(i);
    }
    void observe(const double* s, const double* hs) {
        if (rule_) rule_->observe(s, hs);
    }
    void accept() {
        if (rule_) rule_->accept();
    }
    void save(std::ostream& out) const {
        if (rule_) rule_->save(out);
    }
    void load(std::istream& in) {
        if (rule_) rule_->load(in);
    }

private:
    struct Rule {
        virtual ~Rule() = default;
        [[nodiscard]] virtual std::unique_ptr<Rule> clone() const = 0;
        virtual void apply(const double* in, double* out, Index n) = 0;
        virtual void start(Iterate& at) = 0;
        virtual void update(Iterate& at) = 0;
        virtual void observe(const double* s, const double* hs) = 0;
        virtual void accept() = 0;
        virtual void save(std::ostream& out) const = 0;
        virtual void load(std::istream& in) = 0;
    };

    template <class R>
    struct Erased final : Rule {
        template <class From>
        explicit Erased(From&& from) : rule(std::forward<From>(from)) {}
        [[nodiscard]] std::unique_ptr<Rule> clone() const override { return std::make_unique<Erased>(rule); }
        void apply(const double* in, double* out, Index n) override {
            const Eigen::Map<const Eigen::VectorXd> source(in, n);
            Eigen::Map<Eigen::VectorXd> target(out, n);
            if constexpr (preconditioner::OnArrays<R>) rule.apply(in, out);
            else if constexpr (preconditioner::OnVectors<R>) rule.apply(source, target);
            else {
                const Eigen::VectorXd result = rule(source);
                if (result.size() != n)
                    throw std::invalid_argument("preconditioner: the result has " +
                                                std::to_string(result.size()) + " entries, expected " +
                                                std::to_string(n));
                target = result;
            }
        }
        void start(Iterate& at) override {
            if constexpr (requires { rule.start(at); }) rule.start(at);
        }
        void update(Iterate& at) override {
            if constexpr (requires { rule.update(at); }) rule.update(at);
        }
        void observe(const double* s, const double* hs) override {
            if constexpr (requires { rule.observe(s, hs); }) rule.observe(s, hs);
        }
        void accept() override {
            if constexpr (requires { rule.accept(); }) rule.accept();
        }
        void save(std::ostream& out) const override {
            if constexpr (requires { rule.save(out); }) rule.save(out);
        }
        void load(std::istream& in) override {
            if constexpr (requires { rule.load(in); }) rule.load(in);
        }
        R rule;
    };

    std::unique_ptr<Rule> rule_;
    std::vector<Index> held_;  // of the last update
};

}  // namespace hesse
