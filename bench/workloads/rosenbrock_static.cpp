#include "hand/rosenbrock.hpp"
#include "harness/method.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/fixed_size.hpp"
#include "losses/rosenbrock.hpp"

#include <array>

// Rosenbrock of two variables: what a derivative costs where there is next to nothing to compute.
namespace hesse::bench {
namespace {

constexpr int evaluations = 100;  // in one run, so that the harness's own call does not count

Computation repeat(const std::function<void()>& once, const double* result) {
    return [once, result] {
        once();
        return result;
    };
}

void measure(Session& session) {
    const Problem problem("rosenbrock", "static", Eigen::Vector2d(-1.2, 1.0));
    const double *x = problem.x.data(), *v = problem.v();
    const auto memory = std::make_shared<std::array<double, 4>>();
    double *value = memory->data(), *result = memory->data() + 1;
    const Method hand{.name = "hand",
                      .value = repeat(
                          [=] {
                              for (int i = 0; i < evaluations; ++i) *value = hand::rosenbrock_2d(x);
                          },
                          value),
                      .gradient = repeat(
                          [=] {
                              for (int i = 0; i < evaluations; ++i) hand::rosenbrock_2d_gradient(x, result);
                          },
                          result),
                      .product_repeated = repeat(
                          [=] {
                              for (int i = 0; i < evaluations; ++i) hand::rosenbrock_2d_product(x, v, result);
                          },
                          result),
                      .evaluations = evaluations};

    const auto f =
        objective([]<class T>(const Eigen::Matrix<T, 2, 1>& point) { return extended_rosenbrock(point); },
                  fixed_size<2>);
    const auto at = f.linearize(problem.x);
    Eigen::VectorXd g(2), Hv(2);
    const Method hesse{.name = "hesse",
                       .value = repeat(
                           [&] {
                               for (int i = 0; i < evaluations; ++i) *value = f.value(problem.x);
                           },
                           value),
                       .gradient = repeat(
                           [&] {
                               for (int i = 0; i < evaluations; ++i) {
                                   const auto fresh = f.linearize(problem.x);
                                   g = fresh.gradient();
                               }
                           },
                           g.data()),
                       .product_repeated = repeat(
                           [&] {
                               for (int i = 0; i < evaluations; ++i)
                                   at.hessian().apply(problem.directions.col(0), Hv);
                           },
                           Hv.data()),
                       .evaluations = evaluations,
                       .count_allocations = true};
    race_methods(
        session, problem, {hand, hesse},
        {.gradient = Target{Target::seconds, 30e-9}, .product_repeated = Target{Target::seconds, 50e-9}});
}

const Registration registration{"rosenbrock_static", measure};

}  // namespace
}  // namespace hesse::bench
