#pragma once

#include "hesse/autodiff/engine/factors.hpp"
#include "hesse/autodiff/engine/softmax.hpp"
#include "hesse/autodiff/layer_nodes.hpp"

namespace hesse {
namespace engine {

/// For each sequence and head, with P = softmax(K'Q / sqrt(d)) down each column:
///     Y = V P
///     V_bar += Y_bar P',  P_bar = V'Y_bar,  Q_bar += K S_bar,  K_bar += Q S_bar'
/// where S_bar is softmax's pullback of P_bar over sqrt(d). Beside Y the tape has slots for P: their values are P, their
/// adjoints P_bar and their tangents those of P, so that a product evaluates no exponential and no score again.
template <class T>
struct AttentionNode {
    static constexpr const char* name = "attention";
    std::size_t slots_before, slots_after;
    std::size_t result;         // of Y (v.rows x q.cols)
    std::size_t probabilities;  // of P, head after head, (keys x queries) each
    Index sequences, heads, queries, keys;
    bool causal;
    ColumnFactor<T> q, k, v;
    T* scratch;  // two (keys x queries)

    void describe(NodeDescription<T>& to) const {
        to.operands = {q.description(), k.description(), v.description()};
        to.result = NodeDescription<T>::slots(result, v.rows, q.cols);
        to.kept = static_cast<std::size_t>(2 * keys * queries);
        to.flops = 2.0 * static_cast<double>((q.rows + v.rows) * keys) * static_cast<double>(q.cols);
    }

    /// One head of one sequence: where its parts begin.
    struct Head {
        Index q, k, v, y, p;
    };
    template <class Visit>
    void for_each_head(const Visit& visit) const {
        Index p = 0;
        for (Index s = 0; s < sequences; ++s) {
            for (Index h = 0; h < heads; ++h, p += keys * queries) {
                const Index query = s * queries, key = s * keys;
                visit(Head{h * depth() + query * q.outer, h * depth() + key * k.outer,
                           h * width() + key * v.outer, h * width() + query * v.rows, p});
            }
        }
    }
    [[nodiscard]] Index depth() const { return q.rows / heads; }
    [[nodiscard]] Index width() const { return v.rows / heads; }
    [[nodiscard]] T scale() const {
        using std::sqrt;
        return T(1 / sqrt(static_cast<ScalarOf<T>>(depth())));
    }
    /// How many keys query i looks at.
    [[nodiscard]] Index seen(Index i) const {
        return causal ? std::clamp<Index>(i + 1 + keys - queries, 0, keys) : keys;
    }

    // scores (+)= K'Q
    void score(const T* k_part, const T* q_part, bool add, T* scores) const {
        block_product(transposed_factor, as_is, keys, queries, depth(), k_part, k.outer, q_part, q.outer, add,
                      scores, keys);
    }
    // Y (+)= V P
    void mix(const T* v_part, const T* p, bool add, T* y) const {
        block_product(as_is, as_is, width(), queries, keys, v_part, v.outer, p, keys, add, y, v.rows);
    }
    // P_bar (+)= V'Y_bar
    void pull_probabilities(const T* v_part, const T* y_bar, bool add, T* p_bar) const {
        block_product(transposed_factor, as_is, keys, queries, width(), v_part, v.outer, y_bar, v.rows, add,
                      p_bar, keys);
    }
    // V_bar += Y_bar P',   Q_bar += K S_bar,   K_bar += Q S_bar'
    void pull_v(const T* y_bar, const T* p, T* v_bar) const {
        block_product(as_is, transposed_factor, width(), keys, queries, y_bar, v.rows, p, keys, true, v_bar,
                      v.outer);
    }
    void pull_q(const T* k_part, const T* s_bar, T* q_bar) const {
        block_product(as_is, as_is, depth(), queries, keys, k_part, k.outer, s_bar, keys, true, q_bar,
                      q.outer);
    }
    void pull_k(const T* q_part, const T* s_bar, T* k_bar) const {
        block_product(as_is, transposed_factor, depth(), keys, queries, q_part, q.outer, s_bar, keys, true,
                      k_bar, k.outer);
    }

    /// Calls visit(column, entries) for the columns of a (keys x queries) array; those it does not see become zero.
    template <class Visit>
    void for_each_query(T* array, const Visit& visit) const {
        for (Index i = 0; i < queries; ++i) {
            const Index n = seen(i);
            visit(i * keys, n);
            std::fill_n(array + i * keys + n, keys - n, T(0));
        }
    }
    void scaled(T* array) const {
        using P = LanesOf<T>;
        const P factor(scale());
        map_entries(
            keys * queries, array, [&](const P& entry) { return P(entry * factor); }, array);
    }
    // S_bar = softmax's pullback of P_bar, over sqrt(d)
    void pull_scores(const T* p, const T* p_bar, T* s_bar) const {
        for_each_query(s_bar, [&](Index at, Index n) {
            softmax().gradient(n, p + at, p_bar + at, nullptr, s_bar + at);
        });
        scaled(s_bar);
    }
    static Softmax<T> softmax() { return {}; }

    void value(const T* q_values, const T* k_values, const T* v_values, T* y, T* p, bool keep) const {
        for_each_head([&](const Head& head) {
            T* weights = p + (keep ? head.p : 0);
            score(k_values + head.k, q_values + head.q, false, weights);
            scaled(weights);
            for_each_query(
                weights, [&](Index at, Index n) { softmax().value(n, weights + at, weights + at, nullptr); });
            mix(v_values + head.v, weights, false, y + head.y);
        });
    }

    T rounding(const SweepArrays<T>& at) const {
        return rounding_of(at, result, result + static_cast<std::size_t>(v.rows * q.cols));
    }
    void gradient(const SweepArrays<T>& at) {
        at.tape.require_adjoints({result, static_cast<std::size_t>(v.rows * q.cols)});
        for (const ColumnFactor<T>* x : {&q, &k, &v}) x->require_adjoints(at.tape);
        const T *q_values = q.value(at), *k_values = k.value(at), *v_values = v.value(at);
        for_each_head([&](const Head& head) {
            const T* p = at.value + probabilities + head.p;
            const T* y_bar = at.adjoint + result + head.y;
            T* p_bar = at.adjoint + probabilities + head.p;
            if (v.variable) pull_v(y_bar, p, v.adjoint(at) + head.v);
            if (!q.variable && !k.variable) return;
            pull_probabilities(v_values + head.v, y_bar, false, p_bar);
            pull_scores(p, p_bar, scratch);
            if (q.variable) pull_q(k_values + head.k, scratch, q.adjoint(at) + head.q);
            if (k.variable) pull_k(q_values + head.q, scratch, k.adjoint(at) + head.k);
        });
    }
    void tangent(const SweepArrays<T>& at) {
        const T *q_values = q.value(at), *k_values = k.value(at), *v_values = v.value(at);
        for_each_head([&](const Head& head) {
            const T* p = at.value + probabilities + head.p;
            T* p_dot = at.tangent + probabilities + head.p;
            T* y_dot = at.tangent + result + head.y;
            if (v.variable) mix(v.tangent(at) + head.v, p, false, y_dot);
            if (!q.variable && !k.variable) return;
            if (q.variable) score(k_values + head.k, q.tangent(at) + head.q, false, p_dot);
            if (k.variable) score(k.tangent(at) + head.k, q_values + head.q, q.variable, p_dot);
            scaled(p_dot);
            for_each_query(p_dot, [&](Index column, Index n) {
                softmax().tangent(n, p + column, p_dot + column, nullptr, p_dot + column);
            });
            mix(v_values + head.v, p_dot, v.variable, y_dot);
        });
    }
    void product(const SweepArrays<T>& at) {
        const T *q_values = q.value(at), *k_values = k.value(at), *v_values = v.value(at);
        const bool scores_vary = q.variable || k.variable;
        for_each_head([&](const Head& head) {
            const T* p = at.value + probabilities + head.p;
            const T* p_dot = at.tangent + probabilities + head.p;
            const T* y_bar = at.adjoint + result + head.y;
            const T* y_bar_dot = at.second + result + head.y;
            if (v.variable) {
                pull_v(y_bar_dot, p, v.second(at) + head.v);
                if (scores_vary) pull_v(y_bar, p_dot, v.second(at) + head.v);
            }
            if (!scores_vary) return;
            const T* p_bar = at.adjoint + probabilities + head.p;
            T* s_bar_dot = scratch;  // of P_bar first, then of S_bar
            T* s_bar = scratch + keys * queries;
            pull_probabilities(v_values + head.v, y_bar_dot, false, s_bar_dot);
            if (v.variable) pull_probabilities(v.tangent(at) + head.v, y_bar, true, s_bar_dot);
            for_each_query(s_bar_dot, [&](Index column, Index n) {
                softmax().product(n, p + column, p_bar + column, p_dot + column, s_bar_dot + column, nullptr,
                                  nullptr, s_bar_dot + column);
            });
            scaled(s_bar_dot);
            if (q.variable) pull_q(k_values + head.k, s_bar_dot, q.second(at) + head.q);
            if (k.variable) pull_k(q_values + head.q, s_bar_dot, k.second(at) + head.k);
            if (!q.variable || !k.variable) return;
            pull_scores(p, p_bar, s_bar);
            pull_q(k.tangent(at) + head.k, s_bar, q.second(at) + head.q);
            pull_k(q.tangent(at) + head.q, s_bar, k.second(at) + head.k);
        });
    }
};

/// Throws std::invalid_argument unless `count` parts of equal length make up `whole`.
void require_parts(const char* function, const char* part, Index count, const char* whole, Index length);

}  // namespace engine

template <class T>
ArrayOperand<T> LayerNodes<T>::attention(const Operand& q_given, const Operand& k_given,
                                         const Operand& v_given, const AttentionOptions& options) {
    if (q_given.rows != k_given.rows) {
        throw_shapes("attention: queries and keys", q_given.rows, q_given.cols, k_given.rows, k_given.cols);
    }
    if (k_given.cols != v_given.cols) {
        throw_shapes("attention: keys and values", k_given.rows, k_given.cols, v_given.rows, v_given.cols);
    }
    engine::require_parts("attention", "sequences", options.sequences, "columns of the queries",
                          q_given.cols);
    engine::require_parts("attention", "sequences", options.sequences, "columns of the keys", k_given.cols);
    engine::require_parts("attention", "heads", options.heads, "rows of the queries", q_given.rows);
    engine::require_parts("attention", "heads", options.heads, "rows of the values", v_given.rows);
    Tape<T>* tape = engine::tape_of_operands({&q_given, &k_given, &v_given});
    const Operand q = engine::by_columns(q_given), k = engine::by_columns(k_given),
                  v = engine::by_columns(v_given);

    engine::AttentionNode<T> node{};
    node.sequences = options.sequences;
    node.heads = options.heads;
    node.queries = q.cols / options.sequences;
    node.keys = k.cols / options.sequences;
    node.causal = options.causal;
    node.q = engine::column_factor(q, tape);
    node.k = engine::column_factor(k, tape);
    node.v = engine::column_factor(v, tape);
    const Index weights = node.keys * node.queries;
    if (tape == nullptr) {
        auto y = allocate_array<T>(v.rows, q.cols);
        std::vector<T> p(static_cast<std::size_t>(weights));
        node.value(q.data, k.data, v.data, y.data, p.data(), false);
        return y.operand;
    }
    node.slots_before = tape->slots();
    const Operand y = allocate_variable(*tape, v.rows, q.cols);
    node.result = y.slot;
    node.probabilities =
        tape->append_array(static_cast<std::size_t>(weights * node.heads * node.sequences)).begin;
    node.slots_after = tape->slots();
    node.scratch = tape->keep_numbers(static_cast<std::size_t>(2 * weights));
    T* values = tape->values();
    node.value(q.values(), k.values(), v.values(), values + node.result, values + node.probabilities, true);
    append(*tape, node);
    return y;
}

}  // namespace hesse
