#include "hesse/optim/stochastic/hessian_sample.hpp"

#include "hesse/optim/state_text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

using namespace hesse;

namespace {

BOOST_AUTO_TEST_SUITE(hessian_sample)

BOOST_AUTO_TEST_CASE(every_row_is_as_likely_and_none_comes_twice) {
    HessianSample sample({.rows = 3, .seed = 1});
    sample.start(10);
    std::vector<int> count(10);
    const int draws = 20'000;
    for (int k = 0; k < draws; ++k) {
        const auto rows = sample.draw();
        BOOST_TEST(rows.size() == 3u);
        for (std::size_t i = 1; i < 3; ++i) BOOST_TEST(rows[i - 1] < rows[i]);
        for (const Index row : rows) ++count[static_cast<std::size_t>(row)];
    }
    // Binomial with p = 0.3: a standard deviation is 65.
    for (const int c : count) BOOST_TEST(std::abs(c - 0.3 * draws) <= 5 * 65);
}

BOOST_AUTO_TEST_CASE(rows_grow_as_the_inverse_square_of_the_step) {
    HessianSample sample({.rows = 10});
    sample.start(1000);
    BOOST_TEST(sample.rows() == 10);
    sample.adapt(4.0);
    BOOST_TEST(sample.rows() == 10);
    sample.adapt(2.0);
    BOOST_TEST(sample.rows() == 40);
    sample.adapt(1.0);
    BOOST_TEST(sample.rows() == 160);
    sample.adapt(3.0);
    BOOST_TEST(sample.rows() == 18);  // 10 * 16 / 9, rounded up
    sample.adapt(8.0);
    BOOST_TEST(sample.rows() == 10);
    sample.adapt(1e-3);
    BOOST_TEST(sample.rows() == 1000);
    sample.adapt(0.0);
    BOOST_TEST(sample.rows() == 1000);
    const auto all = sample.draw();
    for (Index k = 0; k < 1000; ++k) BOOST_TEST(all[static_cast<std::size_t>(k)] == k);
}

BOOST_AUTO_TEST_CASE(a_tenth_of_the_data_unless_told_and_never_more_than_there_are) {
    HessianSample tenth, many({.rows = 50});
    tenth.start(41);
    BOOST_TEST(tenth.rows() == 5);
    many.start(41);
    BOOST_TEST(many.rows() == 41);
    BOOST_CHECK_THROW(tenth.start(0), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_state_goes_on_where_it_was) {
    HessianSample first({.rows = 7, .seed = 3}), second({.rows = 7, .seed = 4});
    first.start(100);
    second.start(100);
    first.adapt(2.0);
    first.adapt(1.0);
    static_cast<void>(first.draw());
    std::stringstream text;
    {
        StateWriter out(text, "Sample", 1);
        first.save(out);
    }
    const std::string saved = text.str();
    StateReader in(text, "Sample", 1);
    second.load(in);
    for (int k = 0; k < 3; ++k) BOOST_TEST(first.draw() == second.draw());
    std::stringstream again(saved);
    StateReader foreign(again, "Sample", 1);
    HessianSample other({.rows = 7});
    other.start(99);
    BOOST_CHECK_THROW(other.load(foreign), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
