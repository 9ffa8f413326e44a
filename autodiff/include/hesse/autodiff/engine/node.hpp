#pragma once

#include "hesse/autodiff/engine/entry_dependencies.hpp"
#include "hesse/autodiff/engine/node_description.hpp"
#include "hesse/autodiff/tape.hpp"

#include <cstring>

namespace hesse {

/// The sum of |adjoint value| over slots [begin, end).
template <class T>
T rounding_of(const SweepArrays<T>& arrays, std::size_t begin, std::size_t end) {
    T sum(0);
    for (std::size_t slot = begin; slot < end; ++slot) {
        const T term = arrays.adjoint[slot] * arrays.value[slot];
        sum += term < T(0) ? T(-term) : term;
    }
    return sum;
}

/// The sweeps of a kind of node. A Node has `slots_before` and `slots_after`, where its result lies between,
/// and passes of its own: gradient(at), tangent(at), product(at). One that is faster on several directions at once
/// than on one after the other has tangents(at) and products(at) too; one that rounds, rounding(at): the sum of |adjoint
/// value| over its result, and over what it reads where that may cancel; one whose entries do not all depend on all that it
/// reads, dependencies(of).
template <class T, class Node>
struct NodeOperations {
    static Node& node_at(const SweepArrays<T>& at, const std::byte* payload) {
        std::uint64_t offset;
        std::memcpy(&offset, payload, sizeof offset);
        return *reinterpret_cast<Node*>(at.tape.node(offset));
    }
    // Visits `count` nodes in the order of a forward sweep, or in that of a reverse one.
    template <class Visit>
    static Position forward(const SweepArrays<T>& arrays, Position at, std::uint32_t count,
                            const Visit& visit) {
        for (; count != 0; --count, at.payload += sizeof(std::uint64_t)) {
            Node& node = node_at(arrays, at.payload);
            visit(node);
            at.slot = node.slots_after;
        }
        return at;
    }
    template <class Visit>
    static Position reverse(const SweepArrays<T>& arrays, Position at, std::uint32_t count,
                            const Visit& visit) {
        for (; count != 0; --count) {
            Node& node = node_at(arrays, at.payload -= sizeof(std::uint64_t));
            visit(node);
            at.slot = node.slots_before;
        }
        return at;
    }

    static Position gradient(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        return reverse(arrays, at, count, [&](Node& node) { node.gradient(arrays); });
    }
    static Position tangent(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        return forward(arrays, at, count, [&](Node& node) { node.tangent(arrays); });
    }
    static Position product(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        return reverse(arrays, at, count, [&](Node& node) { node.product(arrays); });
    }
    static Position tangents(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        return forward(arrays, at, count, [&](Node& node) {
            if constexpr (requires { node.tangents(arrays); }) {
                node.tangents(arrays);
            } else {
                for (std::size_t k = 0; k < arrays.planes; ++k) node.tangent(arrays.plane(k));
            }
        });
    }
    static Position products(const SweepArrays<T>& arrays, Position at, std::uint32_t count) {
        return reverse(arrays, at, count, [&](Node& node) {
            if constexpr (requires { node.products(arrays); }) {
                node.products(arrays);
            } else {
                for (std::size_t k = 0; k < arrays.planes; ++k) node.product(arrays.plane(k));
            }
        });
    }
    static std::size_t slots_after(const SweepArrays<T>& arrays, const std::byte* payload) {
        return node_at(arrays, payload).slots_after;
    }
    static T rounding(const SweepArrays<T>& arrays, const std::byte* payload) {
        Node& node = node_at(arrays, payload);
        if constexpr (requires { node.rounding(arrays); }) {
            return node.rounding(arrays);
        } else {
            return T(0);
        }
    }
    static NodeDescription<T> describe(const SweepArrays<T>& arrays, const std::byte* payload) {
        return description_of<T>(node_at(arrays, payload));
    }
    static void dependencies(const SweepArrays<T>& arrays, const std::byte* payload, EntryDependencies& of) {
        Node& node = node_at(arrays, payload);
        if constexpr (requires { node.dependencies(of); }) {
            node.dependencies(of);
        } else {
            depend_on_all(description_of<T>(node), node.slots_before, node.slots_after, of);
        }
    }
    static constexpr Operations<T> operations = {.gradient = gradient,
                                                 .tangent = tangent,
                                                 .product = product,
                                                 .tangents = tangents,
                                                 .products = products,
                                                 .name = Node::name,
                                                 .rounding = rounding,
                                                 .slots_after = slots_after,
                                                 .describe = describe,
                                                 .dependencies = dependencies};
};

/// Appends a node, to be filled in, with room for `extra` bytes behind it. The reference is valid until the next
/// append.
template <class T, class Node>
Node& append(Tape<T>& tape, std::size_t extra = 0) {
    std::byte* at = tape.append_node(NodeOperations<T, Node>::operations, sizeof(Node) + extra);
    return *new (at) Node;
}
template <class T, class Node>
Node& append(Tape<T>& tape, const Node& node, std::size_t extra = 0) {
    return append<T, Node>(tape, extra) = node;
}

}  // namespace hesse
