// A program of somebody else's: built against the installed library or inside its own project, and run.
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <cstdio>

int main() {
    const Eigen::MatrixXd a = Eigen::MatrixXd::Random(3, 4);
    const Eigen::MatrixXd b = Eigen::MatrixXd::Random(4, 2);
    Eigen::MatrixXd c(3, 2);
    hesse::gemm(hesse::Transpose::no, hesse::Transpose::no, 3, 2, 4, 1.0, a.data(), 3, b.data(), 4, 0.0,
                c.data(), 3);
    const double error = (c - a * b).norm();
    std::printf("a product through hesse differs from Eigen's by %.1e\n", error);
    return error < 1e-14 ? 0 : 1;
}
