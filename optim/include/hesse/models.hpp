#pragma once

/// Networks as functions that ask for their parameters: see docs/models.md.
#include "hesse/optim/models/initialisers.hpp"
#include "hesse/optim/models/language_model.hpp"
#include "hesse/optim/models/layers.hpp"
#include "hesse/optim/models/model.hpp"
#include "hesse/optim/models/multilayer_perceptron.hpp"
#include "hesse/optim/models/parameter_list.hpp"
#include "hesse/optim/models/synthetic_text.hpp"
#include "hesse/optim/models/transformer.hpp"
