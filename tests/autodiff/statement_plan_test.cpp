#include "hesse/autodiff/engine/statement_plan.hpp"

#include "hesse/autodiff/objective.hpp"

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(statement_plan)

namespace {

using hesse::Index;
using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;

Vector random_vector(Index n, unsigned seed) {
    std::mt19937 generator(seed);
    std::normal_distribution<double> normal;
    return Vector::NullaryExpr(n, [&] { return normal(generator); });
}

/// Products with the unit vectors, one by one.
template <class Objective>
Matrix hessian_at(const Objective& f, const Vector& x) {
    const auto at = f.linearize(x);
    Matrix H(x.size(), x.size());
    for (Index i = 0; i < x.size(); ++i) H.col(i) = at.hessian() * Vector::Unit(x.size(), i);
    return H;
}

/// An objective that has been elsewhere before says the same as a fresh one, bit for bit.
template <class Loss>
void check_sequence(const Loss& loss, const std::vector<Vector>& points) {
    const Index n = points[0].size();
    const auto kept = hesse::objective(loss, n, hesse::scalars);
    for (const Vector& x : points) {
        const auto fresh = hesse::objective(loss, n, hesse::scalars);
        const Matrix H = hessian_at(kept, x);
        BOOST_TEST((H - hessian_at(fresh, x)).norm() == 0.0);
        BOOST_TEST((H - H.transpose()).norm() <= 1e-13 * (1 + H.norm()));
    }
}

}  // namespace

BOOST_AUTO_TEST_CASE(points_at_which_the_same_statements_are_recorded_share_it) {
    const auto loss = [](const auto& x) {
        auto sum = x[0] * x[0];
        for (Index i = 1; i < x.size(); ++i) sum += exp(0.1 * x[i]) * sin(x[i - 1]) + x[i] * x[i] * x[0];
        return log(1.0 + sum * sum);
    };
    check_sequence(loss, {random_vector(6, 1), random_vector(6, 2), Vector::Zero(6), random_vector(6, 3)});
}

// x_k^3, k the place of the largest entry: the kinds of statements are always the same, their operands are not.
BOOST_AUTO_TEST_CASE(a_statement_that_reads_other_slots_is_noticed) {
    const auto loss = [](const auto& x) {
        Index k = 0;
        for (Index i = 1; i < x.size(); ++i) {
            if (x[i] > x[k]) k = i;
        }
        auto y = x[k] * x[k];
        return y * x[k];
    };
    const auto f = hesse::objective(loss, 3, hesse::scalars);
    for (int turn = 0; turn < 2; ++turn) {
        for (Index k = 0; k < 3; ++k) {
            Vector x = Vector::Constant(3, 0.5);
            x[k] = 2.0;
            Matrix expected = Matrix::Zero(3, 3);
            expected(k, k) = 12.0;
            BOOST_TEST((hessian_at(f, x) - expected).norm() <= 1e-14);
        }
    }
}

BOOST_AUTO_TEST_CASE(other_branches_and_other_numbers_of_statements_are_planned_anew) {
    const auto loss = [](const auto& x) {
        auto sum = 1.0 * x[0];
        const Index count = x[0] > 0 ? x.size() : 2;
        for (Index i = 0; i + 1 < count; ++i) {
            if (x[i] > x[i + 1]) sum += x[i] * x[i] * x[i + 1];
            else sum += cos(x[i] * x[i + 1]);
        }
        return sum * sum;
    };
    std::vector<Vector> points;
    for (unsigned seed = 0; seed < 20; ++seed) points.push_back(random_vector(7, seed));
    check_sequence(loss, points);
}

// The same statements over arrays of other sizes: slots of scalars move.
BOOST_AUTO_TEST_CASE(scalars_behind_an_array_of_another_size_are_planned_anew) {
    const auto loss = [](const auto& x) {
        const Index size = x(0) > 0 ? 5 : 3;
        const auto y = (x.head(size).array() * x.head(size).array()).eval();
        return y(1) * y(2) * x(0);
    };
    const auto f = hesse::objective(loss, 6);
    for (const double first : {0.5, -0.5, 0.7, -0.1}) {
        Vector x = random_vector(6, 4);
        x[0] = first;
        Matrix expected = Matrix::Zero(6, 6);  // of x0 x1^2 x2^2
        const double a = x[1], b = x[2];
        expected(0, 1) = expected(1, 0) = 2 * a * b * b;
        expected(0, 2) = expected(2, 0) = 2 * a * a * b;
        expected(1, 1) = 2 * first * b * b;
        expected(2, 2) = 2 * first * a * a;
        expected(1, 2) = expected(2, 1) = 4 * first * a * b;
        BOOST_TEST((hessian_at(f, x) - expected).norm() <= 1e-13 * (1 + expected.norm()));
    }
}

// Points with infinite slopes in a branch that is not taken leave zeros out, and the next one does not.
BOOST_AUTO_TEST_CASE(infinite_slopes_at_one_point_do_not_stay) {
    const auto loss = [](const auto& x) {
        const auto y = 1.0 / x[0];
        return select(x[0] > 0.0, y * y * x[1], x[1] * x[1] * x[1]) + x[2] * x[2];
    };
    const auto f = hesse::objective(loss, 3, hesse::scalars);
    for (const double first : {2.0, 0.0, 0.5, 0.0, -1.0}) {
        Matrix expected = Matrix::Zero(3, 3);
        expected(2, 2) = 2;
        if (first > 0) {
            expected(0, 0) = 6 * 3.0 / std::pow(first, 4);
            expected(0, 1) = expected(1, 0) = -2 / std::pow(first, 3);
        } else {
            expected(1, 1) = 6 * 3.0;
        }
        const Matrix H = hessian_at(f, Eigen::Vector3d(first, 3.0, 1.0));
        BOOST_TEST((H - expected).norm() <= 1e-13 * (1 + expected.norm()));
    }
}

BOOST_AUTO_TEST_CASE(sums_that_begin_with_a_parameter_are_found_again) {
    const auto loss = [](const auto& x) {
        auto sum = x[0];
        for (Index i = 0; i < x.size(); ++i) sum += x[i] * x[i];
        auto other = x[1] * 2.0;
        other += x[0] * x[1];
        other -= x[2] * x[2] * x[2];
        return sum * other + sum;
    };
    check_sequence(loss, {random_vector(4, 5), random_vector(4, 6), random_vector(4, 7)});
}

// A chain, of which each result is read twice and depends on all before: its partials and second partials are more than its
// statements. What is made at other points, and blocks of products, change nothing.
BOOST_AUTO_TEST_CASE(single_products_are_made_by_sweeps_where_more_would_be_kept_than_recorded) {
    const auto loss = [](const auto& x) {
        auto y = x[0] * x[1];
        auto sum = y * y;
        for (Index i = 2; i < x.size(); ++i) {
            y = y * x[i] + x[i - 1] * x[i - 2] * y;
            sum += y * x[i] * x[i - 1];
        }
        return sum;
    };
    const Index n = 40;
    const auto f = hesse::objective(loss, n, hesse::scalars);
    const Vector v = random_vector(n, 11);
    for (const unsigned seed : {1u, 2u, 3u}) {
        const Vector x = 0.5 * random_vector(n, seed);
        const auto at = f.linearize(x);
        Vector once(n);
        at.hessian().apply_once(v, once);
        const Vector product = at.hessian() * v;
        BOOST_TEST((product - once).norm() == 0.0);
        const Matrix block = at.hessian() * Matrix(v.replicate(1, 3));
        BOOST_TEST((block.col(1) - once).norm() <= 1e-13 * once.norm());
        BOOST_TEST((Vector(at.hessian() * v) - once).norm() == 0.0);
    }
}

BOOST_AUTO_TEST_CASE(single_products_follow_the_direction_that_is_also_the_result) {
    const auto f = hesse::objective([](const auto& x) { return x[0] * x[0] * x[1]; }, 2, hesse::scalars);
    const auto at = f.linearize(Eigen::Vector2d(2, 3));
    Vector v = Eigen::Vector2d(1, -1);
    at.hessian().apply_once(v, v);
    BOOST_TEST(v[0] == 2.0);  // H = [6 4; 4 0]
    BOOST_TEST(v[1] == 4.0);
    Vector wrong = Eigen::Vector2d(std::nan(""), 1);
    BOOST_CHECK_THROW(at.hessian().apply_once(wrong, v), std::invalid_argument);
    BOOST_CHECK_THROW(at.hessian().apply_once(Vector::Ones(3), v), std::invalid_argument);
    BOOST_TEST(v[0] == 2.0);
}

BOOST_AUTO_TEST_SUITE_END()
