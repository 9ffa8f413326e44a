#include "hesse/autodiff/sums/part_tree.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <stdexcept>
#include <vector>

using namespace hesse;

namespace {

/// Numbers whose sum depends on the order in which they are added.
double entry(Index part, std::size_t i) {
    return std::ldexp(std::sin(static_cast<double>(part * 31 + 1) + static_cast<double>(i)),
                      static_cast<int>((part * 7 + static_cast<Index>(i)) % 40));
}

std::vector<double> sum_of(Index parts, std::size_t length, int threads) {
    VectorPool<double> pool;
    std::vector<double> out(length, -1.0);
    sum_parts<double>(
        parts, length, threads, pool,
        [&](Index k, double* to) {
            for (std::size_t i = 0; i < length; ++i) to[i] = entry(k, i);
        },
        out.data());
    return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(part_tree)

BOOST_AUTO_TEST_CASE(sums_of_vectors_are_the_same_bit_for_bit_on_any_number_of_threads) {
    for (const Index parts : {1, 2, 3, 7, 8, 33, 100}) {
        const auto alone = sum_of(parts, 40'000, 1);
        for (const int threads : {2, 3, 16}) BOOST_TEST((sum_of(parts, 40'000, threads) == alone));
        // and the same tree as that of numbers
        std::vector<double> numbers;
        for (Index k = 0; k < parts; ++k) numbers.push_back(entry(k, 5));
        BOOST_TEST(alone[5] == sum_along_tree(numbers.data(), parts));
    }
}

BOOST_AUTO_TEST_CASE(the_order_is_that_of_halves) {
    const std::vector<double> x{1e16, 1.0, -1e16, 1.0, 1.0};
    // (1e16 + 1) + ((-1e16) + (1 + 1)): the first 1 is lost, the others are not.
    BOOST_TEST(sum_along_tree(x.data(), 5) == ((x[0] + x[1]) + (x[2] + (x[3] + x[4]))));
    BOOST_TEST(sum_along_tree(x.data(), 5) == 2.0);
    BOOST_TEST(sum_along_tree(x.data(), 0) == 0.0);
}

BOOST_AUTO_TEST_CASE(halves_are_sums_of_their_own) {
    // What ranks rely on: each may add up a half, or a quarter, by itself.
    std::vector<double> x;
    for (Index k = 0; k < 13; ++k) x.push_back(entry(k, 1));
    const Index left = middle_of(0, 13);
    BOOST_TEST(sum_along_tree(x.data(), 13) ==
               sum_along_tree(x.data(), left) + sum_along_tree(x.data() + left, 13 - left));
}

BOOST_AUTO_TEST_CASE(a_part_that_throws_leaves_everything_usable) {
    VectorPool<double> pool;
    std::vector<double> out(3);
    for (const int threads : {1, 4})
        BOOST_CHECK_THROW(sum_parts<double>(
                              20, 3, threads, pool,
                              [](Index k, double* to) {
                                  to[0] = to[1] = to[2] = 1.0;
                                  if (k == 11) throw std::runtime_error("part");
                              },
                              out.data()),
                          std::runtime_error);
    sum_parts<double>(
        20, 3, 4, pool, [](Index, double* to) { to[0] = to[1] = to[2] = 1.0; }, out.data());
    BOOST_TEST(out[2] == 20.0);
}

BOOST_AUTO_TEST_SUITE_END()
