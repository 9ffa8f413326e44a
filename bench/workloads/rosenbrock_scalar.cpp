#include "hand/rosenbrock.hpp"
#include "harness/workload.hpp"
#include "hesse/autodiff.hpp"
#include "plain/rosenbrock.hpp"
#include "workloads/random_data.hpp"
#include "workloads/rosenbrock.hpp"
#include "workloads/rosenbrock_start.hpp"

// Extended Rosenbrock as a loop of scalar statements, against the same loop on plain numbers and against the
// derivatives written by hand.
namespace hesse::bench {
namespace {

template <class Loss>
void measure(Session& session, const char* name, const Loss& loss, double (*plain)(const Eigen::VectorXd&),
             std::optional<Target> gradient_target, std::optional<Target> product_target) {
    constexpr Index n = 1000;
    const Eigen::VectorXd x = rosenbrock_start(n);
    const Eigen::VectorXd v = normal_matrix(n, 1, 8);
    const auto f = objective(loss, n);
    auto at = f.linearize(x);
    const double bytes = static_cast<double>(at.memory().total());

    double value = 0, plain_value = 0, hand_value = 0;
    Eigen::VectorXd ours(n), hand(n);
    const auto quantity = [&](const char* of) { return Quantity{name, n, "scalar", of}; };
    const auto plain_loop = [&] { plain_value = plain(x); };

    const Contender values[] = {
        {.name = "plain", .run = plain_loop, .result = {&plain_value, 1}},
        {.name = "hand",
         .run = [&] { hand_value = hand::extended_rosenbrock(n, x.data()); },
         .result = {&hand_value, 1}},
        {.name = "hesse", .run = [&] { value = f.value(x); }, .result = {&value, 1}},
    };
    race(quantity("value"), values, session.rounds, session.report);

    const Contender gradients[] = {
        {.name = "plain", .run = plain_loop},
        {.name = "hand",
         .run = [&] { hand_value = hand::extended_rosenbrock_gradient(n, x.data(), hand.data()); },
         .result = entries(hand)},
        {.name = "hesse",
         .run =
             [&] {
                 const auto fresh = f.linearize(x);
                 ours = fresh.gradient();
             },
         .result = entries(ours),
         .bytes = bytes,
         .target = gradient_target,
         .count_allocations = true},
    };
    race(quantity("gradient"), gradients, session.rounds, session.report);

    const Contender products[] = {
        {.name = "plain", .run = plain_loop},
        {.name = "hand",
         .run = [&] { hand::extended_rosenbrock_product(n, x.data(), v.data(), hand.data()); },
         .result = entries(hand)},
        {.name = "hesse",
         .run = [&] { at.hessian().apply(v, ours); },
         .result = entries(ours),
         .bytes = bytes,
         .target = product_target,
         .count_allocations = true},
    };
    race(quantity("product_repeated"), products, session.rounds, session.report);
}

void measure_statements(Session& session) {
    const auto loss = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        return extended_rosenbrock(x);
    };
    measure(session, "rosenbrock", loss, plain::extended_rosenbrock, Target{"plain", 35},
            Target{"plain", 30});
}

void measure_fused(Session& session) {
    const auto loss = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        return extended_rosenbrock_fused(x);
    };
    measure(session, "rosenbrock_fused", loss, plain::extended_rosenbrock_fused, {}, {});
}

const Registration statements{"rosenbrock_scalar", measure_statements};
const Registration fused{"rosenbrock_fused", measure_fused};

}  // namespace
}  // namespace hesse::bench
