#include "hesse/optim/random.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace {

using hesse::Index;
using hesse::RandomGenerator;
using hesse::VectorSpace;

BOOST_AUTO_TEST_SUITE(random)

BOOST_AUTO_TEST_CASE(the_bits_are_those_of_the_standard_engine) {
    RandomGenerator generator(5489);  // the default seed, whose 10000th number the standard fixes
    std::uint64_t last = 0;
    for (int i = 0; i < 10000; ++i) last = generator.bits();
    BOOST_TEST(last == 9981545732273789042ull);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_numbers_and_another_seed_others) {
    RandomGenerator a(7), b(7), c(8);
    const double first = a.normal();
    BOOST_TEST(first == b.normal());
    BOOST_TEST(first != c.normal());
    BOOST_TEST(a.seed() == 7u);
}

BOOST_AUTO_TEST_CASE(normal_numbers_have_the_moments_of_a_normal_distribution) {
    RandomGenerator generator(1);
    const int count = 200000;
    std::array<double, 5> moment{};
    for (int i = 0; i < count; ++i) {
        const double x = generator.normal();
        double power = 1.0;
        for (double& m : moment) m += power / count, power *= x;
    }
    // Five standard errors of the mean of x^k: sqrt(E x^2k / count) with E x^2, x^4, x^6, x^8 = 1, 3, 15, 105.
    const double unit = 5.0 / std::sqrt(count);
    BOOST_TEST(std::abs(moment[1]) < unit);
    BOOST_TEST(std::abs(moment[2] - 1.0) < unit * std::sqrt(3.0));
    BOOST_TEST(std::abs(moment[3]) < unit * std::sqrt(15.0));
    BOOST_TEST(std::abs(moment[4] - 3.0) < unit * std::sqrt(105.0));
}

BOOST_AUTO_TEST_CASE(uniform_numbers_fill_the_open_interval_evenly) {
    RandomGenerator generator(2);
    std::array<int, 10> bins{};
    for (int i = 0; i < 100000; ++i) {
        const double u = generator.uniform();
        BOOST_REQUIRE(u > 0.0);
        BOOST_REQUIRE(u < 1.0);
        ++bins[static_cast<std::size_t>(10.0 * u)];
    }
    for (int bin : bins) BOOST_TEST(std::abs(bin - 10000) < 500);  // five standard deviations of 95
}

BOOST_AUTO_TEST_CASE(below_draws_every_number_below_its_bound_evenly) {
    RandomGenerator generator(3);
    std::array<int, 7> bins{};
    for (int i = 0; i < 70000; ++i) ++bins[static_cast<std::size_t>(generator.below(7))];
    for (int bin : bins) BOOST_TEST(std::abs(bin - 10000) < 500);
    BOOST_TEST(generator.below(1) == 0);
    BOOST_CHECK_EXCEPTION(generator.below(0), std::invalid_argument, [](const std::invalid_argument& error) {
        return std::string(error.what()) == "RandomGenerator::below: bound is 0, expected at least 1";
    });
}

BOOST_AUTO_TEST_CASE(unit_vectors_have_length_one_and_no_preferred_direction) {
    const VectorSpace space(3);
    RandomGenerator generator(4);
    std::array<double, 3> x{}, mean{};
    for (int i = 0; i < 10000; ++i) {
        generator.unit_vector(space, x.data());
        BOOST_REQUIRE(std::abs(space.norm(x.data()) - 1.0) < 1e-15);
        for (std::size_t k = 0; k < 3; ++k) mean[k] += x[k] / 10000;
    }
    for (double m : mean) BOOST_TEST(std::abs(m) < 5.0 / std::sqrt(3.0 * 10000));
}

BOOST_AUTO_TEST_CASE(the_ball_is_filled_by_volume) {
    const Index n = 5;
    const VectorSpace space(n);
    RandomGenerator generator(5);
    std::vector<double> x(n);
    int inside_half = 0;
    for (int i = 0; i < 32000; ++i) {
        generator.in_ball(space, 2.0, x.data());
        const double radius = space.norm(x.data());
        BOOST_REQUIRE(radius <= 2.0 * (1.0 + 1e-15));
        inside_half += radius <= 1.0;
    }
    BOOST_TEST(std::abs(inside_half - 1000) < 155);  // 32000 / 2^5, five standard deviations of 31
    generator.in_ball(space, 0.0, x.data());
    BOOST_TEST(space.norm(x.data()) == 0.0);
    BOOST_CHECK_EXCEPTION(generator.in_ball(space, -1.0, x.data()), std::invalid_argument,
                          [](const std::invalid_argument& error) {
                              return std::string(error.what()).find("radius is -1") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_CASE(a_saved_state_goes_on_where_it_was_even_between_two_normal_numbers) {
    RandomGenerator generator(11);
    generator.normal();  // leaves a spare number
    std::stringstream text;
    text << "before " << generator << " after";
    std::string before, after;
    RandomGenerator read(0);
    text >> before >> read >> after;
    BOOST_TEST(static_cast<bool>(text));
    BOOST_TEST(after == "after");
    BOOST_TEST((read == generator));
    BOOST_TEST(read.seed() == 11u);
    for (int i = 0; i < 5; ++i) BOOST_TEST(read.normal() == generator.normal());
}

BOOST_AUTO_TEST_CASE(a_text_that_is_no_state_fails_the_stream_and_changes_nothing) {
    for (const char* wrong :
         {"", "hesse-random", "hesse-random 1 2 0 0 end", "hesse-random 2 2 0 0 1 2 3 end", "something else",
          "hesse-random 1 x 0 0 1 2 3 end"}) {
        RandomGenerator generator(3);
        std::istringstream text(wrong);
        text >> generator;
        BOOST_TEST(text.fail(), wrong);
        BOOST_TEST((generator == RandomGenerator(3)), wrong);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
