#include "hesse/optim/models/transformer.hpp"

#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"
#include "support/layouts.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

/// The block as Vaswani et al. and Xiong et al. write it, sample by sample.
struct Loops {
    const HyperDualVector& theta;
    Index next = 0;

    Table take(Index rows, Index cols = 1) {
        const Table part = theta.segment(next, rows * cols).reshaped(rows, cols);
        next += rows * cols;
        return part;
    }
    Table dense(const Table& x, Index out) {
        const Table w = take(out, x.rows()), b = take(out);
        Table y = w.lazyProduct(x);
        for (Index j = 0; j < y.cols(); ++j) {
            for (Index i = 0; i < out; ++i) y(i, j) += b(i, 0);
        }
        return y;
    }
    Table norm(const Table& x) {
        const Table gain = take(x.rows()), shift = take(x.rows());
        Table y = x;
        const auto n = static_cast<double>(x.rows());
        for (Index j = 0; j < x.cols(); ++j) {
            HyperDual mean = 0, variance = 0;
            for (Index i = 0; i < x.rows(); ++i) mean += x(i, j) / n;
            for (Index i = 0; i < x.rows(); ++i) variance += square(x(i, j) - mean) / n;
            for (Index i = 0; i < x.rows(); ++i)
                y(i, j) = (x(i, j) - mean) / sqrt(variance + 1e-5) * gain(i, 0) + shift(i, 0);
        }
        return y;
    }
    static Table attended(const Table& all, Index d, Index heads, Index length, bool causal) {
        Table y = Table::Constant(d, all.cols(), HyperDual(0));
        const Index depth = d / heads;
        for (Index t = 0; t < all.cols(); ++t) {
            const Index first = t / length * length, last = causal ? t : first + length - 1;
            for (Index head = 0; head < heads; ++head) {
                HyperDual sum = 0;
                HyperDualVector mixed = HyperDualVector::Constant(depth, HyperDual(0));
                for (Index s = first; s <= last; ++s) {
                    HyperDual score = 0;
                    for (Index i = head * depth; i < (head + 1) * depth; ++i)
                        score += all(i, t) * all(d + i, s);
                    const HyperDual weight = exp(score / std::sqrt(static_cast<long double>(depth)));
                    sum += weight;
                    for (Index i = 0; i < depth; ++i) mixed[i] += weight * all(2 * d + head * depth + i, s);
                }
                for (Index i = 0; i < depth; ++i) y(head * depth + i, t) = mixed[i] / sum;
            }
        }
        return y;
    }
    Table block(const Table& x, Index hidden, const AttentionOptions& o) {
        const Index d = x.rows();
        // Parameters come in the order in which the layers are run.
        const Table seen = attended(dense(norm(x), 3 * d), d, o.heads, x.cols() / o.sequences, o.causal);
        const Table y = x + dense(seen, d);
        Table wide = dense(norm(y), hidden);
        for (HyperDual& z : wide.reshaped())
            z = z * sigmoid(std::sqrt(8.0 / std::acos(-1.0)) * (z + 0.044715 * z * z * z));
        return y + dense(wide, d);
    }
};

void check_block(const AttentionOptions& attention, Index hidden) {
    const MatrixXd x = random_matrix(4, 6, 1);
    TransformerBlock block;
    block.attention = attention;
    block.hidden = hidden;
    const auto network =
        model([&](const auto& p) { return fingerprint(transformer_block(p, x * 1.0, block)); });
    const Index h = hidden > 0 ? hidden : 16;
    BOOST_TEST(network.size() == 2 * 8 + 4 * (16 + 4) + h * 5 + 4 * (h + 1));
    check_loss(objective(network, network.size()),
               [&](const HyperDualVector& theta) {
                   Loops loops{theta};
                   const HyperDual result = fingerprint(loops.block(x.cast<HyperDual>(), h, attention));
                   BOOST_REQUIRE_EQUAL(loops.next, theta.size());
                   return result;
               },
               random_vector(network.size(), 2), {100.0, 2e-14});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transformer)

BOOST_AUTO_TEST_CASE(a_block_is_that_of_the_papers) {
    check_block({.sequences = 2, .heads = 2, .causal = true}, 5);
    check_block({.sequences = 1, .heads = 1, .causal = false}, 0);
}

BOOST_AUTO_TEST_CASE(with_residual_weights_of_zero_a_block_changes_nothing) {
    const MatrixXd x = random_matrix(4, 6, 3);
    TransformerBlock block;
    block.residual = Initialiser::zeros();
    const auto network =
        model([&](const auto& p) { return (transformer_block(p, x * 1.0, block) - x).norm(); });
    BOOST_TEST(network(network.initial(1)) == 0.0);
}

BOOST_AUTO_TEST_SUITE_END()
