#pragma once

/// Pictures of curvature, drawn by gnuplot. Apart from <hesse/hesse.hpp>, to keep files and functions out of that.
#include "hesse/optim/curvature/pictures.hpp"
