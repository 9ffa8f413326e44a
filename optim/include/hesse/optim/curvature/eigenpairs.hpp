#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/extreme_eigenpairs.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

#include <vector>

namespace hesse {

struct EigenpairsOptions : ExtremeEigenpairOptions {
    Index lowest = 1;   // how many at the lower end of the spectrum
    Index highest = 0;  // and at the upper one
    /// A residual of at most this times |A| will do, too: the rule to count eigenvalues near zero by.
    double norm_tolerance = 0.0;
    /// After convergence: whether to look, from a new random start in what is orthogonal to all that was found, for
    /// eigenvalues that one start does not see, those that occur several times.
    bool search_multiplicity = true;
    /// Columns of the basis; chosen from `memory` if 0: at most max(100, 3 times those wanted). What the restarts keep and
    /// the products they need depend on it.
    Index basis_columns = 0;
    /// So many vectors are multiplied at once, where the operator can do that faster than one by one. One start of
    /// several vectors sees as many eigenvectors of one eigenvalue.
    Index block = 1;
    /// Where to start (n x any number of columns): vectors of an operator nearby. Random columns fill the block up.
    Columns start{};
};

/// Some eigenvalues at one end of the spectrum, the outermost first, each measured by one explicit product.
struct EigenpairsAtEnd {
    std::vector<EigenvalueEstimate> values;
    Columns vectors;  // (n x values), orthonormal to rounding and residuals

    [[nodiscard]] bool converged() const;
};

struct Eigenpairs {
    EigenpairsAtEnd lowest, highest;
    /// Whether the search for multiple eigenvalues was asked for and came to its end. Without it, an eigenvalue that
    /// occurs several times may have been found once.
    bool multiplicity_searched = false;
    Index products = 0;            // all of them
    Index products_of_search = 0;  // of these, for multiple eigenvalues
    Index restarts = 0;

    [[nodiscard]] bool converged() const { return lowest.converged() && highest.converged(); }
};

/// The eigenvalues of a symmetric operator or Eigen matrix (n x n) at either end of its spectrum, or both, and vectors for
/// them: Lanczos with full reorthogonalisation and thick restarts (Wu and Simon, SIMAX 22 (2000) 602), in blocks of
/// several columns if wanted (Stewart, SIMAX 23 (2001) 601). Memory for the basis, twice the vectors asked for.
///
/// Not converged within max_products: the best so far, each with its residual.
/// Throws std::invalid_argument if an option is out of range, more eigenvalues are wanted than there are, a product is not
/// finite, or the operator is not symmetric.
Eigenpairs eigenpairs(OperatorRef a, const EigenpairsOptions& options = {});

}  // namespace hesse
