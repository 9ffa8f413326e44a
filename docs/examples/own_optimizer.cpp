// docs/adding_an_optimizer.md: an optimizer of one's own, which the library's loop runs like any other.
#include <hesse/hesse.hpp>

#include <cmath>
#include <iosfwd>
#include <iostream>
#include <string_view>

/// Gradient descent with the step of Barzilai and Borwein (IMA J. Numer. Anal. 8 (1988) 141):
///     s = x - x_before,  y = g - g_before,    x <- x - (|s'y| / y'y) g.
class BarzilaiBorwein {
public:
    struct Options {
        double first_step = 1e-2;  // before there are differences
    };
    static constexpr std::string_view name = "BarzilaiBorwein";
    static constexpr hesse::Needs needs{};

    explicit BarzilaiBorwein(Options options) : step_size_(options.first_step) {}

    void start(hesse::Iterate&) {}

    hesse::StepOutcome step(hesse::Iterate& at) {
        const Eigen::VectorXd x = at.x(), g = at.gradient();
        if (!at.move_to(x - step_size_ * g)) return hesse::StepOutcome::not_finite;
        const Eigen::VectorXd s = at.x() - x, y = at.gradient() - g;
        if (s.dot(y) != 0.0) step_size_ = std::abs(s.dot(y)) / y.squaredNorm();
        return hesse::StepOutcome::moved;
    }

    void save(std::ostream& out) const { hesse::StateWriter(out, name, 1).number("step_size", step_size_); }
    void load(std::istream& in) { step_size_ = hesse::StateReader(in, name, 1).number("step_size"); }

private:
    double step_size_;
};
static_assert(hesse::Optimizer<BarzilaiBorwein>);

int main() {
    const auto valley = [](const auto& x) {
        return hesse::square(x[0] - 1.0) + 50.0 * hesse::square(x[1] - x[0] * x[0]);
    };
    const auto f = hesse::objective(valley, 2, hesse::scalars);
    const auto found = hesse::minimize(f, Eigen::Vector2d(-0.5, 0.5), BarzilaiBorwein({.first_step = 1e-3}),
                                       hesse::NegativeCurvatureEscape{});
    std::cout << hesse::describe(found);
    return found.status == hesse::Status::second_order ? 0 : 1;
}
