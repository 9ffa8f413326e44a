#pragma once

/// Losses of a few parameters whose number is known at compile time: derivatives without a tape.
#include "hesse/autodiff/fixed_size.hpp"
