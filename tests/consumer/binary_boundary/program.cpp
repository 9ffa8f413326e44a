// Eigen's vectors go through the compiled library in both directions: products, derivatives of losses whose
// statements are compiled here and whose sweeps are compiled there, and Eigen's solver on the library's Hessian.
#include <hesse/hesse.hpp>

#include <Eigen/Dense>
#include <Eigen/IterativeLinearSolvers>

#include <cmath>
#include <cstdio>
#include <type_traits>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

bool products_agree() {
    const MatrixXd a = MatrixXd::Random(37, 41);
    const MatrixXd b = MatrixXd::Random(41, 29);
    MatrixXd c(37, 29);
    hesse::gemm(hesse::Transpose::no, hesse::Transpose::no, 37, 29, 41, 1.0, a.data(), 37, b.data(), 41, 0.0,
                c.data(), 37);
    return (c - a * b).norm() < 1e-12;
}

/// 1/2 |x|^2 + sum of tanh(M x), whose Hessian is positive definite for the small M below.
struct ArrayLoss {
    MatrixXd matrix;
    template <class Vector>
    auto operator()(const Vector& x) const {
        return 0.5 * x.squaredNorm() + tanh((matrix * x).array()).sum();
    }
};

struct ScalarLoss {
    template <class T>
    T operator()(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) const {
        using std::tanh;
        T sum = 0.5 * x[0] * x[0];
        for (Eigen::Index i = 1; i < x.size(); ++i) sum += 0.5 * x[i] * x[i] + 0.1 * tanh(x[i - 1] * x[i]);
        return sum;
    }
};

template <class Loss>
bool derivatives_agree(const Loss& loss, Eigen::Index n) {
    const auto f = hesse::objective(loss, n);
    const VectorXd x = VectorXd::Random(n);
    const VectorXd v = VectorXd::Random(n);
    const auto at = f.linearize(x);
    const VectorXd gradient = at.gradient();

    const double h = 1e-5;
    const auto plus = f.linearize(x + h * v);
    const auto minus = f.linearize(x - h * v);
    const double slope = (plus.value() - minus.value()) / (2 * h);
    const VectorXd curved = (VectorXd(plus.gradient()) - VectorXd(minus.gradient())) / (2 * h);
    const VectorXd product = at.hessian() * v;

    const auto hessian = at.hessian();
    Eigen::ConjugateGradient<std::remove_const_t<decltype(hessian)>, Eigen::Lower | Eigen::Upper,
                             Eigen::IdentityPreconditioner>
        solver;
    solver.compute(hessian);
    solver.setTolerance(1e-12);
    const VectorXd newton = solver.solve(gradient);

    // 1e-7: central differences with this h err by about 1e-10.
    return f.value(x) == at.value() && std::abs(gradient.dot(v) - slope) < 1e-7 &&
           (product - curved).norm() < 1e-7 && (hessian * newton - gradient).norm() < 1e-9;
}

/// The compiled optimizers call the loss here, fill vectors allocated here, and use the eigensolver that this
/// program uses too: with shared symbols one side's would serve both.
bool a_saddle_is_left() {
    const auto f = hesse::objective(
        [](const auto& x) {
            return 0.25 * hesse::square(x.squaredNorm()) - 0.5 * x.squaredNorm() + x[0] * x[0];
        },
        5);
    const VectorXd origin = VectorXd::Zero(5);
    const auto at = f.linearize(origin);
    const Eigen::SelfAdjointEigenSolver<MatrixXd> dense(at.hessian() * MatrixXd::Identity(5, 5));
    const auto lowest = hesse::lowest_eigenpair(at.hessian());

    const auto point = hesse::classify(f, origin);
    const auto solution = hesse::minimize(f, origin, hesse::TrustRegion{});
    return point.kind == hesse::CriticalPointKind::saddle && std::abs(point.direction.norm() - 1) < 1e-12 &&
           std::abs(point.lowest.value - dense.eigenvalues()[0]) < 1e-9 &&
           std::abs(lowest.value - dense.eigenvalues()[0]) < 1e-9 && std::abs(solution.x.norm() - 1) < 1e-6;
}

bool report(const char* what, bool ok) {
    std::printf("%s: %s\n", what, ok ? "ok" : "wrong");
    return ok;
}

}  // namespace

int main() {
    std::printf("the program aligns its matrices to %d bytes\n", EIGEN_MAX_ALIGN_BYTES);
    bool ok = report("products", products_agree());
    ok &= report("derivatives of array statements",
                 derivatives_agree(ArrayLoss{0.1 * MatrixXd::Random(19, 23)}, 23));
    ok &= report("derivatives of scalar statements", derivatives_agree(ScalarLoss{}, 23));
    ok &= report("a saddle is left", a_saddle_is_left());
    return ok ? 0 : 1;
}
