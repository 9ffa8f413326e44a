#include "hesse/optim/vector_space.hpp"

#include "thread_ranks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::VectorSpace;

constexpr double eps = std::numeric_limits<double>::epsilon();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Around the lengths of a lane group and of a block, and some blocks.
const Index lengths[] = {1, 2, 7, 8, 9, 1023, 1024, 1025, 5000};

BOOST_AUTO_TEST_SUITE(vector_space)

BOOST_AUTO_TEST_CASE(an_empty_space_is_refused) {
    for (Index n : {Index{0}, Index{-3}})
        BOOST_CHECK_EXCEPTION(VectorSpace{n}, std::invalid_argument, [n](const std::invalid_argument& error) {
            return error.what() == "VectorSpace: dimension is " + std::to_string(n) + ", expected at least 1";
        });
    BOOST_TEST(VectorSpace(3).dimension() == 3);
}

BOOST_AUTO_TEST_CASE(sums_agree_with_a_sum_in_extended_precision) {
    for (Index n : lengths) {
        const VectorSpace space(n);
        const VectorXd x = VectorXd::Random(n), y = VectorXd::Random(n);
        long double exact = 0.0L, magnitude = 0.0L;
        for (Index i = 0; i < n; ++i) {
            exact += static_cast<long double>(x[i]) * static_cast<long double>(y[i]);
            magnitude += std::abs(static_cast<long double>(x[i]) * static_cast<long double>(y[i]));
        }
        // Chains of at most 128 + 3 additions in a block, then one addition a block.
        const double bound = 140.0 * eps * static_cast<double>(magnitude);
        BOOST_TEST(std::abs(space.dot(x.data(), y.data()) - static_cast<double>(exact)) <= bound);
        BOOST_TEST(std::abs(space.norm(x.data()) - x.stableNorm()) <= 1e-14 * x.stableNorm());
    }
}

BOOST_AUTO_TEST_CASE(a_long_sum_of_equal_terms_stays_accurate) {
    const Index n = 1000000;
    const VectorXd x = VectorXd::Constant(n, 0.1);
    // Plain summation is off by 1e-12 relative here; blocks and lanes keep it near the rounding of the terms.
    BOOST_TEST(std::abs(VectorSpace(n).dot(x.data(), x.data()) - 10000.0) <= 1e-13 * 10000.0);
}

BOOST_AUTO_TEST_CASE(norms_survive_squares_that_over_or_underflow) {
    for (Index n : lengths)
        for (double scale : {1e-320, 1e-300, 1e-170, 1e-155, 1.0, 1e154, 1e170, 1e300}) {
            const VectorXd x = VectorXd::Constant(n, scale);
            const double expected = x[0] * std::sqrt(static_cast<double>(n));
            const double tolerance = 1e-14 * expected + std::numeric_limits<double>::denorm_min();
            BOOST_TEST(std::abs(VectorSpace(n).norm(x.data()) - expected) <= tolerance,
                       "n = " << n << ", entries " << scale);
        }
    const VectorXd mixed = Eigen::Vector3d(3e200, 4e200, 1e-200);
    BOOST_TEST(std::abs(VectorSpace(3).norm(mixed.data()) - 5e200) <= 1e186);
    const VectorXd zero = VectorXd::Zero(3);
    BOOST_TEST(VectorSpace(3).norm(zero.data()) == 0.0);
}

BOOST_AUTO_TEST_CASE(distances_are_norms_of_differences) {
    for (Index n : lengths) {
        const VectorSpace space(n);
        const VectorXd x = VectorXd::Random(n), y = VectorXd::Random(n);
        const VectorXd difference = x - y;
        BOOST_TEST(std::abs(space.distance(x.data(), y.data()) - difference.norm()) <=
                   1e-14 * difference.norm());
        BOOST_TEST(space.distance(x.data(), x.data()) == 0.0);
        for (const double scale : {1e-300, 1e300}) {
            const VectorXd a = scale * x, b = scale * y;
            BOOST_TEST(std::abs(space.distance(a.data(), b.data()) / scale - difference.norm()) <=
                       1e-13 * difference.norm());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_step_tells_its_length) {
    for (Index n : lengths) {
        const VectorSpace space(n);
        const VectorXd x = VectorXd::Random(n), d = VectorXd::Random(n);
        VectorXd y = VectorXd::Constant(n, nan);
        const double square = space.step(x.data(), 0.25, d.data(), y.data());
        BOOST_TEST((y == x + 0.25 * d));
        BOOST_TEST(square == space.squared_distance(x.data(), y.data()));
        BOOST_TEST(std::abs(square - 0.0625 * d.squaredNorm()) <= 1e-12 * square);
        BOOST_TEST(space.distance(x.data(), y.data(), square) == space.distance(x.data(), y.data()));
        VectorXd z = d;  // over the direction
        BOOST_TEST(space.step(x.data(), 0.25, z.data(), z.data()) == square);
        BOOST_TEST((z == y));
        const VectorXd zero = VectorXd::Zero(n);
        const double lost = space.step(zero.data(), 1e-200, d.data(), y.data());  // its square is zero
        BOOST_TEST(std::abs(space.distance(zero.data(), y.data(), lost) - 1e-200 * d.norm()) <=
                   1e-213 * d.norm());
        space.subtract(x.data(), d.data(), y.data());
        BOOST_TEST((y == x - d));
    }
}

BOOST_AUTO_TEST_CASE(one_bad_entry_anywhere_is_found) {
    for (Index n : lengths) {
        const VectorSpace space(n);
        VectorXd x = VectorXd::Constant(n, 1e308);
        BOOST_TEST(space.all_finite(x.data()));
        for (Index i : {Index{0}, n / 2, n - 1})
            for (double bad : {nan, infinity, -infinity}) {
                const double kept = x[i];
                x[i] = bad;
                BOOST_TEST(!space.all_finite(x.data()));
                BOOST_TEST(!std::isfinite(space.norm(x.data())));
                x[i] = kept;
            }
    }
}

BOOST_AUTO_TEST_CASE(linear_combinations_are_entrywise) {
    for (Index n : lengths) {
        const VectorSpace space(n);
        const VectorXd x = VectorXd::Random(n), y = VectorXd::Random(n);
        VectorXd z = y;
        space.add(0.5, x.data(), z.data());
        BOOST_TEST((z - (y + 0.5 * x)).lpNorm<Eigen::Infinity>() <= 2 * eps);
        space.copy(x.data(), z.data());
        BOOST_TEST((z == x));
        space.scale(-2.0, z.data());
        BOOST_TEST((z == -2.0 * x));
        z = y;
        space.combine(3.0, x.data(), 2.0, z.data());
        BOOST_TEST((z - (3.0 * x + 2.0 * y)).lpNorm<Eigen::Infinity>() <= 8 * eps);
        z.setConstant(nan);
        space.combine(3.0, x.data(), 0.0, z.data());
        BOOST_TEST((z == 3.0 * x));
    }
}

BOOST_AUTO_TEST_CASE(basis_operations_agree_with_matrix_products) {
    for (Index n : lengths)
        for (Index k : {0, 1, 3, 4, 9}) {
            const VectorSpace space(n);
            const MatrixXd basis = MatrixXd::Random(n, k);
            const VectorXd w = VectorXd::Random(n);
            const double tolerance = 200.0 * eps * std::sqrt(static_cast<double>(n));

            VectorXd c(k);
            space.project(basis.data(), k, w.data(), c.data());
            for (Index j = 0; j < k; ++j) {
                BOOST_TEST(std::abs(c[j] - basis.col(j).dot(w)) <= tolerance);
                BOOST_TEST(c[j] == space.dot(basis.col(j).data(), w.data()));  // the same order of summation
            }
            VectorXd r = w;
            space.subtract(basis.data(), k, c.data(), r.data());
            BOOST_TEST((r - (w - basis * c)).norm() <= tolerance * (1.0 + c.norm()));
            VectorXd e = VectorXd::Constant(n, nan);
            space.expand(basis.data(), k, c.data(), e.data());
            BOOST_TEST((e - basis * c).norm() <= tolerance * (1.0 + c.norm()));
        }
}

BOOST_AUTO_TEST_CASE(columns_may_lie_anywhere) {
    for (Index n : lengths)
        for (Index k : {0, 1, 3, 4, 9, 70}) {
            const VectorSpace space(n);
            const MatrixXd basis = MatrixXd::Random(n, k);
            const VectorXd v = VectorXd::Random(n), w = VectorXd::Random(n);
            std::vector<const double*> columns;
            for (Index j = k; j-- > 0;) columns.push_back(basis.col(j).data());
            VectorXd c(k), d(k), e(k);
            space.project(columns, w.data(), c.data());
            space.project(basis.data(), k, w.data(), d.data());
            space.project(basis.data(), k, v.data(), e.data());
            BOOST_TEST((c == d.reverse()));
            MatrixXd both(2, k);
            space.project_pair(columns, v.data(), w.data(), both.data());
            for (Index j = 0; j < k; ++j) {
                BOOST_TEST(both(0, j) == e[k - 1 - j]);
                BOOST_TEST(both(1, j) == d[k - 1 - j]);
            }
            VectorXd sum = VectorXd::Constant(n, nan);
            space.combine(columns, c.data(), -2.0, v.data(), sum.data());
            const double tolerance = 200.0 * eps * std::sqrt(static_cast<double>(n));
            BOOST_TEST((sum - (-2.0 * v + basis * d)).norm() <= tolerance * (1.0 + c.norm()));
            VectorXd again = v;
            space.combine(columns, c.data(), -2.0, again.data(), again.data());
            BOOST_TEST((again == sum));
        }
}

BOOST_AUTO_TEST_CASE(ranks_share_a_long_vector_and_add_up_to_the_same_bits) {
    const Index n = 10 * VectorSpace::block_length + 17;
    const VectorXd x = VectorXd::Random(n), y = VectorXd::Random(n);
    const double alone = VectorSpace(n).dot(x.data(), y.data());
    for (const int size : {1, 2, 3, 4, 8}) {
        hesse::test::on_ranks(size, [&](hesse::Communicator& ranks) {
            const VectorSpace space(n, &ranks), part = space.part();
            const Index first = space.part_first();
            if (space.divided() != (size > 1)) throw std::logic_error("divided");
            if (size == 8 && part.dimension() > 2 * VectorSpace::block_length)
                throw std::logic_error("too long");
            double sum = part.dot(x.data() + first, y.data() + first);
            space.sum_over_ranks(&sum, 1);
            if (size == 3 ? std::abs(sum - alone) > 1e-12 : sum != alone) throw std::logic_error("the sum");
            // Squares of small numbers that are lost.
            const VectorXd small = 1e-200 * x.segment(first, part.dimension());
            if (std::abs(space.norm_of_parts(small.data(), 0.0) / x.norm() - 1e-200) > 1e-214)
                throw std::logic_error("the norm");
            VectorXd z = VectorXd::Zero(n);
            z.segment(first, part.dimension()) = x.segment(first, part.dimension());
            space.gather(z.data());
            if (z != x) throw std::logic_error("what is gathered");
        });
    }
    hesse::test::on_ranks(4, [](hesse::Communicator& ranks) {
        if (VectorSpace(3 * VectorSpace::block_length, &ranks).divided())
            throw std::logic_error("a rank would have nothing");
    });
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_where_the_vectors_lie) {
    const Index n = 3001;
    const VectorSpace space(n);
    const VectorXd x = VectorXd::Random(n);
    VectorXd shifted(n + 1);
    shifted.tail(n) = x;  // another alignment
    BOOST_TEST(space.dot(x.data(), x.data()) == space.dot(shifted.data() + 1, shifted.data() + 1));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
