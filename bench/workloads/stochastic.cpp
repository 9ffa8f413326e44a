// Stochastic methods on a strongly convex logistic regression, in passes over the data. Draws docs/pictures/stochastic_methods.
#include "hesse/stochastic.hpp"

#include "harness/workload.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/picture.hpp"
#include "hesse/optim/trust_region.hpp"

#include <Eigen/Dense>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace hesse::bench {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double most_passes = 60.0;
constexpr double decay = 1e-4;

/// Labels by a plane with noise; columns whose scales fall from 1 to 0.02.
struct Data {
    MatrixXd x;
    VectorXd y;

    Data(Index rows, Index width) : x(rows, width), y(rows) {
        RandomGenerator random(4);
        VectorXd truth(width);
        for (double& entry : truth) entry = 2.0 * random.normal();
        for (Index i = 0; i < rows; ++i) {
            double score = random.normal();
            for (Index j = 0; j < width; ++j) {
                x(i, j) =
                    random.normal() * std::pow(0.02, static_cast<double>(j) / static_cast<double>(width - 1));
                score += x(i, j) * truth[j];
            }
            y[i] = score < 0.0 ? -1.0 : 1.0;
        }
    }
};

struct Point {
    double passes, gap;
};
using Curve = std::vector<Point>;

/// f - least over passes over the data. Of methods that do not use the gradient of all rows, with which a step of the loop ends,
/// that is not counted.
template <class F, class Method>
Curve run(const F& f, double least, Method method, bool uses_whole_gradients) {
    ErasedObjective erased(f);
    const VectorXd start = VectorXd::Zero(f.size());
    Iterate at(erased, start.data());
    Curve curve{{0.0, at.value() - least}};
    method.start(at);
    while (curve.back().passes < most_passes) {
        const StepOutcome outcome = method.step(at);
        if (outcome != StepOutcome::moved && outcome != StepOutcome::rejected) break;
        Evaluations spent = at.counters()[Purpose::step];
        if (!uses_whole_gradients) spent.gradients = 0;
        curve.push_back({spent.gradient_equivalents(), at.value() - least});
        if (!(curve.back().gap < 10.0)) break;
    }
    return curve;
}

/// What is better is less: the gap in the end; or, once that is rounding, the passes until then; infinite where the run broke off.
double rank_of(const Curve& curve) {
    constexpr double rounding = 1e-13;
    for (const Point& point : curve)
        if (point.gap <= rounding) return rounding * point.passes / (2.0 * most_passes);
    return curve.back().passes < most_passes ? std::numeric_limits<double>::infinity() : curve.back().gap;
}

/// With the step size, a power of two, that is best.
template <class Run>
std::pair<Curve, double> best_of_step_sizes(int lowest, int highest, const Run& run_with) {
    std::pair<Curve, double> best{{}, 0.0};
    for (int exponent = lowest; exponent <= highest; ++exponent) {
        const double step_size = std::ldexp(1.0, exponent);
        Curve curve = run_with(step_size);
        if (best.first.empty() || rank_of(curve) < rank_of(best.first)) best = {std::move(curve), step_size};
    }
    return best;
}

/// By what the gap is divided in a pass, between 1e-3 and 1e-11.
double rate(const Curve& curve) {
    const auto first = std::find_if(curve.begin(), curve.end(), [](const Point& p) { return p.gap < 1e-3; });
    auto last = std::find_if(first, curve.end(), [](const Point& p) { return p.gap < 1e-11; });
    if (last == curve.end()) last = std::prev(curve.end());
    if (first == curve.end() || last <= first) return 1.0;
    return std::pow(first->gap / last->gap, 1.0 / (last->passes - first->passes));
}

void measure(Session& session) {
    const Data data(10'000, 50);
    const auto f = finite_sum(data.x.rows(),
                              [&](const auto& w, const Rows& rows) {
                                  const auto margins =
                                      (rows.of(data.x) * w).array() * rows.of(data.y).array();
                                  return log(1.0 + exp(-margins)).sum();
                              },
                              data.x.cols(), {.threads = 1, .average = true})
                       .plus([](const auto& w) { return 0.5 * decay * w.squaredNorm(); });
    const double least = minimize(f, VectorXd::Zero(f.size()), TrustRegion{},
                                  Stopping{.gradient_norm = 1e-13, .second_order = false})
                             .value;
    struct Line {
        std::string name;
        Curve curve;
    };
    std::vector<Line> lines;
    const auto add = [&](const std::string& name, const std::pair<Curve, double>& found) {
        const auto& [curve, step_size] = found;
        session.report.remark(fmt::format(
            "{}, logistic regression, N = 10^4, d = 50: f - f* is {:.1e} after {:.0f} passes over the data, "
            "divided by {:.3g} a pass (step size {})",
            name, std::max(curve.back().gap, 0.0), curve.back().passes, rate(curve), step_size));
        lines.push_back({name, curve});
    };
    const BatchSampler::Options ten{.size = 10};
    add("SGD, constant steps", best_of_step_sizes(-9, 1, [&](double step_size) {
            return run(f, least, on_batches(GradientDescent({.step_size = step_size}), {.batches = ten}),
                       false);
        }));
    add("SGD, steps beta / (1 + beta mu k)", best_of_step_sizes(-6, 3, [&](double beta) {
            const Schedule falling = [beta](const Schedule::Moment& moment) {
                return beta / (1.0 + beta * decay * static_cast<double>(moment.step));
            };
            return run(f, least, on_batches(GradientDescent({.step_size = falling}), {.batches = ten}),
                       false);
        }));
    add("SQN, falling steps", best_of_step_sizes(-6, 3, [&](double beta) {
            const Schedule falling = [beta](const Schedule::Moment& moment) {
                return beta / (1.0 + 0.01 * static_cast<double>(moment.step));
            };
            return run(f, least, StochasticQuasiNewton({.step_size = falling, .batches = {.size = 50}}),
                       false);
        }));
    add("SVRG", best_of_step_sizes(-7, 2, [&](double step_size) {
            return run(f, least, StochasticVarianceReducedGradient({.step_size = step_size, .batches = ten}),
                       true);
        }));
    add("SVRG with L-BFGS", best_of_step_sizes(-9, 1, [&](double step_size) {
            return run(f, least,
                       StochasticVarianceReducedGradient({.step_size = step_size,
                                                          .gradient_step_size = 0.25,
                                                          .batches = {.size = 100},
                                                          .memory = 10,
                                                          .curvature_rows = 1000}),
                       true);
        }));
    add("multi-batch L-BFGS", best_of_step_sizes(-5, 0, [&](double step_size) {
            return run(f, least, MultiBatchBfgs({.step_size = step_size, .batches = {.size = 2000}}), false);
        }));
    add("L-BFGS", {run(f, least, LimitedMemoryBfgs{}, true), 1.0});

    PictureData picture;
    picture.names = {"passes"};
    for (const Line& line : lines) picture.names.push_back(line.name);
    constexpr double smallest = 1e-14;  // what rounding leaves of f - f*
    for (int pass = 0; pass <= static_cast<int>(most_passes); ++pass) {
        std::vector<double> row{static_cast<double>(pass)};
        for (const Line& line : lines) {
            const auto next = std::find_if(line.curve.begin(), line.curve.end(),
                                           [&](const Point& p) { return p.passes > pass; });
            row.push_back(std::max(std::prev(next)->gap, smallest));
        }
        picture.rows.push_back(row);
    }
    std::string commands =
        "set logscale y\nset yrange [1e-14:1]\nset format y '10^{%T}'\nset key bottom left\n"
        "set xlabel 'passes over the data'\nset ylabel 'f - f*'\nplot ";
    for (std::size_t k = 0; k < lines.size(); ++k)
        commands += fmt::format("{}$data using 1:{} with lines lt {} dt {} title '{}'", k > 0 ? ", " : "",
                                k + 2, k % 6 + 1, k / 6 + 1, lines[k].name);
    draw(std::filesystem::path(HESSE_BENCH_DOCUMENT).parent_path() / "pictures", "stochastic_methods",
         picture, commands + "\n");
}

const Registration registration{"stochastic", measure};

}  // namespace
}  // namespace hesse::bench
