#include "hesse/autodiff/layers.hpp"

#include "hesse/autodiff/matrix.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"
#include "support/derivative_check.hpp"
#include "support/layouts.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

namespace {
using namespace hesse;
using namespace hesse::test;
using test::Layout;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr Slices all_slices[] = {Slices::all, by_column, by_row};

/// Calls f(slice) for a copy of each slice of x, which is written back.
template <class F>
void on_slices(Table& x, Slices slices, const F& f) {
    const auto on = [&](auto&& part) {
        HyperDualVector copy = part;
        f(copy);
        part = copy;
    };
    if (slices == Slices::all) on(x.reshaped());
    for (Index j = 0; slices == by_column && j < x.cols(); ++j) on(x.col(j));
    for (Index i = 0; slices == by_row && i < x.rows(); ++i) {
        HyperDualVector copy = x.row(i).transpose();
        f(copy);
        x.row(i) = copy.transpose();
    }
}
HyperDual sum_of(const auto& x) {
    HyperDual s = 0;
    for (Index k = 0; k < x.size(); ++k) s += x(k);
    return s;
}
void softmax_of(HyperDualVector& x) {
    for (HyperDual& entry : x) entry = exp(entry);
    const HyperDual sum = sum_of(x);
    for (HyperDual& entry : x) entry /= sum;
}
void standardized(HyperDualVector& x, double epsilon) {
    const double n = static_cast<double>(x.size());
    const HyperDual mean = sum_of(x) / n;
    for (HyperDual& entry : x) entry -= mean;
    const HyperDual variance = sum_of(x.cwiseProduct(x)) / n;
    for (HyperDual& entry : x) entry /= sqrt(variance + epsilon);
}

/// A matrix (rows x cols) that is a part of the parameters or constant, as one type; and the next parameters.
template <class Theta>
auto argument(const Theta& theta, Index& first, bool variable, const MatrixXd& data) {
    using S = typename Theta::Scalar;
    if (!variable) return hesse::Matrix<S>(data).expression();
    const auto part = theta.segment(first, data.size()).reshaped(data.rows(), data.cols());
    first += data.size();
    return part;
}
Table argument(const HyperDualVector& theta, Index& first, bool variable, const MatrixXd& data) {
    if (!variable) return data.cast<HyperDual>();
    const Table part = theta.segment(first, data.size()).reshaped(data.rows(), data.cols());
    first += data.size();
    return part;
}
/// The entries of those that are variable, after one another.
VectorXd parameters(unsigned variable, const std::vector<MatrixXd>& data) {
    std::vector<double> all;
    for (std::size_t i = 0; i < data.size(); ++i) {
        if ((variable >> i & 1u) != 0) all.insert(all.end(), data[i].data(), data[i].data() + data[i].size());
    }
    return Eigen::Map<const VectorXd>(all.data(), static_cast<Index>(all.size()));
}
/// Checks a function of three matrices, of which bit i says whether the i-th is variable, in each pattern.
template <class Function, class Truth>
void check_patterns(const std::vector<MatrixXd>& data, const Function& function, const Truth& truth) {
    for (unsigned variable = 1; variable < 1u << data.size(); ++variable) {
        BOOST_TEST_CONTEXT("variable " << variable) {
            const auto arguments = [&](const auto& theta, const auto& use) {
                Index first = 0;
                const auto a = argument(theta, first, (variable & 1u) != 0, data[0]);
                const auto b = argument(theta, first, (variable & 2u) != 0, data[1]);
                const auto c =
                    argument(theta, first, (variable & 4u) != 0, data.size() > 2 ? data[2] : data[0]);
                return use(a, b, c);
            };
            const VectorXd x = parameters(variable, data);
            const auto f = objective(
                [&](const auto& theta) { return fingerprint(arguments(theta, function)) + 0.0 * theta(0); },
                x.size());
            check_loss(f, [&](const HyperDualVector& theta) { return fingerprint(arguments(theta, truth)); },
                       x, {100.0, 2e-14});
        }
    }
}

auto says(const std::string& text) {
    return [text](const std::exception& error) {
        BOOST_TEST_MESSAGE(error.what());
        return std::string(error.what()).find(text) != std::string::npos;
    };
}
}  // namespace

BOOST_AUTO_TEST_SUITE(layers)

BOOST_AUTO_TEST_CASE(softmax_its_logarithm_and_standardization_of_slices) {
    // Around the widths of packs.
    for (const Shape& size : {Shape{1, 1}, Shape{1, 7}, Shape{9, 1}, Shape{3, 4}, Shape{17, 5}}) {
        const Index r = size.rows, c = size.cols;
        for (const Layout layout : layouts) {
            for (const Slices slices : all_slices) {
                for (int function = 0; function < 3; ++function) {
                    BOOST_TEST_CONTEXT("function " << function << ", shape " << r << " x " << c << ", slices "
                                                   << static_cast<int>(slices)) {
                        const auto f = objective(
                            [&](const auto& theta) {
                                const auto x = laid_out(theta, layout, r, c);
                                return fingerprint(function == 0   ? softmax(x, slices)
                                                   : function == 1 ? log_softmax(x, slices)
                                                                   : standardize(x, 0.1, slices)) +
                                       x.squaredNorm() + 0.5 * fingerprint(softmax(x, slices));
                            },
                            parameters_of(layout, r, c));
                        const auto loops = [&](const HyperDualVector& theta) {
                            const Table x = table_of(theta, layout, r, c);
                            Table y = x, p = x;
                            on_slices(p, slices, softmax_of);
                            on_slices(y, slices, [&](HyperDualVector& slice) {
                                if (function == 2) return standardized(slice, 0.1);
                                softmax_of(slice);
                                for (HyperDual& entry : slice) entry = function == 1 ? log(entry) : entry;
                            });
                            return fingerprint(y) + sum_of(x.cwiseProduct(x).reshaped()) +
                                   0.5 * fingerprint(p);
                        };
                        check_loss(f, loops, random_vector(f.size(), 1, -2, 2), {100.0, 2e-14});
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(infinities_and_nan_are_probabilities_where_they_can_be) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const auto of = [](const VectorXd& x, bool logarithm) {
        const hesse::Matrix<double> m(x);
        const auto y = logarithm ? log_softmax(m) : softmax(m);
        VectorXd out(y.size());
        for (Index k = 0; k < y.size(); ++k) out[k] = y(k);
        return out;
    };
    BOOST_TEST(of(VectorXd{{1000, -infinity, 1000}}, false) == (VectorXd{{0.5, 0, 0.5}}));
    BOOST_TEST(of(VectorXd{{1000, -infinity, 1000}}, true) ==
               (VectorXd{{-std::log(2.0), -infinity, -std::log(2.0)}}));
    BOOST_TEST(of(VectorXd{{-infinity, -infinity}}, false) == (VectorXd{{0, 0}}));
    BOOST_TEST(of(VectorXd{{-infinity, -infinity}}, true) == (VectorXd{{-infinity, -infinity}}));
    BOOST_TEST(of(VectorXd{{infinity, 3, infinity, infinity, infinity}}, false) ==
               (VectorXd{{0.25, 0, 0.25, 0.25, 0.25}}));
    for (const bool logarithm : {false, true}) {
        BOOST_TEST(of(VectorXd{{1, nan, 2}}, logarithm).array().isNaN().all());
        BOOST_TEST(std::isnan(of(VectorXd{{-infinity, nan}}, logarithm)[1]));
    }

    // Masked entries have no derivative, nor has a slice that is masked altogether.
    const MatrixXd mask{{0, -infinity}, {0, -infinity}, {-infinity, -infinity}};
    const VectorXd v = random_vector(6, 2);
    const auto f =
        objective([&](const auto& x) { return fingerprint(softmax(x.reshaped(3, 2) + mask, by_column)); }, 6);
    const auto free = objective([&](const auto& x) { return fingerprint(softmax(x)); }, 2);
    const VectorXd x = random_vector(6, 3);
    const auto at = f.linearize(x), expected = free.linearize(x.head(2));
    VectorXd gradient = VectorXd::Zero(6), product = gradient;
    gradient.head(2) = expected.gradient();
    product.head(2) = expected.hessian() * v.head(2);
    BOOST_TEST((at.gradient() - gradient).norm() < 1e-15);
    BOOST_TEST((at.hessian() * v - product).norm() < 1e-15);
}

BOOST_AUTO_TEST_CASE(cross_entropy_of_labels_and_of_probabilities) {
    const Index classes = 5, samples = 9;
    const std::vector<int> labels{0, 4, 2, 2, 1, 3, 4, 0, 1};
    MatrixXd probabilities = random_matrix(classes, samples, 4, 0, 1);
    probabilities.row(1).setZero();
    const auto f = objective(
        [&](const auto& theta) {
            const auto scores = theta.head(classes * samples).reshaped(classes, samples);
            const auto targets = theta.tail(classes * samples).reshaped(classes, samples);
            return fingerprint(cross_entropy(scores, labels)) +
                   fingerprint(cross_entropy(scores.transpose(), labels, by_row)) +
                   fingerprint(cross_entropy(scores, probabilities)) +
                   fingerprint(cross_entropy(scores.transpose(), targets.transpose(), by_row)) +
                   fingerprint(cross_entropy(hesse::Matrix<double>(probabilities), targets));
        },
        2 * classes * samples);
    const auto loops = [&](const HyperDualVector& theta) {
        const Table scores = theta.head(classes * samples).reshaped(classes, samples);
        const Table targets = theta.tail(classes * samples).reshaped(classes, samples);
        Table logs = scores, fixed = probabilities.cast<HyperDual>();
        for (Table* x : {&logs, &fixed}) {
            on_slices(*x, by_column, [](HyperDualVector& slice) {
                softmax_of(slice);
                for (HyperDual& entry : slice) entry = log(entry);
            });
        }
        Table of_labels(1, samples), of_data = of_labels, of_targets = of_labels, of_fixed = of_labels;
        for (Index j = 0; j < samples; ++j) {
            of_labels(0, j) = -logs(labels[static_cast<std::size_t>(j)], j);
            of_data(0, j) = -sum_of(logs.col(j).cwiseProduct(probabilities.col(j).cast<HyperDual>()));
            of_targets(0, j) = -sum_of(logs.col(j).cwiseProduct(targets.col(j)));
            of_fixed(0, j) = -sum_of(fixed.col(j).cwiseProduct(targets.col(j)));
        }
        return 2 * fingerprint(of_labels) + fingerprint(of_data) + fingerprint(of_targets) +
               fingerprint(of_fixed);
    };
    check_loss(f, loops, random_vector(f.size(), 5, 0.1, 1), {100.0, 2e-14});

    // What cannot happen counts for nothing, though its logarithm is -inf.
    const MatrixXd mask{{0}, {0}, {-infinity}};
    const auto masked = objective(
        [&](const auto& x) {
            return cross_entropy(x + mask, VectorXd{{0.25, 0.75, 0}})(0);
        },
        3);
    const auto at = masked.linearize(VectorXd::Zero(3));
    BOOST_TEST(at.value() == std::log(2.0), boost::test_tools::tolerance(1e-15));
    BOOST_TEST((at.gradient() - VectorXd{{0.25, -0.25, 0}}).norm() < 1e-15);
    BOOST_TEST((at.hessian() * VectorXd{{1, 0, 5}} - VectorXd{{0.25, -0.25, 0}}).norm() < 1e-15);
}

BOOST_AUTO_TEST_CASE(layer_norm_of_columns_and_of_rows) {
    for (const bool rows : {false, true}) {
        const MatrixXd x = random_matrix(6, 5, 6), gain = random_matrix(rows ? 5 : 6, 1, 7),
                       shift = random_matrix(rows ? 5 : 6, 1, 8);
        check_patterns(
            {x, gain, shift},
            [&](const auto& a, const auto& b, const auto& c) {
                return layer_norm(a, b, c, 0.01, rows ? by_row : by_column);
            },
            [&](const Table& a, const Table& b, const Table& c) {
                Table y = rows ? Table(a.transpose()) : a;
                on_slices(y, by_column, [&](HyperDualVector& slice) {
                    standardized(slice, 0.01);
                    for (Index i = 0; i < slice.size(); ++i) slice[i] = slice[i] * b(i) + c(i);
                });
                return rows ? Table(y.transpose()) : y;
            });
    }
    // Of data.
    const MatrixXd data = random_matrix(6, 5, 20);
    const auto f = objective([&](const auto& g) { return fingerprint(layer_norm(data, g, 2.0 * g)); }, 6);
    const auto loops = [&](const HyperDualVector& g) {
        Table y = data.cast<HyperDual>();
        on_slices(y, by_column, [&](HyperDualVector& slice) {
            standardized(slice, 1e-5);
            for (Index i = 0; i < slice.size(); ++i) slice[i] = slice[i] * g[i] + 2.0 * g[i];
        });
        return fingerprint(y);
    };
    check_loss(f, loops, random_vector(6, 21), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(batches_of_products_with_every_transpose) {
    const Index m = 3, n = 4, k = 5, count = 2;
    for (const bool left : {false, true}) {
        for (const bool right : {false, true}) {
            const MatrixXd a = random_matrix(left ? k : m, (left ? m : k) * count, 9);
            const MatrixXd b = random_matrix(right ? n : k, (right ? k : n) * count, 10);
            check_patterns(
                {a, b},
                [&](const auto& x, const auto& y, const auto&) {
                    return batched_multiply(x, y, count, {left, right});
                },
                [&](const Table& x, const Table& y, const Table&) {
                    Table z(m, n * count);
                    for (Index i = 0; i < count; ++i) {
                        Table u = x.middleCols(i * (left ? m : k), left ? m : k);
                        Table v = y.middleCols(i * (right ? k : n), right ? k : n);
                        if (left) u = Table(u.transpose());
                        if (right) v = Table(v.transpose());
                        z.middleCols(i * n, n) = u.lazyProduct(v);
                    }
                    return z;
                });
        }
    }
}

BOOST_AUTO_TEST_CASE(attention_of_heads_and_sequences) {
    struct Case {
        Index depth, width, queries, keys;
        AttentionOptions options;
    };
    for (const Case& size : {Case{1, 1, 1, 1, {}}, Case{3, 2, 4, 5, {.sequences = 2, .heads = 2}},
                             Case{2, 3, 4, 4, {.sequences = 2, .heads = 1, .causal = true}},
                             Case{2, 2, 4, 2, {.sequences = 1, .heads = 3, .causal = true}}}) {
        const AttentionOptions& o = size.options;
        const MatrixXd q = random_matrix(size.depth * o.heads, size.queries * o.sequences, 11, -2, 2);
        const MatrixXd k = random_matrix(size.depth * o.heads, size.keys * o.sequences, 12, -2, 2);
        const MatrixXd v = random_matrix(size.width * o.heads, size.keys * o.sequences, 13);
        check_patterns(
            {q, k, v}, [&](const auto& a, const auto& b, const auto& c) { return attention(a, b, c, o); },
            [&](const Table& a, const Table& b, const Table& c) {
                Table y = Table::Constant(size.width * o.heads, size.queries * o.sequences, HyperDual(0));
                for (Index s = 0; s < o.sequences; ++s) {
                    for (Index h = 0; h < o.heads; ++h) {
                        for (Index i = 0; i < size.queries; ++i) {
                            const Index seen = o.causal ? i + 1 + size.keys - size.queries : size.keys;
                            HyperDualVector p(std::max<Index>(seen, 0));
                            for (Index j = 0; j < p.size(); ++j) {
                                p[j] = 0;
                                for (Index l = 0; l < size.depth; ++l) {
                                    p[j] += a(h * size.depth + l, s * size.queries + i) *
                                            b(h * size.depth + l, s * size.keys + j);
                                }
                                p[j] /= std::sqrt(static_cast<long double>(size.depth));
                            }
                            softmax_of(p);
                            for (Index j = 0; j < p.size(); ++j) {
                                for (Index l = 0; l < size.width; ++l) {
                                    y(h * size.width + l, s * size.queries + i) +=
                                        p[j] * c(h * size.width + l, s * size.keys + j);
                                }
                            }
                        }
                    }
                }
                return y;
            });
    }
    // Rows of one product of weights and tokens, as networks have them, and a transposed array.
    const auto f = objective(
        [](const auto& x) {
            const auto all = x.reshaped(6, 5);
            return fingerprint(attention(all.topRows(2), all.middleRows(2, 2), all.bottomRows(2))) +
                   fingerprint(
                       attention(all.leftCols(2).transpose(), all.transpose().topRows(2), all.transpose()));
        },
        30);
    const auto loops = [](const HyperDualVector& x) {
        const Table all = x.reshaped(6, 5);
        const auto attended = [](const Table& q, const Table& k, const Table& v) {
            Table p = k.transpose().lazyProduct(q);
            for (HyperDual& entry : p.reshaped()) entry /= sqrt(HyperDual(static_cast<double>(q.rows())));
            on_slices(p, by_column, softmax_of);
            return Table(v.lazyProduct(p));
        };
        const Table t = all.transpose();
        return fingerprint(attended(all.topRows(2), all.middleRows(2, 2), all.bottomRows(2))) +
               fingerprint(attended(t.topRows(2), t.topRows(2), t));
    };
    check_loss(f, loops, random_vector(30, 14), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(convolutions_with_every_stride_and_padding) {
    struct Case {
        ImageShape image;
        Window window;
        Index out;
    };
    for (const Case& size :
         {Case{{1, 1, 1}, {{1, 1}}, 1}, Case{{5, 4, 2}, {{3, 2}}, 3},
          Case{{5, 6, 1}, {{3, 3}, {2, 3}, {1, 2}}, 2}, Case{{7, 1, 3}, {{4, 1}, {2, 1}, {3, 0}}, 2},
          Case{{2, 3, 1}, {{5, 4}, {1, 1}, {2, 3}}, 1}}) {
        const ImageShape& image = size.image;
        const Window& w = size.window;
        const Index taps = w.size.rows * w.size.cols;
        const MatrixXd x = random_matrix(image.size(), 2, 15);
        const MatrixXd weights = random_matrix(size.out, taps * image.channels, 16);
        check_patterns(
            {x, weights},
            [&](const auto& a, const auto& b, const auto&) { return convolution_2d(a, b, image, w); },
            [&](const Table& a, const Table& b, const Table&) {
                const Index h = (image.height + 2 * w.padding.rows - w.size.rows) / w.stride.rows + 1;
                const Index v = (image.width + 2 * w.padding.cols - w.size.cols) / w.stride.cols + 1;
                Table y = Table::Constant(h * v * size.out, a.cols(), HyperDual(0));
                for (Index n = 0; n < a.cols(); ++n) {
                    for (Index o = 0; o < size.out; ++o) {
                        for (Index p = 0; p < h * v; ++p) {
                            for (Index channel = 0; channel < image.channels; ++channel) {
                                for (Index t = 0; t < taps; ++t) {
                                    const Index i = p % h * w.stride.rows + t % w.size.rows - w.padding.rows;
                                    const Index j = p / h * w.stride.cols + t / w.size.rows - w.padding.cols;
                                    if (i < 0 || j < 0 || i >= image.height || j >= image.width) continue;
                                    y(p + o * h * v, n) +=
                                        b(o, t + channel * taps) *
                                        a(i + j * image.height + channel * image.pixels(), n);
                                }
                            }
                        }
                    }
                }
                return y;
            });
    }
    // Along sequences, with a bias a channel.
    const auto f = objective(
        [](const auto& theta) {
            const auto y =
                convolution_1d(theta.head(12).reshaped(12, 1), theta.segment(12, 12).reshaped(2, 6), 6, 2, 3);
            return fingerprint((y.colwise() + each_repeated(theta.tail(2), 4)).eval());
        },
        26);
    const auto loops = [](const HyperDualVector& theta) {
        Table y = Table::Constant(8, 1, HyperDual(0));
        for (Index out = 0; out < 2; ++out) {
            for (Index t = 0; t < 4; ++t) {
                y(t + 4 * out, 0) = theta[24 + out];
                for (Index in = 0; in < 2; ++in) {
                    for (Index s = 0; s < 3; ++s) {
                        y(t + 4 * out, 0) += theta[12 + out + 2 * (s + 3 * in)] * theta[t + s + 6 * in];
                    }
                }
            }
        }
        return fingerprint(y);
    };
    check_loss(f, loops, random_vector(26, 17), {100.0, 2e-14});
}

BOOST_AUTO_TEST_CASE(pools_of_images_and_of_sequences) {
    struct Case {
        ImageShape image;
        Window window;
    };
    for (const Case& size :
         {Case{{1, 1, 1}, {{1, 1}}}, Case{{4, 6, 2}, {{2, 3}, {2, 3}}},
          Case{{5, 5, 1}, {{3, 2}, {2, 1}, {1, 1}}}, Case{{6, 1, 2}, {{3, 1}, {2, 1}, {2, 0}}}}) {
        const ImageShape& image = size.image;
        const Window& w = size.window;
        for (const Layout layout : layouts) {
            const auto f = objective(
                [&](const auto& theta) {
                    const auto x = laid_out(theta, layout, image.size(), 2);
                    if (image.width == 1) {
                        return fingerprint(max_pooling_1d(x, image.height, image.channels, 3, 2, 2)) +
                               fingerprint(average_pooling_1d(x, image.height, image.channels, 3, 2, 2));
                    }
                    return fingerprint(max_pooling_2d(x, image, w)) +
                           fingerprint(average_pooling_2d(x, image, w));
                },
                parameters_of(layout, image.size(), 2));
            const auto loops = [&](const HyperDualVector& theta) {
                const Table x = table_of(theta, layout, image.size(), 2);
                const Window used = image.width == 1 ? Window{{3, 1}, {2, 1}, {2, 0}} : w;
                const Index h =
                    (image.height + 2 * used.padding.rows - used.size.rows) / used.stride.rows + 1;
                const Index v = (image.width + 2 * used.padding.cols - used.size.cols) / used.stride.cols + 1;
                Table largest(h * v * image.channels, 2), mean = largest;
                for (Index n = 0; n < 2; ++n) {
                    for (Index p = 0; p < h * v * image.channels; ++p) {
                        HyperDual m = -infinity, sum = 0;
                        double count = 0;
                        for (Index t = 0; t < used.size.rows * used.size.cols; ++t) {
                            const Index i = p % h * used.stride.rows + t % used.size.rows - used.padding.rows;
                            const Index j =
                                p / h % v * used.stride.cols + t / used.size.rows - used.padding.cols;
                            if (i < 0 || j < 0 || i >= image.height || j >= image.width) continue;
                            const HyperDual& entry =
                                x(i + j * image.height + p / (h * v) * image.pixels(), n);
                            m = max(m, entry);
                            sum += entry;
                            count += 1;
                        }
                        largest(p, n) = m;
                        mean(p, n) = sum / count;
                    }
                }
                return fingerprint(largest) + fingerprint(mean);
            };
            check_loss(f, loops, random_vector(f.size(), 18));
        }
    }
    // The first of equal ones.
    const auto f = objective([](const auto& x) { return max_pooling_1d(x, 4, 1, 2, 2).sum(); }, 4);
    BOOST_TEST(VectorXd(f.linearize(VectorXd::Ones(4)).gradient()) == (VectorXd{{1, 0, 1, 0}}));
}

BOOST_AUTO_TEST_CASE(shapes_that_do_not_fit_are_refused) {
    const VectorXd x = random_vector(24, 19);
    const auto refuses = [&](const auto& layer, const std::string& text) {
        const auto f = objective([&](const auto& t) { return layer(t.reshaped(4, 6)).sum(); }, 24);
        BOOST_CHECK_EXCEPTION((void)f.linearize(x), std::invalid_argument, says(text));
        BOOST_CHECK_EXCEPTION((void)f.value(x), std::invalid_argument, says(text));
    };
    refuses([](const auto& m) { return attention(m, m.topRows(2), m); },
            "attention: queries and keys: the shapes (4 x 6) and (2 x 6) do not fit");
    refuses([](const auto& m) { return attention(m, m, m.leftCols(3)); },
            "attention: keys and values: the shapes (4 x 6) and (4 x 3) do not fit");
    refuses([](const auto& m) { return attention(m, m, m, {.sequences = 4}); },
            "attention: 4 sequences do not divide the 6 columns of the queries");
    refuses([](const auto& m) { return attention(m, m, m, {.heads = 3}); },
            "attention: 3 heads do not divide the 4 rows of the queries");
    refuses([](const auto& m) { return attention(m, m, m, {.heads = 0}); },
            "attention: 0 heads do not divide");
    refuses([](const auto& m) { return batched_multiply(m, m, 2); },
            "batched_multiply: the blocks: the shapes (4 x 3) and (4 x 3) do not fit");
    refuses([](const auto& m) { return batched_multiply(m, m, 4); },
            "batched_multiply: 4 blocks do not divide the 6 columns of the first factor");
    refuses(
        [](const auto& m) {
            return convolution_2d(m, m, {2, 2, 2}, {{2, 2}});
        },
        "convolution: the array (4 x 6) does not hold images (2 x 2 x 2), 8 rows, as columns");
    refuses(
        [](const auto& m) {
            return convolution_2d(m, m, {2, 2, 1}, {{2, 2}});
        },
        "convolution: weights and (channels x window): the shapes (4 x 6) and (4 x 4) do not fit");
    refuses(
        [](const auto& m) {
            return convolution_2d(m, m, {2, 2, 1}, {{3, 2}});
        },
        "convolution: a window of shape (3 x 2) with stride (1 x 1) and padding (0 x 0) does not fit the "
        "image "
        "(2 x 2 x 1)");
    refuses(
        [](const auto& m) {
            return max_pooling_2d(m, {2, 2, 1}, {{2, 2}, {0, 1}});
        },
        "max_pooling: a window of shape (2 x 2) with stride (0 x 1)");
    refuses([](const auto& m) { return average_pooling_1d(m, 4, 1, 2, 2, 2); },
            "average_pooling: a window of shape");
    refuses([](const auto& m) { return layer_norm(m, m.row(0), m.col(0)); },
            "colwise: the shapes (4 x 6) and (1 x 6) do not fit");
    refuses([](const auto& m) { return cross_entropy(m, m.transpose()); }, "cross_entropy: the shapes");
    refuses(
        [](const auto& m) {
            return cross_entropy(m, {0, 1, 2, 3, 4, 0});
        },
        "pick: the index 4 is outside [0, 4), the rows of the array");
}

BOOST_AUTO_TEST_SUITE_END()
