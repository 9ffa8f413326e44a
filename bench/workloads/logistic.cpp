#include "hand/logistic.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/logistic.hpp"
#include "plain/losses.hpp"

// Logistic regression, as scalar loops and in array words.
namespace hesse::bench {
namespace {

void measure(Session& session) {
    const LogisticData data(100, 20'000);
    const Method plain = plain_method([&, x = data.start()] { return plain::logistic(data, x); });

    const Problem scalar("logistic", "scalar", data.start());
    const auto by_loops =
        objective([&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& w) { return logistic(data, w); },
                  scalar.size());
    race_methods(session, scalar,
                 {plain, hand_method("hand", std::make_shared<hand::Logistic>(data), scalar),
                  hesse_method(by_loops, scalar)},
                 {.gradient = Target{"plain", 7},
                  .product_repeated = Target{"plain", 6},
                  .product_block = Target{"plain", 2.5}});

    const Problem array("logistic", "array", data.start());
    const auto by_arrays = objective(
        [&](const auto& w) {
            const auto margins = (data.samples.transpose() * w).array() * data.labels.array();
            return log(1.0 + exp(-margins)).mean() + 0.5 * LogisticData::decay * w.squaredNorm();
        },
        array.size());
    race_methods(session, array,
                 {plain, hand_method("hand", std::make_shared<hand::Logistic>(data), array),
                  hesse_method(by_arrays, array)},
                 {.gradient = Target{"plain", 0.7}, .product_repeated = Target{"plain", 0.7}});
}

const Registration registration{"logistic", measure};

}  // namespace
}  // namespace hesse::bench
