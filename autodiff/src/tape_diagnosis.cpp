#include "hesse/autodiff/tape_diagnosis.hpp"

#include "diagnosis_text.hpp"
#include "hesse/autodiff/engine/tape_inspection.hpp"
#include "statement_text.hpp"
#include "statement_trace.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace hesse {
namespace {

using enum DerivativeSweep;

template <class T>
class TapeDiagnosis {
public:
    TapeDiagnosis(Tape<T>& tape, const T* direction, const std::vector<NotedLines::OfNode>& lines)
        : tape_(tape), inspection_(tape), statements_(inspection_.statements()), direction_(direction) {
        for (const auto& node : lines) {
            if (node.tape == &tape) lines_.push_back(node.line);
        }
    }

    Diagnosis run(const SweptResults& swept) {
        Diagnosis all;
        inspection_.sweep_gradient(statements_, 0);
        inspection_.sweep_tangent(statements_, 0, direction_);
        const auto made = find_value(true);
        const auto others = made && !swept.value_finite ? std::nullopt : find_value(false);
        if (!swept.value_finite) all.value = made ? made : others ? others : unexplained(value);
        else if (made || others) all.masked = made ? made : others;
        if (all.masked) all.masked->reaches_result = false;
        if (!swept.gradient_finite) all.gradient = find_gradient(all);
        inspection_.sweep_gradient(statements_, 0);
        if (!swept.product_finite) {
            all.tangent = find_tangent(all);
            inspection_.sweep_tangent(statements_, statements_.size(), direction_);
            all.product = find_product(all);
        }
        return all;
    }

private:
    using Statement = typename TapeInspection<T>::Statement;
    using Description = NodeDescription<T>;
    using Array = typename Description::Array;
    struct Entry {
        Index row, col;
    };

    // ------------------------------------------------------------------------------------------ where it begins

    // The first statement that makes of finite operands what is not finite; `reaching`: and has a part in the loss.
    std::optional<NonFinite> find_value(bool reaching) {
        for (std::size_t k = 0; k < statements_.size(); ++k) {
            if (auto found = at_statement(k, value, reaching)) return found;
        }
        return std::nullopt;
    }
    std::optional<NonFinite> find_gradient(const Diagnosis& known) {
        const auto spoilt = [&](std::size_t first) {
            inspection_.sweep_gradient(statements_, first);
            return any_bad(inspection_.adjoints());
        };
        return in_reverse(gradient, spoilt, {known.value});
    }
    std::optional<NonFinite> find_product(const Diagnosis& known) {
        const auto spoilt = [&](std::size_t first) {
            inspection_.sweep_product(statements_, first);
            return any_bad(inspection_.seconds());
        };
        return in_reverse(product, spoilt, {known.tangent, known.gradient, known.value});
    }
    // Only of what has an adjoint: nothing asks for other tangents.
    std::optional<NonFinite> find_tangent(const Diagnosis& known) {
        const auto spoilt = [&](std::size_t last) {
            inspection_.sweep_tangent(statements_, last, direction_);
            const auto tangents = inspection_.tangents(), adjoints = inspection_.adjoints();
            for (std::size_t i = 0; i < tangents.size(); ++i) {
                if (!std::isfinite(tangents[i]) && adjoints[i] != T(0)) return true;
            }
            return false;
        };
        std::size_t clean = 0, bad = statements_.size();
        if (!spoilt(bad)) return std::nullopt;
        while (bad - clean > 1) {
            const std::size_t middle = clean + (bad - clean) / 2;
            (spoilt(middle) ? bad : clean) = middle;
        }
        spoilt(bad);
        return found_at(clean, tangent, {known.value});
    }

    /// What is not finite stays so, hence a search by halves. `spoilt(k)` sweeps from the last statement to k.
    template <class Spoilt>
    std::optional<NonFinite> in_reverse(DerivativeSweep sweep, const Spoilt& spoilt,
                                        const std::vector<std::optional<NonFinite>>& known) {
        std::size_t bad = 0, clean = statements_.size();
        if (clean == 0 || !spoilt(0)) return unexplained(sweep);
        while (clean - bad > 1) {
            const std::size_t middle = bad + (clean - bad) / 2;
            (spoilt(middle) ? bad : clean) = middle;
        }
        spoilt(bad);
        return found_at(bad, sweep, known);
    }

    // What the statement does not make itself comes from what is known of earlier sweeps.
    std::optional<NonFinite> found_at(std::size_t k, DerivativeSweep sweep,
                                      const std::vector<std::optional<NonFinite>>& known) {
        if (auto found = at_statement(k, sweep, false)) return found;
        for (const auto& earlier : known) {
            if (earlier) return earlier;
        }
        return unexplained(sweep);
    }
    static NonFinite unexplained(DerivativeSweep sweep) {
        NonFinite found;
        found.sweep = sweep;
        found.message = unexplained_message(sweep);
        return found;
    }

    // ------------------------------------------------------------------------------------- within a statement

    std::optional<NonFinite> at_statement(std::size_t k, DerivativeSweep sweep, bool reaching) {
        const Statement& statement = statements_[k];
        if (statement.scalar()) return at_scalar(k, sweep, reaching);
        const Description node = inspection_.describe(statement);
        return node.formula != nullptr ? at_array(k, node, sweep, reaching)
                                       : at_node(k, node, sweep, reaching);
    }

    std::optional<NonFinite> at_scalar(std::size_t k, DerivativeSweep sweep, bool reaching) {
        const Statement& statement = statements_[k];
        const Formula* formula = statement.operations->payload.formula;
        const std::uint32_t y = statement.result();
        if (formula == nullptr) return std::nullopt;
        const T y_bar = inspection_.adjoints()[y];
        if (sweep == value && (std::isfinite(tape_.value(y)) || (reaching && y_bar == T(0))))
            return std::nullopt;
        const auto variables = statement.variables();
        const auto constants = statement.constants();
        std::vector<ElementOperand<T>> operands;
        std::size_t variable = 0, constant = 0;
        for (int i = 0; i < formula->size; ++i) {
            const FormulaTerm& term = formula->terms()[i];
            if (term.rule != nullptr) continue;
            if (term.active) operands.push_back(variable_operand(variables[variable++]));
            else operands.push_back({false, constants[constant++], T(0)});
        }
        if (!trace_.evaluate(*formula, operands)) {
            return unknown_rule(k, *formula, operands, tape_.value(y), sweep);
        }
        auto inner = trace_.find(sweep, y_bar, inspection_.seconds()[y]);
        if (!inner) return std::nullopt;
        return finished(std::move(inner->found), inner->account, k, scalar_text(*statement.operations),
                        nullptr, std::nullopt);
    }

    std::optional<NonFinite> at_array(std::size_t k, const Description& node, DerivativeSweep sweep,
                                      bool reaching) {
        const std::string name = node_text(*statements_[k].operations, node);
        if (sweep == value && node.sum && std::isfinite(tape_.value(node.result.slot))) return std::nullopt;
        std::vector<ElementOperand<T>> operands;
        for (Index j = 0; j < node.cols; ++j) {
            for (Index i = 0; i < node.rows; ++i) {
                const std::size_t y =
                    node.result.slot + offset(node.result, node.sum ? 0 : i, node.sum ? 0 : j);
                if (!concerned(node, sweep, reaching, y, i, j)) continue;
                operands.clear();
                for (const Array& x : node.operands) operands.push_back(operand(x, i, j));
                if (!trace_.evaluate(*node.formula, operands)) {
                    if (!std::all_of(operands.begin(), operands.end(),
                                     [](const auto& x) { return std::isfinite(x.value); }))
                        continue;
                    return unknown_rule(k, *node.formula, operands, tape_.value(y), sweep);
                }
                auto inner = trace_.find(sweep, inspection_.adjoints()[y], inspection_.seconds()[y]);
                if (!inner) continue;
                return finished(std::move(inner->found), inner->account, k, name, &node, Entry{i, j});
            }
        }
        return std::nullopt;
    }
    /// Whether a number of the sweep at this entry may be made here.
    bool concerned(const Description& node, DerivativeSweep sweep, bool reaching, std::size_t y, Index i,
                   Index j) {
        if (sweep == value)
            return !std::isfinite(tape_.value(y)) && !(reaching && inspection_.adjoints()[y] == T(0));
        if (sweep == tangent) return node.sum || !std::isfinite(inspection_.tangents()[y]);
        const auto numbers = sweep == gradient ? inspection_.adjoints() : inspection_.seconds();
        return std::any_of(node.operands.begin(), node.operands.end(), [&](const Array& x) {
            return x.variable && !std::isfinite(numbers[x.slot + offset(x, i, j)]);
        });
    }

    std::optional<NonFinite> at_node(std::size_t k, const Description& node, DerivativeSweep sweep,
                                     bool reaching) {
        const auto values = std::span<const T>(tape_.values(), tape_.slots());
        const auto first_bad_of = [&](const Array& x, std::span<const T> numbers, bool only_reaching) {
            std::optional<Entry> found;
            for (Index j = 0; j < x.cols && !found; ++j) {
                for (Index i = 0; i < x.rows && !found; ++i) {
                    const std::size_t slot = x.slot + offset(x, i, j);
                    if (!std::isfinite(numbers[slot]) &&
                        !(only_reaching && inspection_.adjoints()[slot] == T(0)))
                        found = Entry{i, j};
                }
            }
            return found;
        };
        const auto reads_bad = [&](std::span<const T> numbers) {
            return std::any_of(node.operands.begin(), node.operands.end(), [&](const Array& x) {
                return x.variable && first_bad_of(x, numbers, false).has_value();
            });
        };
        if (reads_bad(values)) return std::nullopt;
        const std::string name = statements_[k].operations->name;
        NonFinite found;
        found.sweep = sweep;
        found.operation = name;
        std::string event;
        if (is_forward(sweep)) {
            const std::span<const T> numbers =
                sweep == value ? values : std::span<const T>(inspection_.tangents());
            const auto bad = first_bad_of(node.result, numbers, reaching || sweep == tangent);
            if (!bad || (sweep == tangent && reads_bad(numbers))) return std::nullopt;
            const std::size_t slot = node.result.slot + offset(node.result, bad->row, bad->col);
            found.result = static_cast<double>(values[slot]);
            found.made = static_cast<double>(numbers[slot]);
            event = std::string("its result has there the ") + (sweep == value ? "value " : "tangent ") +
                    number_text(found.made);
            return finished(std::move(found), event, k, name, &node, bad, false);
        }
        const std::span<const T> numbers = sweep == gradient ? inspection_.adjoints() : inspection_.seconds();
        if (first_bad_of(node.result, numbers, false)) return std::nullopt;
        if (sweep == product && (reads_bad(inspection_.tangents()) || reads_bad(inspection_.adjoints())))
            return std::nullopt;
        for (std::size_t n = 0; n < node.operands.size(); ++n) {
            const Array& x = node.operands[n];
            if (!x.variable) continue;
            const auto bad = first_bad_of(x, numbers, false);
            if (!bad) continue;
            const std::size_t slot = x.slot + offset(x, bad->row, bad->col);
            found.operands = {static_cast<double>(values[slot])};
            found.made = static_cast<double>(numbers[slot]);
            event = "operand " + std::to_string(n + 1) + " is there " + number_text(found.operands[0]) +
                    " and gets the " + (sweep == gradient ? "adjoint " : "derivative of its adjoint ") +
                    number_text(found.made);
            return finished(std::move(found), event, k, name, &node, bad, false);
        }
        found.message = "";
        return finished(std::move(found), "", k, name, &node, std::nullopt, false);
    }

    NonFinite unknown_rule(std::size_t k, const Formula& formula,
                           const std::vector<ElementOperand<T>>& operands, T result, DerivativeSweep sweep) {
        NonFinite found;
        found.sweep = sweep;
        found.operation = formula_text(formula);
        for (const auto& x : operands) found.operands.push_back(static_cast<double>(x.value));
        found.result = static_cast<double>(result);
        found.made = found.result;
        std::string event = "operands";
        for (std::size_t i = 0; i < operands.size(); ++i) {
            event += (i == 0 ? " " : ", ") + number_text(found.operands[i]);
        }
        event += ", result " + number_text(found.result);
        return finished(std::move(found), event, k, formula_text(formula), nullptr, std::nullopt, false);
    }

    /// Place and message. `account` is what trace_sweeps tells, or, without an operation in it, all there is to say.
    NonFinite finished(NonFinite found, const std::string& account, std::size_t k, const std::string& name,
                       const Description* node, std::optional<Entry> entry, bool has_operation = true) {
        found.statement = static_cast<Index>(k);
        found.statements = static_cast<Index>(statements_.size());
        std::string text = statement_number(found) + ", " + name;
        if (node != nullptr) {
            text += ", " + shapes_text(*node);
            if (node->formula != nullptr) {
                found.shapes = {shape_text(node->rows, node->cols)};
            } else {
                for (const Array& x : node->operands) found.shapes.push_back(shape_of_array<T>(x));
                found.shapes.push_back(shape_of_array<T>(node->result));
            }
        }
        if (entry) {
            found.row = entry->row;
            found.col = entry->col;
            text += ", at (" + std::to_string(entry->row) + ", " + std::to_string(entry->col) + ')';
        }
        if (const SourceLine line = line_of(k); is_user_line(line)) {
            found.file = line.file;
            found.line = line.line;
            found.line_is_exact = !line.near;
            text = (line.near ? "near " : "") + line_text(line) + ": " + text;
        }
        const std::string event = has_operation ? event_text(found, account) : account;
        found.message = event.empty() ? text : text + ": " + event;
        return found;
    }

    /// The line of a node; of a scalar statement, near that of the last node before it.
    [[nodiscard]] SourceLine line_of(std::size_t k) const {
        const auto nodes = static_cast<std::size_t>(
            std::count_if(statements_.begin(), statements_.begin() + static_cast<std::ptrdiff_t>(k) + 1,
                          [](const Statement& statement) { return !statement.scalar(); }));
        if (nodes == 0 || nodes > lines_.size()) return {};
        SourceLine line = lines_[nodes - 1];
        line.near = line.near || statements_[k].scalar();
        return line;
    }

    // ------------------------------------------------------------------------------------------------- numbers

    static std::size_t offset(const Array& x, Index i, Index j) {
        return static_cast<std::size_t>(x.offset(i, j));
    }
    static bool any_bad(std::span<const T> numbers) {
        return !std::all_of(numbers.begin(), numbers.end(), [](T x) { return std::isfinite(x); });
    }
    ElementOperand<T> variable_operand(std::size_t slot) {
        return {true, tape_.value(slot), inspection_.tangents()[slot]};
    }
    ElementOperand<T> operand(const Array& x, Index i, Index j) {
        if (x.variable) return variable_operand(x.slot + offset(x, i, j));
        return {false, x.data != nullptr ? x.data[x.offset(i, j)] : x.value, T(0)};
    }

    Tape<T>& tape_;
    TapeInspection<T> inspection_;
    std::vector<Statement> statements_;
    const T* direction_;
    std::vector<SourceLine> lines_;  // of nodes
    StatementTrace<T> trace_;
};

}  // namespace

template <class T>
Diagnosis diagnose_tape(Tape<T>& tape, const T* direction, const SweptResults& swept,
                        const std::vector<NotedLines::OfNode>& lines) {
    return TapeDiagnosis<T>(tape, direction, lines).run(swept);
}

template Diagnosis diagnose_tape(Tape<double>&, const double*, const SweptResults&,
                                 const std::vector<NotedLines::OfNode>&);
template Diagnosis diagnose_tape(Tape<float>&, const float*, const SweptResults&,
                                 const std::vector<NotedLines::OfNode>&);

}  // namespace hesse
