#include "hesse/optim/curvature/spectral_density.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"
#include "sample.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace hesse {
namespace {

/// Nodes: the eigenvalues of T; weights: the squares of the first entries of its unit eigenvectors. Golub and Welsch,
/// Math. Comp. 23 (1969) 221.
SpectralDensity::Quadrature quadrature_of(const Tridiagonal& t) {
    const auto k = static_cast<Index>(t.diagonal.size());
    Eigen::VectorXd diagonal(k), beside(std::max<Index>(k - 1, 0));
    std::copy(t.diagonal.begin(), t.diagonal.end(), diagonal.data());
    std::copy(t.beside.begin(), t.beside.end(), beside.data());
    Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
    solver.computeFromTridiagonal(diagonal, beside);
    SpectralDensity::Quadrature quadrature;
    for (Index i = 0; i < k; ++i) {
        const double first = solver.eigenvectors()(0, i);
        quadrature.nodes.push_back(solver.eigenvalues()[i]);
        quadrature.weights.push_back(first * first);
    }
    return quadrature;
}

}  // namespace

SpectralDensity::SpectralDensity(Index dimension, std::vector<Quadrature> quadratures, Index products,
                                 std::uint64_t seed)
    : dimension_(dimension), quadratures_(std::move(quadratures)), products_(products), seed_(seed) {
    if (quadratures_.empty())
        throw std::invalid_argument("SpectralDensity: there is no quadrature, expected at least one");
}

double SpectralDensity::lowest() const {
    double least = std::numeric_limits<double>::infinity();
    for (const Quadrature& q : quadratures_) least = std::min(least, q.nodes.front());
    return least;
}

double SpectralDensity::highest() const {
    double most = -std::numeric_limits<double>::infinity();
    for (const Quadrature& q : quadratures_) most = std::max(most, q.nodes.back());
    return most;
}

Estimate SpectralDensity::mean(const std::function<double(double)>& f) const {
    Sample sample;
    for (const Quadrature& q : quadratures_) {
        double sum = 0.0;
        for (std::size_t i = 0; i < q.nodes.size(); ++i) sum += q.weights[i] * f(q.nodes[i]);
        sample.add(sum);
    }
    return sample.estimate();
}

Estimate SpectralDensity::count_below(double t) const {
    const Estimate share = mean([t](double x) { return x < t ? 1.0 : 0.0; });
    const auto n = static_cast<double>(dimension_);
    return {n * share.value, n * share.standard_error};
}

Estimate SpectralDensity::density(double t, double width) const {
    require_positive("SpectralDensity", "width", width);
    return mean([=](double x) {
        const double distance = (t - x) / width;
        return std::exp(-0.5 * distance * distance) / (width * std::sqrt(2.0 * std::numbers::pi));
    });
}

double SpectralDensity::natural_width() const {
    std::size_t steps = 2;
    for (const Quadrature& q : quadratures_) steps = std::max(steps, q.nodes.size());
    const double half_range = 0.5 * (highest() - lowest());
    const double width = half_range * 2.0 / (static_cast<double>(steps - 1) * std::sqrt(8.0 * std::log(3.0)));
    const double smallest = 1e-3 * std::max(std::abs(lowest()), std::abs(highest()));
    return width > 0.0 ? width : smallest > 0.0 ? smallest : 1e-3;
}

SpectralDensity spectral_density(OperatorRef a, const SpectralDensityOptions& options) {
    constexpr const char* function = "spectral_density";
    require_at_least(function, "vectors", options.vectors, 1);
    require_at_least(function, "steps", options.steps, 1);
    require_not_negative(function, "precision", options.precision);
    const VectorSpace space(a.rows(), a.communicator());
    RandomGenerator random(options.seed);
    Index products = 0;
    if (options.check_symmetry) {
        require_symmetric(function, a, random, options.precision);
        products = 2;
    }
    const Index n = a.rows(), steps = std::min(options.steps, n);
    // Nothing but T is read: it needs no more than sqrt(eps).
    Lanczos lanczos(space, std::max<Index>(2, std::min(steps + 1, Basis::columns_within(options.memory, n))),
                    {.precision = options.precision, .reorthogonalization = Reorthogonalization::partial});
    Buffer start(static_cast<std::size_t>(n));
    std::vector<SpectralDensity::Quadrature> quadratures;
    for (Index k = 0; k < options.vectors; ++k) {
        random.unit_vector(space, start.data());
        lanczos.start(a, start.data());
        for (auto step = Lanczos::Step::grown; step == Lanczos::Step::grown && lanczos.steps() < steps;) {
            step = lanczos.step();
            if (step == Lanczos::Step::not_finite)
                throw std::invalid_argument(fmt::format("{}: product {} of the operator is not finite",
                                                        function, products + lanczos.products()));
        }
        products += lanczos.products();
        quadratures.push_back(quadrature_of(lanczos.tridiagonal()));
    }
    return {n, std::move(quadratures), products, options.seed};
}

}  // namespace hesse
