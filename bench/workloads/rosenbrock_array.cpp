#include "hand/rosenbrock.hpp"
#include "harness/workload.hpp"
#include "hesse/autodiff.hpp"
#include "workloads/rosenbrock_start.hpp"

#include <optional>
#include <span>

// Chained Rosenbrock as one statement over arrays, against hand-written loops.
namespace hesse::bench {
namespace {

void measure(Session& session) {
    constexpr Index n = 1000;
    const Eigen::VectorXd x = rosenbrock_start(n);
    const Eigen::VectorXd v = normal_matrix(n, 1, 8);
    const auto f = objective(
        [](const auto& theta) {
            const auto a = theta.head(n - 1).array(), b = theta.tail(n - 1).array();
            return (100.0 * (b - a.square()).square() + (1.0 - a).square()).sum();
        },
        n);
    const auto at = f.linearize(x);
    const double bytes = static_cast<double>(at.memory().total());

    double value = 0, hand_value = 0;
    Eigen::VectorXd ours(n), hand(n);
    // Gradients are looked at where they are: each linearisation finds the memory of the one before.
    std::optional<Linearization<double>> fresh(f.linearize(x));
    const std::span<const double> gradient(fresh->gradient().data(), static_cast<std::size_t>(n));
    const auto quantity = [&](const char* of) { return Quantity{"rosenbrock", n, "array", of}; };

    const Contender values[] = {
        {.name = "hand",
         .run = [&] { hand_value = hand::chained_rosenbrock(n, x.data()); },
         .result = {&hand_value, 1}},
        {.name = "hesse", .run = [&] { value = f.value(x); }, .result = {&value, 1}},
    };
    race(quantity("value"), values, session.rounds, session.report);

    const Contender gradients[] = {
        {.name = "hand",
         .run = [&] { hand_value = hand::chained_rosenbrock_gradient(n, x.data(), hand.data()); },
         .result = entries(hand)},
        {.name = "hesse",
         .run =
             [&] {
                 fresh.reset();
                 fresh.emplace(f.linearize(x));
             },
         .result = gradient,
         .bytes = bytes,
         .target = Target{"hand", 2.3},
         .count_allocations = true},
    };
    race(quantity("gradient"), gradients, session.rounds, session.report);

    const Contender products[] = {
        {.name = "hand",
         .run = [&] { hand::chained_rosenbrock_product(n, x.data(), v.data(), hand.data()); },
         .result = entries(hand)},
        {.name = "hesse",
         .run = [&] { at.hessian().apply(v, ours); },
         .result = entries(ours),
         .bytes = bytes,
         .target = Target{"hand", 2.2},
         .count_allocations = true},
    };
    race(quantity("product_repeated"), products, session.rounds, session.report);
}

const Registration registration{"rosenbrock_array", measure};

}  // namespace
}  // namespace hesse::bench
