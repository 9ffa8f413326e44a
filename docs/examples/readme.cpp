#include <hesse/hesse.hpp>

#include <iostream>

int main() {
    const auto loss = [](const auto& x) {  // a double well: two minima, and a saddle between them
        return 0.5 * x[0] * x[0] - 0.5 * x[1] * x[1] + 0.25 * x[1] * x[1] * x[1] * x[1];
    };
    const auto f = hesse::objective(loss, 2, hesse::scalars);  // with exact derivatives
    std::cout << "The origin is " << hesse::classify(f, Eigen::Vector2d::Zero());
    const auto found = hesse::minimize(f, Eigen::Vector2d(1.0, 0.0), hesse::TrustRegion{});
    std::cout << "From (1, 0) to (" << found.x[0] << ", " << found.x[1] << "), " << *found.verdict;
}
