#pragma once

#include "harness/workload.hpp"
#include "hesse/autodiff/objective.hpp"

#include <Eigen/Core>

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
    std::optional<double> bytes = {};   // memory that it keeps at a point
    bool count_allocations = false;
    bool reported = true;
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

/// Derivatives coded by hand, a class with
///     double value(const double* x);
///     double gradient(const double* x, double* g);   keeps what products need
///     void product(const double* v, double* Hv);     at the point of the last gradient
template <class Hand>
Method hand_method(std::string name, std::shared_ptr<Hand> hand, const Problem& problem) {
    struct Memory {
        double value = 0;
        Eigen::VectorXd result;
        Eigen::MatrixXd block;
    };
    const auto memory = std::make_shared<Memory>();
    const Index n = problem.size();
    memory->result.resize(n);
    const Problem* p = &problem;
    memory->block.resize(n, p->block());
    hand->gradient(problem.x.data(), memory->result.data());
    return {.name = std::move(name),
            .value =
                [=] {
                    memory->value = hand->value(p->x.data());
                    return &memory->value;
                },
            .gradient =
                [=] {
                    hand->gradient(p->x.data(), memory->result.data());
                    return memory->result.data();
                },
            .product_fresh =
                [=] {
                    hand->gradient(p->x.data(), memory->result.data());
                    hand->product(p->v(), memory->result.data());
                    return memory->result.data();
                },
            .product_repeated =
                [=] {
                    hand->product(p->v(), memory->result.data());
                    return memory->result.data();
                },
            .product_block =
                [=] {
                    for (Index j = 0; j < p->block(); ++j) {
                        hand->product(p->directions.col(j).data(), memory->block.col(j).data());
                    }
                    return memory->block.data();
                }};
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
    const auto memory = std::make_shared<Memory>(Memory{f.linearize(problem.x)});
    memory->product.resize(problem.size());
    const Problem* p = &problem;
    memory->block.resize(problem.size(), p->block());
    // Each linearisation finds the memory of the one before.
    const auto linearize = [=] {
        memory->fresh.reset();
        memory->fresh.emplace(f.linearize(p->x));
    };
    Method method{.name = "hesse",
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
                          memory->fresh->hessian().apply(p->directions.col(0), memory->product);
                          return memory->product.data();
                      },
                  .product_repeated =
                      [=] {
                          memory->kept.hessian().apply(p->directions.col(0), memory->product);
                          return memory->product.data();
                      },
                  .bytes = static_cast<double>(memory->kept.memory().total()),
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
