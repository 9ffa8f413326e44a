#include "hesse/hesse.hpp"
#include "support/derivative_check.hpp"

#include <Eigen/LU>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <type_traits>

namespace {
using namespace hesse;
using namespace hesse::test;
using Exact = boost::multiprecision::cpp_bin_float_50;

/// The estimate against what rounding really does at points close to each other. One error may be small by chance: the
/// largest of some counts.
template <class F, class Truth>
void check_estimate(const std::string& what, const F& f, const Truth& truth, const VectorXd& center,
                    double radius) {
    double largest = 0, estimate = 0;
    for (std::uint64_t k = 0; k < 12; ++k) {
        const VectorXd x = center + radius * random_vector(center.size(), 100 + k);
        const auto at = f.linearize(x);
        const Exact exact = truth(Eigen::Matrix<Exact, Eigen::Dynamic, 1>(x.cast<Exact>()));
        largest = std::max(largest, std::abs(static_cast<double>(Exact(at.value()) - exact)));
        estimate = std::max(estimate, at.rounding_error());
    }
    BOOST_CHECK_MESSAGE(estimate <= 30 * largest && largest <= 3 * estimate,
                        what << ": estimate " << estimate << ", largest error " << largest);
}

template <class T>
using VectorOf = Eigen::Matrix<T, Eigen::Dynamic, 1>;

// Near its minimum everything cancels; far from it nothing does.
struct Rosenbrock {
    template <class T>
    T operator()(const VectorOf<T>& x) const {
        T sum = 0;
        for (Index i = 0; i + 1 < x.size(); ++i) {
            const T a = x[i + 1] - x[i] * x[i];
            const T b = 1 - x[i];
            sum += 100 * a * a + b * b;
        }
        return sum;
    }
};
// 1 - cos x for small x, and the difference of two large numbers.
struct Cancelling {
    template <class T>
    T operator()(const VectorOf<T>& x) const {
        using std::cos;
        using std::exp;
        const T large = 1e8 + exp(x[0]);
        return (1 - cos(1e-3 * x[1])) * 1e6 + (large - 1e8) * x[2];
    }
};
struct LongSum {
    template <class T>
    T operator()(const VectorOf<T>& x) const {
        using std::exp;
        T sum = 0;
        for (Index i = 0; i < x.size(); ++i) sum += exp(x[i]) * x[i];
        return sum;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rounding_error)

BOOST_AUTO_TEST_CASE(of_scalar_code_it_is_what_50_digits_show) {
    check_estimate("far from the minimum", objective(Rosenbrock{}, 6, scalars), Rosenbrock{},
                   VectorXd::Constant(6, -1.2), 0.3);
    check_estimate("near the minimum", objective(Rosenbrock{}, 6, scalars), Rosenbrock{}, VectorXd::Ones(6),
                   1e-6);
    check_estimate("cancellation", objective(Cancelling{}, 3, scalars), Cancelling{}, VectorXd::Ones(3), 0.2);
    check_estimate("a sum of 300", objective(LongSum{}, 300, scalars), LongSum{},
                   VectorXd::Constant(300, 0.5), 0.4);
}

BOOST_AUTO_TEST_CASE(of_arrays_it_is_too) {
    const auto chained = [](const auto& x) {
        const auto a = x.head(x.size() - 1).array(), b = x.tail(x.size() - 1).array();
        return sum(100 * (b - a * a) * (b - a * a) + (1 - a) * (1 - a));
    };
    check_estimate("near the minimum", objective(chained, 200), Rosenbrock{}, VectorXd::Ones(200), 1e-6);
    check_estimate("far from it", objective(chained, 200), Rosenbrock{}, VectorXd::Constant(200, -1.2), 0.3);

    const MatrixXd data = random_matrix(30, 20, 1);
    const auto network = [&](const auto& x) { return sum(tanh(data * x)) + (data * x).squaredNorm(); };
    const auto network_truth = [&](const VectorOf<Exact>& x) {
        Exact sum = 0;
        const VectorOf<Exact> z = data.cast<Exact>() * x;
        for (Index i = 0; i < z.size(); ++i) sum += tanh(z[i]) + z[i] * z[i];
        return sum;
    };
    check_estimate("a layer", objective(network, 20), network_truth, VectorXd::Ones(20), 0.5);

    // a matrix whose condition is 1e8
    MatrixXd a = random_matrix(6, 6, 2);
    a.col(5) = a.col(4) + 1e-8 * random_vector(6, 3);
    const auto solution = [&](const auto& x) { return solve(copy(a), x).sum(); };
    const auto solution_truth = [&](const VectorOf<Exact>& x) {
        return VectorOf<Exact>(a.cast<Exact>().eval().partialPivLu().solve(x)).sum();
    };
    check_estimate("a badly scaled solve", objective(solution, 6), solution_truth, VectorXd::Ones(6), 0.5);
}

// Entries that nobody reads have adjoints that nobody writes: here what is left of the recording before, infinity.
BOOST_AUTO_TEST_CASE(it_looks_at_nothing_that_was_never_written) {
    bool reads_all = true;
    const auto f = objective(
        [&](const auto& x) {
            using S = typename std::remove_cvref_t<decltype(x)>::Scalar;
            Matrix<S> states(3, 4);
            states.col(0) = x;
            states.col(1) = tanh(states.col(0));
            states.col(3) = exp(x);
            const auto weights =
                attention(states.leftCols(2), states.leftCols(2), copy(MatrixXd::Ones(2, 2)));
            const S loss = sum(states.col(1)) + sum(weights) + sum(softmax(x));
            if (reads_all) return S(loss + sum(states.col(2)) * 1e308 * 10);
            return loss;
        },
        3);
    (void)f.linearize(random_vector(3, 6));
    reads_all = false;
    const auto at = f.linearize(random_vector(3, 6));
    BOOST_TEST(at.rounding_error() > 0);
    BOOST_TEST(at.rounding_error() < 1e-14 * (1 + std::abs(at.value())));
}

BOOST_AUTO_TEST_CASE(it_changes_nothing) {
    const auto f = objective(Rosenbrock{}, 6, scalars);
    const VectorXd x = random_vector(6, 4), v = random_vector(6, 5);
    const auto at = f.linearize(x);
    const VectorXd gradient = at.gradient(), product = at.hessian() * v;
    BOOST_TEST(at.rounding_error() == at.rounding_error());
    BOOST_TEST((at.gradient() == gradient));
    BOOST_TEST((at.hessian() * v == product));
}

BOOST_AUTO_TEST_SUITE_END()
