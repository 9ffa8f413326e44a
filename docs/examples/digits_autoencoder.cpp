// Trains an autoencoder of handwritten digits, by every method of the library, out of an exact saddle.
//
//     digits_autoencoder [directory for the results [gradient-equivalents per run]]
#include "digits_autoencoder/attempt.hpp"
#include "digits_autoencoder/autoencoder.hpp"
#include "digits_autoencoder/comparison.hpp"
#include "digits_autoencoder/digits.hpp"
#include "digits_autoencoder/page.hpp"
#include "digits_autoencoder/plot.hpp"
#include "digits_autoencoder/table.hpp"
#include <hesse/hesse.hpp>

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace {

/// Enough for a certified minimum from either start, and about a minute on two processors.
constexpr double default_budget = 7500.0;

double parse_budget(std::string_view text) {
    double budget = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), budget);
    if (error != std::errc() || end != text.data() + text.size() || !(budget >= 1.0))
        throw std::invalid_argument(fmt::format("the budget is '{}', expected a number of at least 1", text));
    return budget;
}

demo::Origin examine_origin(const demo::Autoencoder& loss, const Eigen::VectorXd& origin) {
    const auto f = hesse::objective(loss, loss.parameters());
    const Eigen::VectorXd covariance = demo::covariance_eigenvalues(loss.images);
    return {.verdict = hesse::classify(f, origin),
            .value = 0.5 * covariance.sum(),
            .lowest = loss.decay - covariance.maxCoeff(),
            .index = loss.hidden * (covariance.array() > loss.decay).count()};
}

/// 1e-3 times a random point.
Eigen::VectorXd beside_the_origin(hesse::Index n) {
    Eigen::VectorXd theta(n);
    hesse::RandomGenerator(2).normal(hesse::VectorSpace(n), theta.data());
    return 1e-3 * theta;
}

void run(const std::filesystem::path& directory, double budget) {
    const auto begin = std::chrono::steady_clock::now();
    std::filesystem::create_directories(directory);
    const Eigen::MatrixXd images = demo::read_digits(HESSE_DATA_DIR "/digits.csv");
    const demo::Autoencoder loss{images};
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(loss.parameters());

    fmt::print("A tanh autoencoder {0}-{1}-{0} of {2} images: {3} parameters.\n\nThe origin, by classify: ",
               images.rows(), loss.hidden, images.cols(), loss.parameters());
    const demo::Origin origin = examine_origin(loss, zero);
    fmt::print("{}\nTwo ways to one number:\n", describe(origin.verdict));
    fmt::print("  lowest eigenvalue, from {} Hessian products           {:.9f} +- {:.0e}\n",
               origin.verdict.products, origin.verdict.lowest.value, origin.verdict.lowest.error_bound);
    fmt::print("  decay - largest eigenvalue of the covariance, dense  {:.9f}\n", origin.lowest);
    fmt::print("By the same theory the loss is {:.6f} and {} eigenvalues are negative.\n\n", origin.value,
               origin.index);
    std::cout << std::flush;

    const auto attempts = demo::compare_methods(
        loss, {{"the saddle", zero}, {"beside it", beside_the_origin(loss.parameters())}}, budget);
    fmt::print("\n{}\n", demo::text_table(attempts));
    for (const std::string& fact : demo::findings(attempts)) fmt::print("- {}\n", fact);

    demo::write_history((directory / "history.csv").string(), attempts);
    const bool drawn = demo::plot(directory, attempts);
    demo::write_page(directory, origin, attempts, budget);
    if (!drawn) fmt::print("\nNo picture was drawn: gnuplot is not installed, or it failed.\n");
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    fmt::print("\nWrote {0}/report.html, {1}{0}/history.csv in {2:.0f} s.\n", directory.string(),
               drawn ? "loss.svg, loss.png, " : "", seconds.count());
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc > 1 ? argv[1] : "build/demo", argc > 2 ? parse_budget(argv[2]) : default_budget);
    } catch (const std::exception& error) {
        std::cerr << "digits_autoencoder: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
