#pragma once

#include "hesse/autodiff/diagnosis.hpp"
#include "hesse/autodiff/source_line.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace hesse {

/// One evaluation of a loss, operation by operation, with what the sweeps need of each and the line where it stands. For
/// diagnosis only: a tape holds statements, and knows no lines.
template <class T>
struct Trace {
    static constexpr std::uint32_t constant = 0xffffffffu;

    struct Operand {
        std::uint32_t id;  // of what gave it, or `constant`
        T value, partial;
    };
    struct Operation {
        std::string_view name;
        SourceLine where;
        T value;
        std::size_t first_operand, first_second;  // of the upper triangle of second partials, row by row
        std::uint32_t operands;
        bool piecewise_linear;
    };

    std::size_t parameters = 0;  // their ids come first, then those of operations
    std::vector<Operation> operations;
    std::vector<Operand> operands;
    std::vector<T> second;

    /// The id of an operation that is about to be appended. Throws std::length_error if there are too many.
    [[nodiscard]] std::uint32_t next_id() const;
};

/// What the library's own sweeps gave.
struct SweptResults {
    bool value_finite, gradient_finite, product_finite;
};

/// Sweeps the trace from the operation `result` along `direction` (of the parameters), and finds what makes numbers
/// that are not finite.
template <class T>
Diagnosis diagnose_trace(const Trace<T>& trace, std::uint32_t result, const T* direction,
                         const SweptResults& swept);

extern template struct Trace<double>;
extern template struct Trace<float>;
extern template Diagnosis diagnose_trace(const Trace<double>&, std::uint32_t, const double*,
                                         const SweptResults&);
extern template Diagnosis diagnose_trace(const Trace<float>&, std::uint32_t, const float*,
                                         const SweptResults&);

/// A handle of another recording.
[[noreturn]] void throw_mixed_tapes();

}  // namespace hesse
