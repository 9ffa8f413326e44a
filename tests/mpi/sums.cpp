// Everything that a sum over ranks can be asked, written down bit by bit: sums <file>.
#include "hesse/hesse.hpp"
#include "hesse/mpi.hpp"
#include "hesse/stochastic.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <cstdio>
#include <exception>
#include <fstream>
#include <ios>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index rows = 700, inputs = 7, hidden = 6, n = hidden * inputs + hidden;

MatrixXd sines(Index r, Index c, double shift) {
    return MatrixXd::NullaryExpr(r, c, [&](Index i, Index j) {
        return std::sin(shift + 1.3 * static_cast<double>(i) + 0.71 * static_cast<double>((i + 2) * j));
    });
}

/// The numbers so far, exactly.
struct Protocol {
    std::string text;

    void add(const std::string& what, const MatrixXd& values) {
        text += what;
        char number[40];
        for (const double value : values.reshaped()) {
            std::snprintf(number, sizeof number, " %a", value);
            text += number;
        }
        text += '\n';
    }
};

}  // namespace

int main(int count, char** arguments) try {
    if (count != 2) throw std::invalid_argument("sums <file>");
    const auto ranks = mpi_world();
    // Each rank loads its own rows only.
    constexpr Index rows_per_part = 16;
    const auto [first, last] = rows_of_rank(rows, rows_per_part, *ranks);
    const MatrixXd x = sines(rows, inputs, 0.2).middleRows(first, last - first);
    const VectorXd y = sines(rows, 1, 0.5).col(0).segment(first, last - first);
    const auto residuals = [&](const auto& theta, const Rows& part) {
        const auto [w, out] = unpack(theta, shape(inputs, hidden), shape(hidden));
        return (tanh(part.of(x) * w) * out - part.of(y)).eval();
    };
    const auto f = least_squares_sum(
                       rows, residuals, n,
                       {.rows_per_part = rows_per_part, .threads = 2, .average = true, .communicator = ranks})
                       .plus([](const auto& theta) { return 1e-3 * theta.squaredNorm(); });
    const VectorXd theta = 0.3 * sines(n, 1, 0.1).col(0), v = sines(n, 1, 0.9).col(0);

    Protocol protocol;
    const auto ask = [&](const std::string& name, const auto& g) {
        const auto at = g.linearize(theta);
        VectorXd product(n);
        protocol.add(name + " value", VectorXd::Constant(1, g.value(theta)));
        protocol.add(name + " gradient", at.gradient());
        protocol.add(name + " product", at.hessian() * v);
        protocol.add(name + " block", at.hessian() * MatrixXd(sines(n, 3, 0.4)));
        at.gauss_newton().apply(v, product);
        protocol.add(name + " gauss_newton", product);
    };
    ask("sum", f);
    std::vector<Index> batch;
    for (Index k = 0; k < 90; ++k) batch.push_back((k * 41) % rows);
    ask("batch", f.batch(batch));

    // Every optimizer and curvature tool, unchanged.
    const auto run_on = [&](const auto& g, const VectorXd& start, const auto& method, Index steps = 25) {
        const Solution found =
            minimize(g, start, method, Stopping{.gradient_norm = 1e-5, .iterations = steps});
        protocol.add(found.method, found.x);
    };
    const auto run = [&](const auto& method) { run_on(f, theta, method); };
    run(TrustRegion{});
    run(AdaptiveCubicRegularization{});
    run(LimitedMemoryBfgs{});
    run(NewtonConjugateGradients{});
    run(LevenbergMarquardt{});
    run(HessianFree{});
    run(SaddleFreeNewton({.subspace = 6}));
    run(NonlinearConjugateGradients{});
    run(BarzilaiBorwein{});
    run(HeavyBall({.step_size = 0.2}));
    run(Adam({.step_size = 0.02}));
    run(escape_saddles(Nesterov({.step_size = 0.2})));
    const auto briefly = [&](const auto& method) { run_on(f, theta, method, 5); };
    const BatchSampler::Options batches{.size = 60};
    briefly(on_batches(Adam({.step_size = 0.02}), {.batches = batches}));
    briefly(on_batches(NoisyGradientDescent({.step_size = 0.2, .noise = 0.1}), {.batches = batches}));
    briefly(StochasticVarianceReducedGradient({.step_size = 0.1, .batches = batches, .memory = 4}));
    briefly(StochasticQuasiNewton({.step_size = 0.1, .batches = batches}));
    briefly(MultiBatchBfgs({.step_size = 0.1, .batches = {.size = 200}}));
    briefly(Subsampled(TrustRegion{}));
    const CriticalPoint point = classify(f, theta, {.gradient_tolerance = 1e3});
    protocol.add("classify", point.direction);
    protocol.add("lowest", VectorXd::Constant(1, point.lowest.value));
    const auto at = f.linearize(theta);
    const auto quadratures = spectral_density(at.hessian(), {.vectors = 2, .steps = 20}).quadratures();
    protocol.add("density", VectorXd::Map(quadratures[1].nodes.data(), 20));

    // Enough parameters for each rank to keep a part only of what is remembered of steps and of bases.
    constexpr Index many = 9 * VectorSpace::block_length;
    const auto [first_of_few, last_of_few] = rows_of_rank(64, 4, *ranks);
    const MatrixXd z = sines(64, many, 0.3).middleRows(first_of_few, last_of_few - first_of_few);
    const auto large = finite_sum(64,
                                  [&](const auto& w, const Rows& part) {
                                      return log(1.0 + exp((part.of(z) * w).array())).sum();
                                  },
                                  many, {.rows_per_part = 4, .threads = 1, .communicator = ranks})
                           .plus([](const auto& w) {
                               return 0.25 * w.array().square().square().sum() - 0.5 * w.squaredNorm();
                           });
    const VectorXd start = 0.8 * sines(many, 1, 0.1).col(0);
    run_on(large, start, LimitedMemoryBfgs{});
    run_on(large, start, TrustRegion({.subspace = 8}));
    protocol.add("classify",
                 classify(large, start, {.gradient_tolerance = 1e3, .max_products = 40}).direction);

    if (ranks->rank() == 0) std::ofstream(arguments[1]) << protocol.text;
    // And all ranks have what rank 0 has.
    std::string of_first = protocol.text;
    ranks->broadcast(of_first);
    if (of_first != protocol.text)
        throw std::runtime_error("rank " + std::to_string(ranks->rank()) + " has other numbers than rank 0");
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "sums: %s\n", error.what());
    return 1;
}
