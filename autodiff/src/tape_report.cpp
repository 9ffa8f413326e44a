#include "hesse/autodiff/tape_report.hpp"

#include "statement_text.hpp"

#include <algorithm>
#include <map>
#include <ostream>
#include <sstream>
#include <utility>

namespace hesse {
namespace {

template <class T>
StatementCost cost_of(const TapeInspection<T>& tape, const typename TapeInspection<T>::Statement& statement) {
    StatementCost cost;
    cost.count = 1;
    const auto numbers = [](std::size_t count) { return 2 * count * sizeof(T); };  // values and adjoints
    if (statement.scalar()) {
        cost.name = scalar_text(*statement.operations);
        cost.bytes =
            statement.operations->payload.bytes + numbers(statement.after.slot - statement.before.slot);
        cost.flops = statement.operations->payload.formula == nullptr
                         ? 0
                         : statement.operations->payload.formula->calls;
    } else {
        const NodeDescription<T> node = tape.describe(statement);
        cost.name = node_text(*statement.operations, node);
        cost.shapes = shapes_text(node);
        cost.bytes = node.bytes + sizeof(std::uint64_t) + node.kept * sizeof(T) +
                     numbers(statement.after.slot - statement.before.slot);
        cost.flops = node.flops;
    }
    return cost;
}

/// The first `most` of them by what `key` gives, the largest first.
template <class Key>
std::vector<StatementCost> first_of(std::vector<StatementCost> costs, std::size_t most, const Key& key) {
    std::stable_sort(costs.begin(), costs.end(),
                     [&](const auto& a, const auto& b) { return key(a) > key(b); });
    if (costs.size() > most) costs.resize(most);
    return costs;
}

std::string bytes_text(std::size_t bytes) {
    static constexpr const char* units[] = {"B", "kB", "MB", "GB", "TB"};
    double amount = static_cast<double>(bytes);
    std::size_t unit = 0;
    for (; amount >= 1000 && unit + 1 < std::size(units); ++unit) amount /= 1000;
    std::ostringstream text;
    text.precision(3);
    text << amount << ' ' << units[unit];
    return text.str();
}

/// Keeps the `most` largest by a key without holding all.
template <class Key>
class Largest {
public:
    Largest(std::size_t most, Key key) : most_(most), key_(std::move(key)) {}
    void consider(const StatementCost& cost) {
        if (most_ == 0 || (kept_.size() == most_ && key_(cost) <= key_(kept_.back()))) return;
        const auto at = std::upper_bound(kept_.begin(), kept_.end(), cost,
                                         [&](const auto& a, const auto& b) { return key_(a) > key_(b); });
        kept_.insert(at, cost);
        if (kept_.size() > most_) kept_.pop_back();
    }
    std::vector<StatementCost> take() { return std::move(kept_); }

private:
    std::size_t most_;
    Key key_;
    std::vector<StatementCost> kept_;
};

}  // namespace

template <class T>
TapeReport report_on(Tape<T>& tape, std::size_t most) {
    const TapeInspection<T> inspection(tape);
    TapeReport report;
    report.bytes = tape.memory().total();
    const auto bytes = [](const StatementCost& cost) { return static_cast<double>(cost.bytes); };
    const auto flops = [](const StatementCost& cost) { return cost.flops; };
    Largest largest(most, bytes);
    Largest slowest(most, flops);
    std::map<std::string, StatementCost> kinds;
    std::map<const Operations<T>*, StatementCost> scalars;  // whose name is not made a million times
    inspection.for_each([&](const auto& statement) {
        StatementCost cost;
        if (!statement.scalar()) {
            cost = cost_of(inspection, statement);
        } else if (const auto [known, fresh] = scalars.try_emplace(statement.operations); fresh) {
            cost = known->second = cost_of(inspection, statement);
        } else {
            cost = known->second;
        }
        cost.place = static_cast<Index>(report.statements++);
        if (!statement.scalar()) {
            largest.consider(cost);
            slowest.consider(cost);
        }
        const auto [kind, fresh] = kinds.try_emplace(cost.name, cost);
        if (fresh) return;
        kind->second.count += cost.count;
        kind->second.bytes += cost.bytes;
        kind->second.flops += cost.flops;
        if (kind->second.shapes != cost.shapes) kind->second.shapes.clear();
    });
    std::vector<StatementCost> all;
    for (auto& [name, kind] : kinds) all.push_back(std::move(kind));
    report.kinds = first_of(std::move(all), most, bytes);
    report.largest = largest.take();
    report.slowest = slowest.take();
    return report;
}

std::ostream& operator<<(std::ostream& stream, const TapeReport& report) {
    stream << report.statements << " statements, " << bytes_text(report.bytes) << '\n';
    const auto list = [&](const char* title, const std::vector<StatementCost>& costs, bool single) {
        if (costs.empty()) return;
        stream << title << '\n';
        for (const StatementCost& cost : costs) {
            stream << "  ";
            if (single) stream << "statement " << cost.place + 1 << ": ";
            else stream << cost.count << " x ";
            stream << cost.name;
            if (!cost.shapes.empty()) stream << ", " << cost.shapes;
            std::ostringstream flops;
            flops.precision(3);
            flops << cost.flops;
            stream << ": " << bytes_text(cost.bytes) << ", about " << flops.str() << " operations\n";
        }
    };
    list("by kind", report.kinds, false);
    list("the largest arrays", report.largest, true);
    list("the slowest arrays", report.slowest, true);
    return stream;
}

template TapeReport report_on(Tape<double>&, std::size_t);
template TapeReport report_on(Tape<float>&, std::size_t);

}  // namespace hesse
