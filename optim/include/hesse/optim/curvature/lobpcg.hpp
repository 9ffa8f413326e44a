#pragma once

#include "hesse/optim/columns.hpp"
#include "hesse/optim/curvature/eigenpairs.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"

#include <cstdint>
#include <limits>

namespace hesse {

struct LobpcgOptions {
    Index count = 1;  // of the eigenvalues wanted
    bool highest =
        false;  // the highest, not the lowest: the preconditioner is to be near the inverse of c I - A then
    /// Converged when the residual is at most tolerance max(|value|, eps^(2/3) |A|), or norm_tolerance |A|, or is rounding.
    double tolerance = 1e-10;
    double norm_tolerance = 0.0;
    /// Vectors that are iterated beside those wanted: they keep the last of these from waiting for its neighbours.
    Index guard = 2;
    Index max_products = 10'000;  // of A
    /// Where to start (n x any number of columns), and orthonormal columns (n x any number) that the vectors stay orthogonal to.
    Columns start{}, constraints{};
    std::uint64_t seed = 0;                                     // of the random columns of the start
    double precision = std::numeric_limits<double>::epsilon();  // relative error of one product
    bool check_symmetry = true;  // of A and the preconditioner, two products each
};

struct LobpcgResult : EigenpairsAtEnd {
    Index iterations = 0;
    Index products = 0;                 // of A
    Index preconditioner_products = 0;  // each applied to one vector
};

/// Eigenvalues at one end of the spectrum of a symmetric operator (n x n), given a preconditioner T: symmetric, positive
/// definite, and near the inverse of A, or of A shifted to be positive definite, as a factorisation of a matrix nearby, or the
/// inverse of the diagonal (JacobiPreconditioner). Without a good one `eigenpairs` takes fewer products.
///
/// Locally optimal block preconditioned conjugate gradients, Knyazev, SISC 23 (2001) 517, on an orthonormal basis of each
/// step's space (Hetmaniuk and Lehoucq, J. Comput. Phys. 218 (2006) 324): dependent directions are left out, vectors that have
/// converged are iterated no more but stay in the space. Products of A and T come in blocks; memory for six blocks of
/// count + guard vectors. Eigenvalues that occur up to that often are found as often.
///
/// Not converged within max_products: the best so far, each with its residual from an explicit product.
/// Throws std::invalid_argument if an option is out of range, more eigenvalues are wanted than there are, a product is not
/// finite, A or T is not symmetric, or T is seen not to be positive definite.
LobpcgResult lobpcg(OperatorRef a, OperatorRef preconditioner, const LobpcgOptions& options = {});

}  // namespace hesse
