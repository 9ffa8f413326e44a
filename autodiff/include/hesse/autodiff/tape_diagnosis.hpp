#pragma once

#include "hesse/autodiff/diagnosis.hpp"
#include "hesse/autodiff/source_line.hpp"
#include "hesse/autodiff/tape.hpp"
#include "hesse/autodiff/trace.hpp"

#include <vector>

namespace hesse {

/// Finds the statements of a recording that make numbers that are not finite, in its sweeps along `direction` (of the
/// parameters). `lines`: what was noted of its nodes, and of those of other tapes. Sweeps it some ten times.
template <class T>
Diagnosis diagnose_tape(Tape<T>& tape, const T* direction, const SweptResults& swept,
                        const std::vector<NotedLines::OfNode>& lines);

extern template Diagnosis diagnose_tape(Tape<double>&, const double*, const SweptResults&,
                                        const std::vector<NotedLines::OfNode>&);
extern template Diagnosis diagnose_tape(Tape<float>&, const float*, const SweptResults&,
                                        const std::vector<NotedLines::OfNode>&);

}  // namespace hesse
