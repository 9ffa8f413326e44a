// A program of somebody else's: built against the installed library or inside its own project, and run.
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <iostream>

int main() {
    // A double well; (1, 0) lies on the way into its saddle at the origin.
    const auto well = [](const auto& x) {
        return 0.5 * x[0] * x[0] - 0.5 * x[1] * x[1] + 0.25 * x[1] * x[1] * x[1] * x[1];
    };
    const auto f = hesse::objective(well, 2, hesse::scalars);

    const auto origin = hesse::classify(f, Eigen::VectorXd::Zero(2));
    const auto solution = hesse::minimize(f, Eigen::Vector2d(1.0, 0.0), hesse::TrustRegion{});
    std::cout << "the origin: " << origin << "\nfrom (1, 0): " << solution.x.transpose() << '\n';

    return origin.kind == hesse::CriticalPointKind::saddle &&
                   (solution.x.cwiseAbs() - Eigen::Vector2d(0.0, 1.0)).norm() < 1e-6
               ? 0
               : 1;
}
