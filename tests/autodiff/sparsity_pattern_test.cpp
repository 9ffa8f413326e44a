#include "hesse/autodiff/coloring.hpp"
#include "hesse/autodiff/objective.hpp"
#include "hesse/hesse.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(sparsity_pattern)

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::SymmetricPattern;

VectorXd random_vector(Index n, unsigned seed) {
    std::mt19937 generator(seed);
    std::uniform_real_distribution<double> uniform(0.5, 1.5);
    return VectorXd::NullaryExpr(n, [&] { return uniform(generator); });
}

MatrixXd dense(const SymmetricPattern& pattern) {
    MatrixXd all = MatrixXd::Zero(pattern.size, pattern.size);
    for (const auto& [row, column] : pattern.entries) all(row, column) = all(column, row) = 1;
    return all;
}

/// The pattern has every entry of the dense Hessian, and the sparse Hessian is the dense one. Returns the pattern.
template <class Loss>
SymmetricPattern check(const Loss& loss, const VectorXd& x) {
    const auto f = hesse::objective(loss, x.size());
    const auto at = f.linearize(x);
    const SymmetricPattern pattern = at.hessian().sparsity_pattern();
    BOOST_TEST(pattern.size == x.size());
    for (std::size_t k = 0; k < pattern.entries.size(); ++k) {
        const auto& [row, column] = pattern.entries[k];
        BOOST_TEST_REQUIRE((0 <= row && row <= column && column < x.size()));
        if (k == 0) continue;
        const auto& before = pattern.entries[k - 1];
        BOOST_TEST_REQUIRE((before.row < row || (before.row == row && before.column < column)));
    }
    const MatrixXd H = at.hessian().to_dense(), may_differ = dense(pattern);
    for (Index j = 0; j < x.size(); ++j) {
        for (Index i = 0; i < x.size(); ++i) {
            if (H(i, j) != 0) BOOST_TEST(may_differ(i, j) == 1, "entry " << i << ", " << j << " is missing");
        }
    }
    const MatrixXd sparse = at.hessian().to_sparse();
    BOOST_TEST((sparse - H).norm() <= 1e-12 * (1 + H.norm()));
    BOOST_TEST((sparse - sparse.transpose()).norm() == 0.0);
    // Values play no part.
    BOOST_TEST((f.linearize(1.7 * x).hessian().sparsity_pattern() == pattern));
    return pattern;
}
/// The same, and no other entries than the Hessian has at x.
template <class Loss>
SymmetricPattern check_exact(const Loss& loss, const VectorXd& x) {
    const SymmetricPattern pattern = check(loss, x);
    const MatrixXd H = hesse::objective(loss, x.size()).linearize(x).hessian().to_dense();
    for (const auto& [row, column] : pattern.entries)
        BOOST_TEST(H(row, column) != 0, "entry " << row << ", " << column << " is too many");
    return pattern;
}
std::size_t pairs_of(std::size_t n) { return n * (n + 1) / 2; }

const auto chained_rosenbrock = [](const auto& x) {
    const Index n = x.size();
    const auto head = x.head(n - 1).array(), tail = x.tail(n - 1).array();
    return (100.0 * (tail - head.square()).square() + (1.0 - head).square()).sum();
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_chain_has_three_diagonals) {
    const SymmetricPattern pattern = check_exact(chained_rosenbrock, random_vector(40, 1));
    BOOST_TEST(pattern.entries.size() == 79u);
}

BOOST_AUTO_TEST_CASE(a_band_is_as_wide_as_its_terms) {
    const auto loss = [](const auto& x) {
        const Index n = x.size() - 3;
        // named: arrays of their own, of which entries are read on
        const auto near = (x.segment(0, n).array() * x.segment(1, n).array()).eval();
        const auto far = (near + x.segment(3, n).array()).eval();
        return exp(-far).sum() + 3.0 * x.sum();
    };
    // entries i, i + 1 and i + 3 meet, for 17 of i
    BOOST_TEST(check_exact(loss, random_vector(20, 2)).entries.size() == 20u + 3u * 17u);
}

BOOST_AUTO_TEST_CASE(a_sum_of_linear_things_has_no_entries) {
    const auto linear = [](const auto& x) {
        const auto sums = cumulative_sum(2.0 * x);
        return sums.sum() - sums.reverse().head(3).sum() + x(1);
    };
    BOOST_TEST(check(linear, random_vector(9, 3)).entries.empty());
    BOOST_TEST(
        check([](const auto& x) { return x.array().abs().sum(); }, random_vector(4, 3)).entries.empty());
    BOOST_TEST(check([](const auto& x) { return x.maxCoeff(); }, random_vector(4, 3)).entries.empty());
    BOOST_TEST(check([](const auto& x) { return x(2); }, random_vector(4, 3)).entries.empty());
}

BOOST_AUTO_TEST_CASE(what_does_not_reach_the_loss_does_not_count) {
    const auto loss = [](const auto& x) {
        const auto all = exp(x.array() * x(0)).eval();
        const auto squares = x.array().square().eval();
        return squares.segment(1, 2).sum() + (hesse::value_of(all(0)) < -1e300 ? 1.0 : 0.0);
    };
    BOOST_TEST(check_exact(loss, random_vector(6, 4)).entries.size() == 2u);
}

BOOST_AUTO_TEST_CASE(numbers_meet_the_arrays_that_they_multiply) {
    const auto loss = [](const auto& x) {
        const Index n = x.size() - 1;
        return (x(n) * x.head(n).array()).square().sum();
    };
    const SymmetricPattern pattern = check_exact(loss, random_vector(8, 5));
    BOOST_TEST(pattern.entries.size() == 8u + 7u);  // an arrow
}

BOOST_AUTO_TEST_CASE(gathered_entries_are_those_that_they_were) {
    Eigen::VectorXi left(4), right(4), groups(4);
    left << 0, 5, 5, 2;
    right << 3, 1, 5, 4;
    groups << 0, 1, 1, 0;
    const auto products = [&](const auto& x) {
        return (gather(x, left).array() * gather(x, right).array()).sum();
    };
    BOOST_TEST(check_exact(products, random_vector(6, 6)).entries.size() == 4u);  // 03 15 55 24

    const auto grouped = [&](const auto& x) {
        return scatter_add(x.head(4), groups, 2).array().cube().sum();
    };
    BOOST_TEST(check_exact(grouped, random_vector(6, 7)).entries.size() == 6u);

    const auto rows = [&](const auto& x) {
        const auto m = x.reshaped(3, 2);
        const Eigen::VectorXi twice = (Eigen::VectorXi(3) << 2, 0, 2).finished();
        return gather_rows(m, twice).rowwise().prod().sum() + m.reverse().row(1).squaredNorm();
    };
    // rows 0 and 2 are pairs; entries of row 1 by themselves. That products have no squares is not seen.
    BOOST_TEST(check(rows, random_vector(6, 8)).entries.size() == 3u + 3u + 2u);
}

BOOST_AUTO_TEST_CASE(sorted_entries_may_be_any_of_their_slice) {
    const auto loss = [](const auto& x) {
        const auto m = x.reshaped(3, 2);
        return sort(m, hesse::by_column).row(1).squaredNorm() + x.minCoeff();
    };
    BOOST_TEST(check(loss, random_vector(6, 9)).entries.size() == 6u + 6u);
    const auto largest = [](const auto& x) {
        return square(x.reshaped(2, 3).rowwise().maxCoeff().array()).sum();
    };
    BOOST_TEST(check(largest, random_vector(6, 9)).entries.size() == 6u + 6u);
}

BOOST_AUTO_TEST_CASE(arrays_and_scalars_mix) {
    const auto loss = [](const auto& x) {
        const Index n = x.size();
        const auto squares = x.array().square().eval();
        auto sum = x(0) * x(n - 1);
        auto total = squares(2) * squares(3) + sum;
        for (Index i = 4; i < 6; ++i) total += exp(x(i)) * x(i + 1);
        return total + squares.tail(2).sum();
    };
    const SymmetricPattern pattern = check_exact(loss, random_vector(10, 10));
    // (0, 9); 2 and 3; (4, 4) (4, 5) (5, 5) (5, 6); (8, 8) (9, 9)
    BOOST_TEST(pattern.entries.size() == 1u + 3u + 4u + 2u);

    const auto scalar_loop = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& y) {
        T sum = 0.0, norm = 0.0;
        for (Index i = 0; i + 1 < y.size(); ++i) sum += y[i] * y[i + 1];
        for (Index i = 0; i < 3; ++i) norm += y[i] * y[i];
        return T(sum + sqrt(norm));
    };
    const VectorXd x = random_vector(7, 11);
    const auto at = hesse::objective(scalar_loop, 7).linearize(x);
    BOOST_TEST(at.hessian().sparsity_pattern().entries.size() == 3u + 6u + 1u);
    BOOST_TEST(at.hessian().to_sparse().nonZeros() == 3 + 2 * 7);
}

BOOST_AUTO_TEST_CASE(matrices_with_written_parts) {
    const auto loss = []<class X>(const X& x) {
        using S = typename X::Scalar;
        hesse::Matrix<S> m(3, 2);
        m.col(0) = x.head(3);
        m(1, 1) = x(3) * x(4);
        m.row(2) *= x(5);
        return (m.col(0).array() * m.col(1).array()).sum();
    };
    // 1 3 4 meet pairwise; 2 and 5 meet in a product with what is zero by value
    BOOST_TEST(check(loss, random_vector(6, 12)).entries.size() >= 3u);
}

BOOST_AUTO_TEST_CASE(sums_meet_within_their_slice) {
    const auto by_column = [](const auto& x) {
        return square(x.reshaped(3, 4).colwise().sum().array()).sum();
    };
    BOOST_TEST(check_exact(by_column, random_vector(12, 13)).entries.size() == 4 * pairs_of(3));
    const auto by_row = [](const auto& x) { return square(x.reshaped(3, 4).rowwise().sum().array()).sum(); };
    BOOST_TEST(check_exact(by_row, random_vector(12, 14)).entries.size() == 3 * pairs_of(4));
    const auto log_sum_exp_by_row = [](const auto& x) {
        return log_sum_exp(x.reshaped(3, 4), hesse::by_row).sum();
    };
    BOOST_TEST(check_exact(log_sum_exp_by_row, random_vector(12, 15)).entries.size() == 3 * pairs_of(4));
    const auto softmax_by_column = [](const auto& x) {
        return softmax(x.reshaped(3, 4), hesse::by_column).row(0).sum();
    };
    BOOST_TEST(check_exact(softmax_by_column, random_vector(12, 16)).entries.size() == 4 * pairs_of(3));
}

BOOST_AUTO_TEST_CASE(a_cumulative_sum_depends_on_what_came_before) {
    const auto one = [](const auto& x) { return hesse::square(cumulative_sum(x)(3)); };
    BOOST_TEST(check_exact(one, random_vector(8, 17)).entries.size() == pairs_of(4));
    const auto all = [](const auto& x) { return cumulative_sum(x).squaredNorm(); };
    BOOST_TEST(check_exact(all, random_vector(8, 18)).entries.size() == pairs_of(8));
    const auto rows = [](const auto& x) {
        return cumulative_sum(x.reshaped(2, 4), hesse::by_row).col(2).squaredNorm();
    };
    BOOST_TEST(check_exact(rows, random_vector(8, 19)).entries.size() == 2 * pairs_of(3));
}

BOOST_AUTO_TEST_CASE(products_of_matrices) {
    // of a matrix and its transpose: all meet
    const auto dense_product = [](const auto& x) {
        const auto m = x.reshaped(3, 3);
        return (m * m.transpose()).squaredNorm();
    };
    BOOST_TEST(check(dense_product, random_vector(9, 20)).entries.size() == pairs_of(9));
    // an entry of a product alone: a row times a column
    const auto entry = [](const auto& x) {
        return (x.head(6).reshaped(2, 3) * x.tail(6).reshaped(3, 2))(0, 1);
    };
    BOOST_TEST(check_exact(entry, random_vector(12, 21)).entries.size() == 3u);
    // constants that are mostly zero
    MatrixXd band = MatrixXd::Zero(10, 10);
    for (Index i = 0; i + 1 < 10; ++i) band(i, i) = 2, band(i, i + 1) = -1;
    const auto left = [&](const auto& x) { return (band * x).array().cube().sum(); };
    BOOST_TEST(check_exact(left, random_vector(10, 22)).entries.size() == 10u + 9u);
    const auto right = [&](const auto& x) { return (x.transpose() * band).array().cube().sum(); };
    BOOST_TEST(check_exact(right, random_vector(10, 23)).entries.size() == 9u + 8u);
    // others are dense: columns apart
    const MatrixXd full = MatrixXd::Constant(3, 3, 0.5);
    const auto columns = [&](const auto& x) { return (full * x.reshaped(3, 2)).squaredNorm(); };
    BOOST_TEST(check_exact(columns, random_vector(6, 24)).entries.size() == 2 * pairs_of(3));
}

BOOST_AUTO_TEST_CASE(sparse_constants_have_their_own_pattern) {
    const Index n = 12;
    Eigen::SparseMatrix<double> laplacian(n, n);
    for (Index i = 0; i < n; ++i) {
        laplacian.insert(i, i) = 2;
        if (i > 0) laplacian.insert(i, i - 1) = -1;
        if (i + 1 < n) laplacian.insert(i, i + 1) = -1;
    }
    const auto squares = [&](const auto& x) { return (laplacian * x).squaredNorm(); };
    BOOST_TEST(check_exact(squares, random_vector(n, 25)).entries.size() == 12u + 11u + 10u);
    const auto form = [&](const auto& x) { return 0.5 * x.dot(laplacian * x); };
    BOOST_TEST(check(form, random_vector(n, 26)).entries.size() == 12u + 11u);
    const auto from_the_right = [&](const auto& x) {
        return (x.reshaped(2, 6) * laplacian.topLeftCorner(6, 6)).array().cube().sum();
    };
    BOOST_TEST(check(from_the_right, random_vector(n, 27)).entries.size() == 2 * (6u + 5u + 4u));
}

BOOST_AUTO_TEST_CASE(functions_of_matrices) {
    const auto x = random_vector(9, 28);
    const MatrixXd spd = MatrixXd::Identity(3, 3) + 0.1 * MatrixXd::Ones(3, 3);
    // constant in all but the last argument: linear in that, column by column
    BOOST_TEST(check([&](const auto& y) { return solve(spd, y.head(3)).sum(); }, x).entries.empty());
    BOOST_TEST(
        check([&](const auto& y) { return solve(spd, y.reshaped(3, 3)).squaredNorm(); }, x).entries.size() ==
        3 * pairs_of(3));
    // all that a function of a matrix reads meets in it
    const auto determinant = [](const auto& y) { return y.head(4).reshaped(2, 2).determinant() + y(8); };
    BOOST_TEST(check(determinant, x).entries.size() == pairs_of(4));
    const auto triangle = [](const auto& y) {
        const auto m = y.reshaped(3, 3);
        return (m.template selfadjointView<Eigen::Lower>() * y.head(3)).sum() + y.squaredNorm();
    };
    check(triangle, x);
    const auto diagonal = [](const auto& y) {
        return (y.head(3).asDiagonal() * y.tail(6).reshaped(3, 2)).sum() + hesse::trace(y.reshaped(3, 3));
    };
    BOOST_TEST(check_exact(diagonal, x).entries.size() == 6u);
}

BOOST_AUTO_TEST_CASE(layers_of_networks) {
    const MatrixXd inputs = MatrixXd::Random(2, 5);
    const auto network = [&](const auto& theta) {
        const auto [w1, b1, w2] =
            hesse::unpack(theta, hesse::shape(3, 2), hesse::shape(3), hesse::shape(1, 3));
        return (w2 * tanh((w1 * inputs).colwise() + b1)).squaredNorm();
    };
    BOOST_TEST(check(network, random_vector(12, 29)).entries.size() == pairs_of(12));
    // of one layer alone each unit has its own weights
    const auto layer = [&](const auto& theta) {
        const auto [w, b] = hesse::unpack(theta, hesse::shape(3, 2), hesse::shape(3));
        return tanh((w * inputs).colwise() + b).sum();
    };
    BOOST_TEST(check_exact(layer, random_vector(9, 30)).entries.size() == 3 * pairs_of(3));

    const auto blocks = [](const auto& x) {
        return batched_multiply(x.head(8).reshaped(2, 4), x.tail(8).reshaped(2, 4), 2).sum();
    };
    BOOST_TEST(check_exact(blocks, random_vector(16, 31)).entries.size() == 2u * 8u);
    const auto inner = [](const auto& x) {
        const auto body = [](const auto& y) { return exp(y.array()).sum(); };
        return hesse::checkpoint(body, x.head(3)) + x.tail(2).squaredNorm();
    };
    BOOST_TEST(check(inner, random_vector(5, 32)).entries.size() == pairs_of(3) + 2u);
}

BOOST_AUTO_TEST_CASE(images_and_sequences) {
    const hesse::ImageShape image{3, 2, 1};
    const hesse::Window window{{2, 2}};
    const MatrixXd filters = MatrixXd::Constant(2, 4, 0.3), images = MatrixXd::Random(6, 3);
    // two images and constant filters: each image by itself
    const auto of_images = [&](const auto& x) {
        return convolution_2d(x.reshaped(6, 2), filters, image, window).squaredNorm();
    };
    BOOST_TEST(check(of_images, random_vector(12, 40)).entries.size() == 2 * pairs_of(6));
    // constant images and two filters: each filter by itself
    const auto of_filters = [&](const auto& w) {
        return convolution_2d(images, w.reshaped(2, 4), image, window).squaredNorm();
    };
    BOOST_TEST(check_exact(of_filters, random_vector(8, 41)).entries.size() == 2 * pairs_of(4));
    const auto of_both = [&](const auto& x) {
        return convolution_2d(x.head(12).reshaped(6, 2), x.tail(4).reshaped(1, 4), image, window).sum();
    };
    // an image meets the filter; that it does not meet itself is not seen
    BOOST_TEST(check(of_both, random_vector(16, 42)).entries.size() == 2 * (pairs_of(6) + 24u) + pairs_of(4));
    const auto averages = [&](const auto& x) {
        return average_pooling_2d(x.reshaped(6, 2), image, window).squaredNorm();
    };
    // pixels (i, j) of two windows that share the middle row
    BOOST_TEST(check_exact(averages, random_vector(12, 43)).entries.size() == 2 * (pairs_of(6) - 4u));
    const auto largest = [&](const auto& x) {
        return max_pooling_2d(x.reshaped(6, 2), image, window).squaredNorm();
    };
    BOOST_TEST(check(largest, random_vector(12, 44)).entries.size() == 2 * pairs_of(6));
    const auto attentive = [&](const auto& x) {
        const auto q = x.head(6).reshaped(2, 3);
        return attention(q, 2.0 * q, images.topRows(2)).sum() + x(6);
    };
    BOOST_TEST(check(attentive, random_vector(8, 45)).entries.size() == pairs_of(6));
}

BOOST_AUTO_TEST_CASE(random_losses_have_no_entry_outside_of_their_pattern) {
    for (unsigned seed = 0; seed < 60; ++seed) {
        std::mt19937 generator(seed);
        const Index n = 12;
        std::uniform_int_distribution<int> choice(0, 7), place(0, static_cast<int>(n) - 1);
        std::vector<int> choices, places;
        for (int k = 0; k < 6; ++k) choices.push_back(choice(generator));
        for (Index k = 0; k < n; ++k) places.push_back(place(generator));
        const Eigen::VectorXi indices = Eigen::VectorXi::Map(places.data(), n);
        const double weight = 0.1 + 0.1 * place(generator);
        const auto loss = [&]<class X>(const X& x) {
            auto y = (1.0 * x).eval();
            auto total = 0.0 * x(0);
            for (const int which : choices) {
                if (which == 0) y = gather(y, indices);
                if (which == 1) y = sin(y).eval();
                if (which == 2) y = vertical_stack(y.tail(n / 2), y.head(n / 2));
                if (which == 3) y = y.cwiseProduct(x).eval();
                if (which == 4) y = scatter_add(y, indices, n);
                if (which == 5) total += weight * y(places[0]) * x(places[1]) + y.segment(2, 3).sum();
                if (which == 6) y = (y + weight * x.reverse()).eval();
                if (which == 7)
                    y = horizontal_stack(y.head(n - 2).transpose(), x.tail(2).transpose()).transpose();
            }
            return total + y.head(4).squaredNorm() + y.segment(4, 2).prod();
        };
        check(loss, random_vector(n, 100 + seed));
    }
}

BOOST_AUTO_TEST_CASE(a_coloring_of_the_pattern_serves_other_points) {
    const auto f = hesse::objective(chained_rosenbrock, 30);
    const hesse::SymmetricColoring coloring(f.linearize(VectorXd::Zero(30)).hessian().sparsity_pattern());
    BOOST_TEST(coloring.colors() <= 3);
    const auto at = f.linearize(random_vector(30, 33));
    BOOST_TEST((MatrixXd(at.hessian().to_sparse(coloring)) - at.hessian().to_dense()).norm() < 1e-9);
}

BOOST_AUTO_TEST_CASE(large_ones_take_memory_in_proportion) {
    const Index n = 100'000;
    const auto at = hesse::objective(chained_rosenbrock, n).linearize(VectorXd::Constant(n, 0.5));
    BOOST_TEST(at.hessian().to_sparse(std::size_t(2 * n)).nonZeros() == 3 * n - 2);
    const auto dense_loss = [](const auto& x) { return hesse::square(x.sum()); };
    BOOST_TEST(check(dense_loss, random_vector(300, 34)).entries.size() == pairs_of(300));
}

BOOST_AUTO_TEST_CASE(too_many_entries_are_refused) {
    const auto loss = [](const auto& x) { return hesse::square(x.sum()); };
    const auto at = hesse::objective(loss, 1000).linearize(VectorXd::Ones(1000));
    const auto names_limit = [](const std::length_error& error) {
        return std::string(error.what()) ==
               "hessian: the sparsity pattern needs more than the 100000 entries that it may have "
               "(most_entries)";
    };
    BOOST_CHECK_EXCEPTION((void)at.hessian().sparsity_pattern(100'000), std::length_error, names_limit);
    BOOST_CHECK_EXCEPTION((void)at.hessian().to_sparse(100'000), std::length_error, names_limit);
    BOOST_TEST((at.hessian() * VectorXd::Ones(1000)).eval()[0] == 2000.0);
    BOOST_TEST(at.hessian().sparsity_pattern().entries.size() == pairs_of(1000));
    // sets of parameters are limited as well
    const auto sums = [](const auto& x) { return cumulative_sum(x).array().exp().sum(); };
    const auto other = hesse::objective(sums, 1000).linearize(VectorXd::Constant(1000, 1e-3));
    BOOST_CHECK_EXCEPTION((void)other.hessian().sparsity_pattern(100'000), std::length_error, names_limit);
    BOOST_TEST(other.gradient().allFinite());
}

BOOST_AUTO_TEST_SUITE_END()
