#pragma once

#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/linear_operator.hpp"
#include "hesse/optim/curvature/orthogonality_estimate.hpp"
#include "hesse/optim/curvature/tridiagonal.hpp"
#include "hesse/optim/vector_space.hpp"

#include <concepts>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace hesse {

/// An eigenvalue theta of T, and the length of A y - theta y for its vector y = Q s, read off T.
struct RitzValue {
    double value = 0.0;
    double residual = 0.0;
};

/// When the columns of a Lanczos run are made orthogonal again, which the recurrence alone does not keep them.
enum class Reorthogonalization {
    /// To rounding: every column once, two at a time, so that a pass over the basis serves both.
    full,
    /// To sqrt(eps), when an estimate says that it is needed: the eigenvalues of T are as good (H. D. Simon, Math. Comp. 42
    /// (1984) 115), a vector made of the columns has a relative error of sqrt(eps) at most.
    partial,
};

struct LanczosOptions {
    /// The relative error of one product, eps for exact ones.
    double precision = std::numeric_limits<double>::epsilon();
    BasisPrecision basis = BasisPrecision::double_precision;
    Reorthogonalization reorthogonalization = Reorthogonalization::full;
    double rounding = 0.0;  // absolute error of a product with a unit vector, where it is more than that
};

/// Lanczos with reorthogonalisation, one step at a time:
///     A Q = Q T + beta q e_k',   Q (n x k) orthonormal,   T (k x k) tridiagonal from alpha and beta.
/// C. Lanczos, J. Res. Nat. Bur. Stand. 45 (1950) 255; Parlett, The Symmetric Eigenvalue Problem, ch. 13.
///
/// At most `stored_columns` columns of Q are kept. Later steps see these and the last two only: Q is not
/// orthonormal any more, and there may be more than n steps. The ends of the spectrum stay good, copies of
/// converged Ritz values may appear inside T, and `expand` spends the products of those steps again.
///
/// One object serves many runs and keeps its memory.
class Lanczos {
public:
    enum class Step {
        grown,       ///< one more column
        invariant,   ///< one more column, and Q now spans an invariant subspace: beta is rounding, or zero
                     ///< because the stored columns fill the space
        not_finite,  ///< the product has entries that are not finite; nothing changed
    };

    /// Throws std::invalid_argument unless stored_columns >= 2 and options.precision is finite and not negative.
    Lanczos(const VectorSpace& space, Index stored_columns, const LanczosOptions& options = {});

    /// Later runs stay orthogonal to this vector (n) too: Lanczos on (I - VV')A(I - VV'). Ends the current
    /// run. Returns false if the vector lies in the span of those locked before.
    bool lock(const double* vector);
    void unlock_all();

    /// Begins a run at `vector` (n), which need not be normalised. Returns the norm of its part orthogonal to
    /// the locked vectors; if that is zero there is no run. What `a` refers to must outlive the run.
    /// Throws std::invalid_argument unless `a` has as many rows as the space has dimensions and the norm is
    /// finite.
    double start(OperatorRef a, const double* vector);
    template <class A>
        requires(!std::is_lvalue_reference_v<A> && !std::same_as<std::remove_cv_t<A>, OperatorRef>)
    double start(A&& temporary, const double* vector) = delete;  // it would not outlive the run

    /// One product, one column more.
    /// Throws std::invalid_argument if there is no run, or after `invariant` unless continue_with returned
    /// true.
    Step step();

    /// Goes on from an invariant subspace with the part of `direction` (n) outside it; T falls into blocks
    /// there. Returns false, and changes nothing, if there is no such part, or the subspace is not stored.
    bool continue_with(const double* direction);

    [[nodiscard]] Index dimension() const { return basis_.space().dimension(); }
    [[nodiscard]] Index steps() const { return static_cast<Index>(alpha_.size()); }
    /// Every column of Q is stored, so that Q is orthonormal but for rounding.
    [[nodiscard]] bool stores_basis() const { return steps() <= stored_columns_; }
    /// And there are as many as the space has dimensions beside the locked vectors: T has the spectrum of A.
    [[nodiscard]] bool fills_space() const { return stores_basis() && steps() == dimension() - locked_; }
    /// Spent by this run, those repeated by `expand` included.
    [[nodiscard]] Index products() const { return products_; }

    [[nodiscard]] const std::vector<double>& alpha() const { return alpha_; }  // (k)
    /// (k): k - 1 entries of T, and the norm of what the last step left over.
    [[nodiscard]] const std::vector<double>& beta() const { return beta_; }
    [[nodiscard]] Tridiagonal tridiagonal() const;
    /// The vectors kept: the locked ones, then the columns of Q that are stored, the next one included.
    [[nodiscard]] const Basis& basis() const { return basis_; }

    /// |A| as far as T shows it.
    [[nodiscard]] double norm_estimate() const { return norm_; }
    /// A beta at or below this is rounding: 10 precision |A| sqrt(n).
    [[nodiscard]] double rounding() const;

    /// The Ritz value with `index` others below it; costs some 60 passes over T.
    /// Throws std::invalid_argument unless 0 <= index < steps.
    [[nodiscard]] RitzValue ritz(Index index) const;
    [[nodiscard]] RitzValue lowest() const { return ritz(0); }
    [[nodiscard]] RitzValue highest() const { return ritz(steps() - 1); }

    /// Column j (n) of Q, j < stored_columns, where the basis has whole columns; j = steps: the column that waits for its
    /// product. Valid until the next step or run.
    [[nodiscard]] const double* column(Index j) const;
    /// c (k) = Q' w for w (n), where all columns are stored.
    void project(const double* w, double* c) const;
    /// out (n) = Q h, h (k).
    void expand(std::span<const double> h, double* out) { expand(h, 1, out); }
    /// out (n x count) = Q h, h (k x count), both by columns: columns that are not stored are made again once for all.
    void expand(std::span<const double> h, Index count, double* out);
    /// out (n) = the unit Ritz vector of ritz(index).
    void ritz_vector(Index index, double* out);

private:
    struct Recurrence {
        double alpha = 0.0, length = 0.0;
    };
    /// next = A current - beta_before before - alpha current, of this length; nothing if that is not finite.
    std::optional<Recurrence> recur(const double* before, double beta_before, const double* current,
                                    double* next);
    void orthogonalize(Recurrence& made, bool current_is_last, double* next);
    void keep_orthogonal(Recurrence& made);
    void add_column(double length);
    void end_run();
    void replay(std::span<const double> h, Index count, double* out);
    [[nodiscard]] bool single() const { return options_.basis == BasisPrecision::single_precision; }
    /// Whether the last columns are kept as vectors beside the basis.
    [[nodiscard]] bool beside() const { return !basis_.has_whole_columns(); }
    [[nodiscard]] double rounding_of_inner_products() const;

    Basis basis_;  // locked vectors, then q_1, q_2, ... as far as they are stored
    Index locked_ = 0;
    Index stored_columns_;
    LanczosOptions options_;

    std::optional<OperatorRef> a_;
    bool open_ = false;  // a column waits for its product
    std::vector<double> alpha_, beta_;
    double norm_ = 0.0;
    Index products_ = 0;

    OrthogonalityEstimate drift_;
    // Whether the last column, and the one that comes next, are orthogonal to all others, not to the two before alone.
    bool last_is_corrected_ = true, corrected_ = false;

    Buffer next_;
    // The last two columns, once they are not stored any more, or not whole; and what a replay begins with then.
    Buffer before_, current_, last_stored_, last_but_one_stored_;
    std::vector<double> removed_;
};

}  // namespace hesse
