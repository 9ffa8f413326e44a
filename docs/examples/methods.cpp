// The same loss by every method, and what each took: Wood's function, from the start of Moré, Garbow and Hillstrom (1981), which
// leads past a saddle of index one.
#include <hesse/hesse.hpp>

#include <Eigen/Core>

#include <cstdio>
#include <string>

int main() {
    const auto wood = [](const auto& x) {
        const auto a = x[1] - x[0] * x[0], c = x[3] - x[2] * x[2];
        const auto b = 1.0 - x[0], d = 1.0 - x[2];
        const auto e = x[1] + x[3] - 2.0;
        const auto g = x[1] - x[3];
        return 100.0 * a * a + b * b + 90.0 * c * c + d * d + 10.0 * e * e + 0.1 * g * g;
    };
    const auto f = hesse::objective(wood, 4, hesse::scalars);
    const Eigen::Vector4d start(-3.0, -1.0, -3.0, -1.0);
    int unsolved = 0;
    const auto solve = [&](const auto& method, const char* name) {
        const hesse::Solution found =
            hesse::minimize(f, start, method, hesse::Stopping{.gradient_norm = 1e-6, .iterations = 100'000});
        const hesse::Evaluations spent = found.counters.total();
        std::printf("%-28s %-14s loss %8.1e after %6ld steps, %6ld gradients, %5ld products\n", name,
                    std::string(to_string(found.status)).c_str(), found.value,
                    static_cast<long>(found.iterations), static_cast<long>(spent.gradients),
                    static_cast<long>(spent.products));
        unsolved += found.value <= 1e-4 ? 0 : 1;
    };
    solve(hesse::BarzilaiBorwein{}, "Barzilai and Borwein");
    solve(hesse::Adam{{.step_size = 0.01}}, "Adam");
    solve(hesse::NonlinearConjugateGradients{}, "conjugate gradients");
    solve(hesse::LimitedMemoryBfgs{}, "limited-memory BFGS");
    solve(hesse::NewtonConjugateGradients{}, "Newton-CG");
    solve(hesse::TrustRegion{}, "trust region");

    // One method first, another from there; and any method with a way out of saddles.
    const hesse::Handover both(hesse::Adam{{.step_size = 0.01}}, hesse::AfterSteps{500},
                               hesse::TrustRegion{});
    solve(both, "Adam, then trust region");
    solve(hesse::escape_saddles(hesse::LimitedMemoryBfgs{}), "limited-memory BFGS, escaping");
    return unsolved;
}
