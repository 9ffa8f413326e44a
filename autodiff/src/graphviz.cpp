#include "hesse/autodiff/tape_report.hpp"
#include "statement_text.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <sstream>
#include <utility>

/// A recording as a picture.
namespace hesse {
namespace {

/// Consecutive statements that are one node of the picture.
struct Group {
    std::map<std::string, std::size_t> contents;  // labels, and how many statements have them
    std::size_t count = 0;
    bool scalar = true;
    std::map<std::size_t, std::size_t> reads;  // of other groups, and how many operands
};

template <class T>
class Picture {
public:
    explicit Picture(Tape<T>& tape) : inspection_(tape), owner_(tape.slots(), 0) {
        inspection_.for_each([&](const auto& statement) { add(statement); });
        groups_.resize(last_ + 1);
    }

    void fold(std::size_t most) {
        if (groups_.size() > most)
            merge([&](std::size_t i) { return groups_[i].scalar && groups_[i - 1].scalar; });
        if (groups_.size() > most) {
            const std::size_t chunk = (groups_.size() + most - 1) / most;
            merge([&](std::size_t i) { return i > 1 && (i - 1) % chunk != 0; });
        }
    }

    [[nodiscard]] std::string text() const {
        std::ostringstream out;
        out << "digraph recording {\n  node [shape=box, fontname=\"sans-serif\"];\n";
        out << "  s0 [label=\"" << inspection_.parameters() << " parameters\", shape=ellipse];\n";
        const std::size_t result = inspection_.result() < owner_.size() ? owner_[inspection_.result()] : 0;
        for (std::size_t i = 1; i < groups_.size(); ++i) {
            out << "  s" << i << " [label=\"" << label(groups_[i]) << '"'
                << (i == result ? ", peripheries=2" : "") << "];\n";
            for (const auto& [from, operands] : groups_[i].reads) {
                if (from == i) continue;
                out << "  s" << from << " -> s" << i;
                if (operands > 1) out << " [label=\"" << operands << "\"]";
                out << ";\n";
            }
        }
        out << "}\n";
        return out.str();
    }

private:
    static std::string quoted(const std::string& text) {
        std::string safe;
        for (const char c : text) {
            if (c == '"' || c == '\\') safe += '\\';
            safe += c;
        }
        return safe;
    }
    static std::string label(const Group& group) {
        constexpr std::size_t most_lines = 4;
        std::vector<std::pair<std::string, std::size_t>> lines(group.contents.begin(), group.contents.end());
        std::stable_sort(lines.begin(), lines.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
        std::string text;
        if (lines.size() > 1) text = std::to_string(group.count) + " statements\\n";
        for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i) {
            if (lines[i].second > 1) text += std::to_string(lines[i].second) + " x ";
            text += quoted(lines[i].first) + (i + 1 < lines.size() ? "\\n" : "");
        }
        return lines.size() > most_lines ? text + "..." : text;
    }

    void add(const typename TapeInspection<T>::Statement& statement) {
        std::string name;
        NodeDescription<T> node;
        if (statement.scalar()) {
            std::string& known = scalar_names_[statement.operations];
            if (known.empty()) known = scalar_text(*statement.operations);
            name = known;
        } else {
            node = inspection_.describe(statement);
            name = node_text(*statement.operations, node) + ' ' + shapes_text(node);
        }
        if (last_ == 0 || name != last_name_) {
            groups_.resize(++last_ + 1);
            last_name_ = name;
        }
        Group& group = groups_[last_];
        ++group.count;
        ++group.contents[name];
        group.scalar = statement.scalar();
        if (statement.scalar()) {
            for (const std::uint32_t slot : statement.variables()) ++group.reads[owner_[slot]];
            if (statement.operations->payload.in_place) ++group.reads[owner_[statement.result()]];
            owner_[statement.result()] = last_;
        } else {
            for (const auto& x : node.operands) read(group, x);
            const auto& y = node.result;
            for_each_slot(y, [&](std::size_t slot) { owner_[slot] = last_; });
            for (std::size_t slot = statement.before.slot; slot < statement.after.slot; ++slot)
                owner_[slot] = last_;
        }
    }
    template <class Visit>
    static void for_each_slot(const typename NodeDescription<T>::Array& x, const Visit& visit) {
        for (Index j = 0; j < x.cols; ++j) {
            for (Index i = 0; i < x.rows; ++i) visit(x.slot + static_cast<std::size_t>(x.offset(i, j)));
        }
    }
    void read(Group& group, const typename NodeDescription<T>::Array& x) {
        if (!x.variable) return;
        std::map<std::size_t, std::size_t> from;
        for_each_slot(x, [&](std::size_t slot) { from[owner_[slot]] = 1; });
        for (const auto& [owner, one] : from) group.reads[owner] += one;
    }

    /// Makes one of each group i and the one before it, where `joins(i)`.
    template <class Joins>
    void merge(const Joins& joins) {
        std::vector<std::size_t> place(groups_.size(), 0);
        std::vector<Group> merged(1);
        for (std::size_t i = 1; i < groups_.size(); ++i) {
            if (i == 1 || !joins(i)) merged.emplace_back();
            place[i] = merged.size() - 1;
        }
        for (std::size_t i = 1; i < groups_.size(); ++i) {
            Group& to = merged[place[i]];
            to.count += groups_[i].count;
            to.scalar = to.scalar && groups_[i].scalar;
            for (const auto& [name, count] : groups_[i].contents) to.contents[name] += count;
            for (const auto& [from, operands] : groups_[i].reads) to.reads[place[from]] += operands;
        }
        groups_ = std::move(merged);
        for (auto& owner : owner_) owner = place[owner];
    }

    TapeInspection<T> inspection_;
    std::vector<std::size_t> owner_;  // the group that gave a slot; 0 for the parameters
    std::vector<Group> groups_{Group{}};
    std::size_t last_ = 0;
    std::string last_name_;
    std::map<const Operations<T>*, std::string> scalar_names_;
};

}  // namespace

template <class T>
std::string graphviz(Tape<T>& tape, std::size_t most_nodes) {
    Picture<T> picture(tape);
    picture.fold(std::max<std::size_t>(most_nodes, 2));
    return picture.text();
}

template std::string graphviz(Tape<double>&, std::size_t);
template std::string graphviz(Tape<float>&, std::size_t);

}  // namespace hesse
