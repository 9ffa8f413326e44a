#include "hesse/optim/curvature/eigenpairs.hpp"

#include "harness/workload.hpp"
#include "hesse/optim/random.hpp"
#include "hesse/optim/vector_space.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#ifdef HESSE_BENCH_SPECTRA
#include <Spectra/SymEigsSolver.h>
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

long products_of_hesse(CountedOperator& a, bool highest, Index columns, const VectorXd& start) {
    a.products = 0;
    EigenpairsOptions options;
    options.lowest = highest ? 0 : 6;
    options.highest = highest ? 6 : 0;
    options.tolerance = options.norm_tolerance = 1e-8;
    options.basis_columns = columns;
    options.max_products = 50'000;
    options.search_multiplicity = options.check_symmetry = false;
    options.start = Columns(start);
    return eigenpairs(a, options).converged() ? a.products : -a.products;
}

/// Negative where it gives up.
std::string products_of_spectra([[maybe_unused]] CountedOperator& a, [[maybe_unused]] bool highest,
                                [[maybe_unused]] Index columns, [[maybe_unused]] const VectorXd& start) {
#ifdef HESSE_BENCH_SPECTRA
    a.products = 0;
    Spectra::SymEigsSolver<CountedOperator> solver(a, 6, columns);
    solver.init(start.data());
    const auto found = solver.compute(
        highest ? Spectra::SortRule::LargestAlge : Spectra::SortRule::SmallestAlge, 2000, 1e-8);
    return fmt::format("{}{}", found < 6 ? "gave up after " : "", a.products);
#else
    return "not there";
#endif
}

void measure(Session& session) {
    auto all = operators();
    for (auto& [name, a] : all) {
        VectorXd start(a.size);
        RandomGenerator random(3);
        random.unit_vector(VectorSpace(a.size), start.data());
        for (const Index columns : {20, 40}) {
            std::string counts;
            for (const bool highest : {false, true}) {
                const Index m = std::min<Index>(columns, a.size);
                counts += fmt::format("{}{} {}, Spectra {}", highest ? "; highest " : "lowest ", "hesse",
                                      products_of_hesse(a, highest, m, start),
                                      products_of_spectra(a, highest, m, start));
            }
            session.report.remark(
                fmt::format("Products for six eigenpairs of {} in {} columns: {}", name, columns, counts));
        }
    }
}

const Registration registration{"eigenpairs", measure};

}  // namespace
}  // namespace hesse::bench
