// What the loop and the methods cost beside the derivatives, on mlp_512.
#include "harness/workload.hpp"
#include "hesse/optim.hpp"
#include "losses/network_in_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace hesse::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Eigen::VectorXd;

/// A loss with a watch on all that it computes.
template <Objective F>
class WatchedLoss {
public:
    explicit WatchedLoss(const F& loss) : loss_(loss) {}

    [[nodiscard]] double seconds() const { return seconds_; }
    [[nodiscard]] Index size() const { return loss_.size(); }
    template <class X>
    double value(const X& x) const {
        return watch([&] { return loss_.value(x); });
    }

    template <class L>
    class Linearized {
    public:
        class Hessian {
        public:
            Hessian(const WatchedLoss& loss, const L& at) : loss_(&loss), at_(&at) {}
            [[nodiscard]] Index rows() const { return loss_->size(); }
            template <class In, class Out>
            void apply(const In& in, Out& out) const {
                loss_->watch([&] { at_->hessian().apply(in, out); });
            }

        private:
            const WatchedLoss* loss_;
            const L* at_;
        };

        Linearized(const WatchedLoss& loss, L at)
            : at_(std::make_unique<L>(std::move(at))), hessian_(loss, *at_) {}
        [[nodiscard]] double value() const { return at_->value(); }
        [[nodiscard]] decltype(auto) gradient() const { return at_->gradient(); }
        [[nodiscard]] const Hessian& hessian() const { return hessian_; }

    private:
        std::unique_ptr<L> at_;
        Hessian hessian_;
    };
    template <class X>
    auto linearize(const X& x) const {
        using L = decltype(loss_.linearize(x));
        return watch([&] { return Linearized<L>(*this, loss_.linearize(x)); });
    }

private:
    template <class Work>
    decltype(auto) watch(Work work) const {
        struct Stop {
            double& seconds;
            Clock::time_point start = Clock::now();
            ~Stop() { seconds += std::chrono::duration<double>(Clock::now() - start).count(); }
        } stop{seconds_};
        return work();
    }

    const F& loss_;
    mutable double seconds_ = 0.0;
};

void measure(Session& session) {
    const Network network = Network::classifier({784, 512, 512, 10}, 1024);
    const auto f = objective(
        [&](const auto& theta) { return network_loss(network, network.inputs, network.targets, theta); },
        network.parameters());
    const VectorXd start = network.start();
    // Of a step in the steady state: twice as many steps, less what the first half and the start take.
    const auto overhead = [&](const std::string& name, const auto& method, Index iterations) {
        double least = std::numeric_limits<double>::infinity(), step = least;
        for (int round = 0; round < std::min(session.rounds, 5); ++round) {
            double all[2], derivatives[2];
            for (const int half : {0, 1}) {
                const WatchedLoss watched(f);
                const auto begin = Clock::now();
                minimize(
                    watched, start, method,
                    Stopping{
                        .gradient_norm = 0.0, .iterations = (1 + half) * iterations, .second_order = false});
                all[half] = std::chrono::duration<double>(Clock::now() - begin).count();
                derivatives[half] = watched.seconds();
            }
            least = std::min(least, (all[1] - all[0]) / (derivatives[1] - derivatives[0]) - 1.0);
            step = std::min(step, (derivatives[1] - derivatives[0]) / static_cast<double>(iterations));
        }
        session.report.remark(fmt::format(
            "Loop and {} beside the derivatives of mlp_512: {:.1f} % of {:.1f} ms a step (asked: 2 %)", name,
            100.0 * least, 1e3 * step));
    };
    overhead("gradient descent", GradientDescent{}, 20);
    overhead("heavy ball", HeavyBall{}, 20);
    overhead("Adam", Adam{}, 20);
    overhead("limited-memory BFGS", LimitedMemoryBfgs{}, 20);
    overhead("the trust region", TrustRegion{}, 4);
}

const Registration registration{"loop_overhead", measure};

}  // namespace
}  // namespace hesse::bench
