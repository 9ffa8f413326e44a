#pragma once

#include "hesse/autodiff/engine/local_derivatives.hpp"
#include "hesse/autodiff/tape.hpp"

/// The scalar statements of a tape, linearised for products.
namespace hesse {

// Visits them in order: statement(operations, payload, slot of the result), until that returns false; whether it never
// did. Between nodes: begin(run, next slot), likewise, and end(run, bytes of payload since then).
template <class T>
template <class Statement, class Begin, class End>
bool Tape<T>::for_each_statement(const Statement& statement, const Begin& begin, const End& end) {
    Position at{payload_.data(), parameters_};
    for (std::size_t run = 1; run < runs_.size();) {
        if (!runs_[run].operations().scalar) {
            at.payload += (runs_[run].count() - 1) * sizeof(std::uint64_t);
            at.slot = runs_[run].operations().slots_after(arrays_of_gradient(), at.payload);
            at.payload += sizeof(std::uint64_t);
            ++run;
            continue;
        }
        const std::byte* const first = at.payload;
        if (!begin(run, at.slot)) return false;
        for (; run < runs_.size() && runs_[run].operations().scalar; ++run) {
            const Operations<T>& operations = runs_[run].operations();
            const StatementLayout& layout = operations.payload;
            for (std::uint32_t k = 0; k < runs_[run].count(); ++k, at.payload += layout.bytes) {
                const std::uint32_t y = layout.in_place ? StatementLayout::slot_of_sum(at.payload)
                                                        : static_cast<std::uint32_t>(at.slot++);
                if (!statement(operations, at.payload, y)) return false;
            }
        }
        end(run, static_cast<std::size_t>(at.payload - first));
    }
    return true;
}
template <class T>
template <class Statement>
bool Tape<T>::for_each_statement(const Statement& statement) {
    return for_each_statement(
        statement, [](std::size_t, std::size_t) { return true; }, [](std::size_t, std::size_t) {});
}

template <class T>
void Tape<T>::plan_statements(const PlannedTape& wanted) {
    StatementPlan& plan = local_->plan;
    plan.start(wanted);
    if (wanted.eliminates) {
        for_each_statement([&](const Operations<T>& operations, const std::byte* payload, std::uint32_t) {
            plan.read(payload, operations.payload);
            return true;
        });
    }
    for_each_statement(
        [&](const Operations<T>& operations, const std::byte* payload, std::uint32_t y) {
            plan.add(operations.payload, payload, y);
            return true;
        },
        [&](std::size_t run, std::size_t slot) {
            plan.begin_segment(run, slot);
            return true;
        },
        [&](std::size_t run, std::size_t bytes) { plan.end_segment(run, bytes); });
    if (plan.matrices().segments.empty()) {  // the loss is a parameter, or there are nodes alone
        plan.begin_segment(1, parameters_);
        plan.end_segment(1, 0);
    }
    plan.finish(bytes_of_runs());
}

template <class T>
PlannedTape Tape<T>::planned_for(bool second) const {
    return {values_.size(), parameters_, result_, only_scalars_ && result_ != no_slot, second};
}

// Whether single products are made by sweeps over the statements: where there is nothing but scalars, and what would be kept
// is more than the recording itself. Recordings of the same kinds of statements share the answer.
template <class T>
bool Tape<T>::sweeps_for_products() {
    using Way = typename LocalDerivatives<T>::Way;
    if (!only_scalars_) return false;
    if (!local_) local_ = std::make_unique<LocalDerivatives<T>>();
    if (local_->way == Way::unknown) {
        const PlannedTape wanted = planned_for(true);
        if (!local_->plan.is_for(wanted, bytes_of_runs())) plan_statements(wanted);
        const std::size_t of_sweeps = 2 * payload_.size() + 5 * sizeof(T) * values_.size();
        local_->way = local_->plan.bytes_of_product(sizeof(T)) > of_sweeps ? Way::sweeps : Way::kept;
    }
    return local_->way == Way::sweeps;
}

template <class T>
void Tape<T>::linearize_statements(bool second) {
    using Content = typename LocalDerivatives<T>::Content;
    const auto content = second ? Content::second_partials : Content::partials;
    if (!local_) local_ = std::make_unique<LocalDerivatives<T>>();
    LocalDerivatives<T>& local = *local_;
    if (local.content >= content) return;
    local.content = Content::nothing;
    const PlannedTape wanted = planned_for(second);
    const SweepArrays<T> arrays = arrays_of_gradient();
    const auto fill = [&] {
        typename LocalDerivatives<T>::Filling filling(local, second);
        return for_each_statement(
            [&](const Operations<T>& operations, const std::byte* payload, std::uint32_t y) {
                return filling.add(operations, arrays, payload, y);
            },
            [&](std::size_t, std::size_t slot) { return filling.begins_at(slot); },
            [](std::size_t, std::size_t) {});
    };
    if (!local.plan.is_for(wanted, bytes_of_runs()) || !fill()) {
        plan_statements(wanted);
        fill();
    }
    local.finish();
    local.content = content;
}

}  // namespace hesse
