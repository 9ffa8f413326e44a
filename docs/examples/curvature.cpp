// What the Hessian of a loss looks like, without the Hessian: eigenvalues at both ends, how many are negative, how all of
// them are distributed, and what higher derivatives say where the second order cannot tell.
#include <hesse/degenerate_point.hpp>
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <cmath>
#include <iostream>

int main() {
    // Coupled cosines: at zeros and pi's a saddle of known index.
    const Eigen::Index n = 1000;
    const auto loss = [n](const auto& x) {
        return cos(x).sum() + 0.05 * (x.head(n - 1).array() * x.tail(n - 1).array()).sum();
    };
    const auto f = hesse::objective(loss, n);
    Eigen::VectorXd x = Eigen::VectorXd::Zero(n);
    x.tail(n - 5).setConstant(std::acos(-1.0));
    const auto at = f.linearize(x);

    hesse::EigenpairsOptions options;
    options.lowest = 6;
    options.highest = 2;
    const hesse::Eigenpairs ends = hesse::eigenpairs(at.hessian(), options);
    for (const auto& value : ends.lowest.values)
        std::cout << value.value << " +- " << value.error_bound << '\n';
    std::cout << ends.products << " products, multiple eigenvalues "
              << (ends.multiplicity_searched ? "searched for" : "not searched for") << '\n';

    const hesse::SaddleIndex index = hesse::saddle_index(at.hessian());
    std::cout << index << '\n';

    const hesse::SpectralDensity density = hesse::spectral_density(at.hessian());
    const double width = density.natural_width();
    for (double t = density.lowest(); t <= density.highest(); t += 0.25) {
        const hesse::Estimate height = density.density(t, width);
        std::cout << t << ": " << height.value << " +- " << height.standard_error << '\n';
    }
    const hesse::TraceEstimate trace = hesse::trace_estimate(at.hessian());
    std::cout << "trace " << trace.value << " +- " << trace.standard_error << '\n';

    // Peano's surface has a minimum along every line through zero, and is none.
    const auto peano = [](const auto& y) {
        const auto square = y[0] * y[0];
        return (y[1] - square) * (y[1] - 3.0 * square);
    };
    const auto g = hesse::objective(peano, 2, hesse::scalars);
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(2);
    const hesse::DegeneratePoint point = hesse::examine_degenerate(g, zero);
    std::cout << point << '\n';
    const bool falls = g.value(point.curve(zero, 0.1)) < g.value(zero);
    return falls && index.determined && index.lower_bound == 5 ? 0 : 1;
}
