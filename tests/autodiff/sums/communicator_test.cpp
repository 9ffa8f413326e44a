#include "hesse/autodiff/sums/communicator.hpp"

#include "error_text.hpp"
#include "thread_ranks.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hesse;
using hesse::test::message_of;
using hesse::test::on_ranks;

namespace {

/// Numbers whose sum depends on the order in which they are added.
double entry(int rank, std::size_t i) {
    return std::ldexp(std::sin(3.0 * rank + static_cast<double>(i)), (rank * 11 + static_cast<int>(i)) % 30);
}

/// The sum of entry i of the ranks [first, last), by halves.
double sum_by_halves(int first, int last, std::size_t i) {
    if (last - first == 1) return entry(first, i);
    const int middle = first + (last - first) / 2;
    return sum_by_halves(first, middle, i) + sum_by_halves(middle, last, i);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(communicator)

BOOST_AUTO_TEST_CASE(a_sum_is_that_of_a_tree_of_the_ranks_on_each_of_them) {
    for (const int size : {1, 2, 3, 4, 5, 6, 7, 8, 16})
        for (const std::size_t count : {1u, 2u, 3u, 7u, 64u, 1000u}) {
            std::vector<std::vector<double>> results(static_cast<std::size_t>(size));
            on_ranks(size, [&](Communicator& ranks) {
                std::vector<double> x(count);
                for (std::size_t i = 0; i < count; ++i) x[i] = entry(ranks.rank(), i);
                ranks.sum(x.data(), count);
                results[static_cast<std::size_t>(ranks.rank())] = x;
            });
            for (const auto& x : results)
                for (std::size_t i = 0; i < count; ++i) BOOST_TEST(x[i] == sum_by_halves(0, size, i));
        }
}

BOOST_AUTO_TEST_CASE(sums_of_floats_too) {
    on_ranks(4, [](Communicator& ranks) {
        float x = static_cast<float>(1 << ranks.rank());
        ranks.sum(&x, 1);
        if (x != 15.0F) throw std::runtime_error("the sum is " + std::to_string(x));
    });
}

BOOST_AUTO_TEST_CASE(what_one_rank_says_reaches_all) {
    for (const int size : {1, 2, 3, 8, 11})
        for (const int root : {0, size - 1})
            on_ranks(size, [&](Communicator& ranks) {
                std::string text = "from rank " + std::to_string(ranks.rank());
                ranks.broadcast(text, root);
                if (text != "from rank " + std::to_string(root)) throw std::runtime_error(text);
                if (ranks.broadcast(ranks.rank() != 0)) throw std::runtime_error("rank 0 said no");
                if (!ranks.broadcast(ranks.rank() == 0)) throw std::runtime_error("rank 0 said yes");
            });
}

BOOST_AUTO_TEST_CASE(what_fails_on_one_rank_fails_on_all_and_says_where) {
    std::vector<std::string> messages(5);
    on_ranks(5, [&](Communicator& ranks) {
        messages[static_cast<std::size_t>(ranks.rank())] = message_of([&] {
            std::exception_ptr failure;
            if (ranks.rank() == 3) failure = std::make_exception_ptr(std::invalid_argument("row 7 is odd"));
            double failures = failure ? 1.0 : 0.0;
            ranks.sum(&failures, 1);
            ranks.throw_together(failure, failures);
        });
        // and they can go on together
        double one = 1.0;
        ranks.sum(&one, 1);
        if (one != 5.0) throw std::runtime_error("lost a rank");
    });
    for (std::size_t rank = 0; rank < messages.size(); ++rank)
        BOOST_TEST(messages[rank] == (rank == 3 ? "row 7 is odd" : "rank 3 failed: row 7 is odd"));
}

BOOST_AUTO_TEST_CASE(what_each_rank_has_is_gathered_on_all) {
    for (const int size : {1, 2, 3, 4, 5, 7, 8})
        for (const std::size_t count : {1u, 5u, 64u, 101u})
            for (const std::size_t unit : {1u, 4u, 10u})
                on_ranks(size, [&](Communicator& ranks) {
                    const auto units = static_cast<Index>((count + unit - 1) / unit);
                    const auto [first, last] = parts_of_rank(units, ranks.rank(), size);
                    std::vector<double> x(count, -1.0);
                    for (auto i = static_cast<std::size_t>(first) * unit;
                         i < std::min(count, static_cast<std::size_t>(last) * unit); ++i)
                        x[i] = static_cast<double>(i);
                    ranks.gather(x.data(), count, unit);
                    for (std::size_t i = 0; i < count; ++i)
                        if (x[i] != static_cast<double>(i))
                            throw std::runtime_error("entry " + std::to_string(i) + " of " +
                                                     std::to_string(count) + " is " + std::to_string(x[i]));
                    if (ranks.counts().gathers != 1 ||
                        ranks.counts().gathered != static_cast<std::int64_t>(count))
                        throw std::runtime_error("counts");
                });
}

BOOST_AUTO_TEST_CASE(sums_are_counted) {
    on_ranks(2, [](Communicator& ranks) {
        std::vector<double> x(10);
        ranks.sum(x.data(), 10);
        ranks.sum(x.data(), 4);
        (void)ranks.broadcast(true);
        const auto& counts = ranks.counts();
        if (counts.sums != 2 || counts.numbers != 14 || counts.broadcasts != 1)
            throw std::runtime_error("counts");
    });
}

BOOST_AUTO_TEST_CASE(ranks_have_branches_of_the_tree_where_their_number_is_a_power_of_two) {
    for (const Index count : {8, 13, 100, 1021})
        for (const int size : {1, 2, 4, 8}) {
            // cut in two again and again, as sums of parts are
            std::vector<Index> ends{0, count};
            for (int ranks = size; ranks > 1; ranks /= 2) {
                std::vector<Index> finer;
                for (std::size_t k = 0; k + 1 < ends.size(); ++k) {
                    finer.push_back(ends[k]);
                    finer.push_back(ends[k] + (ends[k + 1] - ends[k]) / 2);
                }
                finer.push_back(count);
                ends = finer;
            }
            for (int rank = 0; rank < size; ++rank) {
                const auto [first, last] = parts_of_rank(count, rank, size);
                BOOST_TEST(first == ends[static_cast<std::size_t>(rank)]);
                BOOST_TEST(last == ends[static_cast<std::size_t>(rank) + 1]);
            }
        }
}

BOOST_AUTO_TEST_CASE(any_number_of_ranks_shares_the_parts_evenly) {
    for (int size = 1; size <= 12; ++size) {
        Index next = 0;
        for (int rank = 0; rank < size; ++rank) {
            const auto [first, last] = parts_of_rank(100, rank, size);
            BOOST_TEST(first == next);
            BOOST_TEST(last - first >= 100 / size - 3);
            BOOST_TEST(last - first <= 100 / size + 3);
            next = last;
        }
        BOOST_TEST(next == 100);
    }
}

BOOST_AUTO_TEST_CASE(a_rank_without_rows_is_refused_on_each) {
    std::vector<std::string> messages(4);
    on_ranks(4, [&](Communicator& ranks) {
        messages[static_cast<std::size_t>(ranks.rank())] =
            message_of([&] { (void)rows_of_rank(100, 50, ranks); });
    });
    for (const auto& message : messages)
        BOOST_TEST(message ==
                   "finite_sum: 100 rows in parts of 50 are 2 parts for 4 ranks, expected at least one for "
                   "each: give a smaller rows_per_part, or take fewer ranks");
}

BOOST_AUTO_TEST_SUITE_END()
