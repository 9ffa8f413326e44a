// docs/adding_an_operation.md: a matrix function of one's own, and a check of its derivatives.
#include <hesse/autodiff/engine/matrix_function.hpp>
#include <hesse/hesse.hpp>

#include <iostream>
#include <utility>

/// y = x a x'.      x_bar += y_bar x a' + y_bar' x a,   a_bar += x' y_bar x
struct Congruence {
    static constexpr const char* name = "congruence";
    hesse::Shape result_shape(const hesse::Shape& x, const hesse::Shape& a) const {
        if (a.rows != a.cols || x.cols != a.rows) hesse::throw_shapes(name, x.rows, x.cols, a.rows, a.cols);
        return {x.rows, x.rows};
    }
    template <class M>
    M value(const hesse::engine::Nothing&, const M& x, const M& a) const {
        return times_transposed(x * a, x);
    }
    template <class M>
    void pullback(const hesse::engine::Nothing&, const M&, const M& y_bar, const M& x, const M& a,
                  hesse::engine::Adjoint<M>& x_bar, hesse::engine::Adjoint<M>& a_bar) const {
        if (x_bar) x_bar += times_transposed(y_bar * x, a) + transposed_times(y_bar, x * a);
        if (a_bar) a_bar += transposed_times(x, y_bar * x);
    }
};
template <class X, class A>
auto congruence(X&& x, A&& a) {
    return hesse::engine::matrix_function(Congruence{}, std::forward<X>(x), std::forward<A>(a));
}

int main() {
    const auto f = hesse::objective(
        [](const auto& theta) {
            const auto [x, a] = hesse::unpack(theta, hesse::shape(2, 3), hesse::shape(3, 3));
            return congruence(x, a).array().tanh().sum();
        },
        15);
    const auto report = hesse::check_derivatives(f, Eigen::VectorXd::LinSpaced(15, -0.7, 0.9).array().sin());
    std::cout << report << '\n';
    return report.passed() ? 0 : 1;
}
