#include "hand/logistic.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/logistic.hpp"
#include "peers/peer.hpp"
#include "plain/losses.hpp"

// Logistic regression, as scalar loops and in array words.
namespace hesse::bench {
namespace {

/// The loss of losses/logistic.hpp in array words; `samples` and `labels` are those of data.
template <class W>
auto array_logistic(const Eigen::MatrixXd& samples, const Eigen::VectorXd& labels, const W& w) {
    const auto margins = (samples.transpose() * w).array() * labels.array();
    return log(1.0 + exp(-margins)).mean() + 0.5 * LogisticData::decay * w.squaredNorm();
}

void measure(Session& session) {
    const LogisticData data(100, 20'000);
    const Method plain = plain_method([&, x = data.start()] { return plain::logistic(data, x); });

    const Problem scalar("logistic", "scalar", data.start());
    const auto by_loops =
        objective([&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& w) { return logistic(data, w); },
                  scalar.size());
    race_with_peers(session, scalar, ScalarLoss(&data),
                    {plain, method_of("hand", std::make_shared<hand::Logistic>(data), scalar),
                     hesse_method(by_loops, scalar)},
                    {.gradient = Target{"plain", 7},
                     .product_repeated = Target{"plain", 6},
                     .product_block = Target{"plain", 2.5}});

    const Problem array("logistic", "array", data.start());
    const auto by_arrays =
        objective([&](const auto& w) { return array_logistic(data.samples, data.labels, w); }, array.size());
    race_with_peers(session, array, ArrayLoss(&data),
                    {plain, method_of("hand", std::make_shared<hand::Logistic>(data), array),
                     hesse_method(by_arrays, array)},
                    {.gradient = Target{"plain", 0.7}, .product_repeated = Target{"plain", 0.7}});
}

/// Sixteen products at once on more data than any cache holds.
void measure_block(Session& session) {
    const LogisticData data(200, 100'000);
    const Problem problem("logistic", "array", data.start(), 16);
    const auto f = objective([&](const auto& w) { return array_logistic(data.samples, data.labels, w); },
                             problem.size());
    race_with_peers(
        session, problem, ArrayLoss(&data),
        {plain_method([&] { return plain::logistic(data, problem.x); }),
         method_of("hand", std::make_shared<hand::Logistic>(data), problem), hesse_method(f, problem)},
        {.product_block = Target{"libtorch", 1.0 / 6}});
}

const Registration registration{"logistic", measure};
const Registration block{"logistic_block", measure_block};

}  // namespace
}  // namespace hesse::bench
