#include "hesse/optim/models/layers.hpp"

#include "error_text.hpp"
#include "hesse/autodiff/objective.hpp"
#include "support/derivative_check.hpp"
#include "support/layouts.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;

const MatrixXd inputs = random_matrix(4, 6, 1);
const Table input_table = inputs.cast<HyperDual>();

/// Cuts parameters off one by one.
struct Cut {
    const HyperDualVector& theta;
    Index next = 0;
    Table operator()(Index rows, Index cols = 1) {
        const Table part = theta.segment(next, rows * cols).reshaped(rows, cols);
        next += rows * cols;
        return part;
    }
};
Table affine(const Table& weights, const Table& bias, const Table& x) {
    Table y = weights.lazyProduct(x);
    for (Index j = 0; j < y.cols(); ++j) {
        for (Index i = 0; i < y.rows(); ++i) y(i, j) += bias(i, 0);
    }
    return y;
}
Table normalised(const Table& x, const Table& gain, const Table& shift) {
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

/// A layer on the inputs against loops, at a point without symmetry; returns its number of parameters.
template <class Layer, class Loops>
Index check(const Layer& layer, const Loops& loops) {
    const auto network = model([&](const auto& p) { return fingerprint(layer(p)); });
    const auto f = objective(network, network.size());
    check_loss(f,
               [&](const HyperDualVector& theta) {
                   Cut cut{theta};
                   const HyperDual result = fingerprint(Table(loops(cut)));
                   BOOST_REQUIRE_EQUAL(cut.next, theta.size());
                   return result;
               },
               random_vector(network.size(), 2), {100.0, 2e-14});
    return network.size();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(model_layers)

BOOST_AUTO_TEST_CASE(a_dense_layer_is_weights_times_samples_plus_bias) {
    const Index count = check([](const auto& p) { return dense(p, inputs, 5, Tanh{}); },
                              [](Cut& cut) {
                                  const Table w = cut(5, 4), b = cut(5);
                                  Table y = affine(w, b, input_table);
                                  for (HyperDual& entry : y.reshaped()) entry = tanh(entry);
                                  return y;
                              });
    BOOST_TEST(count == 5 * 4 + 5);
    BOOST_TEST(check([](const auto& p) { return dense(p, inputs, 2); },
                     [](Cut& cut) {
                         const Table w = cut(2, 4), b = cut(2);
                         return affine(w, b, input_table);
                     }) == 10);
    BOOST_TEST(check([](const auto& p) { return linear(p, inputs, 3); },
                     [](Cut& cut) { return Table(cut(3, 4).lazyProduct(input_table)); }) == 12);
}

BOOST_AUTO_TEST_CASE(an_activation_may_be_a_rule_or_a_function) {
    const auto of = [](const auto& activation) {
        const auto network =
            model([&](const auto& p) { return dense(p, inputs, 3, activation).squaredNorm(); });
        return network(network.initial(3));
    };
    const double by_rule = of(GeluTanh{});
    BOOST_TEST(by_rule == of([](const auto& x) { return gelu_tanh(x); }));
    BOOST_TEST(by_rule != of(Relu{}));
}

BOOST_AUTO_TEST_CASE(layer_normalisation_standardises_scales_and_shifts) {
    const Index count = check([](const auto& p) { return layer_normalisation(p, dense(p, inputs, 5)); },
                              [](Cut& cut) {
                                  const Table w = cut(5, 4), b = cut(5), gain = cut(5), shift = cut(5);
                                  return normalised(affine(w, b, input_table), gain, shift);
                              });
    BOOST_TEST(count == 25 + 10);
    // At first every sample has mean 0 and variance 1 but for epsilon.
    const auto network =
        model([](const auto& p) { return layer_normalisation(p, inputs * 1.0).squaredNorm(); });
    BOOST_TEST(std::abs(network(network.initial(0)) - 24.0) < 0.01);
}

BOOST_AUTO_TEST_CASE(tokens_and_places_have_vectors) {
    const std::vector<int> tokens{2, 0, 2, 4, 4, 1};
    const Index count = check(
        [&](const auto& p) {
            return positional_embedding(p.in("places"), embedding(p.in("tokens"), tokens, 5, 3), 2);
        },
        [&](Cut& cut) {
            const Table vectors = cut(3, 5), places = cut(3, 3);
            Table y(3, 6);
            for (Index t = 0; t < 6; ++t)
                y.col(t) = vectors.col(tokens[static_cast<std::size_t>(t)]) + places.col(t % 3);
            return y;
        });
    BOOST_TEST(count == 15 + 9);
}

BOOST_AUTO_TEST_CASE(self_attention_is_that_of_the_paper) {
    // Two sequences of three, two heads of two rows, no look ahead.
    const Index count = check(
        [](const auto& p) {
            return self_attention(p, inputs * 1.0, {.sequences = 2, .heads = 2, .causal = true});
        },
        [](Cut& cut) {
            const Table w = cut(12, 4), b = cut(12), w_out = cut(4, 4), b_out = cut(4);
            const Table all = affine(w, b, input_table);
            Table mixed = Table::Constant(4, 6, HyperDual(0));
            for (Index t = 0; t < 6; ++t) {
                for (Index head = 0; head < 2; ++head) {
                    std::vector<HyperDual> weight;
                    HyperDual sum = 0;
                    for (Index s = t / 3 * 3; s <= t; ++s) {
                        HyperDual score = 0;
                        for (Index i = 2 * head; i < 2 * head + 2; ++i) score += all(i, t) * all(4 + i, s);
                        weight.push_back(exp(score / std::sqrt(2.0L)));
                        sum += weight.back();
                    }
                    for (Index s = t / 3 * 3; s <= t; ++s) {
                        for (Index i = 2 * head; i < 2 * head + 2; ++i)
                            mixed(i, t) +=
                                weight[static_cast<std::size_t>(s - t / 3 * 3)] / sum * all(8 + i, s);
                    }
                }
            }
            return affine(w_out, b_out, mixed);
        });
    BOOST_TEST(count == 4 * (4 * 4 + 4));
}

BOOST_AUTO_TEST_CASE(a_convolution_slides_windows_over_images) {
    // Images of 4 x 3 pixels and 2 channels, windows of 2 x 2, 3 channels come out.
    const ImageShape image{4, 3, 2};
    const Window window{{2, 2}};
    const MatrixXd images = random_matrix(24, 2, 4);
    const Index count =
        check([&](const auto& p) { return convolution(p, images, image, window, 3, Tanh{}); },
              [&](Cut& cut) {
                  const Table w = cut(3, 8), b = cut(3);
                  Table y(3 * 2 * 3, 2);
                  for (Index n = 0; n < 2; ++n) {
                      for (Index out = 0; out < 3; ++out) {
                          for (Index col = 0; col < 2; ++col) {
                              for (Index row = 0; row < 3; ++row) {
                                  HyperDual sum = b(out, 0);
                                  for (Index channel = 0; channel < 2; ++channel) {
                                      for (Index j = 0; j < 2; ++j) {
                                          for (Index i = 0; i < 2; ++i)
                                              sum += w(out, channel * 4 + j * 2 + i) *
                                                     images(channel * 12 + (col + j) * 4 + row + i, n);
                                      }
                                  }
                                  y(out * 6 + col * 3 + row, n) = tanh(sum);
                              }
                          }
                      }
                  }
                  return y;
              });
    BOOST_TEST(count == 3 * 8 + 3);
    const ImageShape made = convolved(image, window, 3);
    BOOST_TEST(made.height == 3);
    BOOST_TEST(made.width == 2);
    BOOST_TEST(made.channels == 3);
    // 8 numbers come in to a unit, a number goes out to 4 places of 3 channels.
    const auto network = model([&](const auto& p) { return convolution(p, images, image, window, 3).sum(); });
    const Fans fans = network.parameters().all()[0].fans;
    BOOST_TEST(fans.in == 8);
    BOOST_TEST(fans.out == 12);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    BOOST_TEST(message_of([] {
                   model([](const auto& p) { return positional_embedding(p, inputs * 1.0, 4).sum(); });
               }) == "positional_embedding: 6 columns are no 4 sequences of one length");
    BOOST_TEST(message_of([] {
                   model([](const auto& p) { return embedding(p, {0, 5}, 5, 2).sum(); });
               }).find("the index 5 is outside") != std::string::npos);
    BOOST_TEST(message_of([] {
                   model([](const auto& p) { return self_attention(p, inputs * 1.0, {.heads = 3}).sum(); });
               }).find("3 heads do not divide the 4 rows") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
