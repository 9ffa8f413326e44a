#pragma once

#include "hesse/autodiff/engine/local_derivatives.hpp"
#include "hesse/autodiff/engine/tape_recording.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <functional>
#include <limits>

/// How a tape is swept: which adjoints are cleared, added to and assigned, gradients, products, and the Jacobian's.
namespace hesse {

template <class T>
void Tape<T>::read_by_entry(Region region) {
    scalar_parameters_ = scalar_parameters_ || region.begin < parameters_;
    if (cleared_first_.size() != 0) {
        const Interval& last = cleared_first_.back();
        if (last.begin <= region.begin && region.begin + region.size <= last.end) return;
    }
    cleared_first_.push_back({region.begin, region.begin + region.size});
}

// Entries of two arrays read by turns leave many equal intervals.
template <class T>
void Tape<T>::merge_cleared_first() {
    Interval* all = cleared_first_.data();
    const std::size_t size = cleared_first_.size();
    std::sort(all, all + size, [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
    std::size_t merged = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (merged != 0 && all[i].begin <= all[merged - 1].end) {
            all[merged - 1].end = std::max(all[merged - 1].end, all[i].end);
        } else {
            all[merged++] = all[i];
        }
    }
    cleared_first_.resize(merged);
}

template <class T>
template <class Visit>
void Tape<T>::for_each_gap_between_arrays(const Visit& visit) const {
    std::size_t from = 0;
    for (std::size_t i = 0; i < arrays_.size(); ++i) {
        visit(from, arrays_[i].begin);
        from = arrays_[i].end;
    }
    visit(from, values_.size());
}

// Everything but arrays starts from zero; arrays where the plan says so.
template <class T>
void Tape<T>::clear_adjoints(T* parameters, T* others) const {
    const auto clear = [&](std::size_t begin, std::size_t end) {
        const std::size_t middle = std::clamp(parameters_, begin, end);
        std::fill(parameters + begin, parameters + middle, T(0));
        std::fill(others + middle, others + end, T(0));
    };
    for_each_gap_between_arrays(clear);
    for (std::size_t i = 0; i < cleared_first_.size(); ++i) {
        clear(cleared_first_[i].begin, cleared_first_[i].end);
    }
}

template <class T>
void Tape<T>::cover(std::size_t begin, std::size_t end) {
    if (begin == end) return;
    auto first = std::lower_bound(covered_.begin(), covered_.end(), begin,
                                  [](const Interval& i, std::size_t at) { return i.end < at; });
    auto last = first;
    Interval merged{begin, end};
    for (; last != covered_.end() && last->begin <= end; ++last) {
        merged.begin = std::min(merged.begin, last->begin);
        merged.end = std::max(merged.end, last->end);
    }
    if (first == last) {
        covered_.insert(first, merged);
    } else {
        *first = merged;
        covered_.erase(first + 1, last);
    }
}

// What nothing has contributed to yet is cleared, now and at the start of every later sweep.
template <class T>
void Tape<T>::clear_gaps(std::size_t begin, std::size_t end) {
    const auto clear = [&](std::size_t from, std::size_t to) {
        if (from >= to) return;
        std::fill(adjoints_.data() + from, adjoints_.data() + to, T(0));
        cleared_first_.push_back({from, to});
    };
    auto it = std::lower_bound(covered_.begin(), covered_.end(), begin,
                               [](const Interval& i, std::size_t at) { return i.end <= at; });
    std::size_t from = begin;
    for (; it != covered_.end() && it->begin < end; ++it) {
        clear(from, it->begin);
        from = it->end;
    }
    clear(from, end);
    cover(begin, end);
}

template <class T>
bool Tape<T>::first_contribution(Region region) {
    if (arrays_.size() == 0) return false;
    const std::size_t begin = region.begin, end = region.begin + region.size;
    const auto it = std::lower_bound(covered_.begin(), covered_.end(), begin,
                                     [](const Interval& i, std::size_t at) { return i.end <= at; });
    if (it == covered_.end() || it->begin >= end) {
        cover(begin, end);
        return true;
    }
    clear_gaps(begin, end);
    return false;
}

template <class T>
void Tape<T>::require_adjoints(Region region) {
    if (arrays_.size() == 0) return;
    clear_gaps(region.begin, region.begin + region.size);
}

// Sweeps that follow a direction: node(run, at) passes a run of nodes, segment(i) the scalar statements between two of
// these.
template <class T>
template <class Node, class Segment>
void Tape<T>::sweep_forward(const Node& node, const Segment& segment) {
    Position at{payload_.data(), parameters_};
    std::size_t run = 1;
    for (std::size_t i = 0; i < local_->segments().size(); ++i) {
        const StatementMatrices::Segment& statements = local_->segments()[i];
        for (; run != statements.first_run; ++run) at = node(runs_[run], at);
        segment(i);
        at.payload += statements.bytes;
        run = statements.end_run;
    }
    for (; run != runs_.size(); ++run) at = node(runs_[run], at);
}

template <class T>
template <class Node, class Segment>
void Tape<T>::sweep_reverse(const Node& node, const Segment& segment) {
    Position at{payload_.data() + payload_.size(), values_.size()};
    std::size_t run = runs_.size();
    for (std::size_t i = local_->segments().size(); i-- > 0;) {
        const StatementMatrices::Segment& statements = local_->segments()[i];
        for (; run != statements.end_run; --run) at = node(runs_[run - 1], at);
        segment(i);
        at.payload -= statements.bytes;
        run = statements.first_run;
    }
    for (; run != 1; --run) at = node(runs_[run - 1], at);
}

// The loss of a recording is nearly always where it was in the one before. Should it not be, or should anything come
// after that is part of it, the adjoints are computed again.
template <class T>
bool Tape<T>::begin_early_sweep(std::size_t slot) {
    if (slot != result_ || cleared_first_.size() != 0) return false;
    adjoints_.resize(slot + 1);
    adjoints_[slot] = T(1);
    covered_.clear();
    early_.slot = slot;
    return true;
}

template <class T>
void Tape<T>::end_early_sweep() {
    early_.payload = payload_.size();
    early_.cleared_first = cleared_first_.size();
}

// Clears the adjoints that a sweep adds to, lets `seed` set those that it starts from, and sweeps.
template <class T>
template <class Seed>
void Tape<T>::sweep_gradient(const Seed& seed) {
    if (values_.size() > std::numeric_limits<std::uint32_t>::max()) engine::throw_too_long();
    adjoints_.resize(values_.size());
    merge_cleared_first();
    if (!early_.valid) covered_.clear();
    if (arrays_.size() == 0) {
        std::fill_n(adjoints_.data(), adjoints_.size(), T(0));
    } else {
        const auto clear = [this](std::size_t begin, std::size_t end) {
            std::fill(adjoints_.data() + begin, adjoints_.data() + end, T(0));
            cover(begin, end);
        };
        for_each_gap_between_arrays(clear);
        for (std::size_t i = 0; !early_.valid && i < cleared_first_.size(); ++i) {
            clear(cleared_first_[i].begin, cleared_first_[i].end);
        }
    }
    seed();
    const SweepArrays<T> arrays = arrays_of_gradient();
    Position at{payload_.data() + payload_.size(), values_.size()};
    for (std::size_t i = runs_.size(); i-- > 1;)
        at = runs_[i].operations().gradient(arrays, at, runs_[i].count());
    require_adjoints({0, parameters_});
    // Partials stay what they are: only the adjoints of a vector-valued callable ever change.
    if (local_ && local_->content == LocalDerivatives<T>::Content::second_partials)
        local_->content = LocalDerivatives<T>::Content::nothing;
}

template <class T>
void Tape<T>::gradient(std::size_t result) {
    result_ = result;
    early_.valid = early_.slot == result && early_.payload == payload_.size() &&
                   early_.cleared_first == cleared_first_.size();
    sweep_gradient([&] {
        require_adjoints({result, 1});
        adjoints_[result] = T(1);
    });
}

template <class T>
void Tape<T>::begin_results() {
    result_ = no_slot;
    early_.valid = false;
}

template <class T>
void Tape<T>::prepare_sweeps() {
    sweep_gradient([] {});
}

template <class T>
void Tape<T>::pull_back(const T* weights, const std::vector<OutputPiece>& outputs, T* out) {
    sweep_gradient([&] {
        for (const OutputPiece& piece : outputs) require_adjoints({piece.slot, piece.size});
        for (const OutputPiece& piece : outputs) {
            for (std::size_t k = 0; k < piece.size; ++k) {
                adjoints_[piece.slot + k] += weights[static_cast<std::size_t>(piece.first) + k];
            }
        }
    });
    std::copy_n(adjoints_.data(), parameters_, out);
}

template <class T>
void Tape<T>::pull_back_derivative(const T* direction, const std::vector<OutputPiece>& outputs,
                                   const T* weights, const T* weight_tangents, T* out) {
    pull_back(weights, outputs, out);
    linearize_statements(true);
    tangents_.resize(values_.size());
    seconds_.resize(values_.size());
    std::copy_n(direction, parameters_, tangents_.data());
    const SweepArrays<T> arrays = arrays_of_product(tangents_.data(), seconds_.data());
    tangent_sweep(arrays);
    clear_adjoints(seconds_.data(), seconds_.data());
    for (const OutputPiece& piece : outputs) {
        for (std::size_t k = 0; k < piece.size; ++k) {
            seconds_[piece.slot + k] += weight_tangents[static_cast<std::size_t>(piece.first) + k];
        }
    }
    product_sweep(arrays);
    std::copy_n(seconds_.data(), parameters_, out);
}

template <class T>
void Tape<T>::push_forward(const T* direction, const std::vector<OutputPiece>& outputs, T* out,
                           Index results) {
    linearize_statements(false);
    tangents_.resize(values_.size());
    copy_finite("jacobian: the direction", direction, static_cast<Index>(parameters_), tangents_.data());
    SweepArrays<T> arrays = arrays_of_product(tangents_.data(), nullptr);
    arrays.second = adjoints_.data();  // the address is taken and nothing read
    tangent_sweep(arrays);
    std::fill_n(out, results, T(0));
    for (const OutputPiece& piece : outputs)
        std::copy_n(tangents_.data() + piece.slot, piece.size, out + piece.first);
}

template <class T>
SweepArrays<T> Tape<T>::arrays_of_product(const T* direction, T* out) {
    return {*this,
            values_.data(),
            adjoints_.data(),
            tangents_.data(),
            seconds_.data(),
            result_,
            parameters_,
            direction,
            out};
}

template <class T>
void Tape<T>::tangent_sweep(const SweepArrays<T>& arrays) {
    sweep_forward(
        [&](const Run& run, Position at) { return run.operations().tangent(arrays, at, run.count()); },
        [&](std::size_t segment) { local_->forward(segment, arrays.tangent); });
}
template <class T>
void Tape<T>::product_sweep(const SweepArrays<T>& arrays) {
    sweep_reverse(
        [&](const Run& run, Position at) { return run.operations().product(arrays, at, run.count()); },
        [&](std::size_t segment) { local_->backward(segment, arrays.tangent, arrays.second); });
}

template <class T>
void Tape<T>::product(const T* direction, T* out) {
    if (sweeps_for_products()) {
        product_once(direction, out);
        return;
    }
    linearize_statements(true);
    if (only_scalars_) {
        product_of_scalars(direction, out);
        return;
    }
    product_by(
        direction, out, [&](const SweepArrays<T>& arrays) { tangent_sweep(arrays); },
        [&](const SweepArrays<T>& arrays) { product_sweep(arrays); });
}

// Nothing is made that further products would use.
template <class T>
void Tape<T>::product_once(const T* direction, T* out) {
    product_by(
        direction, out,
        [&](const SweepArrays<T>& arrays) {
            Position at{payload_.data(), parameters_};
            for (std::size_t i = 1; i < runs_.size(); ++i)
                at = runs_[i].operations().tangent(arrays, at, runs_[i].count());
        },
        [&](const SweepArrays<T>& arrays) {
            Position at{payload_.data() + payload_.size(), values_.size()};
            for (std::size_t i = runs_.size(); i-- > 1;)
                at = runs_[i].operations().product(arrays, at, runs_[i].count());
        });
}

// A product by a sweep for tangents, and one back for second adjoints.
template <class T>
template <class Forward, class Reverse>
void Tape<T>::product_by(const T* direction, T* out, const Forward& forward, const Reverse& reverse) {
    tangents_.resize(values_.size());
    seconds_.resize(values_.size());
    const auto n = static_cast<Index>(parameters_);
    const bool apart =
        std::less_equal<const T*>()(direction + n, out) || std::less_equal<const T*>()(out + n, direction);
    SweepArrays<T> arrays = arrays_of_product(direction, scalar_parameters_ ? seconds_.data() : out);
    if (scalar_parameters_ || !apart) {
        copy_finite("hessian: the direction", direction, n, tangents_.data());
        arrays.direction = tangents_.data();
    } else {
        require_finite("hessian: the direction", direction, n);
    }
    tangents_[result_] = T(0);
    forward(arrays);
    clear_adjoints(arrays.out, seconds_.data());
    reverse(arrays);
    if (arrays.out != out) std::copy_n(arrays.out, n, out);
}

template <class T>
void Tape<T>::product_of_scalars(const T* direction, T* out) {
    tangents_.resize(local_->size());
    seconds_.resize(local_->size());
    copy_finite("hessian: the direction", direction, static_cast<Index>(parameters_), tangents_.data());
    tangent_sweep(arrays_of_product(nullptr, nullptr));
    product_sweep(arrays_of_product(nullptr, nullptr));
    std::copy_n(seconds_.data(), parameters_, out);
}

}  // namespace hesse
