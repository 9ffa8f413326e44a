#pragma once

#include "hesse/autodiff/formula.hpp"
#include "hesse/autodiff/trace.hpp"
#include "hesse/autodiff/traced.hpp"
#include "rule_table.hpp"
#include "trace_sweeps.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace hesse {

/// What meets in one element of a statement, operand by operand.
template <class T>
struct ElementOperand {
    bool active;  // depends on parameters
    T value, tangent;
};

/// One element of a statement, operation by operation.
template <class T>
class StatementTrace {
public:
    /// False where a rule is not one of the library's.
    bool evaluate(const Formula& formula, std::span<const ElementOperand<T>> operands) {
        trace_.operations.clear();
        trace_.operands.clear();
        trace_.second.clear();
        values_.clear();
        tangents_.clear();
        for (const auto& x : operands) {
            values_.push_back(x.value);
            tangents_.push_back(x.tangent);
        }
        trace_.parameters = operands.size();
        operands_ = operands;
        next_ = formula.terms();
        read_ = 0;
        const std::optional<Traced<T>> y = write();
        if (!y || y->trace() == nullptr) return false;
        result_ = *y;
        return true;
    }
    [[nodiscard]] T value() const { return result_.value(); }

    struct Finding {
        NonFinite found;
        std::string account;
    };
    /// What makes a number of this sweep that is not finite of finite ones, the adjoint of the result being given.
    [[nodiscard]] std::optional<Finding> find(DerivativeSweep sweep, T adjoint, T adjoint_tangent) const {
        const TraceSweeps<T> sweeps(trace_, result_.id(),
                                    {values_.data(), tangents_.data(), adjoint, adjoint_tangent}, false);
        typename TraceSweeps<T>::Visited visited;
        const auto results = is_forward(sweep)
                                 ? std::vector<typename TraceSweeps<T>::Quantity>{{sweep, result_.id()}}
                                 : sweeps.of_parameters(sweep);
        const auto sources = sweeps.sources(results, visited);
        const auto* first = first_of(sources, sweep);
        if (first == nullptr || first->sweep != sweep) return std::nullopt;
        return Finding{finding_of(trace_, sweeps, *first), sweeps.account(*first)};
    }

private:
    std::optional<Traced<T>> write() {
        const FormulaTerm& term = *next_++;
        if (term.rule == nullptr) {
            const auto i = read_++;
            const auto& x = operands_[i];
            if (x.active) return Traced<T>(trace_, x.value, static_cast<std::uint32_t>(i));
            return Traced<T>(x.value);
        }
        std::vector<Traced<T>> arguments;
        for (int i = 0; i < term.arguments; ++i) {
            const auto argument = write();
            if (!argument) return std::nullopt;
            arguments.push_back(*argument);
        }
        const auto rule = rule_of_traced<T>(term.rule, term.arguments);
        if (rule == nullptr) return std::nullopt;
        return rule(arguments.data());
    }

    Trace<T> trace_;
    std::vector<T> values_, tangents_;
    std::span<const ElementOperand<T>> operands_;
    const FormulaTerm* next_ = nullptr;
    std::size_t read_ = 0;
    Traced<T> result_;
};

}  // namespace hesse
