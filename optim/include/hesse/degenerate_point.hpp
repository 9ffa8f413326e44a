#pragma once

/// Degenerate critical points told apart by third and fourth derivatives. Apart from <hesse/hesse.hpp>, since it compiles
/// the tape anew for each kind of number.
#include "hesse/optim/curvature/examine_degenerate.hpp"
