// The fastest of some gradients and products of sums whose rows are divided among ranks, in seconds of wall time: a line for
// each workload, "name gradient product", from rank 0.
#include "hesse/autodiff.hpp"
#include "hesse/mpi.hpp"
#include "losses/gmm.hpp"
#include "losses/network_in_arrays.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <limits>
#include <memory>

namespace hesse::bench {
namespace {

using Eigen::VectorXd;

template <class Work>
double fastest(Communicator& ranks, int rounds, const Work& work) {
    double best = std::numeric_limits<double>::infinity();
    for (int round = 0; round < rounds; ++round) {
        (void)ranks.broadcast(true);
        double together = 0.0;
        ranks.sum(&together, 1);  // all begin now
        const auto begin = std::chrono::steady_clock::now();
        work();
        best =
            std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    return best;
}

template <class F>
void measure(const char* name, Communicator& ranks, const F& f, const VectorXd& x) {
    const VectorXd v = VectorXd::Ones(x.size());
    VectorXd out(x.size());
    const double gradient = fastest(ranks, 3, [&] { (void)f.linearize(x); });
    const auto at = f.linearize(x);
    const double product = fastest(ranks, 3, [&] { at.hessian().apply_once(v, out); });
    if (ranks.rank() == 0) std::printf("%s %.6g %.6g\n", name, gradient, product);
}

void measure_all() {
    const auto ranks = mpi_world();
    const auto options = [&](Index rows_per_part) {
        return FiniteSumOptions{
            .rows_per_part = rows_per_part, .threads = 1, .memory = 0, .communicator = ranks};
    };
    const Network network = Network::classifier({784, 512, 512, 10}, 16'384);
    measure("mlp_512", *ranks,
            finite_sum(
                network.inputs.cols(),
                [&](const auto& theta, const Rows& rows) {
                    const auto scores = network_scores(network, rows.columns_of(network.inputs), theta);
                    return (log_sum_exp(scores, by_column) - pick(scores, rows.of(network.labels))).sum();
                },
                network.parameters(), options(512)),
            network.start());
    const GmmData mixture(10, 25, 20'000);
    const auto part = [&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta, const Rows& rows) {
        return gmm(mixture, theta, rows[0], rows[0] + rows.size(), false);
    };
    measure("gmm_10_25", *ranks,
            finite_sum(mixture.points.cols(), part, mixture.parameters(), scalars, options(100)),
            mixture.start());
}

}  // namespace
}  // namespace hesse::bench

int main() try {
    hesse::bench::measure_all();
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "hesse_bench_ranks: %s\n", error.what());
    return 1;
}
