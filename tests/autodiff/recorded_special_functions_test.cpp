#include "hesse/autodiff/special_functions.hpp"
#include "support/recorded_function_check.hpp"

/// Each activation, loss and special function, on a tape.
namespace {
using namespace hesse;
using hesse::test::check_recorded;
}  // namespace

BOOST_AUTO_TEST_SUITE(recorded_special_functions)

BOOST_AUTO_TEST_CASE(activations) {
    check_recorded("sigmoid", [](const auto& x) { return sigmoid(x); }, {-3, 3});
    check_recorded("log_sigmoid", [](const auto& x) { return log_sigmoid(x); }, {-3, 3});
    check_recorded("softplus", [](const auto& x) { return softplus(x); }, {-3, 3});
    check_recorded("relu", [](const auto& x) { return x * relu(x); }, {-3, 3});
    check_recorded("leaky_relu", [](const auto& x) { return x * leaky_relu(x, 0.1); }, {-3, 3});
    check_recorded("elu", [](const auto& x) { return elu(x, 0.7); }, {-3, 3});
    check_recorded("silu", [](const auto& x) { return silu(x); }, {-3, 3});
    check_recorded("gelu", [](const auto& x) { return gelu(x); }, {-3, 3});
    check_recorded("gelu_tanh", [](const auto& x) { return gelu_tanh(x); }, {-3, 3});
}

BOOST_AUTO_TEST_CASE(losses) {
    check_recorded("huber", [](const auto& x) { return huber(x, 0.8); }, {-3, 3});
    check_recorded("log_cosh", [](const auto& x) { return log_cosh(x); }, {-3, 3});
    check_recorded("logaddexp", [](const auto& x, const auto& y) { return logaddexp(x, y); }, {-3, 3},
                   {-3, 3});
    check_recorded("xlogx", [](const auto& x) { return xlogx(x); }, {0.2, 3});
    check_recorded("xlogy", [](const auto& x, const auto& y) { return xlogy(x, y); }, {0.2, 3}, {0.2, 3});
    check_recorded("xlog1py", [](const auto& x, const auto& y) { return xlog1py(x, y); }, {0.2, 3},
                   {-0.5, 3});
}

BOOST_AUTO_TEST_CASE(the_error_function_and_the_normal_distribution) {
    check_recorded("erf", [](const auto& x) { return erf(x); }, {-2, 2});
    check_recorded("erfc", [](const auto& x) { return erfc(x); }, {-2, 2});
    check_recorded("erfinv", [](const auto& x) { return erfinv(x); }, {-0.8, 0.8});
    check_recorded("normal_pdf", [](const auto& x) { return normal_pdf(x); }, {-2, 2});
    check_recorded("normal_cdf", [](const auto& x) { return normal_cdf(x); }, {-2, 2});
    check_recorded("log_normal_cdf", [](const auto& x) { return log_normal_cdf(x); }, {-6, 2});
}

BOOST_AUTO_TEST_CASE(the_gamma_function) {
    check_recorded("lgamma", [](const auto& x) { return lgamma(x); }, {0.5, 4});
    check_recorded("tgamma", [](const auto& x) { return tgamma(x); }, {0.5, 4});
    check_recorded("digamma", [](const auto& x) { return digamma(x); }, {0.5, 4});
    check_recorded("trigamma", [](const auto& x) { return trigamma(x); }, {0.5, 4});
    check_recorded("polygamma", [](const auto& x) { return polygamma(2, x); }, {0.5, 4});
    check_recorded("beta", [](const auto& x, const auto& y) { return beta(x, y); }, {0.5, 3}, {0.5, 3});
    check_recorded("log_beta", [](const auto& x, const auto& y) { return log_beta(x, y); }, {0.5, 3},
                   {0.5, 3});
    check_recorded("gamma_p", [](const auto& x) { return gamma_p(1.5, x); }, {0.3, 4});
    check_recorded("gamma_q", [](const auto& x) { return gamma_q(1.5, x); }, {0.3, 4});
}

BOOST_AUTO_TEST_CASE(bessel_functions) {
    check_recorded("bessel_j0", [](const auto& x) { return bessel_j0(x); }, {0.5, 5});
    check_recorded("bessel_j1", [](const auto& x) { return bessel_j1(x); }, {0.5, 5});
    check_recorded("bessel_jn", [](const auto& x) { return bessel_jn(3, x); }, {0.5, 5});
    check_recorded("bessel_y0", [](const auto& x) { return bessel_y0(x); }, {0.5, 5});
    check_recorded("bessel_y1", [](const auto& x) { return bessel_y1(x); }, {0.5, 5});
    check_recorded("bessel_yn", [](const auto& x) { return bessel_yn(2, x); }, {0.5, 5});
    check_recorded("bessel_i0", [](const auto& x) { return bessel_i0(x); }, {0.5, 3});
    check_recorded("bessel_i1", [](const auto& x) { return bessel_i1(x); }, {0.5, 3});
    check_recorded("bessel_in", [](const auto& x) { return bessel_in(2, x); }, {0.5, 3});
}

BOOST_AUTO_TEST_SUITE_END()
