#include "hand/rosenbrock.hpp"
#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/rosenbrock.hpp"
#include "peers/peer.hpp"
#include "plain/losses.hpp"

// Extended Rosenbrock as a loop of scalar statements.
namespace hesse::bench {
namespace {

constexpr Index n = 1000;

class Hand {
public:
    double value(const double* x) { return hand::extended_rosenbrock(n, x); }
    double gradient(const double* x, double* g) {
        x_ = x;
        return hand::extended_rosenbrock_gradient(n, x, g);
    }
    void product(const double* v, double* Hv) { hand::extended_rosenbrock_product(n, x_, v, Hv); }

private:
    const double* x_ = nullptr;
};

template <class Loss>
void measure(Session& session, const char* name, const Loss& loss, double (*plain)(const Eigen::VectorXd&),
             const Targets& targets) {
    const Problem problem(name, "scalar", rosenbrock_start(n));
    race_with_peers(
        session, problem, ScalarLoss(ExtendedRosenbrock{}),
        {plain_method([&] { return plain(problem.x); }), method_of("hand", std::make_shared<Hand>(), problem),
         hesse_method(objective(loss, n), problem)},
        targets);
}

void measure_statements(Session& session) {
    const auto loss = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        return extended_rosenbrock(x);
    };
    measure(session, "rosenbrock", loss, plain::extended_rosenbrock,
            {.gradient = Target{"plain", 28},
             .product_repeated = Target{"plain", 12},
             .product_block = Target{"plain", 4}});
}

void measure_fused(Session& session) {
    const auto loss = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        return extended_rosenbrock_fused(x);
    };
    measure(session, "rosenbrock_fused", loss, plain::extended_rosenbrock_fused,
            {.gradient = Target{"plain", 15},
             .product_repeated = Target{"plain", 9},
             .product_block = Target{"plain", 2.5}});
}

/// Many variables, for the memory that one takes.
void measure_million(Session& session) {
    const Problem problem("rosenbrock", "scalar", rosenbrock_start(1'000'000));
    const auto loss = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        return extended_rosenbrock(x);
    };
    race_with_peers(session, problem, ScalarLoss(ExtendedRosenbrock{}),
                    {plain_method([&] { return plain::extended_rosenbrock(problem.x); }),
                     hesse_method(objective(loss, problem.size()), problem)},
                    {.gradient = Target{Target::bytes_per_variable, 95}});
}

const Registration statements{"rosenbrock_scalar", measure_statements};
const Registration fused{"rosenbrock_fused", measure_fused};
const Registration million{"rosenbrock_million", measure_million};

}  // namespace
}  // namespace hesse::bench
