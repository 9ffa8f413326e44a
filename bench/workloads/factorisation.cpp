#include "losses/factorisation.hpp"

#include "hand/factorisation.hpp"
#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "peers/peer.hpp"

// Low-rank factorisation of a dense matrix.
namespace hesse::bench {
namespace {

void measure(Session& session) {
    const Factorisation data(2000, 1500, 20);
    const Problem problem("factorisation", "array", data.start());
    const auto f = objective(
        [&](const auto& theta) {
            const auto [U, V] =
                unpack(theta, shape(data.M.rows(), data.rank), shape(data.M.cols(), data.rank));
            return 0.5 * (U * V.transpose() - data.M).squaredNorm();
        },
        problem.size());
    race_with_peers(
        session, problem, ArrayLoss(&data),
        {method_of("hand", std::make_shared<hand::LowRank>(data), problem), hesse_method(f, problem)},
        {.product_repeated = Target{"libtorch", 1.0 / 3}});
}

const Registration registration{"factorisation", measure};

}  // namespace
}  // namespace hesse::bench
