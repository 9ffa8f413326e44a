// What a product of a sum over data takes on many machines: a formula, and a simulation of the messages that are sent.
//     scaling [rows] [parameters] [seconds a row]
#include "hesse/optim/random.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <vector>

namespace {

struct Cluster {
    double latency = 20e-6;  // s a message
    double bandwidth = 1e9;  // bytes/s of each machine, one way
    double unevenness =
        0.05;  // standard deviation of the time that equal work takes on different machines, relative
};

struct Work {
    double rows, parameters, seconds_of_row;
};

/// N c / R for the rows, and for the sum of n numbers by halves 2 log2 R messages with 2 n (1 - 1/R) numbers in all.
double formula(const Work& work, const Cluster& cluster, int ranks) {
    const double bytes = 8.0 * work.parameters;
    return work.rows * work.seconds_of_row / ranks + 2.0 * std::log2(ranks) * cluster.latency +
           2.0 * bytes * (1.0 - 1.0 / ranks) / cluster.bandwidth;
}

/// The same, message by message: each rank has a clock, and two that exchange wait for one another.
double simulation(const Work& work, const Cluster& cluster, int ranks, hesse::RandomGenerator& random) {
    const auto count = static_cast<std::size_t>(ranks);
    std::vector<double> clock(count);
    for (double& time : clock)
        time = work.rows * work.seconds_of_row / ranks * std::exp(cluster.unevenness * random.normal());
    const auto exchange = [&](std::size_t distance, double bytes) {
        const std::vector<double> before = clock;
        for (std::size_t rank = 0; rank < count; ++rank)
            clock[rank] =
                std::max(before[rank], before[rank ^ distance]) + cluster.latency + bytes / cluster.bandwidth;
    };
    double bytes = 8.0 * work.parameters;
    for (std::size_t distance = 1; distance < count; distance *= 2) exchange(distance, bytes /= 2.0);
    for (std::size_t distance = count / 2; distance >= 1; distance /= 2) {
        exchange(distance, bytes);
        bytes *= 2.0;
    }
    return *std::max_element(clock.begin(), clock.end());
}

}  // namespace

int main(int count, char** arguments) {
    const auto given = [&](int k, double otherwise) {
        return count > k ? std::atof(arguments[k]) : otherwise;
    };
    const Work work{given(1, 1e7), given(2, 1e6), given(3, 20e-6)};
    const Cluster cluster;
    hesse::RandomGenerator random(1);
    std::printf("N = %.3g rows of %.3g s, n = %.3g parameters; %.3g s a message, %.3g GB/s\n\n", work.rows,
                work.seconds_of_row, work.parameters, cluster.latency, 1e-9 * cluster.bandwidth);
    std::printf("machines   formula s   simulated s   speed-up   share of the sum over ranks\n");
    const double alone = formula(work, cluster, 1);
    for (int ranks = 1; ranks <= 1024; ranks *= 2) {
        double simulated = 0.0;
        constexpr int runs = 20;
        for (int run = 0; run < runs; ++run) simulated += simulation(work, cluster, ranks, random) / runs;
        const double expected = formula(work, cluster, ranks);
        const double computing = work.rows * work.seconds_of_row / ranks;
        std::printf("%8d   %9.4f   %11.4f   %8.1f   %6.1f %%\n", ranks, expected, simulated,
                    alone / simulated, 100.0 * (expected - computing) / expected);
    }
    return 0;
}
