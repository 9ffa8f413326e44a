// What stands around a method: schedules, groups, bounds, ways out of saddles, ends, histories. docs/optimizers.md quotes it.
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

namespace {

/// A network 2-16-1 that learns x + x y, on a grid.
struct Network {
    Eigen::MatrixXd inputs{2, 81};
    Eigen::MatrixXd targets{1, 81};

    Network() {
        for (int k = 0; k < 81; ++k) {
            inputs.col(k) = Eigen::Vector2d(k % 9 - 4, k / 9 - 4) / 4.0;
            targets(0, k) = inputs(0, k) * (1.0 + inputs(1, k));
        }
    }
    template <class Theta>
    typename Theta::Scalar operator()(const Theta& theta) const {
        const auto [first, bias, last] =
            unpack(theta, hesse::shape(16, 2), hesse::shape(16), hesse::shape(1, 16));
        const auto hidden = tanh((first * inputs).colwise() + bias);
        return 0.5 * (last * hidden - targets).squaredNorm();
    }
};

void show(const char* name, const hesse::Solution& found) {
    std::printf("%-34s %-15s loss %9.2e after %5ld steps, %7.0f gradient-equivalents\n", name,
                std::string(to_string(found.status)).c_str(), found.value,
                static_cast<long>(found.iterations), found.gradient_equivalents);
}

}  // namespace

int main() {
    using namespace hesse;
    const auto f = objective(Network{}, 64);
    Eigen::VectorXd start(64);
    RandomGenerator(1).unit_vector(VectorSpace(64), start.data());
    const auto directory = std::filesystem::temp_directory_path() / "hesse_optimizers";
    std::filesystem::create_directories(directory);
    const std::string csv = directory / "history.csv", lines = directory / "history.jsonl",
                      saved = directory / "run";

    // Schedules and groups.
    const auto [first, bias, last] = layout(shape(16, 2), shape(16), shape(1, 16));
    const Adam::Options slow{.step_size = cosine_decay(1e-2, 2000)};
    const Adam::Options fast{
        .step_size = warm_up(100, cosine_decay(5e-2, 1900)), .weight_decay = 1e-4, .clip_norm = 1.0};
    const Adam adam(slow, {{first, fast}, {last, fast}});
    show("Adam, in groups", minimize(f, start, adam, Stopping{.iterations = 2000}));
    show("biases fixed", minimize(f, start, LimitedMemoryBfgs{}, Fixed{{bias}}, Stopping{.budget = 2000}));
    show("weights within bounds",
         minimize(f, start, TrustRegion{}, Bounds(-1.0, 1.0), Stopping{.budget = 4000}));

    // Ways out of saddles: zero is one.
    const Eigen::VectorXd zero = Eigen::VectorXd::Zero(64);
    const Stopping stopping{.budget = 3000, .target_value = 1.0};
    const HeavyBall ball{{.step_size = 1e-2}};
    show("no way out", minimize(f, zero, ball, stopping));
    show("noise", minimize(f, zero, Perturbed(ball, {.patience = 200}), stopping));
    show("negative curvature", minimize(f, zero, escape_saddles(ball), stopping));
    show("beside it, longer steps", minimize(f, 1e-6 * start, LongerSteps(ball), stopping));

    // A run that can be watched, stopped and gone on with.
    const Stopping short_run{.iterations = 20};
    show("begun",
         minimize(f, start, TrustRegion{}, short_run, history_to_csv(csv), history_to_json_lines(lines),
                  checkpoint_to(saved, 5), stop_on_interrupt(), check_gradient()));
    const auto found = minimize(f, start, TrustRegion{}, resume_from(saved), history_to_csv(csv),
                                history_to_json_lines(lines), stop_on_interrupt());
    show("gone on with", found);
    std::cout << describe(found) << '\n';
    std::filesystem::remove_all(directory);
    return found.value < 1e-2 ? 0 : 1;
}
