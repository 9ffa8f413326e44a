#pragma once

#include "hesse/optim/curvature/degenerate_point.hpp"
#include "hesse/optim/curvature/extreme_eigenpairs.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/spectral_density.hpp"
#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hesse {

struct ClassifyOptions {
    /// Gradients up to this norm count as zero; 1e-8 max(1, |H|) if not given.
    std::optional<double> gradient_tolerance{};
    /// Eigenvalues within this of zero count as zero. What the rounding of H cannot tell from zero does anyway:
    /// 1e-8 |H| or 50 precision sqrt(n) |H|, whichever is larger.
    double curvature_tolerance = 0.0;
    /// An end of the spectrum is found when its residual is at most this times |H|. Less will do for an end
    /// on the safe side of zero: a tenth of the lowest eigenvalue when that is positive, of the highest when
    /// that is negative; what decides there is the certificate ...
    double tolerance = 1e-8;
    /// ... and this times |H| for a positive highest eigenvalue, which only sets the scale.
    double scale_tolerance = 1e-3;
    double failure_probability = 0.01;
    /// Where no certificate can exclude that an eigenvalue below zero was missed (one is zero, or too close to
    /// it for max_products), go on until it is at least minus this times (lambda_max - lambda_min).
    double certificate = 1e-3;
    /// At most so many negative eigenvalues are proved for the index, one product each.
    Index index_pairs = 16;
    /// Whether to bound the index from above, too, by saddle_index: some products for each negative eigenvalue.
    bool bound_index = false;
    Index max_products = 2'000;
    /// Bytes for the basis and all other vectors; at least 4 columns are kept. A run that goes on beyond them spends the products
    /// of later columns once more, for the vectors.
    std::size_t memory = std::size_t{512} << 20;
    BasisPrecision basis_precision = BasisPrecision::double_precision;
    Reorthogonalization reorthogonalization = Reorthogonalization::partial;
    std::uint64_t seed = 0;  // of the random start
    /// Relative error of one product; what the loss says of itself if not given.
    std::optional<double> precision{};
    /// Absolute error of a product with a unit vector: where a Hessian is zero because its terms cancel, rounding is all that is left
    /// of it. What is below counts as zero. classify(f, x) finds it out: see product_rounding.
    std::optional<double> product_rounding{};
    bool check_symmetry = true;  // costs two products

    /// Throws std::invalid_argument in the name of `function` if an option is out of range.
    void check(const char* function) const;
};

enum class CriticalPointKind {
    minimum,             ///< all eigenvalues positive, with the probability that the verdict states
    maximum,             ///< all negative, likewise
    saddle,              ///< some of both signs: certain
    degenerate,          ///< none proves a saddle, some may be zero: the second order cannot tell
    second_order_point,  ///< no negative curvature seen, the lowest eigenvalue not proved positive
    not_minimum,         ///< negative curvature for certain, a maximum not proved: a maximum or a saddle
    not_critical,        ///< the gradient is not small
};

/// A verdict on one point, which is a measurement: what was found, how sure it is, and what it took.
struct Verdict {
    CriticalPointKind kind = CriticalPointKind::not_critical;
    double value = std::numeric_limits<double>::quiet_NaN();
    double gradient_norm = std::numeric_limits<double>::quiet_NaN();
    double gradient_tolerance = std::numeric_limits<double>::quiet_NaN();  // in force

    /// Both ends of the spectrum of H. Each is a Rayleigh quotient: lambda_min <= lowest.value and
    /// lambda_max >= highest.value are certain, up to rounding.
    EigenvalueEstimate lowest, highest;
    /// lambda_min >= lowest_bound and lambda_max <= highest_bound, both with probability at least
    /// 1 - failure_probability over the random start (RandomStartBound). The probability is zero when the run
    /// filled the whole space. Where H is positive definite, but so badly conditioned that its run would not prove it, a run with
    /// S H S for a diagonal S may, by Sylvester's law of inertia: failure_probability is that of both then.
    double lowest_bound = -std::numeric_limits<double>::infinity();
    double highest_bound = std::numeric_limits<double>::infinity();
    double failure_probability = 1.0;
    /// lowest_bound is positive, or the lower end is found, and as close to it as ClassifyOptions::certificate asks:
    /// the run was not cut short by products or memory.
    bool certified = false;

    double curvature_tolerance = 0.0;  // in force: eigenvalues within it count as zero
    double norm_estimate = 0.0;        // of H: the larger of the two ends
    Index dimension = 0;
    /// H has at least so many eigenvalues below -curvature_tolerance: those of V'HV for an orthonormal V,
    /// with explicit products (Courant and Fischer). Never an overcount.
    Index index_lower_bound = 0;
    /// At most so many are below -2 curvature_tolerance, with probability at least 1 - failure_probability: of a minimum, or
    /// where ClassifyOptions::bound_index asks for it and the products suffice.
    std::optional<Index> index_upper_bound{};
    /// Where they are too many to be counted one by one: by the spectral density.
    std::optional<Estimate> index_estimate{};
    /// What higher derivatives say of a degenerate point, if they were asked: classify(f, x, higher_orders).
    std::optional<DegeneratePoint> higher_order{};
    Index steps = 0;     // of Lanczos, in the one run that the probability speaks of
    Index products = 0;  // all that were spent
    std::uint64_t seed = 0;

    /// The kind, or what higher derivatives make of a degenerate point: minimum, maximum or saddle where they decide for
    /// certain, degenerate where they leave it open.
    [[nodiscard]] CriticalPointKind conclusion() const;
    /// Whether the kind holds without the words "with probability".
    [[nodiscard]] bool certain() const {
        return kind == CriticalPointKind::saddle || kind == CriticalPointKind::not_critical ||
               failure_probability == 0.0;
    }
};

/// What may be left of Hessian products with unit vectors by rounding: a hundred times the rounding error of the loss in the slot, over
/// max(1, |x|)^2, the squared length over which the loss may change by its own size.
double product_rounding(const ObjectiveRef& f, ObjectiveRef::Slot slot, double norm_of_x);

/// The compiled algorithm behind classify: examines the linearisation that f holds in `slot`. Writes the
/// direction (n) of most negative curvature found, of unit length.
Verdict classify(const ObjectiveRef& f, ObjectiveRef::Slot slot, const ClassifyOptions& options,
                 double* direction);

struct CriticalPoint : Verdict {
    /// (n), of unit length: the curvature along it is lowest.value. Where that is negative the loss falls both
    /// ways along it from a critical point.
    Eigen::VectorXd direction;
};

/// What kind of point x is for the loss f: its gradient, and both ends of the spectrum of its Hessian by one
/// Lanczos run from a random start. Costs one linearisation and some tens of products, more where the lowest
/// eigenvalue is positive but small, since its certificate takes about
/// 1/4 log(10 n / failure_probability^2) sqrt(lambda_max / lambda_min) of them.
///
/// x (n) is not changed. Throws std::invalid_argument if sizes differ, an option is out of range, or x, the
/// loss, its gradient or a product is not finite, or the Hessian is not symmetric. What the loss throws
/// passes through.
template <Objective F>
CriticalPoint classify(const F& f, const Eigen::Ref<const Eigen::VectorXd>& x,
                       const ClassifyOptions& options = {}) {
    if (x.size() != static_cast<Index>(f.size()))
        throw std::invalid_argument("classify: x has " + std::to_string(x.size()) +
                                    " entries but the objective has " + std::to_string(f.size()) +
                                    " parameters");
    if (x.size() == 0) throw std::invalid_argument("classify: the objective has no parameters");
    if (!x.allFinite()) throw std::invalid_argument("classify: x has an entry that is not finite");
    ErasedObjective<F> erased(f);
    erased.linearize(x.data(), ObjectiveRef::Slot::current);
    ClassifyOptions given = options;
    if (!given.product_rounding)
        given.product_rounding = product_rounding(erased, ObjectiveRef::Slot::current, x.norm());
    CriticalPoint point;
    point.direction.resize(x.size());
    static_cast<Verdict&>(point) =
        classify(erased, ObjectiveRef::Slot::current, given, point.direction.data());
    return point;
}

/// The compiled algorithm behind the next function.
Verdict classify(OperatorRef hessian, const ClassifyOptions& options, double* direction);

/// The same of a point that is known to be critical, whose Hessian (n x n) is given by its products: an operator, or a
/// matrix of Eigen's. The gradient counts as zero, the value is not known (NaN).
/// Throws std::invalid_argument if an option is out of range, a product is not finite, or the operator is not symmetric.
inline CriticalPoint classify(OperatorRef hessian, const ClassifyOptions& options = {}) {
    CriticalPoint point;
    point.direction.resize(hessian.rows());
    static_cast<Verdict&>(point) = classify(hessian, options, point.direction.data());
    return point;
}

/// One word or two, as "saddle" or "second-order point".
[[nodiscard]] std::string_view to_string(CriticalPointKind kind);

/// A paragraph that says what was found, how sure it is and what it took.
[[nodiscard]] std::string describe(const Verdict& verdict);

std::ostream& operator<<(std::ostream& out, const Verdict& verdict);

}  // namespace hesse
