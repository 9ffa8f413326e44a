#include "hesse/optim/curvature/extreme_eigenpairs.hpp"

#include "eigenpair_options.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"
#include "thick_restart.hpp"

namespace hesse {

ExtremeEigenvalues extreme_eigenvalues(OperatorRef a, const ExtremeEigenpairOptions& options,
                                       double* lowest_vector, double* highest_vector, const char* function) {
    const bool lowest = lowest_vector != nullptr, highest = highest_vector != nullptr;
    // Two for the symmetry, one step, and one residual for each end.
    require_options(function, a, options, options.check_symmetry ? 5 : 3);
    RandomGenerator random(options.seed);
    ExtremeEigenvalues found;
    if (options.check_symmetry) {
        require_symmetric(function, a, random, options.precision);
        found.products = 2;
    }
    ThickRestart lanczos(function, a, {options.tolerance, 0.0, options.precision}, lowest, highest,
                         basis_columns(a.rows(), lowest + highest, options.memory));
    lanczos.start_at_random(random, 1);
    lanczos.run(random, options.max_products - found.products - (lowest + highest));
    if (lowest) found.lowest = lanczos.measure(false, 0, lowest_vector);
    if (highest) found.highest = lanczos.measure(true, 0, highest_vector);
    found.products += lanczos.products();
    return found;
}

}  // namespace hesse
