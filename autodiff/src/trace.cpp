#include "hesse/autodiff/trace.hpp"

#include "diagnosis_text.hpp"
#include "trace_sweeps.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

namespace hesse {
namespace {

template <class T>
NonFinite report(const Trace<T>& trace, const TraceSweeps<T>& sweeps,
                 const typename TraceSweeps<T>::Source& source) {
    const SourceLine where = trace.operations[source.operation].where;
    NonFinite found = finding_of(trace, sweeps, source);
    found.statement = static_cast<Index>(source.operation);
    found.statements = static_cast<Index>(trace.operations.size());
    const auto nearest = [&](std::size_t k, auto next) {
        for (; k < trace.operations.size(); k = next(k)) {  // below 0 it wraps around
            if (is_user_line(trace.operations[k].where)) return trace.operations[k].where;
        }
        return SourceLine{};
    };
    if (is_user_line(where)) {
        found.file = where.file;
        found.line = where.line;
        found.line_is_exact = true;
    }
    found.message = place_text(where, nearest(source.operation - 1, [](std::size_t k) { return k - 1; }),
                               nearest(source.operation + 1, [](std::size_t k) { return k + 1; })) +
                    ": " + event_text(found, sweeps.account(source)) + " (" + statement_number(found) + ')';
    return found;
}

}  // namespace

template <class T>
std::uint32_t Trace<T>::next_id() const {
    const std::size_t id = parameters + operations.size();
    if (id >= constant) throw std::length_error("diagnose: a trace holds at most 2^32 - 1 operations");
    return static_cast<std::uint32_t>(id);
}

template <class T>
Diagnosis diagnose_trace(const Trace<T>& trace, std::uint32_t result, const T* direction,
                         const SweptResults& swept) {
    using Sweeps = TraceSweeps<T>;
    using enum DerivativeSweep;
    // Within a statement of the recording an adjoint that is zero is multiplied by what may be infinite.
    const SweepSeeds<T> seeds{nullptr, direction};
    Sweeps sweeps(trace, result, seeds, true);
    if ((!swept.gradient_finite && sweeps.finite(sweeps.of_parameters(gradient))) ||
        (!swept.product_finite && sweeps.finite(sweeps.of_parameters(product)))) {
        sweeps = Sweeps(trace, result, seeds, false);
    }
    typename Sweeps::Visited reached;
    std::vector<typename Sweeps::Source> tangents;
    const auto look = [&](DerivativeSweep sweep, const std::vector<typename Sweeps::Quantity>& results,
                          bool all_finite) -> std::optional<NonFinite> {
        if (all_finite) return std::nullopt;
        typename Sweeps::Visited visited;
        const auto sources = sweeps.sources(results, visited);
        std::copy_if(sources.begin(), sources.end(), std::back_inserter(tangents),
                     [](const auto& source) { return source.sweep == tangent; });
        (void)sweeps.sources(results, reached);
        if (const auto* first = first_of(sources, sweep)) return report(trace, sweeps, *first);
        NonFinite found;
        found.sweep = sweep;
        found.message = unexplained_message(sweep);
        return found;
    };
    const typename Sweeps::Quantity slope{tangent, result};  // swept here alone: no product asks for it
    Diagnosis diagnosis;
    diagnosis.value = look(value, {{value, result}}, swept.value_finite);
    diagnosis.gradient = look(gradient, sweeps.of_parameters(gradient), swept.gradient_finite);
    diagnosis.tangent = look(tangent, {slope}, sweeps.finite(slope));
    diagnosis.product = look(product, sweeps.of_parameters(product), swept.product_finite);
    if (const auto* first = first_of(tangents, tangent); first != nullptr && !diagnosis.tangent) {
        diagnosis.tangent = report(trace, sweeps, *first);
    }
    for (const DerivativeSweep sweep : all_sweeps) {
        // Adjoints are sums, of which the first term that is not finite was followed alone.
        const bool known =
            (sweep == gradient && diagnosis.gradient) || (sweep == product && diagnosis.product);
        const auto sources = sweeps.sources(sweeps.all(sweep), reached);
        const auto* first = first_of(sources, sweep);
        if (first == nullptr || known || diagnosis.masked) continue;
        NonFinite found = report(trace, sweeps, *first);
        const auto named = [&](const auto& other) { return other && other->statement == found.statement; };
        if (named(diagnosis.value) || named(diagnosis.gradient) || named(diagnosis.product)) continue;
        found.reaches_result = false;
        diagnosis.masked = std::move(found);
    }
    return diagnosis;
}

template struct Trace<double>;
template struct Trace<float>;
template Diagnosis diagnose_trace(const Trace<double>&, std::uint32_t, const double*, const SweptResults&);
template Diagnosis diagnose_trace(const Trace<float>&, std::uint32_t, const float*, const SweptResults&);

}  // namespace hesse
