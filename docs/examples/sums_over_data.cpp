// A logistic regression on a million rows, whose answer is known: none of them is on a tape for longer than it is needed.
//     sums_over_data [rows]
#include <hesse/hesse.hpp>
#include <hesse/stochastic.hpp>

#include <sys/resource.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

using hesse::Index;

/// Rows that a model with known weights could have made.
struct Data {
    Eigen::MatrixXd x;  // a column for each row: what belongs together is next to each other
    Eigen::VectorXd y;  // -1 or 1
    Eigen::VectorXd weights;

    Data(Index rows, Index width) : x(width, rows), y(rows), weights(width) {
        hesse::RandomGenerator random(7);
        for (double& weight : weights) weight = random.normal();
        for (Index i = 0; i < rows; ++i) {
            for (Index j = 0; j < width; ++j) x(j, i) = random.normal();
            y[i] = random.uniform() < 1.0 / (1.0 + std::exp(-weights.dot(x.col(i)))) ? 1.0 : -1.0;
        }
    }
};

double peak_in_mib() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace

int main(int count, char** arguments) {
    using namespace hesse;
    const Index N = count > 1 ? std::atol(arguments[1]) : 1'000'000;
    const Data data(N, 20);
    const Eigen::MatrixXd& x = data.x;
    const Eigen::VectorXd& y = data.y;
    std::printf("%ld rows, %.0f MiB of data, %.0f MiB in use\n", static_cast<long>(N),
                8.0 * static_cast<double>(x.size() + y.size()) / 1048576.0, peak_in_mib());

    // The loss of some of the rows, and once what does not depend on them.
    const auto loss = [&](const auto& w, const Rows& rows) {
        const auto margins = (rows.columns_of(x).transpose() * w).array() * rows.of(y).array();
        return log(1.0 + exp(-margins)).sum();
    };
    const auto f =
        finite_sum(N, loss, 20, {.average = true}).plus([](const auto& w) { return 1e-9 * w.squaredNorm(); });
    std::printf("%ld parts of %ld rows, on %d threads\n", static_cast<long>(f.parts()),
                static_cast<long>(f.rows_per_part()), f.threads());

    // An objective like any other.
    const auto found = minimize(f, Eigen::VectorXd::Zero(20), TrustRegion{});
    std::printf("%s\n", describe(found).c_str());

    // The weights that made the data are met as closely as N rows tell: their covariance is that of the maximum likelihood, the
    // inverse of N H, none of whose entries exceeds 1 / (N lambda_min).
    const double expected = std::sqrt(20.0 / (static_cast<double>(N) * found.verdict->lowest.value));
    const double error = (found.x - data.weights).norm();
    std::printf("error of the weights %.2e, expected at most about %.2e\n", error, expected);
    const auto at = f.linearize(found.x);
    const Eigen::VectorXd change = at.hessian() * data.weights;
    std::printf("|H w| = %.4f; %ld of %ld parts have kept their recordings for more products, %.0f MiB\n",
                change.norm(), static_cast<long>(at.kept_parts()), static_cast<long>(f.parts()),
                static_cast<double>(at.kept_bytes()) / 1048576.0);

    // Some rows, as an estimate of all.
    const std::vector<Index> some{3, 141, 5926, 535, 897, 932, 384, 626};
    const auto batch = f.batch(some);
    std::printf("loss %.4f, of eight rows %.4f\n", found.value, batch.value(found.x));

    // A method of first order on mini-batches: each step of the loop is a pass over the data.
    const auto adam = on_batches(Adam({.step_size = cosine_decay(0.05, 4000)}), {.batches = {.size = 512}});
    const Stopping two_passes{.iterations = 2, .second_order = false};
    const auto passed = minimize(f, Eigen::VectorXd::Zero(20), adam, two_passes);
    std::printf("after two passes of Adam: loss %.6f, %.1e away from the minimum\n", passed.value,
                (passed.x - found.x).norm());
    std::printf("at most %.0f MiB were in use\n", peak_in_mib());
    return error < 2.0 * expected ? 0 : 1;
}
