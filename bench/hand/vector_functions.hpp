#pragma once

#include "hesse/autodiff/memory.hpp"

namespace hesse::bench::hand {

/// z <- tanh(z + bias), z (rows x cols) and bias (rows), in the SIMD functions that hesse uses too.
void add_bias_and_tanh(Index rows, Index cols, const double* bias, double* z);

}  // namespace hesse::bench::hand
