#pragma once

#include "hesse/autodiff/higher_order.hpp"
