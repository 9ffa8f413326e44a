#include "hesse/autodiff/special_functions.hpp"

#include "hesse/autodiff/operations/error_function.hpp"

#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/polygamma.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace hesse::special {
namespace {

// No exceptions, no errno; double stays double, which is as accurate within some units and much faster.
namespace policies = boost::math::policies;
using Quiet = policies::policy<
    policies::domain_error<policies::ignore_error>, policies::pole_error<policies::ignore_error>,
    policies::overflow_error<policies::ignore_error>, policies::underflow_error<policies::ignore_error>,
    policies::evaluation_error<policies::ignore_error>, policies::rounding_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>, policies::promote_double<false>>;
constexpr Quiet quiet;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double half_log_2_pi = 0.91893853320467274;

/// Whether n is the order of a function: whole, and not so large that recurrences would take forever.
bool is_order(double n) { return std::abs(n) <= 10000 && n == std::floor(n); }

/// ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2) for x >= 10, by Stirling's series.
double stirling_rest(double x) {
    const double z = 1 / (x * x);
    const double coefficients[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                   1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    double sum = 0;
    for (int k = 7; k >= 0; --k) sum = sum * z + coefficients[k];
    return sum / x;
}

/// 1 / (t + 2 / (t + 3 / (t + ...))) = phi(t) / Phi(-t) - t for t >= 2, by Laplace's continued fraction.
double laplace_fraction(double t) {
    double rest = t;
    for (int k = 12 + static_cast<int>(900 / (t * t)); k > 1; --k) rest = t + k / rest;
    return 1 / rest;
}
/// Below, the tail of the normal distribution comes from the fraction.
constexpr double tail = -2;

}  // namespace

double lgamma(double x) {
#ifdef __GLIBC__
    int sign;  // std::lgamma writes it to a global variable: a data race
    return ::lgamma_r(x, &sign);
#else
    return std::lgamma(x);
#endif
}
double tgamma(double x) { return std::tgamma(x); }

double digamma(double x) {
    if (std::isnan(x) || (x <= 0 && x == std::floor(x))) return nan;
    if (x == infinity) return x;
    return boost::math::digamma(x, quiet);
}
double polygamma(double n, double x) {
    if (!is_order(n) || n < 0 || std::isnan(x) || (x <= 0 && x == std::floor(x))) return nan;
    if (n == 0) return digamma(x);
    return boost::math::polygamma(static_cast<int>(n), x, quiet);
}

double beta(double a, double b) { return a > 0 && b > 0 ? boost::math::beta(a, b, quiet) : nan; }

double log_beta(double a, double b) {
    if (!(a > 0 && b > 0)) return nan;
    const double small = std::min(a, b);
    const double large = std::max(a, b);
    if (large < 10) return std::log(beta(a, b));
    // ln Gamma(large) - ln Gamma(small + large) and, if it is large too, ln Gamma(small) in Stirling's form, with
    // what is equal on both sides left out
    const double sum = small + large;
    const double share = small / large;
    const double rest = stirling_rest(large) - stirling_rest(sum) - (large - 0.5) * std::log1p(share);
    if (small < 10) return lgamma(small) + (rest - small * (std::log(sum) - 1));
    return stirling_rest(small) + rest + small * std::log(share / (1 + share)) - 0.5 * std::log(small) +
           half_log_2_pi;
}

double gamma_p(double a, double x) { return a > 0 && x >= 0 ? boost::math::gamma_p(a, x, quiet) : nan; }
double gamma_q(double a, double x) { return a > 0 && x >= 0 ? boost::math::gamma_q(a, x, quiet) : nan; }
double gamma_pdf(double a, double x) {
    return a > 0 && x >= 0 ? boost::math::gamma_p_derivative(a, x, quiet) : nan;
}

double erfinv(double x) {
    if (x == 1 || x == -1) return x * infinity;
    return boost::math::erf_inv(x, quiet);
}

double mills_excess(double x) {
    if (x == -infinity) return 0;
    return x < tail ? laplace_fraction(-x) : x + inverse_mills(x);
}
double inverse_mills(double x) {
    return x < tail ? mills_excess(x) - x : NormalPdf::value(x) / normal_cdf(x);
}
double normal_cdf(double x) {
    return x < tail ? NormalPdf::value(x) / inverse_mills(x) : 0.5 * std::erfc(-0.70710678118654752 * x);
}
double log_normal_cdf(double x) {
    if (x >= 0) return std::log1p(-normal_cdf(-x));
    if (x >= tail) return std::log(normal_cdf(x));
    return -0.5 * x * x - half_log_2_pi - std::log(inverse_mills(x));
}

double bessel_jn(double n, double x) {
    return is_order(n) && !std::isnan(x) ? boost::math::cyl_bessel_j(static_cast<int>(n), x, quiet) : nan;
}
double bessel_yn(double n, double x) {
    if (!is_order(n) || !(x >= 0)) return nan;
    return x == 0 ? -infinity : boost::math::cyl_neumann(static_cast<int>(n), x, quiet);
}
double bessel_in(double n, double x) {
    if (!is_order(n) || std::isnan(x)) return nan;
    const int order = static_cast<int>(std::abs(n));
    // Through K_n, which leaves the normal doubles before I_n overflows.
    if (std::abs(x) > 700)
        return static_cast<double>(boost::math::cyl_bessel_i(order, static_cast<long double>(x), quiet));
    return boost::math::cyl_bessel_i(order, x, quiet);
}

}  // namespace hesse::special
