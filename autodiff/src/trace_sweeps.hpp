#pragma once

#include "diagnosis_text.hpp"
#include "hesse/autodiff/trace.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

/// The four sweeps over a trace, and who made what is not finite.
namespace hesse {

inline constexpr std::array all_sweeps{DerivativeSweep::value, DerivativeSweep::gradient,
                                       DerivativeSweep::tangent, DerivativeSweep::product};
constexpr std::size_t number_of(DerivativeSweep sweep) { return static_cast<std::size_t>(sweep); }
constexpr bool is_forward(DerivativeSweep sweep) {
    return sweep == DerivativeSweep::value || sweep == DerivativeSweep::tangent;
}

/// What sweeps start from: the values and tangents of the parameters, the adjoint of the result and its derivative.
template <class T>
struct SweepSeeds {
    const T* values;  // none: all finite
    const T* tangents;
    T adjoint = T(1), adjoint_tangent = T(0);
};

/// A quantity is a number of a sweep: of the operation or parameter `id` the value, adjoint, tangent, or the derivative of the
/// adjoint.
template <class T>
class TraceSweeps {
public:
    struct Quantity {
        DerivativeSweep sweep;
        std::uint32_t id;
    };
    /// What made it, if its inputs were finite.
    struct Source {
        DerivativeSweep sweep;
        std::size_t operation;
        std::uint32_t id;  // of the number made
    };

    using Visited = std::array<std::vector<bool>, 4>;

    /// `cuts`: what has the adjoint zero contributes nothing, as a statement does on a tape. Within a statement it does.
    TraceSweeps(const Trace<T>& trace, std::uint32_t result, const SweepSeeds<T>& seeds, bool cuts)
        : trace_(&trace), cuts_(cuts) {
        const std::size_t n = trace.parameters, size = n + trace.operations.size();
        for (auto& numbers : numbers_) numbers.assign(size, T(0));
        for (auto& makers : makers_) makers.assign(size, nobody);
        for (std::size_t k = 0; k < trace.operations.size(); ++k)
            set(DerivativeSweep::value, id(k), trace.operations[k].value, k);
        number({DerivativeSweep::gradient, result}) = seeds.adjoint;
        for (std::size_t k = trace.operations.size(); k-- > 0;) pull_back(k);
        for (std::uint32_t i = 0; i < n; ++i) {
            number({DerivativeSweep::tangent, i}) = seeds.tangents[i];
            if (seeds.values != nullptr) number({DerivativeSweep::value, i}) = seeds.values[i];
        }
        number({DerivativeSweep::product, result}) = seeds.adjoint_tangent;
        for (std::size_t k = 0; k < trace.operations.size(); ++k) push_forward(k);
        for (std::size_t k = trace.operations.size(); k-- > 0;) differentiate_pull_back(k);
    }

    [[nodiscard]] T& number(Quantity q) { return numbers_[number_of(q.sweep)][q.id]; }
    [[nodiscard]] T number(Quantity q) const { return numbers_[number_of(q.sweep)][q.id]; }
    [[nodiscard]] bool finite(Quantity q) const { return std::isfinite(number(q)); }

    /// The numbers that are not finite and of which this one is made, which is not finite either.
    [[nodiscard]] std::vector<Quantity> origins(Quantity q) const {
        std::vector<Quantity> found;
        const std::uint32_t maker = makers_[number_of(q.sweep)][q.id];
        if (maker == nobody) return found;
        const auto& operation = trace_->operations[maker];
        const auto add = [&](DerivativeSweep sweep, std::uint32_t other) {
            if (other != Trace<T>::constant && !finite({sweep, other})) found.push_back({sweep, other});
        };
        bool by_slope = q.sweep == DerivativeSweep::value;
        for (std::uint32_t i = 0; i < operation.operands; ++i) {
            const auto& x = operand(operation, i);
            const bool concerned = is_forward(q.sweep) || x.id == q.id;
            by_slope = by_slope || (concerned && !std::isfinite(x.partial));
            if (q.sweep == DerivativeSweep::tangent && x.partial != T(0)) add(q.sweep, x.id);
            if (q.sweep == DerivativeSweep::product && concerned) {
                for (std::uint32_t j = 0; j < operation.operands; ++j) {
                    const T w = second(operation, i, j);
                    by_slope = by_slope || !std::isfinite(w);
                    if (w != T(0)) add(DerivativeSweep::tangent, operand(operation, j).id);
                }
            }
        }
        if (!is_forward(q.sweep)) add(DerivativeSweep::gradient, id(maker));
        if (q.sweep == DerivativeSweep::product) add(q.sweep, id(maker));
        if (by_slope) add_values(operation, found);
        return found;
    }

    /// Who began what has made these numbers, of which those that are finite are passed over, as are those that have been
    /// visited. Marks what it visits.
    [[nodiscard]] std::vector<Source> sources(std::vector<Quantity> from, Visited& visited) const {
        std::vector<Source> found;
        while (!from.empty()) {
            const Quantity q = from.back();
            from.pop_back();
            auto& marks = visited[number_of(q.sweep)];
            marks.resize(numbers_[0].size());
            if (finite(q) || marks[q.id]) continue;
            marks[q.id] = true;
            const auto before = origins(q);
            const std::uint32_t maker = makers_[number_of(q.sweep)][q.id];
            if (before.empty() && maker != nobody) found.push_back({q.sweep, maker, q.id});
            from.insert(from.end(), before.begin(), before.end());
        }
        return found;
    }
    /// The quantities of a sweep: all, or those of the parameters.
    [[nodiscard]] std::vector<Quantity> all(DerivativeSweep sweep) const {
        return first(sweep, numbers_[0].size());
    }
    [[nodiscard]] std::vector<Quantity> of_parameters(DerivativeSweep sweep) const {
        return first(sweep, trace_->parameters);
    }
    [[nodiscard]] bool finite(const std::vector<Quantity>& all) const {
        return std::all_of(all.begin(), all.end(), [this](const Quantity& q) { return finite(q); });
    }

    [[nodiscard]] std::uint32_t id(std::size_t operation) const {
        return static_cast<std::uint32_t>(trace_->parameters + operation);
    }

    /// What a message says of the numbers that met.
    [[nodiscard]] std::string account(const Source& source) const {
        const auto& operation = trace_->operations[source.operation];
        const std::uint32_t y = id(source.operation);
        std::string text;
        const auto list = [&](const char* what, auto&& value_of_operand) {
            text += what;
            for (std::uint32_t i = 0; i < operation.operands; ++i) {
                text += i == 0 ? " " : ", ";
                text += number_text(value_of_operand(operand(operation, i)));
            }
        };
        const auto slope = [](const auto& x) { return static_cast<double>(x.partial); };
        const auto tangent = [this](const auto& x) {
            return x.id == Trace<T>::constant
                       ? 0.0
                       : static_cast<double>(this->number({DerivativeSweep::tangent, x.id}));
        };
        if (source.sweep == DerivativeSweep::value) return text;
        list(operation.operands == 1 ? "slope" : "slopes", slope);
        if (source.sweep != DerivativeSweep::tangent) {
            text += ", adjoint " + number_text(static_cast<double>(number({DerivativeSweep::gradient, y})));
        }
        if (source.sweep != DerivativeSweep::gradient) {
            list(operation.operands == 1 ? ", tangent of the operand" : ", tangents of the operands",
                 tangent);
        }
        if (source.sweep == DerivativeSweep::product) {
            text += ", derivative of the adjoint " +
                    number_text(static_cast<double>(number({DerivativeSweep::product, y})));
            text += ", second derivatives";
            for (std::uint32_t i = 0; i < operation.operands; ++i) {
                for (std::uint32_t j = i; j < operation.operands; ++j) {
                    text += i + j == 0 ? " " : ", ";
                    text += number_text(static_cast<double>(second(operation, i, j)));
                }
            }
        }
        return text;
    }

private:
    static constexpr std::uint32_t nobody = 0xffffffffu;
    using Operation = typename Trace<T>::Operation;

    [[nodiscard]] const typename Trace<T>::Operand& operand(const Operation& operation,
                                                            std::uint32_t i) const {
        return trace_->operands[operation.first_operand + i];
    }
    [[nodiscard]] T second(const Operation& operation, std::uint32_t i, std::uint32_t j) const {
        if (i > j) std::swap(i, j);
        return trace_->second[operation.first_second + i * operation.operands - i * (i + 1) / 2 + j];
    }
    [[nodiscard]] static std::vector<Quantity> first(DerivativeSweep sweep, std::size_t count) {
        std::vector<Quantity> some;
        for (std::uint32_t i = 0; i < count; ++i) some.push_back({sweep, i});
        return some;
    }

    void set(DerivativeSweep sweep, std::uint32_t id, T number_made, std::size_t operation) {
        T& place = number({sweep, id});
        if (std::isfinite(place) && !std::isfinite(number_made))
            makers_[number_of(sweep)][id] = static_cast<std::uint32_t>(operation);
        place = number_made;
    }
    void add_values(const Operation& operation, std::vector<Quantity>& found) const {
        const std::size_t before = found.size();
        for (const bool any_slope : {false, true}) {
            if (found.size() != before) return;
            for (std::uint32_t i = 0; i < operation.operands; ++i) {
                const auto& x = operand(operation, i);
                if (x.id == Trace<T>::constant || finite({DerivativeSweep::value, x.id})) continue;
                // What max or select passed over is not to blame.
                if (any_slope || !operation.piecewise_linear || x.partial != T(0))
                    found.push_back({DerivativeSweep::value, x.id});
            }
        }
    }

    void pull_back(std::size_t k) {
        const Operation& operation = trace_->operations[k];
        const T y_bar = number({DerivativeSweep::gradient, id(k)});
        if (cuts_ && y_bar == T(0)) return;
        for (std::uint32_t i = 0; i < operation.operands; ++i) {
            const auto& x = operand(operation, i);
            if (x.id == Trace<T>::constant || (operation.piecewise_linear && x.partial == T(0))) continue;
            set(DerivativeSweep::gradient, x.id,
                number({DerivativeSweep::gradient, x.id}) + y_bar * x.partial, k);
        }
    }
    void push_forward(std::size_t k) {
        const Operation& operation = trace_->operations[k];
        T sum(0);
        for (std::uint32_t i = 0; i < operation.operands; ++i) {
            const auto& x = operand(operation, i);
            if (x.id == Trace<T>::constant || x.partial == T(0)) continue;
            sum += x.partial * number({DerivativeSweep::tangent, x.id});
        }
        set(DerivativeSweep::tangent, id(k), sum, k);
    }
    void differentiate_pull_back(std::size_t k) {
        const Operation& operation = trace_->operations[k];
        const T y_bar = number({DerivativeSweep::gradient, id(k)});
        const T y_bar_dot = number({DerivativeSweep::product, id(k)});
        for (std::uint32_t i = 0; i < operation.operands; ++i) {
            const auto& x = operand(operation, i);
            if (x.id == Trace<T>::constant) continue;
            T sum = number({DerivativeSweep::product, x.id});
            if (x.partial != T(0) && !(cuts_ && y_bar_dot == T(0))) sum += x.partial * y_bar_dot;
            for (std::uint32_t j = 0; j < operation.operands && !(cuts_ && y_bar == T(0)); ++j) {
                const T w = second(operation, i, j);
                const auto& other = operand(operation, j);
                if (w == T(0) || other.id == Trace<T>::constant) continue;
                sum += y_bar * w * number({DerivativeSweep::tangent, other.id});
            }
            set(DerivativeSweep::product, x.id, sum, k);
        }
    }

    const Trace<T>* trace_;
    bool cuts_;
    std::array<std::vector<T>, 4> numbers_;
    std::array<std::vector<std::uint32_t>, 4> makers_;  // the operation that made it first not finite
};

/// The first of them in the order of the earliest sweep, or, if there is one, of `sweep` itself.
template <class Source>
const Source* first_of(const std::vector<Source>& sources, DerivativeSweep sweep) {
    const Source* first = nullptr;
    const auto rank = [&](const Source& s) {
        return std::pair{s.sweep == sweep ? -1 : static_cast<int>(s.sweep),
                         is_forward(s.sweep) ? static_cast<std::ptrdiff_t>(s.operation)
                                             : -static_cast<std::ptrdiff_t>(s.operation)};
    };
    for (const Source& s : sources) {
        if (first == nullptr || rank(s) < rank(*first)) first = &s;
    }
    return first;
}

/// What it made, without a place and a message.
template <class T>
NonFinite finding_of(const Trace<T>& trace, const TraceSweeps<T>& sweeps,
                     const typename TraceSweeps<T>::Source& source) {
    const auto& operation = trace.operations[source.operation];
    NonFinite found;
    found.sweep = source.sweep;
    found.operation = operation.name;
    for (std::uint32_t i = 0; i < operation.operands; ++i) {
        found.operands.push_back(static_cast<double>(trace.operands[operation.first_operand + i].value));
    }
    found.result = static_cast<double>(operation.value);
    found.made = static_cast<double>(sweeps.number({source.sweep, source.id}));
    return found;
}

}  // namespace hesse
