#include "hesse/optim/minres.hpp"

#include "hesse/optim/vector_space.hpp"
#include "options.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace hesse {
namespace {

constexpr double eps = std::numeric_limits<double>::epsilon();

/// The QR factorisation of the tridiagonal matrix of Lanczos (steps + 1 x steps), one rotation a step.
struct Rotations {
    double cosine = -1.0, sine = 0.0;
    double diagonal_bar = 0.0;  // what the next rotation meets on the diagonal
    double above_two = 0.0;     // R's entry two above the diagonal, for the next step
    double projected;           // what is left of |b|: the residual

    struct Column {
        double above_two, above, diagonal, coefficient, residual_slope;
    };

    /// Given alpha and the beta that comes next.
    Column next(double alpha, double beta) {
        Column column{};
        column.above_two = above_two;
        column.above = cosine * diagonal_bar + sine * alpha;
        const double bar = sine * diagonal_bar - cosine * alpha;
        above_two = sine * beta;
        diagonal_bar = -cosine * beta;
        column.residual_slope = projected * std::hypot(bar, diagonal_bar);  // |A r| of the step before
        column.diagonal = std::max(std::hypot(bar, beta), std::numeric_limits<double>::min());
        cosine = bar / column.diagonal;
        sine = beta / column.diagonal;
        column.coefficient = cosine * projected;
        projected *= sine;
        return column;
    }
};

}  // namespace

MinresResult minres(OperatorRef a, const double* b, const MinresOptions& options, double* x) {
    require_not_negative("minres", "tolerance", options.tolerance);
    require_at_least("minres", "max_products", options.max_products, 1);
    const VectorSpace space(a.rows());
    if (!space.all_finite(b)) throw std::invalid_argument("minres: b has an entry that is not finite");
    const auto n = static_cast<std::size_t>(a.rows());
    std::fill(x, x + n, 0.0);
    MinresResult result;
    const double length = space.norm(b);
    result.residual = length;
    if (length == 0.0) {
        result.end = MinresEnd::solved;
        return result;
    }
    Buffer before(n), current(b, b + n), next(n);  // columns of Lanczos
    std::array<Buffer, 3> directions;              // columns of Q R^-1: the last two, and room for one
    for (Buffer& direction : directions) direction.assign(n, 0.0);
    space.scale(1.0 / length, current.data());
    Rotations rotations{.projected = length};
    double beta = 0.0, norm = 0.0;
    for (std::size_t step = 0; result.products < options.max_products; ++step) {
        a.apply(current.data(), next.data());
        ++result.products;
        const double alpha = step == 0 ? space.dot(current.data(), next.data())
                                       : space.add_dot(-beta, before.data(), next.data(), current.data());
        const double square = space.add_dot(-alpha, current.data(), next.data(), next.data());
        if (!std::isfinite(alpha) || !std::isfinite(square)) {
            result.end = MinresEnd::not_finite;
            return result;
        }
        const double beta_before = beta;
        beta = space.norm(next.data(), square);
        norm = std::max(norm, std::abs(alpha) + beta_before + beta);
        const bool last = beta <= 10.0 * eps * norm;  // an invariant subspace
        const Rotations::Column column = rotations.next(alpha, last ? 0.0 : beta);
        // |A r| / (|A| |r|), r the residual so far: b has no part in the range that is left.
        if (column.residual_slope <= std::max(options.tolerance, 10.0 * eps) * norm * result.residual) {
            result.end = MinresEnd::least_squares;
            return result;
        }
        Buffer& direction = directions[step % 3];
        const Buffer& one_before = directions[(step + 2) % 3];
        const Buffer& two_before = directions[(step + 1) % 3];
        const double scale = 1.0 / column.diagonal;
        for (std::size_t i = 0; i < n; ++i)
            direction[i] =
                scale * (current[i] - column.above_two * two_before[i] - column.above * one_before[i]);
        space.add(column.coefficient, direction.data(), x);
        result.residual = std::abs(rotations.projected);
        if (result.residual <= options.tolerance * length || last) {
            result.end = MinresEnd::solved;
            return result;
        }
        before.swap(current);
        current.swap(next);
        space.scale(1.0 / beta, current.data());
    }
    return result;
}

}  // namespace hesse
