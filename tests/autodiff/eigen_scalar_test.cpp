#include "hesse/autodiff/eigen_scalar.hpp"

#include "hesse/autodiff/objective.hpp"
#include "hesse/autodiff/operations/exponential.hpp"
#include "hesse/autodiff/operations/piecewise.hpp"
#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/operations/trigonometric.hpp"
#include "support/scalar_template_check.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

namespace {
using namespace hesse;
using namespace hesse::test;

/// The data as they are, mixed with variables; the truth's numbers do not mix with others in products.
template <class T>
decltype(auto) data_for(const MatrixXd& data) {
    if constexpr (std::is_same_v<T, HyperDual>) return MatrixOf<T>(data.cast<T>());
    else return (data);
}

struct OnlyMatrices {
    template <class T>
    T operator()(const VectorOf<T>& x) const {
        return x.squaredNorm() * x[0];
    }
};
}  // namespace

BOOST_AUTO_TEST_SUITE(eigen_scalar)

BOOST_AUTO_TEST_CASE(vectors_of_variables_speak_all_of_eigens_words) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            const VectorOf<T> y = 2.0 * x - x / 3.0 + x.cwiseProduct(x);
            const VectorOf<T> z = (x.array() * 0.5 + 2.0).exp().matrix() - y;
            return y.dot(z) + z.squaredNorm() + y.head(3).sum() * z.tail(2).norm() + x.segment(1, 3).mean() +
                   y.reverse().dot(x) + x.prod() + (x.array().sin() * y.array().cos()).sum();
        },
        random_vector(6, 2));
}

BOOST_AUTO_TEST_CASE(matrices_of_numbers_and_of_variables_mix) {
    const MatrixXd matrix = random_matrix(5, 4, 3), vector = random_matrix(5, 1, 4);
    check_template(
        [&]<class T>(const VectorOf<T>& x) -> T {
            const auto& a = data_for<T>(matrix);
            const auto& column = data_for<T>(vector);
            const auto b = column.col(0);
            const VectorOf<T> r = a * x - b;
            const MatrixOf<T> m = x.reshaped(2, 2);
            const MatrixOf<T> p = m * a.topRows(2) + a.topRows(2);
            const VectorOf<T> q = b.head(4).cwiseProduct(x) + x - b.head(4);
            return r.squaredNorm() + p.squaredNorm() + b.dot(r) + r.dot(b) + (q.transpose() * x).value() +
                   x.dot(a.transpose() * r);
        },
        random_vector(4, 5));
}

BOOST_AUTO_TEST_CASE(products_of_variable_matrices_are_differentiated) {
    check_template(
        []<class T>(const VectorOf<T>& x) -> T {
            const MatrixOf<T> a = x.head(6).reshaped(2, 3);
            const MatrixOf<T> b = x.tail(6).reshaped(3, 2);
            const MatrixOf<T> c = a * b;
            return (c * c.transpose()).trace() + (b * a).squaredNorm() + c(0, 1) * c.col(1).sum() +
                   (a.transpose() * c).maxCoeff();
        },
        random_vector(12, 6));
}

BOOST_AUTO_TEST_CASE(a_loss_that_takes_only_eigen_matrices_is_recognised) {
    const auto f = objective(OnlyMatrices{}, 3);  // no tag
    static_assert(
        std::is_same_v<std::remove_const_t<decltype(f)>, TapeObjective<OnlyMatrices, double, true>>);
    check_loss(f, OnlyMatrices{}, VectorXd{{0.5, -0.25, 2.0}});
}

BOOST_AUTO_TEST_CASE(classification_of_numbers_reaches_through) {
    BOOST_TEST(isfinite(Var(1)));
    BOOST_TEST(isnan(Var(std::numeric_limits<double>::quiet_NaN())));
    BOOST_TEST(isinf(Var(std::numeric_limits<double>::infinity()) * 2.0));
    BOOST_TEST((VectorOf<Var>::Constant(3, Var(2)).allFinite()));
    BOOST_TEST(Eigen::NumTraits<Var>::epsilon() == Eigen::NumTraits<double>::epsilon());
}

BOOST_AUTO_TEST_CASE(single_precision_works_alike) {
    const auto loss = []<class T>(const VectorOf<T>& x) -> T {
        const VectorOf<T> y = x.array().exp().matrix() * 0.5f + x;
        return y.squaredNorm() / (x[0] + 3);
    };
    check_loss(objective<float>(loss, 3, scalars), loss, VectorXd{{0.5, -0.25, 0.125}}, {4.0, 1e-6});
}

BOOST_AUTO_TEST_CASE(the_comma_initialiser_and_the_limits_work_on_variables) {
    const auto loss = []<class T>(const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
        Eigen::Matrix<T, 3, 1> v;
        v << x[0], 2.0 * x[1], T(x[2]);
        T least = std::numeric_limits<T>::infinity();
        for (Eigen::Index i = 0; i < 3; ++i) {
            if (v[i] < least) least = v[i];
        }
        return T(v.squaredNorm() + least);
    };
    const auto f = hesse::objective(loss, 3);
    const Eigen::Vector3d x(1.0, 2.0, 3.0);
    const auto at = f.linearize(x);
    BOOST_TEST(f.value(x) == 27.0);  // 1 + 16 + 9 + 1
    BOOST_TEST(at.value() == 27.0);
    BOOST_TEST((at.gradient() == Eigen::Vector3d(3.0, 16.0, 6.0)));
}

BOOST_AUTO_TEST_SUITE_END()
