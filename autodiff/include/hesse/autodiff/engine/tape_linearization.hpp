#pragma once

#include "hesse/autodiff/engine/local_derivatives.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/tape.hpp"

#include <cstring>

/// The scalar statements of a tape, linearised for products.
namespace hesse {

// Visits them in order: visit(operations, payload, slot of the result). Between nodes: begin(run), and
// end(run, bytes of payload since then).
template <class T>
template <class Statement, class Begin, class End>
void Tape<T>::for_each_statement(const Statement& statement, const Begin& begin, const End& end) {
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
        begin(run);
        for (; run < runs_.size() && runs_[run].operations().scalar; ++run) {
            const Operations<T>& operations = runs_[run].operations();
            const auto& layout = operations.payload;
            for (std::uint32_t k = 0; k < runs_[run].count(); ++k, at.payload += layout.bytes) {
                std::uint32_t y;
                if (layout.in_place) std::memcpy(&y, at.payload, sizeof y);
                else y = static_cast<std::uint32_t>(at.slot++);
                statement(operations, at.payload, y);
            }
        }
        end(run, static_cast<std::size_t>(at.payload - first));
    }
}

template <class T>
void Tape<T>::linearize_statements(bool second) {
    using Local = LocalDerivatives<T>;
    using Content = typename Local::Content;
    const auto wanted = second ? Content::second_partials : Content::partials;
    if (!local_) local_ = std::make_unique<Local>();
    Local& local = *local_;
    if (local.content >= wanted) return;
    local.content = Content::nothing;
    const bool eliminates = only_scalars_ && result_ != no_slot;
    local.start(values_.size(), parameters_, result_, eliminates);
    if (eliminates) {
        std::uint32_t id = 0;
        for_each_statement(
            [&](const Operations<T>& operations, const std::byte* payload, std::uint32_t) {
                const std::byte* slot = payload + operations.payload.slots_at;
                ++id;
                for (int i = 0; i < operations.payload.variables; ++i, slot += sizeof(std::uint32_t)) {
                    std::uint32_t x;
                    std::memcpy(&x, slot, sizeof x);
                    local.read_by(id, x);
                }
            },
            [](std::size_t) {}, [](std::size_t, std::size_t) {});
    }
    const SweepArrays<T> arrays = arrays_of_gradient();
    StatementVariables variables;
    T partials[largest_statement], second_partials[largest_statement * largest_statement];
    for_each_statement(
        [&](const Operations<T>& operations, const std::byte* payload, std::uint32_t y) {
            const auto& layout = operations.payload;
            if (operations.linearize == nullptr) {
                local.add_constant(y);
                return;
            }
            variables.read(payload + layout.slots_at, layout.variables);
            T* const curvature = second && !layout.linear ? second_partials : nullptr;
            operations.linearize(arrays, payload, y, variables, partials, curvature);
            local.add(y, layout.in_place, variables.count, variables.slots, partials, curvature);
        },
        [&](std::size_t run) { local.begin_segment(run); },
        [&](std::size_t run, std::size_t bytes) { local.end_segment(run, bytes); });
    if (local.segments() == 0) {  // the loss is a parameter, or there are nodes alone
        local.begin_segment(1);
        local.end_segment(1, 0);
    }
    local.content = wanted;
}

}  // namespace hesse
