// A loss of one's own: phase retrieval. Find x from the squares of its products with known vectors, y = (A x)^2.
// The loss mean((A x)^2 - y)^2 / 4 has a stationary point at zero, where descent stays for ever.
#include <hesse/hesse.hpp>

#include <algorithm>
#include <iostream>

namespace {

Eigen::MatrixXd normal(hesse::RandomGenerator& random, hesse::Index rows, hesse::Index cols) {
    Eigen::MatrixXd m(rows, cols);
    random.normal(hesse::VectorSpace(rows * cols), m.data());
    return m;
}

}  // namespace

int main() {
    hesse::RandomGenerator random(7);
    const Eigen::MatrixXd A = normal(random, 200, 20);
    const Eigen::VectorXd truth = normal(random, 20, 1);
    const Eigen::ArrayXd y = (A * truth).array().square();

    const auto loss = [&](const auto& x) { return 0.25 * ((A * x).array().square() - y).square().mean(); };
    const auto f = hesse::objective(loss, 20);
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(20);

    std::cout << "Derivatives against differences: "
              << (hesse::check_derivatives(f, truth + Eigen::VectorXd::Ones(20)).passed() ? "agree"
                                                                                          : "differ")
              << "\nZero is " << hesse::classify(f, zero);

    const auto found = hesse::minimize(f, zero, hesse::TrustRegion{});
    const double error =
        std::min((found.x - truth).norm(), (found.x + truth).norm());  // the sign is lost in y
    std::cout << "From there the trust region comes to " << *found.verdict
              << "Distance to the truth: " << (error < 1e-6 ? "below 1e-6" : "above 1e-6") << '\n';
}
