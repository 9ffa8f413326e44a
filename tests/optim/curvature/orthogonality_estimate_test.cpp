#include "hesse/optim/curvature/orthogonality_estimate.hpp"

#include "hesse/autodiff/memory.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::OrthogonalityEstimate;

constexpr double eps = std::numeric_limits<double>::epsilon();

/// Lanczos by its recurrence alone, on Strakos' matrix: the highest Ritz value converges at once, and what comes then
/// repeats it.
struct PlainLanczos {
    static constexpr Index n = 24, steps = 18;
    MatrixXd q = MatrixXd::Zero(n, steps + 1);
    std::vector<double> alpha, beta;

    PlainLanczos() {
        VectorXd d(n);
        for (Index i = 1; i <= n; ++i)
            d[i - 1] =
                0.1 + static_cast<double>(i - 1) / 23.0 * 99.9 * std::pow(0.7, static_cast<double>(n - i));
        q.col(0).setConstant(1.0 / std::sqrt(static_cast<double>(n)));
        for (Index j = 0; j < steps; ++j) {
            VectorXd w = d.cwiseProduct(q.col(j));
            if (j > 0) w -= beta.back() * q.col(j - 1);
            alpha.push_back(w.dot(q.col(j)));
            w -= alpha.back() * q.col(j);
            beta.push_back(w.norm());
            q.col(j + 1) = w / beta.back();
        }
    }
    [[nodiscard]] double drift(Index j) const {
        return (q.leftCols(j + 1).transpose() * q.col(j + 1)).cwiseAbs().maxCoeff();
    }
    double advance(OrthogonalityEstimate& estimate, Index j) const {
        const auto count = static_cast<std::size_t>(j + 1);
        return estimate.advance(std::span(alpha).first(count), std::span(beta).first(count), 100.0);
    }
};

BOOST_AUTO_TEST_SUITE(orthogonality_estimate)

BOOST_AUTO_TEST_CASE(it_sees_plain_lanczos_lose_its_orthogonality) {
    const PlainLanczos run;
    BOOST_TEST(run.drift(PlainLanczos::steps - 1) > 1e-3);
    OrthogonalityEstimate estimate;
    estimate.begin(eps);
    for (Index j = 0; j < PlainLanczos::steps; ++j) {
        const double estimated = run.advance(estimate, j), drift = run.drift(j);
        if (drift < 1e-13 || drift > 1e-2) continue;
        // Of the right size, and never far below.
        BOOST_TEST(estimated >= 0.1 * drift);
        BOOST_TEST(estimated <= 1e4 * drift);
    }
}

BOOST_AUTO_TEST_CASE(after_a_correction_it_begins_again) {
    const PlainLanczos run;
    OrthogonalityEstimate estimate;
    estimate.begin(eps);
    double last = 0.0;
    for (Index j = 0; j + 1 < PlainLanczos::steps; ++j) last = run.advance(estimate, j);
    BOOST_TEST(last > 1e-4);
    estimate.corrected(eps);
    BOOST_TEST(run.advance(estimate, PlainLanczos::steps - 1) < 1e-11);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
