#include "hand/mlp.hpp"
#include "harness/method.hpp"
#include "harness/random_data.hpp"
#include "hesse/autodiff.hpp"
#include "losses/network_in_arrays.hpp"
#include "peers/peer.hpp"

#include <fmt/format.h>

#include <memory>

// Networks of tanh layers, against a hand-coded R-operator and against the products of matrices in it alone.
namespace hesse::bench {
namespace {

std::shared_ptr<hand::Mlp> by_hand(const Network& network) {
    if (network.targets.size() == 0) {
        return std::make_shared<hand::Mlp>(network.widths, network.inputs.data(), network.labels.data(),
                                           network.batch());
    }
    return std::make_shared<hand::Mlp>(network.widths, network.inputs.data(), network.targets.data(),
                                       network.batch());
}

/// The same products of matrices as in the code by hand, and nothing else.
Method limit(const Network& network, const Problem& problem) {
    const auto hand = by_hand(network);
    const auto scratch = std::make_shared<Eigen::VectorXd>(problem.size());
    const double* x = problem.x.data();
    const double* v = problem.v();
    hand->gradient(x, scratch->data());
    const auto nothing = [](const auto& products) {
        return [products]() -> const double* {
            products();
            return nullptr;
        };
    };
    return {.name = "limit",
            .value = nothing([=] { hand->value_products(x); }),
            .gradient = nothing([=] { hand->gradient_products(x, scratch->data()); }),
            .product_fresh = nothing([=] {
                hand->gradient_products(x, scratch->data());
                hand->product_products(v, scratch->data());
            }),
            .product_repeated = nothing([=] { hand->product_products(v, scratch->data()); })};
}

/// Products in float for vectors of double: compared by the norm, since float cannot agree to more.
template <class Objective>
Method in_float(Session& session, const Objective& f, const Problem& problem) {
    using InFloat = decltype(f.template hessian<float>(problem.x));
    const auto hessian = std::make_shared<InFloat>(f.template hessian<float>(problem.x));
    const auto result = std::make_shared<Eigen::VectorXd>(problem.size());
    const Problem* p = &problem;
    hessian->apply(p->directions.col(0), *result);
    const Eigen::VectorXd exact = f.linearize(p->x).hessian() * p->directions.col(0);
    session.report.remark(
        fmt::format("{}: products in float differ from those in double by {:.2g} of their norm",
                    problem.workload, (*result - exact).norm() / exact.norm()));
    return {.name = "hesse_float",
            .product_repeated = [=]() -> const double* {
                hessian->apply(p->directions.col(0), *result);
                return nullptr;
            },
            .product_target = Target{"hesse", 0.55}};
}

/// The BLAS at its best: a square product, in the same rounds as everything else.
struct Peak {
    static constexpr Index n = 1024;
    static constexpr double operations = 2.0 * n * n * n;
    Eigen::MatrixXd a = normal_matrix(n, n, 40), b = normal_matrix(n, n, 41), c{n, n};
    void run() {
        gemm<double>(Transpose::no, Transpose::no, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
    }
};

void measure(Session& session, const char* name, const Network& network, const Targets& targets) {
    const Problem problem(name, "array", network.start());
    const auto f = objective(
        [&](const auto& theta) { return network_loss(network, network.inputs, network.targets, theta); },
        problem.size());
    const auto hand = by_hand(network);
    const auto peak = std::make_shared<Peak>();
    Method by_hand = method_of("hand", hand, problem);
    by_hand.product_bytes = hand->bytes();
    by_hand.product_block = {};  // as many single products
    const auto seconds = race_with_peers(session, problem, ArrayLoss(&network),
                                         {{.name = "peak",
                                           .product_repeated = [=]() -> const double* {
                                               peak->run();
                                               return nullptr;
                                           },
                                           .reported = false},
                                          limit(network, problem),
                                          by_hand,
                                          hesse_method(f, problem),
                                          in_float(session, f, problem)},
                                         targets);
    if (seconds.size() < 4) return;  // only some were asked for
    const double speed = Peak::operations / seconds.at("peak");
    session.report.remark(fmt::format(
        "{}: the BLAS reaches {:.1f} GFLOP/s on a square product of {}; of a product's time at that speed, "
        "{:.3g} ms, limit takes {:.3f} x, hand {:.3f} x and hesse {:.3f} x",
        name, 1e-9 * speed, Peak::n, 1e3 * hand->product_operations() / speed,
        seconds.at("limit") * speed / hand->product_operations(),
        seconds.at("hand") * speed / hand->product_operations(),
        seconds.at("hesse") * speed / hand->product_operations()));
}

const Targets by_limit{.product_repeated = Target{"limit", 1.08}};

const Registration mlp_512{
    "mlp_512", [](Session& session) {
        measure(session, "mlp_512", Network::classifier({784, 512, 512, 10}, 1024), by_limit);
    }};
const Registration mlp_2048{
    "mlp_2048", [](Session& session) {
        measure(session, "mlp_2048", Network::classifier({784, 2048, 2048, 10}, 512), by_limit);
    }};
const Registration autoencoder{
    "autoencoder", [](Session& session) {
        measure(session, "autoencoder",
                Network::autoencoder({784, 1000, 500, 250, 30, 250, 500, 1000, 784}, 256), by_limit);
    }};
const Registration mlp_small{"mlp_small", [](Session& session) {
                                 measure(session, "mlp_small", Network::regression({2, 16, 16, 1}, 64),
                                         {.product_repeated = Target{"libtorch", 0.05}});
                             }};

}  // namespace
}  // namespace hesse::bench
