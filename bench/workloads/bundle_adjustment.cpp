#include "hand/bundle_adjustment.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/bundle_adjustment.hpp"
#include "peers/peer.hpp"
#include "plain/losses.hpp"

// Bundle adjustment as a sum of squares, in scalar loops, of the size of ADBench's smallest.
namespace hesse::bench {
namespace {

void measure(Session& session) {
    const BundleData data(49, 7776, 31'843);
    const Problem problem("bundle_adjustment", "scalar", data.start());
    const auto f = objective(
        [&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) {
            return bundle_adjustment(data, theta);
        },
        problem.size());
    race_with_peers(session, problem, ScalarLoss(&data),
                    {plain_method([&] { return plain::bundle_adjustment(data, problem.x); }),
                     method_of("hand", std::make_shared<hand::BundleAdjustment>(data), problem),
                     hesse_method(f, problem)},
                    {.gradient = Target{"plain", 9},
                     .product_repeated = Target{"plain", 8},
                     .product_block = Target{"plain", 4}});
}

const Registration registration{"bundle_adjustment", measure};

}  // namespace
}  // namespace hesse::bench
