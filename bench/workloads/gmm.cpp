#include "hand/gmm.hpp"

#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/gmm.hpp"
#include "peers/peer.hpp"
#include "plain/losses.hpp"

// The log-likelihood of a mixture of Gaussians with a Wishart prior, in two sizes; as scalar loops, and with
// one matrix product for each component.
namespace hesse::bench {
namespace {

constexpr Index points = 1000;

/// The loss of losses/gmm.hpp in matrix words; `samples` is data.points.
template <class Theta>
auto matrix_gmm(const GmmData& data, const Eigen::MatrixXd& samples, const Theta& theta) {
    using Scalar = typename Theta::Scalar;
    const Index d = data.d, K = data.K, N = samples.cols();
    const auto [alpha, mu, q, l] =
        unpack(theta, shape(K), shape(d, K), shape(d, K), shape(data.triangle(), K));
    const auto exp_q = q.array().exp();
    Matrix<Scalar> terms(N, K);
    for (Index k = 0; k < K; ++k) {
        Matrix<Scalar> Q(d, d);
        for (Index j = 0, first = 0; j < d; ++j) {
            Q(j, j) = exp_q(j, k);
            const Index below = d - 1 - j;
            if (below > 0) Q.block(j + 1, j, below, 1) = l.col(k).segment(first, below);
            first += below;
        }
        const auto y = (Q * samples).colwise() - Q * mu.col(k);
        terms.col(k) = (alpha(k) + q.col(k).sum()) - 0.5 * y.array().colwise().squaredNorm().transpose();
    }
    const auto likelihood = log_sum_exp(terms, by_row).sum();
    const auto prior = exp_q.squaredNorm() + l.squaredNorm();
    return likelihood - static_cast<double>(N) * log_sum_exp(alpha) + data.constant() - 0.5 * prior;
}

void measure_scalar(Session& session, const char* name, const GmmData& data, const Targets& targets) {
    const Problem problem(name, "scalar", data.start());
    const auto f =
        objective([&]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& theta) { return gmm(data, theta); },
                  problem.size());
    const std::vector<Method> methods{plain_method([&] { return plain::gmm(data, problem.x); }),
                                      method_of("hand", std::make_shared<hand::Gmm>(data), problem),
                                      hesse_method(f, problem)};
    if (data.K > 25) {  // where other tapes would take more than 8 GB
        race_methods(session, problem, methods, targets);
    } else {
        race_with_peers(session, problem, ScalarLoss(&data), methods, targets);
    }
}

void measure_matrix(Session& session, const char* name, const GmmData& data) {
    const Problem problem(name, "array", data.start());
    const auto f =
        objective([&](const auto& theta) { return matrix_gmm(data, data.points, theta); }, problem.size());
    race_methods(session, problem,
                 {plain_method([&] { return plain::gmm(data, problem.x); }),
                  method_of("hand", std::make_shared<hand::Gmm>(data), problem), hesse_method(f, problem)},
                 {.gradient = Target{"plain", 1.5}, .product_repeated = Target{"plain", 1.8}});
}

void measure_small(Session& session) {
    const GmmData data(10, 25, points);
    measure_scalar(session, "gmm_10_25", data,
                   {.gradient = Target{"plain", 7},
                    .product_repeated = Target{"plain", 6},
                    .product_block = Target{"plain", 2.5}});
    measure_matrix(session, "gmm_10_25", data);
}

void measure_large(Session& session) {
    const GmmData data(20, 50, points);
    measure_scalar(session, "gmm_20_50", data,
                   {.gradient = Target{"plain", 9},
                    .product_repeated = Target{"plain", 8},
                    .product_block = Target{"plain", 3}});
    measure_matrix(session, "gmm_20_50", data);
}

const Registration small{"gmm_10_25", measure_small};
const Registration large{"gmm_20_50", measure_large};

}  // namespace
}  // namespace hesse::bench
