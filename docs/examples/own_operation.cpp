// docs/adding_an_operation.md: an elementary function of one's own, and a check of its derivatives.
#include <hesse/hesse.hpp>

#include <iostream>
#include <string_view>
#include <utility>

/// y = x / (1 + |x|).      dy/dx = 1 / (1 + |x|)^2
struct Softsign {
    static constexpr std::string_view name = "softsign";
    static constexpr hesse::Keep keep = hesse::Keep::nothing;
    template <class T>
    static T value(const T& x) {
        return x / (hesse::one<T> + hesse::apply<hesse::Abs>(x));
    }
    template <class T>
    static T partial(const T& x, const T&) {
        const T d = hesse::one<T> + hesse::apply<hesse::Abs>(x);
        return hesse::one<T> / (d * d);
    }
};
template <class X>
auto softsign(X&& x) {
    return hesse::apply<Softsign>(std::forward<X>(x));
}

int main() {
    const auto f = hesse::objective([](const auto& x) { return softsign(2.0 * x).squaredNorm(); }, 3);
    const auto report = hesse::check_derivatives(f, Eigen::Vector3d(-1.0, 0.5, 2.0));
    std::cout << report << "\nsoftsign(2) = " << softsign(2.0) << '\n';
    return report.passed() ? 0 : 1;
}
