#pragma once

/// All elementary functions.
#include "hesse/autodiff/operations/activation.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "hesse/autodiff/operations/bessel.hpp"
#include "hesse/autodiff/operations/error_function.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/gamma.hpp"
#include "hesse/autodiff/operations/hyperbolic.hpp"
#include "hesse/autodiff/operations/incomplete_gamma.hpp"
#include "hesse/autodiff/operations/linear.hpp"
#include "hesse/autodiff/operations/losses.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/rounding.hpp"
#include "hesse/autodiff/operations/sigmoid.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
