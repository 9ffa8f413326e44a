#pragma once

#include "hesse/optim/continued_conjugate_gradients.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/tridiagonal_subproblem.hpp"
#include "hesse/optim/vector_space.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {

struct KrylovResult {
    double multiplier = 0.0;  // lambda
    double model = 0.0;       // its minimum, never positive
    double norm = 0.0;        // |s|
    /// |(H + lambda I) s + g|: as T shows it, or of an explicit product after add_direction.
    double residual = 0.0;
    Index products = 0;      // spent by this call
    bool boundary = false;   // the bound is felt: |s| = radius, or lambda > 0
    bool hard_case = false;  // an eigenvector was added
    /// The residual is within the tolerance, or rounding. Otherwise the products or the columns were too
    /// few: s is the best step of the space that they span, and better than none.
    bool converged = true;
    bool finite =
        true;  // false: a product, or what was made of it, was NaN or infinite, and there is no step
};

/// The quadratic model of a matrix-free symmetric H within a bound on its steps, TrustRegionBound or CubicTerm,
///     minimise  g's + 1/2 s'Hs  subject to  |s| <= radius,   or   g's + 1/2 s'Hs + (sigma / 3) |s|^3,
/// in the Krylov space of g (GLTR): Lanczos from g gives H Q = Q T + beta q e_k', and the problem in Q is
/// tridiagonal. It ends when the residual |(H + lambda I) s + g| = beta |h_k| is at most `tolerance`. The
/// basis is kept: the same problem with another radius or sigma costs no product. Where it is full, and the step is not yet good
/// enough though inside the trust region, conjugate gradients go on from there (ContinuedConjugateGradients).
/// Gould, Lucidi, Roma and Toint, SIAM J. Optim. 9 (1999) 504; Cartis, Gould and Toint, Math. Prog. 127 (2011) 245.
///
/// Directions orthogonal to the whole Krylov space stay unseen, as the leftmost eigenvector does in the hard
/// case. add_direction brings one in.
template <class Bound>
class KrylovSubproblem {
public:
    using Result = KrylovResult;

    /// Keeps up to `columns` basis vectors (n each). precision: the relative error of a product. Throws std::invalid_argument unless
    /// columns >= 2.
    KrylovSubproblem(const VectorSpace& space, Index columns,
                     double precision = std::numeric_limits<double>::epsilon());

    /// Solves for gradient g (n) with at most `products` products, at least one, and no more than columns but for steps inside a
    /// trust region. parameter: the radius or sigma. g may be zero: the
    /// step is then zero, unless a direction is added. A tolerance below 10 eps |g| is taken as that.
    /// least_progress: where the bound is felt the last product must have lowered the model by more than this share of the mean of
    /// all products, or the step is good enough (Nash and Sofer, Oper. Res. Lett. 9 (1990) 219, whose share is 1/2). 0: any will do.
    /// Throws std::invalid_argument if h has another size, g is not finite or the parameter is not positive.
    Result minimize(OperatorRef h, const double* g, double parameter, double tolerance, Index products,
                    double least_progress = 0.0);

    /// The same H and g with another radius or sigma, without what was added: no products. A smaller radius that the solution in the
    /// basis does not reach has its solution there; one that it does reach cuts the way that conjugate gradients went on.
    /// Throws std::invalid_argument unless it is positive.
    Result again(double parameter);

    /// Lets the solution have a part along v (n), say an eigenvector that g does not see; solves again in
    /// span(Q, v), to the global minimum there. Two products, the second one for the residual.
    Result add_direction(OperatorRef h, const double* v, double parameter);

    /// s (n) of the last result.
    [[nodiscard]] const double* step() const { return step_.data(); }

private:
    using Tridiagonal = TridiagonalSubproblem<Bound>;
    void check(OperatorRef h, double parameter) const;
    typename Tridiagonal::Result solve_projected(double parameter, double guess);
    [[nodiscard]] double projected_residual() const;
    [[nodiscard]] bool small_enough(double residual, double rounding) const;
    Result finish(const typename Tridiagonal::Result& projected, Index products);
    Result finish(const ContinuedConjugateGradients::Result& found) const;

    VectorSpace space_;
    Index columns_;
    Lanczos lanczos_;
    Tridiagonal subproblem_;
    ContinuedConjugateGradients continued_;
    double continued_from_ =
        std::numeric_limits<double>::infinity();  // the length of s in Q, if they went on from there
    double gradient_norm_ = 0.0;
    double guess_ = 0.0;
    double tolerance_ = 0.0;
    bool invariant_ = false;      // Q spans an invariant subspace of H: residuals are rounding
    std::vector<double> linear_;  // Q'g = |g| e_1
    Buffer step_, extra_, product_;
};
extern template class KrylovSubproblem<TrustRegionBound>;
extern template class KrylovSubproblem<CubicTerm>;

using KrylovTrustRegion = KrylovSubproblem<TrustRegionBound>;
using KrylovCubic = KrylovSubproblem<CubicTerm>;

struct GlobalSubproblemOptions {
    Index columns = 200;       // of the Krylov basis
    double tolerance = 1e-10;  // converged: |(H + lambda I) s + g| <= tolerance (|g| + lambda |s|)
    std::uint64_t seed = 0;    // of the random start that looks for the leftmost eigenvector
    double precision = std::numeric_limits<double>::epsilon();  // relative error of a product

    bool check_symmetry = true;  // costs two products
};

/// The compiled algorithms behind solve_trust_region and solve_cubic, of g (n). Write s to step (n).
KrylovResult solve_trust_region(OperatorRef h, const double* g, double radius, double* step,
                                const GlobalSubproblemOptions& options);
KrylovResult solve_cubic(OperatorRef h, const double* g, double sigma, double* step,
                         const GlobalSubproblemOptions& options);

struct SubproblemStep : KrylovResult {
    Eigen::VectorXd step;  // s (n)
};

/// The global minimum of g's + 1/2 s'Hs over |s| <= radius, the hard case included: the Krylov space of g,
/// and if H has an eigenvalue below -lambda that g does not see, its eigenvector too, from a random start.
///
/// h: a symmetric operator or Eigen matrix (n x n); g (n).
/// `converged` says whether the residual met the tolerance, and the leftmost eigenpair its own. Where it did
/// not, the step is the best one of the space that `columns` products span, and more columns give a better
/// one. That no eigenvalue lies below -lambda rests on the random start.
/// Throws std::invalid_argument if sizes differ, h is not square or not symmetric, g or a product is not
/// finite, radius is not positive or an option is out of range.
inline SubproblemStep solve_trust_region(OperatorRef h, const Eigen::Ref<const Eigen::VectorXd>& g,
                                         double radius, const GlobalSubproblemOptions& options = {}) {
    if (g.size() != h.rows())
        throw std::invalid_argument("solve_trust_region: g has " + std::to_string(g.size()) +
                                    " entries but the operator has " + std::to_string(h.rows()) + " rows");
    SubproblemStep result;
    result.step.resize(g.size());
    static_cast<KrylovResult&>(result) = solve_trust_region(h, g.data(), radius, result.step.data(), options);
    return result;
}

/// The global minimum of g's + 1/2 s'Hs + (sigma / 3) |s|^3, sigma > 0, with lambda = sigma |s|: as solve_trust_region.
inline SubproblemStep solve_cubic(OperatorRef h, const Eigen::Ref<const Eigen::VectorXd>& g, double sigma,
                                  const GlobalSubproblemOptions& options = {}) {
    if (g.size() != h.rows())
        throw std::invalid_argument("solve_cubic: g has " + std::to_string(g.size()) +
                                    " entries but the operator has " + std::to_string(h.rows()) + " rows");
    SubproblemStep result;
    result.step.resize(g.size());
    static_cast<KrylovResult&>(result) = solve_cubic(h, g.data(), sigma, result.step.data(), options);
    return result;
}

}  // namespace hesse
