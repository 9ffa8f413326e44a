#pragma once

#include "harness/peak_memory.hpp"
#include "harness/workload.hpp"
#include "hesse/autodiff/objective.hpp"

#include <Eigen/Core>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hesse::bench {

/// A loss at a point, and the directions in which its Hessian is applied.
struct Problem {
    Problem(std::string workload, std::string style, Eigen::VectorXd point, Index block = 8);

    std::string workload, style;
    Eigen::VectorXd x;           // (n)
    Eigen::MatrixXd directions;  // (n x block), for products at once; the first is that of single products

    [[nodiscard]] Index size() const { return x.size(); }
    [[nodiscard]] Index block() const { return directions.cols(); }
    [[nodiscard]] const double* v() const { return directions.data(); }
};

/// One way to compute a loss and its derivatives for a problem. What is empty does not take part.
struct Method {
    std::string name;
    Computation value = {};
    Computation gradient = {};          // with all that comes before it: recording
    Computation product_fresh = {};     // recording, gradient and one product
    Computation product_repeated = {};  // one more product at a point
    Computation product_block = {};     // as many as there are directions
    // Peak of the memory that a gradient, or a gradient and a product, take above what was there before.
    std::optional<double> gradient_bytes = {}, product_bytes = {};
    std::function<void()> before_products = {};  // makes the point ready for products, not timed
    int evaluations = 1;                         // in one run, all giving the same result
    bool count_allocations = false;
    bool reported = true;
    std::optional<Target> product_target = {};  // of methods beside hesse
};

/// What is promised of hesse.
struct Targets {
    std::optional<Target> gradient = {}, product_repeated = {}, product_block = {};
};

/// Races the methods for every quantity that hesse computes. The method "plain" computes values only, and is
/// what all other quantities are measured against too.
/// Returns the seconds that each method took for `product_repeated`.
std::map<std::string, double> race_methods(Session& session, const Problem& problem,
                                           std::vector<Method> methods, const Targets& targets);

/// The loss itself run on numbers.
template <class Loss>
Method plain_method(Loss loss) {
    return {.name = "plain", .value = [loss, value = std::make_shared<double>()] {
                *value = loss();
                return value.get();
            }};
}

/// Makes derivatives (see `method_of`) ready for products at x.
template <class Derivatives>
void prepare_products(Derivatives& derivatives, const double* x, double* g) {
    if constexpr (requires { derivatives.prepare(x, g); }) {
        derivatives.prepare(x, g);
    } else {
        derivatives.gradient(x, g);
    }
}

/// Derivatives from elsewhere, a class with
///     double value(const double* x);                                           may be missing
///     double gradient(const double* x, double* g);
///     double prepare(const double* x, double* g);    the same, and what products need; if missing, gradient does
///     void product(const double* v, double* Hv);     at the point that was prepared
///     void product_at(const double* x, const double* v, double* Hv);           if missing, prepare and product
template <class Derivatives>
Method method_of(std::string name, std::shared_ptr<Derivatives> derivatives, const Problem& problem) {
    struct Memory {
        double value = 0;
        Eigen::VectorXd result = {};
        Eigen::MatrixXd block = {};
    };
    const auto memory = std::make_shared<Memory>();
    memory->result.resize(problem.size());
    memory->block.resize(problem.size(), problem.block());
    const Problem* p = &problem;
    double* result = memory->result.data();
    const auto prepare = [=] { prepare_products(*derivatives, p->x.data(), result); };
    Method method{.name = std::move(name),
                  .gradient =
                      [=] {
                          derivatives->gradient(p->x.data(), memory->result.data());
                          return result;
                      },
                  .product_fresh =
                      [=] {
                          if constexpr (requires { derivatives->product_at(p->x.data(), p->v(), result); }) {
                              derivatives->product_at(p->x.data(), p->v(), result);
                          } else {
                              prepare();
                              derivatives->product(p->v(), result);
                          }
                          return result;
                      },
                  .product_repeated =
                      [=] {
                          derivatives->product(p->v(), result);
                          return result;
                      },
                  .product_block =
                      [=] {
                          for (Index j = 0; j < p->block(); ++j) {
                              derivatives->product(p->directions.col(j).data(), memory->block.col(j).data());
                          }
                          return memory->block.data();
                      },
                  // Others may have moved the point meanwhile.
                  .before_products = prepare};
    if constexpr (requires { derivatives->value(p->x.data()); }) {
        method.value = [=] {
            memory->value = derivatives->value(p->x.data());
            return &memory->value;
        };
    }
    return method;
}

/// The derivatives of an objective of this library.
template <class Objective>
Method hesse_method(const Objective& f, const Problem& problem) {
    struct Memory {
        Linearization<double> kept;
        std::optional<Linearization<double>> fresh = {};
        double value = 0;
        Eigen::VectorXd product = {};
        Eigen::MatrixXd block = {};
    };
    const double gradient_bytes = peak_bytes([&] { const auto at = f.linearize(problem.x); });
    Eigen::VectorXd product = Eigen::VectorXd::Zero(problem.size());  // there before
    const double product_bytes = peak_bytes([&] {
        const auto at = f.linearize(problem.x);
        at.hessian().apply(problem.directions.col(0), product);
    });
    const auto memory = std::make_shared<Memory>(Memory{f.linearize(problem.x)});
    memory->product = product;
    const Problem* p = &problem;
    memory->block.resize(problem.size(), p->block());
    // Each linearisation finds the memory of the one before.
    const auto linearize = [=] {
        memory->fresh.reset();
        memory->fresh.emplace(f.linearize(p->x));
    };
    Method method{
        .name = "hesse",
        .value =
            [=] {
                memory->value = f.value(p->x);
                return &memory->value;
            },
        .gradient =
            [=] {
                linearize();
                return memory->fresh->gradient().data();
            },
        .product_fresh =
            [=] {
                linearize();
                const auto& hessian = memory->fresh->hessian();
                if constexpr (requires { hessian.apply_once(p->directions.col(0), memory->product); }) {
                    hessian.apply_once(p->directions.col(0), memory->product);
                } else {
                    hessian.apply(p->directions.col(0), memory->product);
                }
                return memory->product.data();
            },
        .product_repeated =
            [=] {
                memory->kept.hessian().apply(p->directions.col(0), memory->product);
                return memory->product.data();
            },
        .gradient_bytes = gradient_bytes,
        .product_bytes = product_bytes,
        .count_allocations = true};
    if constexpr (requires { memory->kept.hessian().apply_block(p->directions, memory->block); }) {
        method.product_block = [=] {
            memory->kept.hessian().apply_block(p->directions, memory->block);
            return memory->block.data();
        };
    }
    return method;
}

}  // namespace hesse::bench
