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
        inverse.apply(v.data());
        BOOST_TEST((v - expected).norm() <= 1e-11 * expected.norm());
    }
    BOOST_TEST(s.size() > 4);
    BOOST_TEST(inverse.pairs() == memory);
    BOOST_TEST(std::abs(inverse.curvature() / (y.back().squaredNorm() / s.back().dot(y.back())) - 1.0) <
               1e-12);
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
    inverse.apply(v.data());
    BOOST_TEST((v == VectorXd{{3.0, 4.0}}));
    BOOST_TEST(add(inverse, s, VectorXd{{2.0, 0.0}}));
    inverse.apply(v.data());
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
        first.apply(v.data());
        second.apply(w.data());
        BOOST_TEST((v == w));
        const VectorXd s = gaussian(random, 5), y = 2.0 * s;
        add(first, s, y);
        add(second, s, y);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
