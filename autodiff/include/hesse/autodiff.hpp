#pragma once

/// Derivatives of losses written in plain C++.
#include "hesse/autodiff/gemm.hpp"
#include "hesse/autodiff/memory.hpp"
