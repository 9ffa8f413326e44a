#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hesse::bench {

/// A promise: what should not be exceeded. Measured in the time of the contender of that name, or in one of
/// the two units.
struct Target {
    static constexpr const char* seconds = "s";
    static constexpr const char* bytes_per_variable = "bytes a variable";

    std::string reference;
    double ratio;
};

/// One measured figure.
struct Entry {
    std::string workload;
    long size = 0;
    std::string style, contender, quantity;
    double seconds = 0;
    std::map<std::string, double> ratios;  // to every other contender of the same race
    std::optional<double> bytes;
    // For the printed table.
    std::optional<Target> target;
    std::optional<double>
        median_ratio;  // to the target's reference, within the rounds: less exact, less fragile
    std::optional<std::uint64_t> allocations;

    [[nodiscard]] std::optional<double> ratio_to(const std::string& reference) const;
    /// What is to be compared with the target's ratio; nothing if its reference did not take part.
    [[nodiscard]] std::optional<double> measured_for_target() const;
};

/// A duration in the unit that suits it.
std::string duration(double seconds);
/// "1.08 x limit: met", or nothing if there is no target.
std::string verdict(const Entry& entry);

/// The figures of one run of the program.
class Report {
public:
    void add(Entry entry) { entries_.push_back(std::move(entry)); }
    /// A sentence that belongs under the table.
    void remark(std::string sentence) { remarks_.push_back(std::move(sentence)); }

    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
    [[nodiscard]] const std::vector<std::string>& remarks() const { return remarks_; }

    /// The entries as JSON: a list of objects, ratios that do not apply are null.
    void write_json(const std::filesystem::path& path) const;
    /// The entries as a table for people, targets beside what was measured.
    void print(std::ostream& out) const;

private:
    std::vector<Entry> entries_;
    std::vector<std::string> remarks_;
};

}  // namespace hesse::bench
