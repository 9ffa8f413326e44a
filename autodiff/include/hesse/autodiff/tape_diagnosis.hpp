#pragma once

#include "hesse/autodiff/diagnosis.hpp"
#include "hesse/autodiff/tape.hpp"
#include "hesse/autodiff/trace.hpp"

namespace hesse {

/// Finds the statements of a recording that make numbers that are not finite, in its sweeps along `direction` (of the
/// parameters). Sweeps it some ten times; after that its adjoints are those of the gradient again.
template <class T>
Diagnosis diagnose_tape(Tape<T>& tape, const T* direction, const SweptResults& swept);

extern template Diagnosis diagnose_tape(Tape<double>&, const double*, const SweptResults&);
extern template Diagnosis diagnose_tape(Tape<float>&, const float*, const SweptResults&);

}  // namespace hesse
