#include <hesse/hesse.hpp>

#include <iostream>

int main() {
    const auto loss = [](const auto& x) { return 0.5 * x.squaredNorm() - square(x[1]) + 0.25 * pow(x[1], 4); };
    const auto f = hesse::objective(loss, 2);                          // gradients and Hessian products, exact
    const Eigen::Vector2d start(1.0, 0.0);                             // its gradient points to the saddle (0, 0)
    std::cout << "The origin is " << hesse::classify(f, Eigen::Vector2d::Zero());
    const auto found = hesse::minimize(f, start, hesse::TrustRegion{});  // a saddle does not hold it
    std::cout << "Found x = (" << found.x.transpose() << "), " << *found.verdict;
}
