#pragma once

#include "hesse/autodiff/engine/node.hpp"
#include "hesse/autodiff/engine/tape_linearization.hpp"
#include "hesse/autodiff/formula.hpp"
#include "hesse/autodiff/tape.hpp"

#include <array>
#include <cstring>
#include <span>
#include <vector>

namespace hesse {

/// Reads the statements of a tape one by one.
template <class T>
class TapeInspection {
public:
    /// A statement, and where sweeps stand before and after it.
    struct Statement {
        const Operations<T>* operations;
        Position before, after;
        std::uint32_t run;

        [[nodiscard]] bool scalar() const { return operations->scalar; }
        /// The slot of a scalar statement's result.
        [[nodiscard]] std::uint32_t result() const {
            if (!operations->payload.in_place) return static_cast<std::uint32_t>(before.slot);
            return StatementLayout::slot_of_sum(before.payload);
        }
        /// The variables that a scalar statement reads, in the order of its operands.
        [[nodiscard]] std::vector<std::uint32_t> variables() const {
            std::vector<std::uint32_t> slots;
            for (int i = 0; i < operations->payload.operands; ++i)
                slots.push_back(operations->payload.slot(before.payload, i));
            return slots;
        }
        /// Its constants, likewise: they lie before the slots.
        [[nodiscard]] std::vector<T> constants() const {
            if (operations->payload.formula == nullptr) return {};
            const auto operands = static_cast<std::size_t>(operations->payload.formula->size -
                                                           operations->payload.formula->calls);
            std::vector<T> numbers(operands - operations->payload.operands);
            const std::size_t bytes = numbers.size() * sizeof(T);
            if (bytes != 0)
                std::memcpy(numbers.data(), before.payload + operations->payload.slots_at - bytes, bytes);
            return numbers;
        }
    };

    explicit TapeInspection(Tape<T>& tape) : tape_(tape) {}

    template <class Visit>
    void for_each(const Visit& visit) const {
        const SweepArrays<T> arrays = tape_.arrays_of_gradient();
        Position at{tape_.payload_.data(), tape_.parameters_};
        for (std::size_t run = 1; run < tape_.runs_.size(); ++run) {
            const Operations<T>& operations = tape_.runs_[run].operations();
            for (std::uint32_t k = 0; k < tape_.runs_[run].count(); ++k) {
                Statement statement{&operations, at, at, static_cast<std::uint32_t>(run)};
                Position& after = statement.after;
                if (operations.scalar) {
                    after.payload += operations.payload.bytes;
                    if (!operations.payload.in_place) ++after.slot;
                } else {
                    after.slot = operations.slots_after(arrays, at.payload);
                    after.payload += sizeof(std::uint64_t);
                }
                visit(std::as_const(statement));
                at = after;
            }
        }
    }
    [[nodiscard]] std::vector<Statement> statements() const {
        std::vector<Statement> all;
        for_each([&](const Statement& statement) { all.push_back(statement); });
        return all;
    }
    /// Of a node.
    [[nodiscard]] NodeDescription<T> describe(const Statement& statement) const {
        return statement.operations->describe(tape_.arrays_of_gradient(), statement.before.payload);
    }

    /// What entries of its result depend on, of any statement.
    void dependencies(const Statement& statement, EntryDependencies& of) const {
        const StatementLayout& layout = statement.operations->payload;
        if (!statement.scalar()) {
            statement.operations->dependencies(tape_.arrays_of_gradient(), statement.before.payload, of);
        } else if (layout.formula != nullptr) {
            std::array<SlotArray, largest_statement> x;
            for (int i = 0; i < layout.operands; ++i)
                x[static_cast<std::size_t>(i)] = SlotArray::one(layout.slot(statement.before.payload, i));
            of.entrywise(*layout.formula, 1, 1, std::span(x.data(), layout.operands),
                         SlotArray::one(statement.result()));
        }
    }

    [[nodiscard]] std::size_t parameters() const { return tape_.parameters_; }
    [[nodiscard]] std::size_t result() const { return tape_.result_; }

    // ------------------------------------------------------------------------- sweeps that stop on the way

    /// The gradient sweep over the statements from the last to the one at `first`, adjoints that nothing contributed to
    /// being zero.
    void sweep_gradient(std::span<const Statement> statements, std::size_t first) const;
    /// The tangent sweep over those before `last`; then `sweep_product` goes back to `first`. After the whole gradient.
    void sweep_tangent(std::span<const Statement> statements, std::size_t last, const T* direction) const;
    void sweep_product(std::span<const Statement> statements, std::size_t first) const;
    [[nodiscard]] std::span<T> adjoints() const { return {tape_.adjoints_.data(), tape_.slots()}; }
    [[nodiscard]] std::span<T> tangents() const { return {tape_.tangents_.data(), tape_.slots()}; }
    [[nodiscard]] std::span<T> seconds() const { return {tape_.seconds_.data(), tape_.slots()}; }

private:
    [[nodiscard]] SweepArrays<T> arrays() const {
        SweepArrays<T> all = tape_.arrays_of_gradient();
        all.tangent = tape_.tangents_.data();
        all.second = tape_.seconds_.data();
        all.direction = all.tangent;
        all.out = all.second;
        return all;
    }
    template <class Use>
    void linearize(const Statement& statement, T* second, const Use& use) const {
        StatementVariables variables;
        std::uint32_t slots[largest_statement];
        T partials[largest_statement];
        const auto& layout = statement.operations->payload;
        if (statement.operations->linearize == nullptr) return;
        variables.read(statement.before.payload, layout, slots);
        T* const curvature = layout.linear ? nullptr : second;
        statement.operations->linearize(arrays(), statement.before.payload, statement.result(), variables,
                                        partials, curvature);
        use(variables.count, slots, partials, curvature);
    }

    Tape<T>& tape_;
};

template <class T>
void TapeInspection<T>::sweep_gradient(std::span<const Statement> statements, std::size_t first) const {
    tape_.early_ = {};
    tape_.covered_.clear();
    tape_.adjoints_.resize(tape_.slots());
    std::fill_n(tape_.adjoints_.data(), tape_.slots(), T(0));
    // Every part that something will be added to: nodes then assign nothing, and all begins from zero.
    tape_.require_adjoints({0, tape_.slots()});
    tape_.adjoints_[tape_.result_] = T(1);
    const SweepArrays<T> arrays = tape_.arrays_of_gradient();
    for (std::size_t k = statements.size(); k-- > first;)
        statements[k].operations->gradient(arrays, statements[k].after, 1);
}

template <class T>
void TapeInspection<T>::sweep_tangent(std::span<const Statement> statements, std::size_t last,
                                      const T* direction) const {
    tape_.tangents_.resize(tape_.slots());
    tape_.seconds_.resize(tape_.slots());
    std::fill_n(tape_.tangents_.data(), tape_.slots(), T(0));
    std::fill_n(tape_.seconds_.data(), tape_.slots(), T(0));
    std::copy_n(direction, tape_.parameters_, tape_.tangents_.data());
    const SweepArrays<T> all = arrays();
    for (std::size_t k = 0; k < last; ++k) {
        const Statement& statement = statements[k];
        if (!statement.scalar()) {
            statement.operations->tangent(all, statement.before, 1);
            continue;
        }
        linearize(statement, nullptr, [&](int n, const std::uint32_t* x, const T* partials, const T*) {
            const std::uint32_t y = statement.result();
            if (y == tape_.result_) return;
            T sum = statement.operations->payload.in_place ? all.tangent[y] : T(0);
            for (int i = 0; i < n; ++i) {
                if (partials[i] != T(0)) sum += partials[i] * all.tangent[x[i]];
            }
            all.tangent[y] = sum;
        });
    }
}

template <class T>
void TapeInspection<T>::sweep_product(std::span<const Statement> statements, std::size_t first) const {
    std::fill_n(tape_.seconds_.data(), tape_.slots(), T(0));
    const SweepArrays<T> all = arrays();
    T second[largest_statement * largest_statement];
    for (std::size_t k = statements.size(); k-- > first;) {
        const Statement& statement = statements[k];
        if (!statement.scalar()) {
            statement.operations->product(all, statement.after, 1);
            continue;
        }
        linearize(statement, second,
                  [&](int n, const std::uint32_t* x, const T* partials, const T* curvature) {
                      const T y_bar_dot = all.second[statement.result()];
                      for (int i = 0; i < n; ++i) {
                          T sum(0);
                          if (partials[i] != T(0) && y_bar_dot != T(0)) sum += partials[i] * y_bar_dot;
                          for (int j = 0; curvature != nullptr && j < n; ++j) {
                              const T w = curvature[std::min(i, j) * n + std::max(i, j)];
                              if (w != T(0)) sum += w * all.tangent[x[j]];
                          }
                          all.second[x[i]] += sum;
                      }
                  });
    }
}

}  // namespace hesse
