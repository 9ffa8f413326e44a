#include "hesse/optim/limited_memory_inverse.hpp"

#include "hesse/optim/random.hpp"
#include "hesse/optim/state_text.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::Index;
using hesse::LimitedMemoryInverse;
using hesse::VectorSpace;

namespace {

VectorXd gaussian(hesse::RandomGenerator& random, Index n) {
    VectorXd v(n);
    for (double& entry : v) entry = random.normal();
    return v;
}

bool add(LimitedMemoryInverse& inverse, const VectorXd& s, const VectorXd& y) {
    LimitedMemoryInverse::Pair pair;
    pair.s.assign(s.begin(), s.end());
    pair.y.assign(y.begin(), y.end());
    return inverse.add(pair);
}

BOOST_AUTO_TEST_SUITE(limited_memory_inverse)

BOOST_AUTO_TEST_CASE(is_the_matrix_of_the_updates_of_bfgs) {
    const Index n = 8, memory = 3;
    hesse::RandomGenerator random(1);
    LimitedMemoryInverse inverse;
    inverse.start(VectorSpace(n), memory);
    std::vector<VectorXd> s, y;
    for (int k = 0; k < 7; ++k) {
        const VectorXd a = gaussian(random, n), b = a + 0.3 * gaussian(random, n);
        if (!add(inverse, a, b)) continue;
        s.push_back(a);
        y.push_back(b);
        // The last three updates, each in full, from the last one's multiple of the identity.
        const auto first = s.size() > 3 ? s.size() - 3 : 0;
        MatrixXd h = s.back().dot(y.back()) / y.back().squaredNorm() * MatrixXd::Identity(n, n);
        for (auto i = first; i < s.size(); ++i) {
            const double rho = 1.0 / s[i].dot(y[i]);
            const MatrixXd left = MatrixXd::Identity(n, n) - rho * s[i] * y[i].transpose();
            h = (left * h * left.transpose() + rho * s[i] * s[i].transpose()).eval();
        }
        VectorXd v = gaussian(random, n);
        const VectorXd expected = h * v;
        inverse.apply(v.data(), v.data());
        BOOST_TEST((v - expected).norm() <= 1e-11 * expected.norm());
    }
    BOOST_TEST(s.size() > 4);
    BOOST_TEST(inverse.pairs() == memory);
    BOOST_TEST(std::abs(inverse.curvature() / (y.back().squaredNorm() / s.back().dot(y.back())) - 1.0) <
               1e-12);
}

BOOST_AUTO_TEST_CASE(products_do_not_depend_on_when_they_are_asked_for) {
    hesse::RandomGenerator random(3);
    LimitedMemoryInverse asked, added;  // after every pair; after all of them
    for (LimitedMemoryInverse* inverse : {&asked, &added}) inverse->start(VectorSpace(5000), 4);
    VectorXd v = gaussian(random, 5000);
    for (int k = 0; k < 7; ++k) {
        const VectorXd s = gaussian(random, 5000), y = s + 0.5 * gaussian(random, 5000);
        BOOST_TEST(add(asked, s, y));
        BOOST_TEST(add(added, s, y));
        VectorXd w = v;
        asked.apply(w.data(), w.data());
    }
    VectorXd a(5000), b(5000);
    asked.apply(v.data(), a.data());
    added.apply(v.data(), b.data(), -1.0);
    BOOST_TEST((a == -b));
    BOOST_TEST(v.dot(a) > 0.0);
}

BOOST_AUTO_TEST_CASE(a_badly_scaled_hessian_costs_the_digits_that_it_costs_two_loops) {
    const Index n = 30;
    hesse::RandomGenerator random(4);
    LimitedMemoryInverse inverse;
    inverse.start(VectorSpace(n), 10);
    const VectorXd eigenvalues =
        VectorXd::LinSpaced(n, 0.0, 8.0).unaryExpr([](double e) { return std::pow(10.0, e); });
    using Long = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
    std::vector<Long> s, y;
    for (int k = 0; k < 10; ++k) {
        // As a method meets them: steps mostly along flat directions.
        const VectorXd step = gaussian(random, n).cwiseQuotient(eigenvalues.cwiseSqrt());
        const VectorXd change = eigenvalues.cwiseProduct(step);
        BOOST_TEST(add(inverse, step, change));
        s.push_back(step.cast<long double>());
        y.push_back(change.cast<long double>());
    }
    const VectorXd v = gaussian(random, n);
    const auto two_loops = [&]<class Vector>(Vector q) {
        using Number = typename Vector::Scalar;
        std::vector<Number> a(s.size());
        const auto as = [](const Long& x) -> Vector { return x.template cast<Number>(); };
        for (std::size_t i = s.size(); i-- > 0;) {
            a[i] = as(s[i]).dot(q) / as(s[i]).dot(as(y[i]));
            q -= a[i] * as(y[i]);
        }
        q *= as(s.back()).dot(as(y.back())) / as(y.back()).squaredNorm();
        for (std::size_t i = 0; i < s.size(); ++i)
            q += (a[i] - as(y[i]).dot(q) / as(s[i]).dot(as(y[i]))) * as(s[i]);
        return q;
    };
    const Long exact = two_loops(Long(v.cast<long double>()));
    VectorXd product(n);
    inverse.apply(v.data(), product.data());
    const auto error = [&](const VectorXd& x) {
        return static_cast<double>((x.cast<long double>() - exact).norm() / exact.norm());
    };
    BOOST_TEST_MESSAGE("relative errors: " << error(product)
                                           << ", two loops in double: " << error(two_loops(VectorXd(v))));
    BOOST_TEST(error(product) <= 1e-12);
}

BOOST_AUTO_TEST_CASE(pairs_without_positive_curvature_are_refused) {
    LimitedMemoryInverse inverse;
    inverse.start(VectorSpace(2), 2);
    const VectorXd s{{1.0, 0.0}};
    BOOST_TEST(!add(inverse, s, VectorXd{{-1.0, 0.0}}));
    BOOST_TEST(!add(inverse, s, VectorXd{{0.0, 1.0}}));
    BOOST_TEST(!add(inverse, VectorXd::Zero(2), VectorXd::Zero(2)));
    BOOST_TEST(!add(inverse, s, VectorXd{{std::nan(""), 1.0}}));
    BOOST_TEST(inverse.pairs() == 0);
    VectorXd v{{3.0, 4.0}};
    inverse.apply(v.data(), v.data());
    BOOST_TEST((v == VectorXd{{3.0, 4.0}}));
    BOOST_TEST(add(inverse, s, VectorXd{{2.0, 0.0}}));
    inverse.apply(v.data(), v.data());
    BOOST_TEST((v == VectorXd{{1.5, 2.0}}));
}

BOOST_AUTO_TEST_CASE(state_goes_on_and_must_fit) {
    hesse::RandomGenerator random(2);
    LimitedMemoryInverse first, second, small;
    first.start(VectorSpace(5), 3);
    second.start(VectorSpace(5), 3);
    small.start(VectorSpace(5), 2);
    for (int k = 0; k < 5; ++k) {
        const VectorXd s = gaussian(random, 5);
        add(first, s, s + 0.1 * gaussian(random, 5));
    }
    std::stringstream text;
    {
        hesse::StateWriter out(text, "Test", 1);
        first.save(out);
    }
    std::stringstream again(text.str());
    hesse::StateReader in(text, "Test", 1), other(again, "Test", 1);
    second.set_state(second.read(in, "Test"));
    BOOST_CHECK_THROW(static_cast<void>(small.read(other, "Test")), std::invalid_argument);
    for (int k = 0; k < 4; ++k) {  // pairs go in the same order
        VectorXd v = gaussian(random, 5), w = v;
        first.apply(v.data(), v.data());
        second.apply(w.data(), w.data());
        BOOST_TEST((v == w));
        const VectorXd s = gaussian(random, 5), y = 2.0 * s;
        add(first, s, y);
        add(second, s, y);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
