#include "harness/report.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <ostream>
#include <stdexcept>

namespace hesse::bench {
namespace {

nlohmann::ordered_json or_null(const std::optional<double>& number) {
    return number ? nlohmann::ordered_json(*number) : nlohmann::ordered_json(nullptr);
}

std::string ratio(const std::optional<double>& number) {
    return number ? fmt::format("{:.3f}", *number) : "-";
}

std::string median(const Entry& entry) {
    return entry.median_ratio ? fmt::format(" (median {:.3f})", *entry.median_ratio) : "";
}

}  // namespace

std::string duration(double seconds) {
    if (seconds >= 1) return fmt::format("{:.3f} s ", seconds);
    if (seconds >= 1e-3) return fmt::format("{:.3f} ms", 1e3 * seconds);
    if (seconds >= 1e-6) return fmt::format("{:.3f} us", 1e6 * seconds);
    return fmt::format("{:.1f} ns", 1e9 * seconds);
}

std::string verdict(const Entry& entry) {
    if (!entry.target) return "";
    const Target& target = *entry.target;
    const auto measured = entry.measured_for_target();
    std::string asked = fmt::format("{:.2f} x {}", target.ratio, target.reference);
    if (target.reference == Target::seconds) asked = duration(target.ratio);
    if (target.reference == Target::bytes_per_variable) {
        asked = fmt::format("{:.0f} {}", target.ratio, target.reference);
    }
    if (!measured) return asked + ": not measured";
    return asked + (*measured <= target.ratio ? ": met" : ": MISSED");
}

std::optional<double> Entry::ratio_to(const std::string& reference) const {
    const auto found = ratios.find(reference);
    if (found == ratios.end()) return {};
    return found->second;
}

std::optional<double> Entry::measured_for_target() const {
    if (!target) return {};
    if (target->reference == Target::seconds) return seconds;
    if (target->reference == Target::bytes_per_variable) {
        if (!bytes) return {};
        return *bytes / static_cast<double>(size);
    }
    return ratio_to(target->reference);
}

void Report::write_json(const std::filesystem::path& path) const {
    auto list = nlohmann::ordered_json::array();
    for (const Entry& entry : entries_) {
        list.push_back({{"workload", entry.workload},
                        {"size", entry.size},
                        {"style", entry.style},
                        {"contender", entry.contender},
                        {"quantity", entry.quantity},
                        {"seconds", entry.seconds},
                        {"ratio_to_plain", or_null(entry.ratio_to("plain"))},
                        {"ratio_to_hand", or_null(entry.ratio_to("hand"))},
                        {"ratio_to_limit", or_null(entry.ratio_to("limit"))},
                        {"bytes", or_null(entry.bytes)}});
    }
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path);
    out << list.dump(2) << '\n';
    if (!out.flush()) throw std::runtime_error("report: cannot write " + path.string());
}

void Report::print(std::ostream& out) const {
    constexpr const char* row = "{:<17} {:<6} {:<16} {:<9} {:>11} {:>8} {:>8} {:>8} {:>10} {:>7}  {}\n";
    out << fmt::format(row, "workload", "style", "quantity", "contender", "time", "/plain", "/hand", "/limit",
                       "bytes", "allocs", "target");
    std::string previous;
    for (const Entry& entry : entries_) {
        const std::string race = entry.workload + entry.style + entry.quantity;
        if (race != previous) out << '\n';
        previous = race;
        out << fmt::format(
            row, entry.workload, entry.style, entry.quantity, entry.contender, duration(entry.seconds),
            ratio(entry.ratio_to("plain")), ratio(entry.ratio_to("hand")), ratio(entry.ratio_to("limit")),
            entry.bytes ? fmt::format("{:.0f}", *entry.bytes) : "-",
            entry.allocations ? std::to_string(*entry.allocations) : "-", verdict(entry) + median(entry));
    }
    if (!remarks_.empty()) out << '\n';
    for (const std::string& remark : remarks_) out << remark << '\n';
}

}  // namespace hesse::bench
