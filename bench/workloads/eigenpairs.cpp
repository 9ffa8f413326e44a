#include "hesse/optim/curvature/eigenpairs.hpp"

#include "harness/workload.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"
#include "losses/network_in_arrays.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#ifdef HESSE_BENCH_SPECTRA
#include <Spectra/SymEigsSolver.h>
#endif
#ifdef HESSE_BENCH_ARPACK
extern "C" void dsaupd_(int* ido, const char* bmat, const int* n, const char* which, const int* nev,
                        const double* tol, double* resid, const int* ncv, double* v, const int* ldv,
                        int* iparam, int* ipntr, double* workd, double* workl, const int* lworkl, int* info);
#endif

// How many products the six eigenpairs at one end of a spectrum take, to a residual of 1e-8 |A|, from the same start in a basis
// of the same size: counts, not times. Ours have six of them for the explicit residuals.
namespace hesse::bench {
namespace {

using Eigen::VectorXd;
using Apply = std::function<void(const double*, double*)>;

struct CountedOperator {
    using Scalar = double;
    Index size;
    Apply multiply;
    mutable long products = 0;

    [[nodiscard]] Index rows() const { return size; }
    [[nodiscard]] Index cols() const { return size; }
    void apply(const double* in, double* out) const {
        ++products;
        multiply(in, out);
    }
    void perform_op(const double* in, double* out) const { apply(in, out); }
};

CountedOperator diagonal(const VectorXd& d) {
    return {d.size(), [d](const double* in, double* out) {
                for (Index i = 0; i < d.size(); ++i) out[i] = d[i] * in[i];
            }};
}
CountedOperator laplacian(Index n) {
    return {n, [n](const double* in, double* out) {
                for (Index i = 0; i < n; ++i)
                    out[i] = 2.0 * in[i] - (i > 0 ? in[i - 1] : 0.0) - (i + 1 < n ? in[i + 1] : 0.0);
            }};
}
CountedOperator laplacian_of_square(Index m) {
    return {m * m, [m](const double* in, double* out) {
                for (Index j = 0; j < m; ++j) {
                    for (Index i = 0; i < m; ++i) {
                        const Index k = i + j * m;
                        out[k] = 4.0 * in[k] - (i > 0 ? in[k - 1] : 0.0) - (i + 1 < m ? in[k + 1] : 0.0) -
                                 (j > 0 ? in[k - m] : 0.0) - (j + 1 < m ? in[k + m] : 0.0);
                    }
                }
            }};
}

std::vector<std::pair<std::string, CountedOperator>> operators() {
    RandomGenerator random(1);
    VectorXd strakos(24), clusters = VectorXd::LinSpaced(2000, 0.0, 1.0), uniform(3000), decay(1000);
    VectorXd repeated = VectorXd::LinSpaced(1000, 1.0, 2.0);
    for (int i = 1; i <= 24; ++i) strakos[i - 1] = 0.1 + (i - 1) / 23.0 * 99.9 * std::pow(0.7, 24 - i);
    for (int i = 0; i < 10; ++i) {
        clusters[i] = -1.0 + 1e-4 * i;
        clusters[1990 + i] = 2.0 + 1e-4 * i;
    }
    for (double& x : uniform) x = 2.0 * random.uniform() - 1.0;
    for (int i = 0; i < 1000; ++i) decay[i] = std::exp(-0.02 * i);
    repeated.head(4).setConstant(0.2);
    repeated.tail(4).setConstant(3.0);
    return {{"1-d Laplacian, n 1000", laplacian(1000)}, {"2-d Laplacian, n 10,000", laplacian_of_square(100)},
            {"Strakos, n 24", diagonal(strakos)},       {"clusters, n 2000", diagonal(clusters)},
            {"uniform, n 3000", diagonal(uniform)},     {"decaying, n 1000", diagonal(decay)},
            {"repeated, n 1000", diagonal(repeated)}};
}

/// What one contender spent, and whether it says that it converged.
struct Outcome {
    long products = 0;
    bool converged = false;
    double largest_value = 0.0;  // in magnitude, of those wanted
};

constexpr Index wanted = 6;
constexpr double tolerance = 1e-8;  // of |A|
constexpr Index most_products = 50'000;

Outcome by_hesse(CountedOperator& a, bool highest, Index columns, const VectorXd& start) {
    a.products = 0;
    EigenpairsOptions options;
    options.lowest = highest ? 0 : wanted;
    options.highest = highest ? wanted : 0;
    options.tolerance = 0.0;
    options.norm_tolerance = tolerance;
    options.basis_columns = columns;
    options.max_products = most_products;
    options.search_multiplicity = options.check_symmetry = false;
    options.start = Columns(start);
    const Eigenpairs found = eigenpairs(a, options);
    Outcome outcome{a.products, found.converged(), 0.0};
    for (const EigenvalueEstimate& value : (highest ? found.highest : found.lowest).values)
        outcome.largest_value = std::max(outcome.largest_value, std::abs(value.value));
    return outcome;
}

// Spectra and ARPACK stop where a residual is at most tol max(|theta|, eps^(2/3)). They get the tol that asks no more of them
// than is wanted: norm_tolerance |A| over the largest of the eigenvalues wanted.

Outcome by_spectra([[maybe_unused]] CountedOperator& a, [[maybe_unused]] bool highest,
                   [[maybe_unused]] Index columns, [[maybe_unused]] const VectorXd& start,
                   [[maybe_unused]] double tol) {
    Outcome outcome;
#ifdef HESSE_BENCH_SPECTRA
    a.products = 0;
    Spectra::SymEigsSolver<CountedOperator> solver(a, wanted, columns);
    solver.init(start.data());
    const auto found =
        solver.compute(highest ? Spectra::SortRule::LargestAlge : Spectra::SortRule::SmallestAlge, 5000, tol);
    outcome.products = a.products;
    outcome.converged = found == wanted && a.products <= most_products;
#endif
    return outcome;
}

Outcome by_arpack([[maybe_unused]] CountedOperator& a, [[maybe_unused]] bool highest,
                  [[maybe_unused]] Index columns, [[maybe_unused]] const VectorXd& start,
                  [[maybe_unused]] double tol) {
    Outcome outcome;
#ifdef HESSE_BENCH_ARPACK
    a.products = 0;
    const int n = static_cast<int>(a.size), k = wanted, m = static_cast<int>(columns);
    const int length = m * (m + 8);
    VectorXd residual = start, basis(n * m), work(3 * n), inner(length);
    int parameters[11] = {}, pointers[11] = {}, ido = 0, info = 1;
    parameters[0] = 1;       // exact shifts
    parameters[2] = 10'000;  // restarts
    parameters[6] = 1;       // A x = lambda x
    while (ido != 99) {
        dsaupd_(&ido, "I", &n, highest ? "LA" : "SA", &k, &tol, residual.data(), &m, basis.data(), &n,
                parameters, pointers, work.data(), inner.data(), &length, &info);
        if (ido == 1 || ido == -1) a.apply(work.data() + pointers[0] - 1, work.data() + pointers[1] - 1);
        else if (ido != 99) break;
        if (a.products > most_products) break;
    }
    outcome.products = a.products;
    outcome.converged = info == 0 && ido == 99 && parameters[4] >= wanted;
#endif
    return outcome;
}

std::string cell(const Outcome& outcome) {
    if (outcome.products == 0) return "not there";
    return fmt::format("{}{}", outcome.converged ? "" : "gave up after ", outcome.products);
}

void measure_one(Session& session, const std::string& name, CountedOperator& a,
                 std::initializer_list<bool> ends) {
    VectorXd start(a.size);
    RandomGenerator random(3);
    random.unit_vector(VectorSpace(a.size), start.data());
    ExtremeEigenpairOptions rough;
    rough.tolerance = 1e-3;
    VectorXd low(a.size), high(a.size);
    const ExtremeEigenvalues extremes = extreme_eigenvalues(a, rough, low.data(), high.data());
    const double norm = std::max(std::abs(extremes.lowest.value), std::abs(extremes.highest.value));
    for (const Index columns : {20, 40}) {
        const Index m = std::min<Index>(columns, a.size);
        std::string counts;
        for (const bool highest : ends) {
            const Outcome hesse = by_hesse(a, highest, m, start);
            const double tol = std::min(0.1, tolerance * norm / hesse.largest_value);
            counts += fmt::format("{}{}: hesse {}, Spectra {}, ARPACK {}", counts.empty() ? "" : "; ",
                                  highest ? "highest" : "lowest", cell(hesse),
                                  cell(by_spectra(a, highest, m, start, tol)),
                                  cell(by_arpack(a, highest, m, start, tol)));
        }
        session.report.remark(
            fmt::format("Products for six eigenpairs of {}, in {} columns; {}", name, m, counts));
    }
}

/// The Hessian of a network at its start.
void measure_network(Session& session, const std::string& name, const Network& network,
                     std::initializer_list<bool> ends) {
    const auto f = objective(
        [&](const auto& theta) { return network_loss(network, network.inputs, network.targets, theta); },
        network.parameters());
    const VectorXd x = network.start();
    const auto at = f.linearize(x);
    CountedOperator a{network.parameters(), [&](const double* in, double* out) {
                          Eigen::Map<VectorXd> target(out, network.parameters());
                          at.hessian().apply(Eigen::Map<const VectorXd>(in, network.parameters()), target);
                      }};
    measure_one(session, name, a, ends);
}

void measure(Session& session) {
    for (auto& [name, a] : operators()) measure_one(session, name, a, {false, true});
    measure_network(session, "the Hessian of an autoencoder 64-16-64, batch 256, n 2128",
                    Network::autoencoder({64, 16, 64}, 256), {false, true});
    measure_network(session, "the Hessian of a classifier 64-32-32-10, batch 256, n 3466",
                    Network::classifier({64, 32, 32, 10}, 256), {false, true});
    measure_network(session, "the Hessian of mlp_512, n 669,706",
                    Network::classifier({784, 512, 512, 10}, 1024), {true});
}

const Registration registration{"eigenpairs", measure};

}  // namespace
}  // namespace hesse::bench
