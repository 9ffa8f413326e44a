#include "page.hpp"

#include "table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace demo {
namespace {

constexpr const char* style = R"(
body { font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1100px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin-bottom: .2rem }  h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem }
table { border-collapse: collapse; font-size: .86rem; width: 100% }
th, td { padding: .25rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid #e4e4e4 }
th { background: #f4f4f4 }  .word { text-align: left }  .first td { border-top: 2px solid #999 }
.minimum { background: #e4f5ec }  .saddle { background: #fbe9e2 }
svg, img { max-width: 100%; height: auto }  code { font-size: .9em })";

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else out += c;
    }
    // The table for terminals keeps to ASCII.
    if (const auto at = out.find("+-"); at != std::string::npos) out.replace(at, 2, "&plusmn;");
    return out;
}

std::string html_row(const Cells& line, const char* tag, const std::string& row_class) {
    constexpr std::array<bool, columns> words{true, true, false, false, false, false, true, false};
    std::string text = fmt::format("<tr class=\"{}\">", row_class);
    for (std::size_t k = 0; k < columns; ++k)
        text += fmt::format("<{0}{1}>{2}</{0}>", tag, words[k] ? " class=\"word\"" : "", escaped(line[k]));
    return text + "</tr>\n";
}

std::string html_table(const std::vector<Attempt>& attempts) {
    std::string text = "<table>\n" + html_row(headings(), "th", "");
    for (std::size_t k = 0; k < attempts.size(); ++k) {
        std::string row_class = attempts[k].reached_minimum()     ? "minimum"
                                : attempts[k].stopped_at_saddle() ? "saddle"
                                                                  : "";
        if (k == 0 || attempts[k].start != attempts[k - 1].start) row_class += " first";
        text += html_row(cells(attempts[k]), "td", row_class);
    }
    return text + "</table>\n";
}

/// The picture's own text, from its <svg> element on.
std::string picture(const std::filesystem::path& path) {
    std::ifstream file(path);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto begin = text.find("<svg");
    return begin == std::string::npos ? "<p>(There is no picture: gnuplot was not found.)</p>\n"
                                      : text.substr(begin);
}

std::string origin_section(const Origin& origin) {
    const hesse::Verdict& v = origin.verdict;
    return fmt::format(
        R"(<h2>The start: an exact saddle</h2>
<p>With all weights zero the gradient vanishes, and theory gives the Hessian's spectrum: 0.01 plus and minus each
non-zero eigenvalue of the data's covariance. The library is told none of this. From Hessian products alone,
{} of them, <code>classify</code> says:</p>
<table>
<tr><th class="word"></th><th>classify, matrix-free</th><th>theory, dense covariance</th></tr>
<tr><td class="word">kind</td><td>{}</td><td>saddle</td></tr>
<tr><td class="word">loss</td><td>{:.9f}</td><td>{:.9f}</td></tr>
<tr><td class="word">gradient norm</td><td>{:.1e}</td><td>0</td></tr>
<tr><td class="word">lowest eigenvalue</td><td>{:.7f} &plusmn; {:.0e}</td><td>{:.7f}</td></tr>
<tr><td class="word">highest eigenvalue</td><td>{:.7f} &plusmn; {:.0e}</td><td>1.01</td></tr>
<tr><td class="word">negative eigenvalues</td><td>at least {}</td><td>{}</td></tr>
</table>
)",
        v.products, to_string(v.kind), v.value, origin.value, v.gradient_norm, v.lowest.value,
        v.lowest.error_bound, origin.lowest, v.highest.value, v.highest.error_bound, v.index_lower_bound,
        origin.index);
}

std::string names(const std::vector<const Attempt*>& attempts) {
    std::string text;
    for (std::size_t k = 0; k < attempts.size(); ++k) {
        if (k > 0) text += k + 1 == attempts.size() ? " and " : ", ";
        text += attempts[k]->method;
    }
    return text;
}

template <class Condition>
std::vector<const Attempt*> those(const std::vector<Attempt>& attempts, const std::string& start,
                                  const Condition& condition) {
    std::vector<const Attempt*> chosen;
    for (const Attempt& attempt : attempts) {
        if (attempt.start == start && condition(attempt)) chosen.push_back(&attempt);
    }
    return chosen;
}

}  // namespace

std::vector<std::string> findings(const std::vector<Attempt>& attempts) {
    std::vector<std::string> facts;
    std::string start;
    for (const Attempt& attempt : attempts) {
        if (attempt.start == start) continue;
        start = attempt.start;
        const auto stuck = those(attempts, start, [](const Attempt& a) { return a.stopped_at_saddle(); });
        const auto arrived = those(attempts, start, [](const Attempt& a) { return a.reached_minimum(); });
        const auto moving = those(attempts, start, [](const Attempt& a) { return a.still_moving(); });
        if (!stuck.empty())
            facts.push_back(
                fmt::format("From {}, {} stopped at a saddle: the gradient is below the goal there, and "
                            "the verdict shows a direction along which the loss falls.",
                            start, names(stuck)));
        if (!arrived.empty())
            facts.push_back(
                fmt::format("From {}, {} reached a gradient norm of 1e-6 at a minimum: all eigenvalues of "
                            "the Hessian are positive, with probability at least {:.2g}.",
                            start, names(arrived), 1.0 - arrived.front()->verdict.failure_probability));
        if (!moving.empty()) {
            const auto best = *std::min_element(
                moving.begin(), moving.end(),
                [](const Attempt* a, const Attempt* b) { return a->run.value < b->run.value; });
            facts.push_back(
                fmt::format("From {}, {} spent the budget on the way down; the lowest loss among them is "
                            "{:.6f}, of {}.",
                            start, names(moving), best->run.value, best->method));
        }
    }
    return facts;
}

void write_page(const std::filesystem::path& directory, const Origin& origin,
                const std::vector<Attempt>& attempts, double budget) {
    std::string list;
    for (const std::string& fact : findings(attempts)) list += fmt::format("<li>{}</li>\n", escaped(fact));
    std::string settings;
    for (const Attempt& attempt : attempts) {
        if (attempt.start == attempts.front().start)
            settings += fmt::format("{}{} ({})", settings.empty() ? "" : "; ", attempt.method,
                                    escaped(attempt.settings));
    }
    std::ofstream file(directory / "report.html");
    file << fmt::format(
        R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>hesse: leaving a saddle on real data</title>
<style>{}</style></head><body>
<h1>Leaving a saddle on real data</h1>
<p>A tanh autoencoder 64-16-64 with weight decay 0.01, 2128 parameters, of 1797 images of handwritten digits.</p>
{}
<h2>Every method, from the saddle itself and from beside it</h2>
<p>Each run may spend {:.0f} gradient-equivalents (a loss is 1/3, a gradient 1, a Hessian product 2) and ends early
at a gradient norm of 1e-6. The start beside the saddle is 1e-3 times a random point. The verdict on the point where a
run ended is from <code>classify</code>, not from the method: the lowest eigenvalue with the bound on its error
decides.</p>
{}
<h2>What this shows</h2>
<ul>
{}</ul>
{}
<p>A cross marks a run that ended at a saddle, a disc one that ended at a minimum. At the saddle the gradient is
zero up to rounding (drawn as 1e-8); what leaves it uses the Hessian's direction of negative curvature,
or noise.</p>
<p>Settings: {}.</p>
<p>Every iteration of every run is in <code>history.csv</code>; <code>loss.gnuplot</code> draws the picture again.
Data: Optical Recognition of Handwritten Digits, E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998
(CC BY 4.0).</p>
</body></html>
)",
        style, origin_section(origin), budget, html_table(attempts), list, picture(directory / "loss.svg"),
        settings);
    file.close();
    if (!file)
        throw std::runtime_error("write_page: cannot write '" + (directory / "report.html").string() + "'");
}

}  // namespace demo
