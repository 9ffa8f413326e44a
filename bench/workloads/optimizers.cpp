// Published problems by our methods and by SciPy's: what each takes until |g| <= 1e-6. Counts, not times. Writes the whole of
// docs/published_problems.md and the picture there.
#include "harness/workload.hpp"
#include "problems/problems.hpp"
#include "published/outcome.hpp"
#include "published/performance_profile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse::bench {
namespace {

using ByMethod = std::map<std::string, Outcome>;
const std::vector<std::string> scipy{"SciPy trust-krylov", "SciPy trust-ncg", "SciPy Newton-CG"};

std::string cell(const Outcome* outcome) {
    if (outcome == nullptr) return "";
    if (!outcome->solved) return fmt::format("{} after {}", outcome->end, outcome->steps);
    const Evaluations& spent = *outcome->solved;
    return spent.products > 0 ? fmt::format("{} / {} / {}", outcome->steps, spent.gradients, spent.products)
                              : fmt::format("{} / {}", outcome->steps, spent.gradients);
}

const Outcome* find(const ByMethod& outcomes, const std::string& method) {
    const auto found = outcomes.find(method);
    return found == outcomes.end() ? nullptr : &found->second;
}

/// The geometric mean of ours over theirs, of the problems that both solve; the others are counted.
struct Mean {
    double logarithms = 0.0;
    int count = 0, ours_alone = 0, theirs_alone = 0;

    void add(double ours, double theirs) {
        const bool we = std::isfinite(ours), they = std::isfinite(theirs);
        if (!we && !they) return;
        ours_alone += we && !they ? 1 : 0;
        theirs_alone += they && !we ? 1 : 0;
        if (!we || !they) return;
        logarithms += std::log(ours / theirs);
        ++count;
    }
    [[nodiscard]] double value() const { return std::exp(logarithms / std::max(count, 1)); }
};

double best_of_scipy(const ByMethod& outcomes) {
    double best = std::numeric_limits<double>::infinity();
    for (const std::string& method : scipy) {
        if (const Outcome* outcome = find(outcomes, method))
            best = std::min(best, outcome->products_and_gradients());
    }
    return best;
}

std::string page(const std::vector<std::string>& names, const std::map<std::string, ByMethod>& results,
                 const std::vector<std::string>& remarks) {
    std::vector<std::string> columns = methods();
    columns.insert(columns.end(), scipy.begin(), scipy.end());
    std::string text =
        "# Published problems\n\n"
        "Written by `./run bench --filter optimizers`. Steps / gradients / Hessian products until the first "
        "point with |g| <= 1e-6, from\n"
        "the start of CUTEst, at the defaults of each method; what is not solved is named by its end. "
        "`certificate`: the products that the\n"
        "trust region then takes to make sure that no direction curves down, or to leave a saddle, and how "
        "the run ended. Formulas, starts\n"
        "and known minima are in `tests/problems`; SciPy's counts are those of version 1.10.1 on the same "
        "functions and derivatives, by\n"
        "`bench/published/scipy_counts.py`, until the same goal, whatever its own stopping rules say. "
        "EXTROSNB is the nonseparable function\n"
        "of CUTEst, from -1 where n is large; what other tables call so is the separable one from (-1.2, 1, "
        "...), which is SROSENBR here: of that\n"
        "trust-krylov takes 33 steps and 83 products in n = 10^4, and ends with a gradient of 8e-6.\n\n";
    for (const std::string& remark : remarks) text += "- " + remark + '\n';
    text += "\n![Performance profiles](pictures/performance_profile.png)\n\n| problem, n | certificate |";
    for (const std::string& method : columns) text += fmt::format(" {} |", method);
    text += "\n| --- | --- |";
    for (std::size_t k = 0; k < columns.size(); ++k) text += " --- |";
    text += '\n';
    for (const std::string& name : names) {
        const ByMethod& outcomes = results.at(name);
        const Outcome& ours = outcomes.at("TrustRegion");
        text += fmt::format("| {} | {}: {} |", name, ours.certificate.products, ours.end);
        for (const std::string& method : columns) text += fmt::format(" {} |", cell(find(outcomes, method)));
        text += '\n';
    }
    return text;
}

void measure(Session& session) {
    const std::vector<std::string> names = problems::names();
    std::map<std::string, ByMethod> results;
    std::vector<Outcome> all;
    const auto keep = [&](const Outcome& outcome) {
        results[outcome.problem].insert_or_assign(outcome.method, outcome);
        all.push_back(outcome);
    };
    for (const std::string& name : names) {
        std::cerr << "  " << name << '\n';
        for (const std::string& method : methods()) keep(run_method(method, name));
    }
    for (const Outcome& outcome : scipy_outcomes(HESSE_BENCH_SOURCES "/published/scipy.csv"))
        if (results.contains(outcome.problem)) keep(outcome);

    std::vector<std::string> remarks;
    for (const std::string& method : methods()) {
        Mean best, krylov;
        int solved = 0, certified = 0;
        for (const std::string& name : names) {
            const Outcome& ours = results[name].at(method);
            solved += ours.solved ? 1 : 0;
            certified += ours.end == "second_order" || ours.end == "degenerate" ? 1 : 0;
            const Outcome* theirs = find(results[name], scipy[0]);
            best.add(ours.products_and_gradients(), best_of_scipy(results[name]));
            if (theirs != nullptr)
                krylov.add(ours.products_and_gradients(), theirs->products_and_gradients());
        }
        remarks.push_back(
            fmt::format("{} solves {} of {} problems, and ends {} with a verdict on its curvature. Products "
                        "+ 2 gradients, geometric mean over what both solve: {:.2f} x the best "
                        "of SciPy's three on each problem ({} solved by ours alone, {} by theirs), {:.2f} x "
                        "trust-krylov ({}, {})",
                        method, solved, names.size(), certified, best.value(), best.ours_alone,
                        best.theirs_alone, krylov.value(), krylov.ours_alone, krylov.theirs_alone));
        session.report.remark(remarks.back());
    }
    const std::filesystem::path docs = std::filesystem::path(HESSE_BENCH_DOCUMENT).parent_path();
    draw_performance_profile(docs / "pictures", all);
    std::ofstream file(docs / "published_problems.md");
    file << page(names, results, remarks);
    if (!file.flush()) throw std::runtime_error("optimizers: cannot write docs/published_problems.md");
}

const Registration registration{"optimizers", measure};

}  // namespace
}  // namespace hesse::bench
