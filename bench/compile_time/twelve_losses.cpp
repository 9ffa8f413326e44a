// Twelve losses of one line, each with value, gradient and a Hessian product: what their use costs a compiler.
#include <hesse/hesse.hpp>

namespace {

template <class Loss>
double use(const Loss& loss) {
    const Eigen::VectorXd x = Eigen::VectorXd::Constant(6, 0.5);
    const auto f = hesse::objective(loss, 6);
    const auto at = f.linearize(x);
    return f.value(x) + at.gradient().sum() + (at.hessian() * x).sum();
}

}  // namespace

int main() {
    Eigen::MatrixXd A = Eigen::MatrixXd::Identity(4, 6);
    Eigen::VectorXd y = Eigen::VectorXd::Ones(4);
    double sum = 0;
    sum += use([](const auto& x) { return x.squaredNorm(); });
    sum += use([&](const auto& x) { return (A * x - y).squaredNorm(); });
    sum += use([](const auto& x) { return exp(x.array()).sum(); });
    sum += use([](const auto& x) { return (1.0 - x.array().square()).square().sum(); });
    sum += use([](const auto& x) { return sqrt(1.0 + x.array().square()).sum(); });
    sum += use([&](const auto& x) { return log(1.0 + exp(-(A * x).array() * y.array())).mean(); });
    sum += use([](const auto& x) { return log_sum_exp(x); });
    sum += use([](const auto& x) { return (x.array() * log(x.array())).sum(); });
    sum += use([](const auto& x) { return sin(x(0)) * cos(x(1)) + x(2) * x(3); });
    sum += use([](const auto& x) { return tanh(x.head(3).dot(x.tail(3))); });
    sum += use([](const auto& x) {
        return (100.0 * (x.tail(5).array() - x.head(5).array().square()).square()).sum();
    });
    sum += use([&](const auto& x) { return 0.25 * ((A * x).array().square() - y.array()).square().mean(); });
    return sum > 0 ? 0 : 1;
}
