// Where a NaN comes from; the guide shows what this prints.
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <iostream>

template <class T>
T cross_entropy(const T& score, double label) {
    using std::exp, std::log;
    const T p = 1 / (1 + exp(-score));
    return -(label * log(p) + (1 - label) * log(1 - p));
}

int main() {
    const Eigen::Vector3d positions(-1.0, 0.5, 40.0), labels(0.0, 1.0, 1.0);
    const auto f = hesse::objective(
        [&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
            T sum = 0;
            for (int i = 0; i < 3; ++i) sum += cross_entropy<T>(x[0] * positions[i] + x[1], labels[i]);
            return sum;
        },
        2);
    const Eigen::VectorXd x = Eigen::VectorXd::Ones(2);
    std::cout << hesse::diagnose(f, x, x);
}
