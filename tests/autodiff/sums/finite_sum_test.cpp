#include "hesse/autodiff/sums/finite_sum.hpp"

#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/objective.hpp"
#include "hesse/optim/trust_region.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::test::message_of;

namespace {

constexpr Index count = 103, width = 4;

/// A logistic regression with one sample a row, as one loss over all of them and as a sum.
struct Logistic {
    MatrixXd x = sines(count, width);
    VectorXd y = sines(count, 1).col(0).cwiseSign();
    VectorXd w = sines(width, 1).col(0), v = sines(width, 3).col(2);

    static MatrixXd sines(Index rows, Index cols) {
        MatrixXd m(rows, cols);
        for (Index j = 0; j < cols; ++j)
            for (Index i = 0; i < rows; ++i)
                m(i, j) = std::sin(1.0 + 1.7 * static_cast<double>(i) + 0.9 * static_cast<double>(i * j + j));
        return m;
    }

    auto whole() const {
        return objective(
            [this](const auto& u) {
                const auto margins = (x * u).array() * y.array();
                return log(1.0 + exp(-margins)).mean() + 0.05 * u.squaredNorm();
            },
            width);
    }
    auto of_rows() const {
        return [this](const auto& u, const Rows& rows) {
            const auto margins = (rows.of(x) * u).array() * rows.of(y).array();
            return log(1.0 + exp(-margins)).sum();
        };
    }
    auto sum(FiniteSumOptions options = {}) const {
        options.average = true;
        return finite_sum(count, of_rows(), width, options).plus([](const auto& u) {
            return 0.05 * u.squaredNorm();
        });
    }
    double loss_of_row(Index i, const VectorXd& u) const {
        return std::log1p(std::exp(-y[i] * x.row(i).dot(u)));
    }
};

/// Loops over single rows, in scalar code: half the sum of (exp(a t_i) + b - u_i)^2.
struct Decay {
    VectorXd t = VectorXd::LinSpaced(31, 0.0, 3.0);
    VectorXd u = (-0.7 * t.array()).exp() + 0.2;

    auto sum(const FiniteSumOptions& options = {}) const {
        return finite_sum(
            t.size(),
            [this]<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& p, const Rows& rows) {
                using std::exp;
                T squares = 0.0;
                for (const Index i : rows) {
                    const T r = exp(p[0] * t[i]) + p[1] - u[i];
                    squares += 0.5 * (r * r);
                }
                return squares;
            },
            2, options);
    }
};

double largest(const MatrixXd& m) { return m.cwiseAbs().maxCoeff(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(finite_sum_)

BOOST_AUTO_TEST_CASE(value_gradient_and_products_are_those_of_the_whole_loss) {
    const Logistic data;
    const auto f = data.sum({.rows_per_part = 10});
    static_assert(Objective<decltype(f)> && HasBatches<decltype(f)> && !HasGaussNewton<decltype(f)>);
    BOOST_TEST(f.parts() == 11);
    BOOST_TEST(f.rows() == count);
    const auto one = data.whole().linearize(data.w);
    const auto sum = f.linearize(data.w);
    BOOST_TEST(std::abs(sum.value() - one.value()) < 1e-15);
    BOOST_TEST(largest(sum.gradient() - one.gradient()) < 1e-15);
    BOOST_TEST(f.value(data.w) == sum.value());
    const MatrixXd h = one.hessian().to_dense();
    BOOST_TEST(largest(sum.hessian() * data.v - h * data.v) < 1e-15);
    const MatrixXd block = Logistic::sines(width, 5);
    BOOST_TEST(largest(sum.hessian() * block - h * block) < 1e-14);
    VectorXd once(width), in_place = data.v;
    sum.hessian().apply_once(data.v, once);
    BOOST_TEST(largest(once - h * data.v) < 1e-15);
    sum.hessian().apply(in_place, in_place);
    BOOST_TEST(largest(in_place - h * data.v) < 1e-15);
    BOOST_TEST(sum.rounding_error() > 0.1 * one.rounding_error());
    BOOST_TEST(sum.rounding_error() < 10.0 * one.rounding_error());
}

BOOST_AUTO_TEST_CASE(results_are_the_same_bit_for_bit_on_any_number_of_threads_and_from_run_to_run) {
    const Logistic data;
    const Decay decay;
    const VectorXd p = Eigen::Vector2d(-0.4, 0.1), q = Eigen::Vector2d(0.3, -1.0);
    for (const std::size_t memory : {std::size_t{0}, std::size_t{1} << 30}) {
        const auto alone = data.sum({.rows_per_part = 7, .threads = 1, .memory = memory}).linearize(data.w);
        const auto scalars_alone =
            decay.sum({.rows_per_part = 4, .threads = 1, .memory = memory}).linearize(p);
        const VectorXd product = alone.hessian() * data.v, scalar_product = scalars_alone.hessian() * q;
        for (const int threads : {2, 3, 16, 16}) {
            const auto f = data.sum({.rows_per_part = 7, .threads = threads, .memory = memory});
            const auto at = f.linearize(data.w);
            BOOST_TEST(at.value() == alone.value());
            BOOST_TEST(f.value(data.w) == alone.value());
            BOOST_TEST((at.gradient() == alone.gradient()));
            for (int repeat = 0; repeat < 3; ++repeat)
                BOOST_TEST((VectorXd(at.hessian() * data.v) == product));
            const auto scalars_at =
                decay.sum({.rows_per_part = 4, .threads = threads, .memory = memory}).linearize(p);
            BOOST_TEST((scalars_at.gradient() == scalars_alone.gradient()));
            BOOST_TEST((VectorXd(scalars_at.hessian() * q) == scalar_product));
        }
    }
}

BOOST_AUTO_TEST_CASE(scalar_code_runs_over_the_rows_of_a_part) {
    const Decay decay;
    const VectorXd p = Eigen::Vector2d(-0.4, 0.1);
    const auto at = decay.sum({.rows_per_part = 4}).linearize(p);
    double value = 0.0;
    Eigen::Vector2d gradient = Eigen::Vector2d::Zero();
    Eigen::Matrix2d hessian = Eigen::Matrix2d::Zero();
    for (Index i = 0; i < decay.t.size(); ++i) {
        const double e = std::exp(p[0] * decay.t[i]), r = e + p[1] - decay.u[i], t = decay.t[i];
        value += 0.5 * r * r;
        gradient += r * Eigen::Vector2d(t * e, 1.0);
        hessian += Eigen::Vector2d(t * e, 1.0) * Eigen::Vector2d(t * e, 1.0).transpose();
        hessian(0, 0) += r * t * t * e;
    }
    BOOST_TEST(std::abs(at.value() - value) < 1e-14);
    BOOST_TEST(largest(at.gradient() - gradient) < 1e-13);
    BOOST_TEST(largest(at.hessian() * MatrixXd::Identity(2, 2) - hessian) < 1e-12);
}

BOOST_AUTO_TEST_CASE(recordings_are_kept_while_memory_lasts_and_only_for_products) {
    const Logistic data;
    const auto all = data.sum({.rows_per_part = 10}).linearize(data.w);
    BOOST_TEST(all.kept_parts() == 0);
    (void)(all.hessian() * data.v);
    BOOST_TEST(all.kept_parts() == 11);
    const std::size_t bytes = all.kept_bytes();
    BOOST_TEST(bytes > 0u);

    const auto some = data.sum({.rows_per_part = 10, .memory = bytes / 2}).linearize(data.w);
    (void)(some.hessian() * data.v);
    BOOST_TEST(some.kept_parts() >= 3);
    BOOST_TEST(some.kept_parts() <= 6);
    BOOST_TEST(some.kept_bytes() <= bytes / 2 + bytes / 10);

    const auto none = data.sum({.rows_per_part = 10, .memory = 0}).linearize(data.w);
    (void)(none.hessian() * data.v);
    BOOST_TEST(none.kept_parts() == 0);
    BOOST_TEST((VectorXd(none.hessian() * data.v) == VectorXd(all.hessian() * data.v)));
    BOOST_TEST((VectorXd(some.hessian() * data.v) == VectorXd(all.hessian() * data.v)));
}

BOOST_AUTO_TEST_CASE(the_loss_runs_once_a_part_for_a_gradient_and_once_more_for_all_products) {
    std::atomic<int> calls{0};
    const auto f = finite_sum(20,
                              [&](const auto& u, const Rows& rows) {
                                  ++calls;
                                  return static_cast<double>(rows.size()) * u.squaredNorm();
                              },
                              3, {.rows_per_part = 5, .threads = 2});
    calls = 0;
    const VectorXd x = VectorXd::Ones(3);
    const auto at = f.linearize(x);
    BOOST_TEST(calls == 4);
    (void)(at.hessian() * x);
    const int with_first = calls;
    for (int k = 0; k < 5; ++k) (void)(at.hessian() * x);
    BOOST_TEST(calls == with_first);
    BOOST_TEST(with_first == 4 + 4 + 1);  // one more part, to see what a recording holds
}

BOOST_AUTO_TEST_CASE(a_batch_estimates_the_whole) {
    const Logistic data;
    const auto f = data.sum({.rows_per_part = 10});
    const std::vector<Index> listed{5, 100, 5, 0, 61};
    const auto batch = f.batch(listed);
    const auto at = batch.linearize(data.w);
    double value = 0.0;
    for (const Index i : listed) value += data.loss_of_row(i, data.w) / 5.0;
    value += 0.05 * data.w.squaredNorm();
    BOOST_TEST(std::abs(at.value() - value) < 1e-15);
    BOOST_TEST(batch.value(data.w) == at.value());

    // The mean of disjoint batches of one size is the whole: of values, gradients and products.
    const auto parts_of_whole = [&](const auto& whole, double share_of_sum) {
        std::vector<Index> order;
        for (Index i = 0; i < count - 3; ++i) order.push_back((i * 7) % (count - 3));
        double mean_value = 0.0;
        VectorXd gradient = VectorXd::Zero(width), product = VectorXd::Zero(width);
        for (std::size_t first = 0; first < order.size(); first += 20) {
            const auto some = whole.batch(std::span(order).subspan(first, 20)).linearize(data.w);
            mean_value += some.value() / 5.0;
            gradient += some.gradient() / 5.0;
            product += (some.hessian() * data.v) / 5.0;
        }
        std::sort(order.begin(), order.end());
        const auto all = whole.batch(order).linearize(data.w);
        BOOST_TEST(std::abs(all.value() - mean_value) < 1e-13 * share_of_sum);
        BOOST_TEST(largest(all.gradient() - gradient) < 1e-13 * share_of_sum);
        BOOST_TEST(largest(all.hessian() * data.v - product) < 1e-13 * share_of_sum);
    };
    parts_of_whole(f, 1.0);
    parts_of_whole(finite_sum(count, data.of_rows(), width), 100.0);

    // All rows, listed, are the whole.
    std::vector<Index> every;
    for (Index i = 0; i < count; ++i) every.push_back(i);
    BOOST_TEST((f.batch(every).linearize(data.w).gradient() == f.linearize(data.w).gradient()));
}

BOOST_AUTO_TEST_CASE(a_term_added_to_a_batch_belongs_to_the_batch) {
    const Logistic data;
    const auto without = finite_sum(count, data.of_rows(), width, {.rows_per_part = 10, .average = true});
    const std::vector<Index> listed{5, 100, 5, 0, 61};
    const auto later = without.batch(listed).plus([](const auto& u) { return 0.05 * u.squaredNorm(); });
    const auto before = data.sum({.rows_per_part = 10}).batch(listed);
    BOOST_TEST(later.value(data.w) == before.value(data.w));
    BOOST_TEST((later.linearize(data.w).gradient() == before.linearize(data.w).gradient()));
}

BOOST_AUTO_TEST_CASE(a_composed_sum_has_the_gauss_newton_matrix_of_the_whole) {
    const Logistic data;
    const auto residuals = [&](const auto& u, const Rows& rows) {
        return (tanh(rows.of(data.x) * u) - rows.of(data.y)).eval();
    };
    const auto f = least_squares_sum(count, residuals, width, {.rows_per_part = 9, .threads = 2});
    static_assert(HasGaussNewton<decltype(f)>);
    const auto whole = least_squares([&](const auto& u) { return (tanh(data.x * u) - data.y).eval(); }, width)
                           .linearize(data.w);
    const auto sum = f.linearize(data.w);
    BOOST_TEST(std::abs(sum.value() - whole.value()) < 1e-12);
    BOOST_TEST(largest(sum.gradient() - whole.gradient()) < 1e-12);
    VectorXd of_whole(width), of_sum(width);
    whole.gauss_newton().apply(data.v, of_whole);
    sum.gauss_newton().apply(data.v, of_sum);
    BOOST_TEST(largest(of_sum - of_whole) < 1e-12);
    whole.hessian().apply(data.v, of_whole);
    sum.hessian().apply(data.v, of_sum);
    BOOST_TEST(largest(of_sum - of_whole) < 1e-12);
    BOOST_TEST(sum.kept_bytes() > 0u);
}

BOOST_AUTO_TEST_CASE(objectives_of_ones_own_are_summed_too) {
    const Logistic data;
    const auto f = sum_of_objectives(
        count,
        [&](const Rows& rows) {
            return objective(
                [&data, rows](const auto& u) {
                    return log(1.0 + exp(-((rows.of(data.x) * u).array() * rows.of(data.y).array()))).sum();
                },
                width);
        },
        width, {.rows_per_part = 10});
    const auto g = finite_sum(count, data.of_rows(), width, {.rows_per_part = 10});
    BOOST_TEST((f.linearize(data.w).gradient() == g.linearize(data.w).gradient()));
}

BOOST_AUTO_TEST_CASE(sums_are_taken_in_float_too) {
    const Logistic data;
    const Eigen::MatrixXf x = data.x.cast<float>();
    const Eigen::VectorXf y = data.y.cast<float>(), w = data.w.cast<float>();
    const auto f =
        finite_sum<float>(count,
                          [&](const auto& u, const Rows& rows) {
                              return log(1.0F + exp(-((rows.of(x) * u).array() * rows.of(y).array()))).sum();
                          },
                          width, {.rows_per_part = 10});
    const auto g = finite_sum(count, data.of_rows(), width);
    const VectorXd difference = f.linearize(w).gradient().cast<double>() - g.linearize(data.w).gradient();
    BOOST_TEST(largest(difference) < 1e-4);
}

BOOST_AUTO_TEST_CASE(optimizers_take_a_sum_as_any_objective) {
    const Logistic data;
    const auto result =
        minimize(data.sum({.rows_per_part = 10, .threads = 2}), VectorXd::Zero(width), TrustRegion{});
    const auto whole = minimize(data.whole(), VectorXd::Zero(width), TrustRegion{});
    BOOST_TEST((result.status == Status::second_order));
    BOOST_TEST(largest(result.x - whole.x) < 1e-6);
}

BOOST_AUTO_TEST_CASE(the_row_that_a_nan_comes_from_is_named) {
    Logistic data;
    BOOST_TEST(!data.sum().not_finite_row(data.w).has_value());
    data.x(77, 2) = std::numeric_limits<double>::quiet_NaN();
    const auto f = data.sum({.rows_per_part = 10});
    BOOST_TEST(std::isnan(f.value(data.w)));
    BOOST_TEST(f.not_finite_row(data.w).value_or(-1) == 77);
    const std::vector<Index> without{1, 2, 3}, with{1, 77, 3};
    BOOST_TEST(!f.batch(without).not_finite_row(data.w).has_value());
    BOOST_TEST(f.batch(with).not_finite_row(data.w).value_or(-1) == 77);
    BOOST_TEST(
        message_of([&] {
            (void)minimize(f, data.w, TrustRegion{});
        }).ends_with("nan, expected a finite number; the first row of data whose loss is not is row 77"));
}

BOOST_AUTO_TEST_CASE(a_loss_that_throws_midway_leaves_the_sum_usable) {
    const Logistic data;
    for (const int threads : {1, 4}) {
        bool fails = false;
        const auto f = finite_sum(count,
                                  [&](const auto& u, const Rows& rows) {
                                      if (fails && rows[0] == 50) throw std::runtime_error("row 50");
                                      return (rows.of(data.x) * u).squaredNorm();
                                  },
                                  width, {.rows_per_part = 10, .threads = threads});
        const VectorXd before = f.linearize(data.w).gradient();
        const auto at = f.linearize(data.w);
        fails = true;
        BOOST_TEST(message_of([&] { (void)f.value(data.w); }) == "row 50");
        BOOST_TEST(message_of([&] { (void)f.linearize(data.w); }) == "row 50");
        BOOST_TEST(message_of([&] { (void)(at.hessian() * data.v); }) == "row 50");
        fails = false;
        BOOST_TEST((f.linearize(data.w).gradient() == before));
        const VectorXd product = at.hessian() * data.v;
        BOOST_TEST(largest(product - 2.0 * data.x.transpose() * (data.x * data.v)) < 1e-12);
    }
}

BOOST_AUTO_TEST_CASE(bad_input_is_named) {
    const Logistic data;
    const auto f = data.sum();
    const auto loss = data.of_rows();
    BOOST_TEST(message_of([&] { (void)finite_sum(0, loss, width); }) ==
               "finite_sum: the number of rows is 0, expected at least 1");
    BOOST_TEST(message_of([&] { (void)finite_sum(5, loss, 0); }) ==
               "objective: the number of parameters is 0, expected at least 1");
    BOOST_TEST(message_of([&] { (void)f.value(VectorXd::Zero(3)); }) ==
               "finite_sum: the point has 3 entries, expected 4");
    BOOST_TEST(message_of([&] { (void)f.linearize(VectorXd::Constant(4, NAN)); }) ==
               "finite_sum: the point has the entry nan at 0, expected finite numbers");
    const auto at = f.linearize(data.w);
    VectorXd out(width);
    BOOST_TEST(message_of([&] { at.hessian().apply(VectorXd::Zero(5), out); }) ==
               "finite_sum: the direction has 5 entries, expected 4");
    BOOST_TEST(message_of([&] { at.hessian().apply(VectorXd::Constant(4, NAN), out); }) ==
               "finite_sum: the direction has the entry nan at 0, expected finite numbers");
    BOOST_TEST(message_of([&] { (void)f.batch(std::vector<Index>{}); }) ==
               "finite_sum: the batch has no rows, expected at least one");
    const MatrixXd other = MatrixXd::Zero(7, width);
    const auto of_other = finite_sum(
        count, [&](const auto& u, const Rows& rows) { return (rows.of(other) * u).sum(); }, width);
    BOOST_TEST(message_of([&] { (void)of_other.value(data.w); }) ==
               "finite_sum: the data have 7 rows, expected 103, one for each row of the sum");
}

BOOST_AUTO_TEST_CASE(batches_of_a_batch_are_of_its_rows) {
    const Eigen::VectorXd data = Eigen::VectorXd::LinSpaced(30, 0.0, 29.0);
    const auto loss = [&](const auto& u, const Rows& rows) {
        return (rows.of(data).array() - u[0]).square().sum();
    };
    for (const bool average : {true, false}) {
        const auto f =
            finite_sum(30, loss, 1, {.rows_per_part = 4, .average = average}).plus([](const auto& u) {
                return 0.5 * u.squaredNorm();
            });
        const std::vector<Index> train{20, 3, 7, 11, 28};
        const auto some = f.batch(train);
        BOOST_TEST(some.rows() == 5);
        const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 2.5);
        // Its rows 4 and 1 are rows 28 and 3 of the data.
        BOOST_TEST(some.batch(std::vector<Index>{4, 1}).value(at) ==
                   f.batch(std::vector<Index>{28, 3}).value(at));
        BOOST_TEST(message_of([&] { (void)some.batch(std::vector<Index>{5}); }) ==
                   "finite_sum: entry 0 of the batch is row 5, expected one of 5, counted from 0");
    }
}

BOOST_AUTO_TEST_CASE(options_beyond_what_there_is_are_as_good_as_what_there_is) {
    const Eigen::VectorXd data = Eigen::VectorXd::LinSpaced(30, 0.0, 29.0);
    const auto loss = [&](const auto& u, const Rows& rows) {
        return (rows.of(data).array() - u[0]).square().sum();
    };
    const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 2.5);
    const auto one = finite_sum(30, loss, 1, {.rows_per_part = std::numeric_limits<Index>::max()});
    BOOST_TEST(one.parts() == 1);
    BOOST_TEST(one.value(at) == (data.array() - 2.5).square().sum());
    const std::vector<Index> two{1, 2};
    BOOST_TEST(one.batch(two).value(at) == 15.0 * (1.5 * 1.5 + 0.5 * 0.5));
    const auto many = finite_sum(30, loss, 1, {.rows_per_part = 1, .threads = 1'000'000'000});
    BOOST_TEST(many.linearize(at).gradient()[0] == one.linearize(at).gradient()[0]);
}

BOOST_AUTO_TEST_SUITE_END()
