#include "hand/rosenbrock.hpp"
#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "losses/rosenbrock.hpp"
#include "plain/losses.hpp"

// Chained Rosenbrock as one statement over arrays.
namespace hesse::bench {
namespace {

constexpr Index n = 1000;

class Hand {
public:
    double value(const double* x) { return hand::chained_rosenbrock(n, x); }
    double gradient(const double* x, double* g) {
        x_ = x;
        return hand::chained_rosenbrock_gradient(n, x, g);
    }
    void product(const double* v, double* Hv) { hand::chained_rosenbrock_product(n, x_, v, Hv); }

private:
    const double* x_ = nullptr;
};

void measure(Session& session) {
    const Problem problem("rosenbrock", "array", rosenbrock_start(n));
    const auto f = objective(
        [](const auto& theta) {
            const auto a = theta.head(n - 1).array(), b = theta.tail(n - 1).array();
            return (100.0 * (b - a.square()).square() + (1.0 - a).square()).sum();
        },
        n);
    race_methods(session, problem,
                 {plain_method([&] { return plain::chained_rosenbrock(problem.x); }),
                  method_of("hand", std::make_shared<Hand>(), problem), hesse_method(f, problem)},
                 {.gradient = Target{"plain", 1.5}, .product_repeated = Target{"plain", 3}});
}

const Registration registration{"rosenbrock_array", measure};

}  // namespace
}  // namespace hesse::bench
