#pragma once

#include "hesse/autodiff/memory.hpp"

/// Elementary functions over arrays, in place, in the SIMD functions that hesse uses too.
namespace hesse::bench::hand {

/// z <- tanh(z + bias), z (rows x cols) and bias (rows).
void add_bias_and_tanh(Index rows, Index cols, const double* bias, double* z);
void tanh_of(Index n, double* x);
void exp_of(Index n, double* x);
/// x <- 1 / (1 + exp(-x))
void sigmoid_of(Index n, double* x);

}  // namespace hesse::bench::hand
