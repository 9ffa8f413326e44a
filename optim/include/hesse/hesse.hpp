#pragma once

/// The whole library.
#include "hesse/autodiff.hpp"
#include "hesse/optim.hpp"
