#include "comparison.hpp"

#include "progress_board.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <future>
#include <thread>

namespace demo {
namespace {

using Loss = hesse::TapeObjective<Autoencoder>;

struct Method {
    std::string name;
    std::string settings;
    std::function<hesse::Solution(const Loss&, const Eigen::VectorXd&, const hesse::Stopping&,
                                  ProgressBoard::Reporter)>
        run;
};

template <class M, class... Extras>
Method method(std::string name, std::string settings, M optimizer, Extras... extras) {
    return {std::move(name), std::move(settings),
            [=](const Loss& f, const Eigen::VectorXd& start, const hesse::Stopping& stopping,
                ProgressBoard::Reporter reporter) {
                return hesse::minimize(f, start, optimizer, stopping, reporter, extras...);
            }};
}

// The largest eigenvalue of the Hessian is about 2.1 along the way, so that gradient descent is stable with
// steps below 2 / 2.1.
std::vector<Method> methods() {
    using namespace hesse;
    return {
        method("gradient descent", "step 0.9", GradientDescent{{.step_size = 0.9}}),
        method("curvature-bounded gradient descent", "step g'g / g'Hg", CurvatureBoundedGradientDescent{}),
        method("moving-average momentum", "step 9, momentum 0.9",
               MovingAverageMomentum{{.step_size = 9.0, .momentum = 0.9}}),
        method("heavy ball", "step 0.5, momentum 0.95", HeavyBall{{.step_size = 0.5, .momentum = 0.95}}),
        method("Nesterov", "step 0.5, momentum 0.98", Nesterov{{.step_size = 0.5, .momentum = 0.98}}),
        method("perturbed gradient descent", "step 0.9", PerturbedGradientDescent{{.step_size = 0.9}}),
        method("Nesterov + two-sided escape", "step 0.5, momentum 0.98",
               Nesterov{{.step_size = 0.5, .momentum = 0.98}}, NegativeCurvatureEscape{}),
        method("trust region", "Lanczos, with escape", TrustRegion{}),
    };
}

}  // namespace

std::vector<Attempt> compare_methods(const Autoencoder& loss, const std::vector<Start>& starts,
                                     double budget) {
    const Loss f = hesse::objective(loss, loss.parameters());
    const std::vector<Method> all = methods();
    hesse::Stopping stopping;
    stopping.gradient_norm = gradient_goal;
    stopping.budget = budget;
    stopping.iterations = static_cast<hesse::Index>(3 * budget) + 1;  // a value costs a third of a gradient

    hesse::ClassifyOptions options;
    options.gradient_tolerance = gradient_goal;

    std::vector<Attempt> attempts(starts.size() * all.size());
    ProgressBoard board(attempts.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t k = next++; k < attempts.size(); k = next++) {
            const Start& start = starts[k / all.size()];
            const Method& method = all[k % all.size()];
            const hesse::Solution solution =
                method.run(f, start.theta, stopping, board.reporter(k, method.name + " from " + start.name));
            const hesse::CriticalPoint point = hesse::classify(f, solution.x, options);
            attempts[k] = {start.name, method.name, method.settings, solution, point};
        }
    };

    const std::size_t processors = std::max(std::thread::hardware_concurrency(), 1U);
    std::vector<std::future<void>> workers;
    for (std::size_t k = 0; k < std::min(processors, attempts.size()); ++k)
        workers.push_back(std::async(std::launch::async, work));
    for (std::future<void>& worker : workers) worker.get();  // passes on what a worker threw
    return attempts;
}

}  // namespace demo
