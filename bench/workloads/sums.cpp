// Sums over data: part by part against one recording of all of it, and on two threads against one.
#include "harness/allocations.hpp"
#include "harness/peak_memory.hpp"
#include "harness/process.hpp"
#include "harness/workload.hpp"
#include "hesse/autodiff.hpp"
#include "losses/gmm.hpp"
#include "losses/logistic.hpp"
#include "losses/network_in_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace hesse::bench {
namespace {

using Eigen::VectorXd;

constexpr double mebibyte = 1024.0 * 1024.0;

/// The fastest of each, in wall time since threads work beside each other; they take turns.
std::vector<double> fastest(const std::vector<std::function<void()>>& works, int rounds) {
    std::vector<double> best(works.size(), std::numeric_limits<double>::infinity());
    for (int round = 0; round < rounds; ++round)
        for (std::size_t k = 0; k < works.size(); ++k) {
            const auto begin = std::chrono::steady_clock::now();
            works[k]();
            const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
            best[k] = std::min(best[k], taken.count());
        }
    return best;
}

/// A Gaussian mixture over some of its points, in scalar code, and its prior.
struct MixturePart {
    const GmmData* data;
    template <class T>
    T operator()(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta, const Rows& rows) const {
        return gmm(*data, theta, rows[0], rows[0] + rows.size(), false);
    }
};
struct MixturePrior {
    const GmmData* data;
    template <class T>
    T operator()(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) const {
        return gmm(*data, theta, 0, 0, true);
    }
};

auto logistic_part(const LogisticData& data) {
    return [&data](const auto& w, const Rows& rows) {
        const auto margins =
            (rows.columns_of(data.samples).transpose() * w).array() * rows.of(data.labels).array();
        return log(1.0 + exp(-margins)).sum();
    };
}
auto decay() {
    return [](const auto& w) { return 0.5 * LogisticData::decay * w.squaredNorm(); };
}

/// The two-thread speed of gradients and of products at one point.
template <class Make>
void threads(Session& session, const std::string& name, const VectorXd& x, int rounds, Make make) {
    const auto alone = make(1), two = make(2);
    const VectorXd v = VectorXd::Ones(x.size());
    VectorXd out(x.size());
    const auto at_alone = alone.linearize(x), at_two = two.linearize(x);
    const auto gradient =
        fastest({[&] { (void)alone.linearize(x); }, [&] { (void)two.linearize(x); }}, rounds);
    const auto product = fastest(
        {[&] { at_alone.hessian().apply_once(v, out); }, [&] { at_two.hessian().apply_once(v, out); }},
        rounds);
    session.report.remark(
        fmt::format("Two threads beside one, {}, {} parts of {} rows: gradient {:.2f} x as fast ({:.2f} s "
                    "alone), product {:.2f} x "
                    "({:.2f} s) (asked: 1.85)",
                    name, alone.parts(), alone.rows_per_part(), gradient[0] / gradient[1], gradient[0],
                    product[0] / product[1], product[0]));
}

/// A product for which every part is recorded again, against a new recording of everything.
template <class Whole, class Sum>
void parts(Session& session, const std::string& name, const VectorXd& x, const Whole& whole, const Sum& sum) {
    const VectorXd v = VectorXd::Ones(x.size());
    VectorXd out(x.size());
    const auto on_whole = [&] { whole.linearize(x).hessian().apply_once(v, out); };
    const auto on_sum = [&] {
        const auto again = sum.linearize(x);
        again.hessian().apply_once(v, out);
    };
    // Memory first, before anything is kept for later use.
    const double of_whole = peak_bytes(on_whole), of_sum = peak_bytes(on_sum);
    const double heap_of_sum = peak_heap_bytes(on_sum), heap_of_whole = peak_heap_bytes(on_whole);
    const auto at = sum.linearize(x);
    const auto seconds = fastest(
        {[&] { whole.linearize(x).hessian().apply_once(v, out); }, [&] { at.hessian().apply_once(v, out); }},
        std::min(session.rounds, 10));
    session.report.remark(fmt::format(
        "A product part by part beside one recording of all, {}: {:.2f} x its time of {:.0f} ms "
        "(asked: 1.1), {:.2f} MiB of the heap "
        "beside {:.1f} MiB, 1/{:.0f} (asked: 1/50); {:.1f} MiB beside {:.1f} MiB of resident memory, "
        "1/{:.0f}",
        name, seconds[1] / seconds[0], 1e3 * seconds[0], heap_of_sum / mebibyte, heap_of_whole / mebibyte,
        heap_of_whole / heap_of_sum, of_sum / mebibyte, of_whole / mebibyte, of_whole / of_sum));
}

void measure_parts(Session& session) {
    const FiniteSumOptions alone{.threads = 1, .memory = 0, .average = true};
    const LogisticData data(100, 100'000);
    const auto whole = objective(
        [&](const auto& w) {
            const auto margins = (data.samples.transpose() * w).array() * data.labels.array();
            return log(1.0 + exp(-margins)).mean() + 0.5 * LogisticData::decay * w.squaredNorm();
        },
        100);
    parts(session, "logistic regression, N = 10^5", data.start(), whole,
          finite_sum(data.samples.cols(), logistic_part(data), 100, alone).plus(decay()));

    const GmmData mixture(10, 25, 100'000);
    const auto whole_mixture = objective(
        [&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) { return gmm(mixture, theta); },
        mixture.parameters());
    parts(session, "gmm_10_25, N = 10^5", mixture.start(), whole_mixture,
          finite_sum(mixture.points.cols(), MixturePart{&mixture}, mixture.parameters(),
                     {.threads = 1, .memory = 0})
              .plus(MixturePrior{&mixture}));
}

void measure_memory(Session& session) {
    const LogisticData data(100, 1'000'000);
    const auto f = finite_sum(data.samples.cols(), logistic_part(data), 100, {.threads = 1, .average = true})
                       .plus(decay());
    const double bytes = peak_bytes([&] { (void)f.linearize(data.start()); });
    session.report.remark(
        fmt::format("Memory of a gradient of logistic regression, N = 10^6, d = 100, beside the data: {:.1f} "
                    "MiB (asked: 64)",
                    bytes / mebibyte));
}

void measure_threads(Session& session) {
    {
        const Network network = Network::classifier({784, 512, 512, 10}, 100'000);
        const auto part = [&](const auto& theta, const Rows& rows) {
            const auto scores = network_scores(network, rows.columns_of(network.inputs), theta);
            return (log_sum_exp(scores, by_column) - pick(scores, rows.of(network.labels))).sum();
        };
        threads(session, "mlp_512, N = 10^5", network.start(), 3, [&](int count) {
            return finite_sum(network.inputs.cols(), part, network.parameters(),
                              {.threads = count, .memory = 0, .average = true});
        });
    }
    const GmmData mixture(10, 25, 100'000);
    threads(session, "gmm_10_25, N = 10^5", mixture.start(), 3, [&](int count) {
        return finite_sum(mixture.points.cols(), MixturePart{&mixture}, mixture.parameters(),
                          {.threads = count, .memory = 0})
            .plus(MixturePrior{&mixture});
    });
}

void measure_on_all_cores(Session& session) {
    use_all_cores();
    measure_threads(session);
    pin_to_one_core();
}

// By name, so that threads come last: memory is measured in copies of the process, which must have none yet.
const Registration memory{"sums_memory", measure_memory};
const Registration one_by_one{"sums_parts", measure_parts};
const Registration together{"sums_threads", measure_on_all_cores};

}  // namespace
}  // namespace hesse::bench
