#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace hesse::bench {

/// A promise: a ratio that should not be exceeded, to the contender of that name.
struct Target {
    std::string reference;  // plain, hand or limit
    double ratio;
};

/// One measured figure. A ratio that does not apply is absent.
struct Entry {
    std::string workload;
    long size = 0;
    std::string style, contender, quantity;
    double seconds = 0;
    std::optional<double> ratio_to_plain, ratio_to_hand, ratio_to_limit;
    std::optional<double> bytes;
    // For the printed table.
    std::optional<Target> target;
    std::optional<double>
        median_ratio;  // to the target's reference, within the rounds: less exact, less fragile
    std::optional<std::uint64_t> allocations;

    [[nodiscard]] std::optional<double> ratio_to(const std::string& reference) const;
};

/// The figures of one run of the program.
class Report {
public:
    void add(Entry entry) { entries_.push_back(std::move(entry)); }
    /// A sentence that belongs under the table.
    void remark(std::string sentence) { remarks_.push_back(std::move(sentence)); }

    /// The entries as JSON: a list of objects, ratios that do not apply are null.
    void write_json(const std::filesystem::path& path) const;
    /// The entries as a table for people, targets beside what was measured.
    void print(std::ostream& out) const;

private:
    std::vector<Entry> entries_;
    std::vector<std::string> remarks_;
};

}  // namespace hesse::bench
