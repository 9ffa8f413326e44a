// Passes Eigen's vectors through the compiled library in both directions.
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <cstdio>

namespace {

/// Own storage in, own storage out.
bool products_agree() {
    const Eigen::MatrixXd a = Eigen::MatrixXd::Random(37, 41);
    const Eigen::MatrixXd b = Eigen::MatrixXd::Random(41, 29);
    Eigen::MatrixXd c(37, 29);
    hesse::gemm(hesse::Transpose::no, hesse::Transpose::no, 37, 29, 41, 1.0, a.data(), 37, b.data(), 41, 0.0,
                c.data(), 37);
    return (c - a * b).norm() < 1e-12;
}

bool report(const char* what, bool ok) {
    std::printf("%s: %s (user's vectors aligned to %d bytes)\n", what, ok ? "ok" : "wrong",
                EIGEN_MAX_ALIGN_BYTES);
    return ok;
}

}  // namespace

int main() { return report("products", products_agree()) ? 0 : 1; }
