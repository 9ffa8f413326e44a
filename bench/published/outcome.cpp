#include "published/outcome.hpp"

#include "hesse/optim.hpp"
#include "problems/problems.hpp"

#include <functional>
#include <limits>
#include <utility>

namespace hesse::bench {
namespace {

using Run = std::function<Outcome(const problems::Problem&)>;

template <Optimizer M>
std::pair<std::string, Run> entry(std::string name, const M& method) {
    return {name, [name, method](const problems::Problem& problem) {
                Outcome outcome;
                outcome.problem = problem.name;
                outcome.method = name;
                const auto look = [&outcome](Iteration& now) {
                    if (outcome.solved) return;
                    outcome.steps = static_cast<long>(now.iteration());
                    if (now.gradient_norm() > goal) return;
                    Evaluations spent = now.counters().total();
                    const Evaluations& sure = now.counters()[Purpose::certificate];
                    spent.products -= sure.products;
                    spent.gradients -= sure.gradients;
                    spent.values -= sure.values;
                    outcome.solved = spent;
                };
                const Solution found =
                    minimize(problem.loss, problem.start, method,
                             Stopping{.gradient_norm = goal, .budget = 60'000.0, .iterations = 50'000}, look);
                outcome.certificate = found.counters[Purpose::certificate];
                outcome.end = to_string(found.status);
                outcome.value = found.value;
                outcome.seconds = found.seconds;
                return outcome;
            }};
}

const std::vector<std::pair<std::string, Run>>& table() {
    static const std::vector<std::pair<std::string, Run>> all{
        entry("TrustRegion", TrustRegion{}),
        entry("NewtonConjugateGradients", NewtonConjugateGradients{}),
        entry("AdaptiveCubicRegularization", AdaptiveCubicRegularization{}),
        entry("SteihaugTrustRegion", SteihaugTrustRegion{}),
        entry("LimitedMemoryBfgs", LimitedMemoryBfgs{}),
        entry("NonlinearConjugateGradients", NonlinearConjugateGradients{}),
        entry("BarzilaiBorwein", BarzilaiBorwein{}),
    };
    return all;
}

}  // namespace

double Outcome::products_and_gradients() const {
    if (!solved) return std::numeric_limits<double>::infinity();
    return static_cast<double>(solved->products) + 2.0 * static_cast<double>(solved->gradients);
}

double Outcome::gradient_equivalents() const {
    return solved ? solved->gradient_equivalents() : std::numeric_limits<double>::infinity();
}

std::vector<std::string> methods() {
    std::vector<std::string> names;
    for (const auto& [name, run] : table()) names.push_back(name);
    return names;
}

Outcome run_method(const std::string& method, const std::string& problem) {
    for (const auto& [name, run] : table()) {
        if (name == method) return run(problems::make(problem));
    }
    throw std::invalid_argument("run_method: there is no method '" + method + "'");
}

}  // namespace hesse::bench
