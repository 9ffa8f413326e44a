// Answers questions about one problem of the collection, for programs in other languages: `problem_server WOODS 4`; with
// --names it lists them. Numbers are doubles as the machine has them. First it writes n and the start (n); then it reads a letter and vectors, and writes:
//     v x       the loss at x
//     g x       the gradient (n)
//     h x v     the Hessian at x times v (n)
#include "problems/problems.hpp"

#include <Eigen/Core>

#include <cstdio>
#include <exception>
#include <optional>
#include <string>

namespace {

using Eigen::VectorXd;

bool read(VectorXd& x) {
    const auto n = static_cast<std::size_t>(x.size());
    return std::fread(x.data(), sizeof(double), n, stdin) == n;
}
void write(const double* numbers, Eigen::Index count) {
    std::fwrite(numbers, sizeof(double), static_cast<std::size_t>(count), stdout);
    std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) try {
    std::string name;
    for (int k = 1; k < count; ++k) name += (k > 1 ? " " : "") + std::string(arguments[k]);
    if (name == "--names") {
        for (const std::string& each : hesse::problems::names()) std::printf("%s\n", each.c_str());
        return 0;
    }
    const auto problem = hesse::problems::make(name);
    const Eigen::Index n = problem.start.size();
    const auto size = static_cast<double>(n);
    write(&size, 1);
    write(problem.start.data(), n);

    VectorXd x(n), v(n), out(n);
    VectorXd linearized_at;
    std::optional<hesse::problems::AnyObjective::Linearization> at;
    const auto linearize = [&] {
        if (at && linearized_at == x) return;
        at.reset();
        linearized_at = x;
        at.emplace(problem.loss.linearize(linearized_at));
    };
    for (int question = std::getchar(); question != EOF && read(x); question = std::getchar()) {
        if (question == 'v') {
            const double value = problem.loss.value(x);
            write(&value, 1);
        } else if (question == 'g') {
            linearize();
            write(at->gradient().data(), n);
        } else if (question == 'h' && read(v)) {
            linearize();
            at->hessian().apply(v, out);
            write(out.data(), n);
        } else {
            std::fprintf(stderr, "problem_server: no question begins with '%c'\n", question);
            return 2;
        }
    }
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "problem_server: %s\n", error.what());
    return 1;
}
