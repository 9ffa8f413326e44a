#include "hesse/optim/curvature/lanczos.hpp"

#include "harness/peak_memory.hpp"
#include "harness/workload.hpp"
#include "hesse/optim/curvature/critical_point.hpp"
#include "hesse/optim/random.hpp"
#include "losses/network_in_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

// What Lanczos costs beside the products of the Hessian: 60 steps on a network with 669,706 parameters. And the memory of a
// certificate for 10^6 parameters.
namespace hesse::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Eigen::VectorXd;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The Hessian, with a watch on its products.
template <class Hessian>
struct Watched {
    const Hessian& hessian;
    Index n;
    mutable double seconds = 0.0;

    [[nodiscard]] Index rows() const { return n; }
    void apply(const double* in, double* out) const {
        const auto start = Clock::now();
        Eigen::Map<VectorXd> target(out, n);
        hessian.apply(Eigen::Map<const VectorXd>(in, n), target);
        seconds += seconds_since(start);
    }
};

void overhead(Session& session) {
    constexpr Index steps = 60;
    const Network network = Network::classifier({784, 512, 512, 10}, 1024);
    const Index n = network.parameters();
    const auto f = objective(
        [&](const auto& theta) { return network_loss(network, network.inputs, network.targets, theta); }, n);
    const VectorXd x = network.start();
    const auto at = f.linearize(x);
    VectorXd start(n);
    RandomGenerator random(1);
    random.unit_vector(VectorSpace(n), start.data());

    struct Way {
        const char* name;
        LanczosOptions options;
        double target;
        double overhead = std::numeric_limits<double>::infinity();
        double lowest = 0.0;
    };
    using enum BasisPrecision;
    using enum Reorthogonalization;
    Way ways[] = {{"full reorthogonalisation, basis of doubles",
                   {.basis = double_precision, .reorthogonalization = full},
                   0.20},
                  {"full reorthogonalisation, basis of floats",
                   {.basis = single_precision, .reorthogonalization = full},
                   0.10},
                  {"partial reorthogonalisation, basis of doubles",
                   {.basis = double_precision, .reorthogonalization = partial},
                   0.10},
                  {"partial reorthogonalisation, basis of floats",
                   {.basis = single_precision, .reorthogonalization = partial},
                   0.10}};
    for (int round = 0; round < std::clamp(session.rounds, 1, 3); ++round) {
        for (Way& way : ways) {
            const Watched watched{at.hessian(), n};
            const auto begin = Clock::now();
            Lanczos lanczos(VectorSpace(n), steps + 1, way.options);
            lanczos.start(watched, start.data());
            for (Index k = 0; k < steps; ++k) lanczos.step();
            const double total = seconds_since(begin);
            way.overhead = std::min(way.overhead, (total - watched.seconds) / watched.seconds);
            way.lowest = lanczos.lowest().value;
        }
    }
    for (const Way& way : ways) {
        session.report.remark(
            fmt::format("Lanczos beside the products, {} steps on mlp_512, n {}, {}: {:.1f} % of their time "
                        "(asked: {:.0f} %, {}); lowest "
                        "eigenvalue seen {:.12g}",
                        steps, n, way.name, 100.0 * way.overhead, 100.0 * way.target,
                        way.overhead <= way.target ? "met" : "MISSED", way.lowest));
    }
}

void certificate(Session& session) {
    const Index n = 1'000'000;
    const VectorXd d = VectorXd::LinSpaced(n, 0.02, 1.0);
    for (const Index columns : {16, 64, 1000}) {
        ClassifyOptions options;
        options.memory = static_cast<std::size_t>(columns) * static_cast<std::size_t>(n) * sizeof(double);
        const auto begin = Clock::now();
        const CriticalPoint point = classify(d.asDiagonal(), options);
        const double seconds = seconds_since(begin);
        const double bytes = peak_bytes([&] { (void)classify(d.asDiagonal(), options); });
        session.report.remark(fmt::format(
            "A certificate for 10^6 parameters, asked to keep {} columns ({} MB) at most: {}, {} steps, {} "
            "products, {:.2g} s, "
            "{:.0f} MB at its peak",
            columns, columns * 8, to_string(point.kind), point.steps, point.products, seconds, 1e-6 * bytes));
    }
}

void measure(Session& session) {
    overhead(session);
    certificate(session);
}

const Registration registration{"lanczos", measure};

}  // namespace
}  // namespace hesse::bench
