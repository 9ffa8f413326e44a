#pragma once

/// Special functions of one number, compiled once; the rules of operations/ say what they are. Outside of a domain they
/// are NaN, at a pole infinite or NaN, and they never throw. The order n is a whole
/// number of at most 10000; for others they are NaN.
namespace hesse::special {

/// ln |Gamma(x)|; unlike std::lgamma, it writes no global variable.
double lgamma(double x);
double tgamma(double x);
double digamma(double x);
double polygamma(double n, double x);
double beta(double a, double b);
double log_beta(double a, double b);
double gamma_p(double a, double x);
double gamma_q(double a, double x);
double gamma_pdf(double a, double x);
double erfinv(double x);
double normal_cdf(double x);
double log_normal_cdf(double x);
/// phi(x) / Phi(x).
double inverse_mills(double x);
/// x + phi(x) / Phi(x).
double mills_excess(double x);
double bessel_jn(double n, double x);
double bessel_yn(double n, double x);
double bessel_in(double n, double x);

}  // namespace hesse::special
