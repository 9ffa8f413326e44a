#include "hesse/optim/stochastic/on_batches.hpp"

#include "../options.hpp"

namespace hesse {

void OnBatchesOptions::check(std::string_view type) const {
    batches.check(type);
    require_at_least(type, "steps", steps, 0);
}

}  // namespace hesse
