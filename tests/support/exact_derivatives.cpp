#include "exact_derivatives.hpp"

#include <boost/math/constants/constants.hpp>
#include <boost/multiprecision/cpp_dec_float.hpp>

#include <cstddef>
#include <cstdlib>
#include <ios>
#include <map>
#include <stdexcept>
#include <string>
#include <tuple>

namespace test {
namespace {

// Without expression templates: they are not worth their compile time.
using Exact =
    boost::multiprecision::number<boost::multiprecision::cpp_dec_float<300>, boost::multiprecision::et_off>;
using Function = Exact (*)(const Exact*);

const Exact& pi() {
    static const Exact number = acos(Exact(-1));
    return number;
}
// Terms below count as zero.
const Exact negligible("1e-310");
int whole(const Exact& x) { return Exact(floor(x + Exact(0.5))).convert_to<int>(); }
Exact sigmoid(const Exact& x) { return 1 / (1 + exp(-x)); }
Exact sign(const Exact& x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
Exact clamped(const Exact& x, const Exact& size) { return x > size ? size : x < -size ? Exact(-size) : x; }

// 300 digits of 1 + u say nothing about a u below 1e-300.
Exact log_of_one_plus(const Exact& u) {
    return abs(u) < Exact("1e-120") ? Exact(u - u * u / 2 + u * u * u / 3) : Exact(log(1 + u));
}
Exact softplus(const Exact& x) {
    return x > 0 ? Exact(x + log_of_one_plus(exp(-x))) : log_of_one_plus(exp(x));
}
Exact sinh_of(const Exact& x) {
    return abs(x) < Exact("1e-80") ? Exact(x + x * x * x / 6) : Exact((exp(x) - exp(-x)) / 2);
}

// erf x = 2 / sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (2n+1)!!, whose terms are all of one sign.
Exact erf_of(const Exact& x) {
    Exact term = x, sum = x;
    for (int n = 1; abs(term) > abs(sum) * negligible; ++n) sum += term *= 2 * x * x / (2 * n + 1);
    return 2 * exp(-x * x) / sqrt(pi()) * sum;
}
// Laplace's continued fraction: phi(t) / Phi(-t) for large t.
Exact laplace(const Exact& t) {
    Exact rest = t;
    for (int k = 200 + whole(60000 / (t * t)); k > 0; --k) rest = t + k / rest;
    return rest;
}
Exact normal_density(const Exact& x) { return exp(-x * x / 2) / sqrt(2 * pi()); }
Exact normal_distribution(const Exact& x) {
    if (x > 100) return 1;
    return x < -6 ? Exact(normal_density(x) / laplace(-x)) : Exact((1 + erf_of(x / sqrt(Exact(2)))) / 2);
}
Exact inverse_mills(const Exact& x) {
    return x < -6 ? laplace(-x) : Exact(normal_density(x) / normal_distribution(x));
}
Exact log_normal(const Exact& x) {
    if (x > 0) return log_of_one_plus(-normal_distribution(-x));
    return x < -6 ? Exact(-x * x / 2 - log(2 * pi()) / 2 - log(laplace(-x)))
                  : Exact(log(normal_distribution(x)));
}
Exact erfc_of(const Exact& x) { return 2 * normal_distribution(-x * sqrt(Exact(2))); }
Exact inverse_erf(const Exact& x) {
    // 1 - erf y is about e^(-y^2) / (y sqrt(pi)) far out.
    Exact y = 0;
    if (abs(x) > Exact("0.99")) {
        const Exact size = -log(1 - abs(x));
        y = sign(x) * sqrt(size - log(pi() * size) / 2);
    }
    for (int n = 0; n < 60; ++n) {
        const Exact off = erf_of(y) - x;
        y -= off * sqrt(pi()) / 2 * exp(y * y);
        if (abs(off) < Exact("1e-295")) break;
    }
    return y;
}

// B_2, B_4, ..., from sum over k <= n of binomial(n + 1, k) B_k = 0.
const std::vector<Exact>& bernoulli() {
    static const std::vector<Exact> even = [] {
        std::vector<Exact> all = {1}, result;
        for (int n = 1; n <= 240; ++n) {
            Exact sum = 0, binomial = 1;
            for (int k = 0; k < n; ++k) {
                sum += binomial * all[static_cast<std::size_t>(k)];
                binomial = binomial * (n + 1 - k) / (k + 1);
            }
            all.push_back(-sum / (n + 1));
            if (n % 2 == 0) result.push_back(all.back());
        }
        return result;
    }();
    return even;
}
// Stirling's series for x > 150, which the recurrence reaches; reflection for x < 1/2.
Exact log_gamma(Exact x) {
    if (x < Exact(0.5)) return log(pi() / abs(Exact(sin(pi() * x)))) - log_gamma(1 - x);
    Exact product = 1;
    for (; x < 150; x += 1) product *= x;
    const Exact z = 1 / (x * x);
    Exact sum = (x - Exact(0.5)) * log(x) - x + log(2 * pi()) / 2, power = 1 / x;
    for (std::size_t k = 1; k <= bernoulli().size(); ++k, power *= z) {
        sum += bernoulli()[k - 1] * power / (2 * k * (2 * k - 1));
    }
    return sum - log(product);
}
Exact gamma_of(const Exact& x) {
    const bool negative = x < 0 && whole(floor(x)) % 2 != 0;
    return negative ? Exact(-exp(log_gamma(x))) : Exact(exp(log_gamma(x)));
}
// (-1)^(n+1) psi^(n)(x) = n!/x^(n+1) + n!/(x+1)^(n+1) + ..., the rest of the sum by Euler and Maclaurin from X > 150:
// (n-1)!/X^n (-ln X for n = 0) + n!/(2 X^(n+1)) + sum B_2k (2k+n-1)!/(2k)! / X^(2k+n).
Exact polygamma(int n, Exact x) {
    Exact factorial = 1;
    for (int k = 2; k <= n; ++k) factorial *= k;
    Exact sum = 0;
    for (; x < 150; x += 1) sum += factorial / pow(x, n + 1);
    sum += n == 0 ? Exact(-log(x)) : Exact(factorial / n / pow(x, n));
    sum += factorial / 2 / pow(x, n + 1);
    const Exact z = 1 / (x * x);
    Exact ratio = factorial * (n + 1) / 2 / pow(x, n + 2);
    for (int k = 1; k <= static_cast<int>(bernoulli().size()); ++k) {
        sum += bernoulli()[static_cast<std::size_t>(k - 1)] * ratio;
        ratio = ratio * z * ((2 * k + n) * (2 * k + n + 1)) / ((2 * k + 1) * (2 * k + 2));
    }
    return n % 2 == 0 ? Exact(-sum) : sum;
}

// P(a, x) = x^a e^-x / Gamma(a + 1) sum x^n / ((a + 1) ... (a + n)).
Exact lower_gamma(const Exact& a, const Exact& x) {
    Exact term = 1, sum = 1;
    for (int n = 1; term > sum * negligible; ++n) sum += term *= x / (a + n);
    return exp(a * log(x) - x - log_gamma(a + 1)) * sum;
}

// sum sign^k (x/2)^(2k+n) / (k! (k+n)!) for n >= 0: J_n for sign = -1, I_n for 1.
Exact bessel(int n, const Exact& x, int sign) {
    const Exact z = sign * x * x / 4;
    Exact term = pow(x / 2, n);
    for (int k = 2; k <= n; ++k) term /= k;
    Exact sum = term;
    for (int k = 1; abs(term) > negligible; ++k) sum += term = term * z / (k * (k + n));
    return sum;
}
// J_0, J_1, ... by Miller's algorithm: the recurrence downwards, normalised by J_0 + 2 J_2 + 2 J_4 + ... = 1.
std::vector<Exact> all_bessel_j(const Exact& x) {
    std::vector<Exact> j(static_cast<std::size_t>(400 + 2 * whole(x)));
    const std::size_t last = j.size() - 1;
    j[last] = 1;
    j[last - 1] = 2 * last / x;
    for (std::size_t k = last - 1; k > 0; --k) j[k - 1] = 2 * k / x * j[k] - j[k + 1];
    Exact sum = j[0];
    for (std::size_t k = 2; k <= last; k += 2) sum += 2 * j[k];
    for (Exact& number : j) number /= sum;
    return j;
}
// Neumann's series for Y_0, the Wronskian for Y_1, the recurrence for the others.
Exact bessel_y(int n, const Exact& x) {
    const std::vector<Exact> j = all_bessel_j(x);
    Exact sum = 0;
    for (std::size_t k = 1; 2 * k < j.size(); ++k) sum += (k % 2 == 0 ? -1 : 1) * j[2 * k] / k;
    Exact before = 2 / pi() * ((log(x / 2) + boost::math::constants::euler<Exact>()) * j[0] + 2 * sum);
    if (n == 0) return before;
    Exact y = (j[1] * before - 2 / (pi() * x)) / j[0];
    for (int k = 1; k < n; ++k) {
        const Exact next = 2 * k / x * y - before;
        before = y;
        y = next;
    }
    return y;
}

struct Entry {
    std::string_view name;
    Function function;
};
constexpr Entry functions[] = {
    {"exp", [](const Exact* x) { return Exact(exp(x[0])); }},
    {"exp2", [](const Exact* x) { return Exact(pow(Exact(2), x[0])); }},
    {"expm1", [](const Exact* x) { return Exact(exp(x[0]) - 1); }},
    {"log", [](const Exact* x) { return Exact(log(x[0])); }},
    {"log2", [](const Exact* x) { return Exact(log(x[0]) / log(Exact(2))); }},
    {"log10", [](const Exact* x) { return Exact(log(x[0]) / log(Exact(10))); }},
    {"log1p", [](const Exact* x) { return log_of_one_plus(x[0]); }},
    {"sqrt", [](const Exact* x) { return Exact(sqrt(x[0])); }},
    {"rsqrt", [](const Exact* x) { return Exact(1 / sqrt(x[0])); }},
    {"cbrt", [](const Exact* x) { return Exact(sign(x[0]) * exp(log(abs(x[0])) / 3)); }},
    {"square", [](const Exact* x) { return Exact(x[0] * x[0]); }},
    {"cube", [](const Exact* x) { return Exact(x[0] * x[0] * x[0]); }},
    {"inverse", [](const Exact* x) { return Exact(1 / x[0]); }},
    {"pow", [](const Exact* x) { return Exact(pow(x[0], x[1])); }},
    {"hypot", [](const Exact* x) { return Exact(sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])); }},
    {"abs", [](const Exact* x) { return Exact(abs(x[0])); }},
    {"relu", [](const Exact* x) { return x[0] > 0 ? x[0] : Exact(0); }},
    {"max", [](const Exact* x) { return x[0] > x[1] ? x[0] : x[1]; }},
    {"min", [](const Exact* x) { return x[0] < x[1] ? x[0] : x[1]; }},
    {"fmax", [](const Exact* x) { return x[0] > x[1] ? x[0] : x[1]; }},
    {"fmin", [](const Exact* x) { return x[0] < x[1] ? x[0] : x[1]; }},
    {"fdim", [](const Exact* x) { return x[0] > x[1] ? Exact(x[0] - x[1]) : Exact(0); }},
    {"copysign", [](const Exact* x) { return Exact(abs(x[0]) * sign(x[1])); }},
    {"floor", [](const Exact* x) { return Exact(floor(x[0])); }},
    {"ceil", [](const Exact* x) { return Exact(ceil(x[0])); }},
    {"trunc", [](const Exact* x) { return Exact(trunc(x[0])); }},
    {"round", [](const Exact* x) { return Exact(sign(x[0]) * floor(abs(x[0]) + Exact(0.5))); }},
    {"sign", [](const Exact* x) { return sign(x[0]); }},
    {"fmod", [](const Exact* x) { return Exact(x[0] - x[1] * trunc(x[0] / x[1])); }},
    {"remainder", [](const Exact* x) { return Exact(x[0] - x[1] * floor(x[0] / x[1] + Exact(0.5))); }},
    {"fma", [](const Exact* x) { return Exact(x[0] * x[1] + x[2]); }},
    {"lerp", [](const Exact* x) { return Exact(x[0] + x[2] * (x[1] - x[0])); }},
    {"ldexp", [](const Exact* x) { return Exact(x[0] * pow(Exact(2), x[1])); }},
    {"sin", [](const Exact* x) { return Exact(sin(x[0])); }},
    {"cos", [](const Exact* x) { return Exact(cos(x[0])); }},
    {"tan", [](const Exact* x) { return Exact(tan(x[0])); }},
    {"asin", [](const Exact* x) { return Exact(asin(x[0])); }},
    {"acos", [](const Exact* x) { return Exact(acos(x[0])); }},
    {"atan", [](const Exact* x) { return Exact(atan(x[0])); }},
    {"atan2", [](const Exact* x) { return Exact(atan2(x[0], x[1])); }},
    {"sinh", [](const Exact* x) { return sinh_of(x[0]); }},
    {"cosh", [](const Exact* x) { return Exact((exp(x[0]) + exp(-x[0])) / 2); }},
    {"tanh", [](const Exact* x) { return Exact(sinh_of(x[0]) / ((exp(x[0]) + exp(-x[0])) / 2)); }},
    {"asinh",
     [](const Exact* x) {
         const Exact size = abs(x[0]), root = sqrt(1 + size * size);
         return Exact(sign(x[0]) * log_of_one_plus(size + size * size / (1 + root)));
     }},
    {"acosh",
     [](const Exact* x) {
         const Exact u = x[0] - 1;
         return log_of_one_plus(u + sqrt(u * (u + 2)));
     }},
    {"atanh", [](const Exact* x) { return Exact(log_of_one_plus(2 * x[0] / (1 - x[0])) / 2); }},
    {"sigmoid", [](const Exact* x) { return sigmoid(x[0]); }},
    {"softplus", [](const Exact* x) { return softplus(x[0]); }},
    {"log_sigmoid", [](const Exact* x) { return Exact(-softplus(-x[0])); }},
    {"logaddexp", [](const Exact* x) { return Exact(x[0] + softplus(x[1] - x[0])); }},
    {"leaky_relu", [](const Exact* x) { return x[0] > 0 ? x[0] : Exact(x[1] * x[0]); }},
    {"elu", [](const Exact* x) { return x[0] > 0 ? x[0] : Exact(x[1] * (exp(x[0]) - 1)); }},
    {"silu", [](const Exact* x) { return Exact(x[0] * sigmoid(x[0])); }},
    {"gelu", [](const Exact* x) { return Exact(x[0] * normal_distribution(x[0])); }},
    {"gelu_tanh",
     [](const Exact* x) {
         const Exact z = clamped(x[0], 1000);
         return Exact(x[0] * sigmoid(sqrt(8 / pi()) * (z + Exact("0.044715") * z * z * z)));
     }},
    {"huber",
     [](const Exact* x) {
         const Exact size = abs(x[0]);
         return size <= x[1] ? Exact(size * size / 2) : Exact(x[1] * (size - x[1] / 2));
     }},
    {"log_cosh",
     [](const Exact* x) { return Exact(abs(x[0]) + log_of_one_plus(exp(-2 * abs(x[0]))) - log(Exact(2))); }},
    {"xlogx", [](const Exact* x) { return Exact(x[0] * log(x[0])); }},
    {"xlogy", [](const Exact* x) { return Exact(x[0] * log(x[1])); }},
    {"xlog1py", [](const Exact* x) { return Exact(x[0] * log_of_one_plus(x[1])); }},
    {"gaussian", [](const Exact* x) { return Exact(exp(-x[0] * x[0])); }},
    {"erf", [](const Exact* x) { return erf_of(x[0]); }},
    {"erfc", [](const Exact* x) { return erfc_of(x[0]); }},
    {"erfinv", [](const Exact* x) { return inverse_erf(x[0]); }},
    {"normal_pdf", [](const Exact* x) { return normal_density(x[0]); }},
    {"normal_cdf", [](const Exact* x) { return normal_distribution(x[0]); }},
    {"log_normal_cdf", [](const Exact* x) { return log_normal(x[0]); }},
    {"inverse_mills", [](const Exact* x) { return inverse_mills(x[0]); }},
    {"mills_excess", [](const Exact* x) { return Exact(x[0] + inverse_mills(x[0])); }},
    {"lgamma", [](const Exact* x) { return log_gamma(x[0]); }},
    {"tgamma", [](const Exact* x) { return gamma_of(x[0]); }},
    {"digamma", [](const Exact* x) { return polygamma(0, x[0]); }},
    {"polygamma", [](const Exact* x) { return polygamma(whole(x[0]), x[1]); }},
    {"beta",
     [](const Exact* x) { return Exact(exp(log_gamma(x[0]) + log_gamma(x[1]) - log_gamma(x[0] + x[1]))); }},
    {"log_beta",
     [](const Exact* x) { return Exact(log_gamma(x[0]) + log_gamma(x[1]) - log_gamma(x[0] + x[1])); }},
    {"gamma_p", [](const Exact* x) { return lower_gamma(x[0], x[1]); }},
    {"gamma_q", [](const Exact* x) { return Exact(1 - lower_gamma(x[0], x[1])); }},
    {"gamma_pdf", [](const Exact* x) { return Exact(exp((x[0] - 1) * log(x[1]) - x[1] - log_gamma(x[0]))); }},
    {"bessel_jn", [](const Exact* x) { return bessel(whole(x[0]), x[1], -1); }},
    {"bessel_yn", [](const Exact* x) { return bessel_y(whole(x[0]), x[1]); }},
    {"bessel_in", [](const Exact* x) { return bessel(whole(x[0]), x[1], 1); }},
};

Function find(std::string_view name) {
    for (const Entry& entry : functions) {
        if (entry.name == name) return entry.function;
    }
    throw std::invalid_argument("exact_derivatives: no function called " + std::string(name));
}

// Relative to y'', differences are off by about (h/L)^2 by truncation and 1e-300 (L/h)^2 by rounding, with L the length
// over which the function changes: |x| for algebraic functions, at least 1 for those that are algebraic far out, and at
// most 1 for all others.
Exact step(std::string_view name, double x) {
    const Exact size = x == 0 ? Exact(1) : Exact(abs(Exact(x)));
    for (const std::string_view algebraic :
         {"log",     "log2",  "log10", "sqrt",  "rsqrt", "cbrt",     "square",  "cube",
          "inverse", "hypot", "atan2", "abs",   "relu",  "copysign", "xlogx",   "xlogy",
          "asinh",   "acosh", "atan",  "log1p", "fma",   "lgamma",   "digamma", "log_beta"}) {
        if (name == algebraic) return Exact("1e-24") * size;
    }
    return Exact("1e-24") * (size > 1 ? Exact(1) : size < Exact("1e-100") ? Exact("1e-100") : size);
}

// The conversion of the number type flushes subnormal numbers to 0, the one of text does not.
double rounded(const Exact& x) { return std::strtod(x.str(40, std::ios_base::scientific).c_str(), nullptr); }

}  // namespace

Derivatives exact_derivatives(std::string_view name, const std::vector<double>& x,
                              const std::vector<bool>& active) {
    // the same points are asked for by several types of numbers
    static std::map<std::tuple<std::string_view, std::vector<double>, std::vector<bool>>, Derivatives> known;
    const auto found = known.find({name, x, active});
    if (found != known.end()) return found->second;
    const Function f = find(name);
    const std::size_t n = x.size();
    std::array<Exact, 3> h;
    for (std::size_t i = 0; i < n; ++i) h[i] = step(name, x[i]);
    Exact largest = 0;
    const auto at = [&](std::size_t i, int steps_i, std::size_t j, int steps_j) {
        std::array<Exact, 3> moved;
        for (std::size_t k = 0; k < n; ++k) moved[k] = x[k];
        moved[i] += steps_i * h[i];
        moved[j] += steps_j * h[j];
        const Exact y = f(moved.data());
        if (abs(y) > largest) largest = abs(y);
        return y;
    };
    const Exact middle = at(0, 0, 0, 0);
    Derivatives exact{};
    exact.value = rounded(middle);
    for (std::size_t i = 0; i < n; ++i) {
        if (!active[i]) continue;
        const Exact left = at(i, -1, i, 0), right = at(i, 1, i, 0);
        exact.first[i] = rounded((right - left) / (2 * h[i]));
        exact.second[i][i] = rounded((right - 2 * middle + left) / (h[i] * h[i]));
        const Exact third = at(i, 2, i, 0) - 2 * right + 2 * left - at(i, -2, i, 0);
        exact.third[i] = rounded(third / (2 * h[i] * h[i] * h[i]));
        for (std::size_t j = 0; j < i; ++j) {
            if (!active[j]) continue;
            const Exact mixed = at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1);
            exact.second[i][j] = exact.second[j][i] = rounded(mixed / (4 * h[i] * h[j]));
        }
    }
    Exact finest = h[0];
    for (std::size_t i = 1; i < n; ++i) finest = h[i] < finest ? h[i] : finest;
    exact.first_noise = rounded(Exact("1e-290") * largest / finest);
    exact.second_noise = rounded(Exact("1e-290") * largest / (finest * finest));
    exact.third_noise = rounded(Exact("1e-290") * largest / (finest * finest * finest));
    return known[{name, x, active}] = exact;
}

}  // namespace test
