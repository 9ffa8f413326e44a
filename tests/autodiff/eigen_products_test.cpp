#include "hesse/autodiff/eigen_products.hpp"

#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "support/scalar_template_check.hpp"

#include <boost/test/unit_test.hpp>

namespace {
using namespace hesse;
using namespace hesse::test;

/// The data as they are, mixed with variables; the truth's numbers do not mix with others in products.
template <class T>
decltype(auto) data_for(const MatrixXd& data) {
    if constexpr (std::is_same_v<T, HyperDual>) return MatrixOf<T>(data.cast<T>());
    else return (data);
}

/// Bytes of statements that a loss of n parameters records, and slots of numbers.
struct Size {
    std::size_t statements, slots;
};
template <class Loss>
Size recorded_size(const Loss& loss, Index n) {
    const auto memory = objective(loss, n, scalars).linearize(random_vector(n, 1)).memory();
    return {memory.statements, memory.values / sizeof(double)};
}
}  // namespace

BOOST_AUTO_TEST_SUITE(eigen_products)

BOOST_AUTO_TEST_CASE(matrices_of_numbers_may_be_expressions) {
    const MatrixXd data = random_matrix(3, 3, 3);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const auto& d = data_for<T>(data);
            VectorOf<T> r = (d + d) * x;
            r += MatrixOf<T>::Identity(3, 3) * x;
            r += d * x.cwiseProduct(r);
            r.noalias() -= d.transpose() * (x + r);
            return r.squaredNorm() + (x.transpose() * d * r).value() + (x.transpose() * (2.0 * d)).sum();
        },
        random_vector(3, 2));
}

BOOST_AUTO_TEST_CASE(products_are_assigned_added_subtracted_and_chained) {
    const MatrixXd data = random_matrix(3, 3, 4);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const auto& d = data_for<T>(data);
            const MatrixOf<T> a = x.reshaped(3, 3);
            MatrixOf<T> r = a * d;
            r += d * a;
            r.noalias() += a.transpose() * a;
            r.noalias() -= a * r.topRows(3).eval() * d;
            r = r * a;  // the argument is the result
            r.block(0, 1, 2, 2) *= a.topLeftCorner(2, 2);
            r.noalias() += 0.5 * a * d;
            r += a.lazyProduct(a) + a.col(0) * d.row(1);
            return r.sum() + r.cwiseProduct(a * a).sum() + (a * d).array().square().sum();
        },
        random_vector(9, 5));
}

BOOST_AUTO_TEST_CASE(fixed_sizes_of_either_storage_order_are_multiplied) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            using RowMajor = Eigen::Matrix<T, 2, 3, Eigen::RowMajor>;
            const RowMajor a = x.head(6).reshaped(2, 3);
            const Eigen::Matrix<T, 3, 2> b = x.tail(6).reshaped(3, 2);
            const Eigen::Matrix<T, 2, 2> c = a * b;
            const Eigen::Matrix<T, 1, 2> row = a.col(1).transpose() * c;
            return (b * a).squaredNorm() + a.sum() * row.dot(b.row(0)) + a.colwise().sum().norm() +
                   (a.transpose() + b).rowwise().squaredNorm().mean() + a.cwiseAbs2().sum();
        },
        random_vector(12, 6));
}

BOOST_AUTO_TEST_CASE(empty_products_and_sums_are_zero) {
    const VectorOf<Var> none(0);
    BOOST_TEST(none.sum().value() == 0);
    BOOST_TEST(none.dot(none).value() == 0);
    const MatrixOf<Var> a(2, 0), b(0, 3);
    const MatrixOf<Var> c = a * b;
    BOOST_TEST(c.rows() == 2);
    BOOST_TEST(value_of(c(1, 2)) == 0);
}

BOOST_AUTO_TEST_CASE(sums_and_dot_products_record_what_a_loop_with_one_sum_records) {
    constexpr Index n = 4096;
    const auto as = [&](const auto& loss, const auto& term) {
        const Size given = recorded_size(loss, n);
        const Size loop = recorded_size(
            [&](const auto& x) {
                std::decay_t<decltype(x[0])> s = 0;
                for (Index i = 0; i < n; ++i) s += term(x[i]);
                return s;
            },
            n);
        BOOST_TEST(given.statements == loop.statements);
        BOOST_TEST(given.slots == loop.slots);
        BOOST_TEST(given.slots <= 2 * n);  // the parameters, one more, and the room that arenas make ahead
    };
    as([](const auto& x) { return x.dot(x); }, [](const auto& a) { return a * a; });
    as([](const auto& x) { return x.squaredNorm(); }, [](const auto& a) { return square(a); });
    as([](const auto& x) { return x.sum(); }, [](const auto& a) { return a; });
}

BOOST_AUTO_TEST_CASE(an_entry_of_a_matrix_product_is_a_sum_in_one_slot) {
    constexpr Index n = 32;
    const auto with = [&](const auto& product) {
        return recorded_size(
            [&](const auto& x) {
                using T = std::decay_t<decltype(x[0])>;
                const MatrixOf<T> a = x.head(n * n).reshaped(n, n);
                const MatrixOf<T> b = x.tail(n * n).reshaped(n, n);
                return T(product(a, b)(0, 0));
            },
            2 * n * n);
    };
    const Size given = with([](const auto& a, const auto& b) { return (a * b).eval(); });
    const Size loops = with([&](const auto& a, const auto& b) {
        auto c = a;
        for (Index j = 0; j < n; ++j) {
            for (Index i = 0; i < n; ++i) {
                c(i, j) = 0;
                for (Index k = 0; k < n; ++k) c(i, j) += a(i, k) * b(k, j);
            }
        }
        return c;
    });
    BOOST_TEST(given.statements == loops.statements);
    BOOST_TEST(given.slots <= 2 * 3 * n * n);
}

BOOST_AUTO_TEST_CASE(a_factor_that_is_an_expression_is_recorded_once) {
    constexpr Index n = 1024;
    const auto scaled = recorded_size(
        [](const auto& x) {
            using T = std::decay_t<decltype(x[0])>;
            const VectorOf<T> y = x * exp(x[0] * x[1]);
            return T(y[0]);
        },
        n);
    BOOST_TEST(scaled.slots <= 4 * n);  // 2 n + 1 in use
}

BOOST_AUTO_TEST_CASE(entries_may_be_expressions) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            VectorOf<T> y = x.unaryExpr([](const T& a) { return a * a; });
            y += x.unaryExpr([](const T& a) { return exp(a) * 0.5; });
            y -= x.unaryExpr([](const T& a) { return a + 1.0; });
            return y.sum() + x.unaryExpr([](const T& a) -> T { return a * a; }).dot(y);
        },
        random_vector(3, 7));
}

BOOST_AUTO_TEST_SUITE_END()
