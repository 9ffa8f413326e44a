// The same regression on as many machines as there are: mpirun -n 4 cluster [rows]
// No rank ever has more than its own rows.
#include <hesse/hesse.hpp>
#include <hesse/mpi.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

using hesse::Index;

constexpr Index width = 20, rows_per_part = 2000;

/// Rows [first, last) of the data: where a program would read its part of a file. Each part of the rows has a seed of its own, so
/// that the data are the same on any number of ranks.
struct Data {
    Eigen::MatrixXd x;  // a column for each row
    Eigen::VectorXd y;

    Data(Index first, Index last) : x(width, last - first), y(last - first) {
        for (Index begin = first; begin < last; begin += rows_per_part) {
            hesse::RandomGenerator random(static_cast<std::uint64_t>(begin));
            for (Index i = begin - first; i < std::min(begin + rows_per_part, last) - first; ++i) {
                for (Index j = 0; j < width; ++j) x(j, i) = random.normal();
                y[i] = random.uniform() < 1.0 / (1.0 + std::exp(-x.col(i).sum())) ? 1.0 : -1.0;
            }
        }
    }
};

}  // namespace

int main(int count, char** arguments) try {
    using namespace hesse;
    const Index N = count > 1 ? std::atol(arguments[1]) : 100'000;
    const auto ranks = mpi_world();
    const auto [first, last] = rows_of_rank(N, rows_per_part, *ranks);
    const Data data(first, last);

    const auto loss = [&](const auto& w, const Rows& rows) {
        const auto margins = (rows.columns_of(data.x).transpose() * w).array() * rows.of(data.y).array();
        return log(1.0 + exp(-margins)).sum();
    };
    const auto f =
        finite_sum(N, loss, width,
                   {.rows_per_part = rows_per_part, .threads = 1, .average = true, .communicator = ranks});
    const auto found = minimize(f, Eigen::VectorXd::Zero(width), TrustRegion{});

    if (ranks->rank() != 0) return 0;
    std::printf("%d ranks, %ld rows on the first\n%s\n", ranks->size(), static_cast<long>(last - first),
                describe(found).c_str());
    std::printf("first weight %.17g, %lld sums over the ranks\n", found.x[0],
                static_cast<long long>(ranks->counts().sums));
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "cluster: %s\n", error.what());
    return 1;
}
