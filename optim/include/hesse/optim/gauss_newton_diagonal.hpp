#pragma once

#include "hesse/optim/iterate.hpp"

namespace hesse {

/// |G g| / |g| where an optimizer stands: the unit in which methods count their damping. Where that is zero or not finite,
/// |g| / max(1, |x|). Costs one product; next_data() is lost.
double damping_unit(Iterate& at);

/// The diagonal of the Gauss-Newton matrix where an optimizer stands, from a fixed number of products.
class GaussNewtonDiagonal {
public:
    /// products >= n: by the unit vectors, exact. Fewer: Hutchinson's estimate (Bekas, Kokiopoulou and Saad, Appl. Numer. Math. 57
    /// (2007) 1214) from random signs, the same ones in every call, so that there is no state to save; entries below a
    /// hundredth of their mean count as that. Zeros become the mean, and one where all are zero. False if they are not finite.
    bool measure(Iterate& at, Index products);
    [[nodiscard]] const double* entries() const { return diagonal_.data(); }  // (n)

private:
    Buffer diagonal_, probe_, product_;
};

}  // namespace hesse
