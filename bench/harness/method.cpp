#include "harness/method.hpp"

#include "harness/random_data.hpp"

namespace hesse::bench {
namespace {

struct Part {
    std::string name;
    Computation Method::*computation;
    std::optional<Target> target;
    int results;
};

}  // namespace

Problem::Problem(std::string workload_name, std::string style_name, Eigen::VectorXd point, Index block)
    : workload(std::move(workload_name)),
      style(std::move(style_name)),
      x(std::move(point)),
      directions(normal_matrix(x.size(), block, 8)) {}

std::map<std::string, double> race_methods(Session& session, const Problem& problem,
                                           std::vector<Method> methods, const Targets& targets) {
    const Part parts[] = {
        {"value", &Method::value, {}, 1},
        {"gradient", &Method::gradient, targets.gradient, 1},
        {"product_fresh", &Method::product_fresh, {}, 1},
        {"product_block" + std::to_string(problem.block()), &Method::product_block, targets.product_block,
         static_cast<int>(problem.block())},
        {"product_repeated", &Method::product_repeated, targets.product_repeated, 1},
    };
    std::map<std::string, double> seconds;
    for (const Part& part : parts) {
        const bool is_value = part.computation == &Method::value;
        const bool is_gradient = part.computation == &Method::gradient;
        if (!session.quantity.empty() && session.quantity != part.name) continue;
        std::vector<Contender> contenders;
        bool ours = false;
        for (const Method& method : methods) {
            if (!session.contender.empty() && session.contender != method.name) continue;
            Contender contender{.name = method.name, .run = method.*part.computation};
            if (!contender.run && method.name == "plain") {
                contender.run = [&method]() -> const double* {
                    method.value();
                    return nullptr;
                };
                contender.reported = false;
            } else {
                contender.reported = method.reported;
                contender.results_per_run = part.results * method.evaluations;
                if (!is_value) contender.bytes = is_gradient ? method.gradient_bytes : method.product_bytes;
                contender.count_allocations = !is_value && method.count_allocations;
            }
            if (!contender.run) continue;
            if (method.name == "hesse") {
                ours = true;
                contender.target = part.target;
            } else if (part.computation == &Method::product_repeated) {
                contender.target = method.product_target;
            }
            contenders.push_back(std::move(contender));
        }
        if (contenders.empty() || (!ours && session.contender.empty())) continue;
        if (part.computation == &Method::product_repeated || part.computation == &Method::product_block) {
            for (const Method& method : methods) {
                if (method.before_products) method.before_products();
            }
        }
        const std::size_t entries =
            is_value ? 1 : static_cast<std::size_t>(problem.size()) * static_cast<std::size_t>(part.results);
        const std::vector<double> times =
            race({problem.workload, problem.size(), problem.style, part.name, entries}, contenders,
                 session.rounds, session.report);
        if (part.computation != &Method::product_repeated) continue;
        for (std::size_t i = 0; i < times.size(); ++i) seconds[contenders[i].name] = times[i];
    }
    return seconds;
}

}  // namespace hesse::bench
