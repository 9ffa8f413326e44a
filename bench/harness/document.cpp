#include "harness/document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace hesse::bench {
namespace {

const std::set<std::string> own{"plain", "hand", "limit", "hesse", "eigen"};

std::string number(const std::optional<double>& x) {
    if (!x) return "";
    return fmt::format(fmt::runtime(*x < 0.1 ? "{:.3f}" : *x < 100 ? "{:.2f}" : "{:.0f}"), *x);
}

std::string megabytes(const std::optional<double>& bytes) {
    return bytes ? fmt::format("{:.3g}", 1e-6 * *bytes) : "";
}

bool same_race(const Entry& a, const Entry& b) {
    return a.workload == b.workload && a.size == b.size && a.style == b.style && a.quantity == b.quantity;
}

std::string row_of(const Entry& entry) {
    return fmt::format("| `{}` | {} | {} | {} ", entry.workload, entry.size, entry.style, entry.quantity);
}

/// The processor's family, by which name the system gives.
std::string processor() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
    }
    return "a processor without a name";
}

std::string compiler() {
#if defined(__clang__)
    return fmt::format("Clang {}.{}", __clang_major__, __clang_minor__);
#else
    return fmt::format("GCC {}.{}", __GNUC__, __GNUC_MINOR__);
#endif
}

std::string targets_table(const Report& report) {
    std::ostringstream out;
    out << "On one core of " << processor() << ", " << compiler() << ".\n\n"
        << "| workload | n | style | quantity | time | / plain | / hand | / limit | hand / plain | peak MB | "
           "asked |\n| --- | --: | --- | --- | --: | --: | --: | --: | --: | --: | --- |\n";
    for (const Entry& entry : report.entries()) {
        if (entry.contender != "hesse") continue;
        std::optional<double> hand_to_plain;
        for (const Entry& other : report.entries()) {
            if (same_race(entry, other) && other.contender == "hand") hand_to_plain = other.ratio_to("plain");
        }
        out << row_of(entry)
            << fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", duration(entry.seconds),
                           number(entry.ratio_to("plain")), number(entry.ratio_to("hand")),
                           number(entry.ratio_to("limit")), number(hand_to_plain), megabytes(entry.bytes),
                           verdict(entry));
    }
    if (!report.remarks().empty()) out << '\n';
    for (const std::string& remark : report.remarks()) out << "- " << remark << '\n';
    return out.str();
}

/// The peers' times in multiples of hesse's; nothing if none took part.
std::string peers_table(const Report& report) {
    std::set<std::string> peers;
    for (const Entry& entry : report.entries()) {
        if (own.count(entry.contender) == 0) peers.insert(entry.contender);
    }
    if (peers.empty()) return {};
    std::ostringstream out;
    out << "On one core of " << processor() << ", " << compiler()
        << ". Times in multiples of hesse's, and in brackets peak memory in MB.\n\n"
        << "| workload | n | style | quantity | hesse |";
    for (const std::string& peer : peers) out << ' ' << peer << " |";
    out << "\n| --- | --: | --- | --- | --: |";
    for (std::size_t i = 0; i < peers.size(); ++i) out << " --: |";
    out << '\n';
    const auto cell = [](const Entry& entry, const std::string& time) {
        return entry.bytes ? fmt::format("{} ({})", time, megabytes(entry.bytes)) : time;
    };
    for (const Entry& entry : report.entries()) {
        if (entry.contender != "hesse") continue;
        std::string cells;
        bool any = false;
        for (const std::string& peer : peers) {
            const auto found = std::find_if(
                report.entries().begin(), report.entries().end(),
                [&](const Entry& other) { return same_race(entry, other) && other.contender == peer; });
            const bool there = found != report.entries().end();
            any = any || there;
            cells += fmt::format(" {} |", there ? cell(*found, number(found->ratio_to("hesse"))) : "");
        }
        if (any)
            out << row_of(entry) << "| " << cell(entry, duration(entry.seconds)) << " |" << cells << '\n';
    }
    return out.str();
}

/// A table with what stands above and the remarks below it, rows and remarks by what they are about.
struct Section {
    std::string head;
    std::map<std::string, std::string> rows, remarks;

    explicit Section(const std::string& text) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            if (line.rfind("| `", 0) == 0) {
                std::size_t end = 0;  // of the first four cells: workload, size, style, quantity
                for (int cell = 0; cell < 5; ++cell) end = line.find('|', end) + 1;
                rows[line.substr(0, end)] = line;
            } else if (line.rfind("- ", 0) == 0) {
                remarks[line.substr(0, line.find(':'))] = line;
            } else if (!(line.empty() && (head.empty() || !rows.empty()))) {
                head += line + '\n';
            }
        }
        // Workloads may have remarks alone.
        while (head.ends_with("\n\n")) head.pop_back();
    }
    /// Takes what only an earlier run measured; what failed then is nothing to keep.
    void complete_from(const Section& earlier) {
        rows.insert(earlier.rows.begin(), earlier.rows.end());
        for (const auto& remark : earlier.remarks) {
            if (remark.first.find(" failed") == std::string::npos) remarks.insert(remark);
        }
    }
    [[nodiscard]] std::string text() const {
        std::string all = '\n' + head;
        for (const auto& [key, row] : rows) all += row + '\n';
        if (!remarks.empty()) all += '\n';
        for (const auto& [key, remark] : remarks) all += remark + '\n';
        return all + '\n';
    }
};

void replace(std::string& page, const std::string& name, const std::string& text, bool complete) {
    const std::string begin = "<!-- begin " + name + ", written by ./run bench -->\n";
    const std::string end = "<!-- end " + name + " -->";
    const std::size_t first = page.find(begin), last = page.find(end);
    if (first == std::string::npos || last == std::string::npos || last < first) {
        throw std::runtime_error("write_document: the page has no place for " + name);
    }
    const std::size_t from = first + begin.size();
    Section section(text);
    if (!complete) {
        const Section earlier(page.substr(from, last - from));
        if (section.head != earlier.head) {
            std::cerr << "warning: " << name
                      << " on the page are of another processor or compiler, and stay as they are: run all "
                         "workloads\n";
            return;
        }
        section.complete_from(earlier);
    }
    page.replace(from, last - from, section.text());
}

}  // namespace

void write_document(const Report& report, const std::filesystem::path& path, bool complete) {
    std::ifstream in(path);
    std::string page{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw std::runtime_error("write_document: cannot read " + path.string());
    replace(page, "targets", targets_table(report), complete);
    if (const std::string peers = peers_table(report); !peers.empty())
        replace(page, "peers", peers, complete);
    std::ofstream out(path);
    out << page;
    if (!out.flush()) throw std::runtime_error("write_document: cannot write " + path.string());
}

}  // namespace hesse::bench
