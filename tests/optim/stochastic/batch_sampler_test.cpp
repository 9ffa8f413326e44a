#include "hesse/optim/stochastic/batch_sampler.hpp"

#include "error_text.hpp"
#include "hesse/optim/state_text.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

using namespace hesse;
using hesse::test::message_of;

namespace {

using Rows = std::vector<Index>;

BatchSampler started(const BatchSampler::Options& options, Index rows) {
    BatchSampler sampler(options);
    sampler.start(rows, "Method");
    return sampler;
}
Rows next(BatchSampler& sampler) {
    const auto batch = sampler.next();
    return {batch.begin(), batch.end()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(batch_sampler)

BOOST_AUTO_TEST_CASE(an_epoch_has_every_row_once_and_each_another_order) {
    BatchSampler sampler = started({.size = 7}, 30);
    BOOST_TEST(sampler.batches_per_epoch() == 5);
    std::set<Rows> orders;
    for (int epoch = 0; epoch < 10; ++epoch) {
        Rows all;
        for (int k = 0; k < 5; ++k) {
            const Rows batch = next(sampler);
            BOOST_TEST(batch.size() == (k < 4 ? 7u : 2u));
            all.insert(all.end(), batch.begin(), batch.end());
        }
        orders.insert(all);
        std::sort(all.begin(), all.end());
        for (Index i = 0; i < 30; ++i) BOOST_TEST(all[static_cast<std::size_t>(i)] == i);
    }
    BOOST_TEST(orders.size() == 10u);
}

BOOST_AUTO_TEST_CASE(batches_without_replacement_have_no_row_twice_and_meet_every_row_alike) {
    BatchSampler sampler =
        started({.size = 10, .sampling = Sampling::without_replacement, .strata = {}, .seed = 3}, 40);
    std::vector<int> seen(40);
    constexpr int draws = 4000;
    for (int k = 0; k < draws; ++k) {
        const Rows batch = next(sampler);
        BOOST_TEST((std::set<Index>(batch.begin(), batch.end()).size()) == 10u);
        for (const Index row : batch) ++seen[static_cast<std::size_t>(row)];
    }
    // A mean of 1000 with a standard deviation of sqrt(4000 / 4 * 3 / 4) = 27
    for (const int count : seen) BOOST_TEST(std::abs(count - 1000) < 5 * 27);
}

BOOST_AUTO_TEST_CASE(batches_with_replacement_draw_every_row_by_itself) {
    BatchSampler sampler =
        started({.size = 200, .sampling = Sampling::with_replacement, .strata = {}, .seed = 4}, 50);
    std::vector<int> seen(50);
    int twice = 0;
    for (int k = 0; k < 250; ++k) {
        const Rows batch = next(sampler);
        twice += std::set<Index>(batch.begin(), batch.end()).size() < batch.size() ? 1 : 0;
        for (const Index row : batch) ++seen[static_cast<std::size_t>(row)];
    }
    BOOST_TEST(twice == 250);
    for (const int count : seen) BOOST_TEST(std::abs(count - 1000) < 5 * 32);
}

BOOST_AUTO_TEST_CASE(strata_come_in_the_proportions_of_the_data) {
    std::vector<int> labels;
    for (int i = 0; i < 100; ++i) labels.push_back(i < 50 ? 5 : i < 85 ? 0 : 2);
    for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
        BatchSampler sampler = started({.size = 20, .sampling = sampling, .strata = labels}, 100);
        for (int k = 0; k < 20; ++k) {
            std::vector<int> counts(6);
            for (const Index row : next(sampler))
                ++counts[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])];
            BOOST_TEST(counts[5] == 10);
            BOOST_TEST(counts[0] == 7);
            BOOST_TEST(counts[2] == 3);
        }
        // Of ten, 5, 3.5 and 1.5 are due: up or down, as often.
        BatchSampler odd = started({.size = 10, .sampling = sampling, .strata = labels}, 100);
        int fours = 0;
        for (int k = 0; k < 1000; ++k) {
            std::vector<int> counts(6);
            for (const Index row : next(odd))
                ++counts[static_cast<std::size_t>(labels[static_cast<std::size_t>(row)])];
            BOOST_TEST(counts[5] == 5);
            BOOST_TEST((counts[0] == 3 || counts[0] == 4));
            BOOST_TEST(counts[0] + counts[2] == 5);
            fours += counts[0] - 3;
        }
        BOOST_TEST(std::abs(fours - 500) < 5 * 16);
    }
}

BOOST_AUTO_TEST_CASE(strata_of_less_than_a_row_come_as_often_as_others) {
    std::vector<int> labels(2000, 0);
    for (std::size_t i = 0; i < 10; ++i) labels[i * 200] = 1;  // 0.2 of 40 rows
    for (const Sampling sampling : {Sampling::without_replacement, Sampling::with_replacement}) {
        BatchSampler sampler = started({.size = 40, .sampling = sampling, .strata = labels}, 2000);
        int rare = 0;
        for (int k = 0; k < 5000; ++k) {
            const Rows batch = next(sampler);
            BOOST_REQUIRE(batch.size() == 40u);
            for (const Index row : batch) rare += labels[static_cast<std::size_t>(row)];
        }
        BOOST_TEST(std::abs(rare - 1000) < 5 * 28);  // 5000 coins of 0.2
    }
}

BOOST_AUTO_TEST_CASE(a_state_of_other_batches_is_refused) {
    BatchSampler of_eight = started({.size = 8}, 30), of_nine = started({.size = 9}, 30);
    std::ostringstream out;
    StateWriter writer(out, "test", 1);
    of_eight.save(writer);
    std::istringstream in(out.str());
    StateReader reader(in, "test", 1);
    BOOST_TEST(message_of([&] { of_nine.load(reader); }) ==
               "BatchSampler: the state is of batches of 8 rows, Sampling 0, batches.size is 9, sampling 0");
}

BOOST_AUTO_TEST_CASE(the_seed_decides_and_a_restored_sampler_goes_on_as_it_would_have) {
    std::vector<int> labels(30);
    for (std::size_t i = 0; i < 30; ++i) labels[i] = static_cast<int>(i % 3);
    for (const BatchSampler::Options& options :
         {BatchSampler::Options{.size = 8, .seed = 1},
          BatchSampler::Options{
              .size = 8, .sampling = Sampling::without_replacement, .strata = {}, .seed = 1},
          BatchSampler::Options{
              .size = 8, .sampling = Sampling::with_replacement, .strata = labels, .seed = 1}}) {
        BatchSampler one = started(options, 30), same = started(options, 30);
        BatchSampler::Options of_other = options;
        of_other.seed = 2;
        BatchSampler other = started(of_other, 30);
        const Rows first = next(one);
        BOOST_TEST(first == next(same), boost::test_tools::per_element());
        BOOST_TEST((first != next(other)));
        for (int k = 0; k < 5; ++k) (void)one.next();
        std::ostringstream out;
        StateWriter writer(out, "test", 1);
        one.save(writer);
        std::istringstream in(out.str());
        StateReader reader(in, "test", 1);
        BatchSampler restored = started(options, 30);
        restored.load(reader);
        for (int k = 0; k < 9; ++k) BOOST_TEST(next(one) == next(restored), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
    BOOST_TEST(message_of([] { BatchSampler({.size = 0}); }) ==
               "BatchSampler: batches.size is 0, expected at least 1");
    BOOST_TEST(message_of([] { (void)started({.size = 31}, 30); }) ==
               "Method: batches.size is 31, expected at most 30, the number of rows");
    BOOST_TEST(message_of([] { (void)started({.size = 31, .sampling = Sampling::with_replacement}, 30); }) ==
               "nothing thrown");
    BOOST_TEST(message_of([] { (void)started({}, 0); }) ==
               "Method: the objective is a sum over 0 rows of data, expected at least 1");
    BOOST_TEST(message_of([] {
                   (void)started({.size = 2, .sampling = Sampling::with_replacement, .strata = {0, 1}}, 3);
               }) == "Method: batches.strata has 2 labels, expected 3, one for each row");
    BOOST_TEST(message_of([] {
                   BatchSampler({.size = 2, .sampling = Sampling::with_replacement, .strata = {0, -1}});
               }) == "BatchSampler: batches.strata has the label -1 at 1, expected none that is negative");
    BOOST_TEST(message_of([] {
                   BatchSampler({.size = 2, .strata = {0, 1}});
               }) == "BatchSampler: batches.strata has labels, expected none with Sampling::shuffled_epochs");
}

BOOST_AUTO_TEST_CASE(labels_may_be_large) {
    BatchSampler sampler = started(
        {.size = 2, .sampling = Sampling::without_replacement, .strata = {2000000000, 7, 2000000000, 7}}, 4);
    const Rows batch = next(sampler);  // the lower label first
    BOOST_TEST(batch[0] % 2 == 1);
    BOOST_TEST(batch[1] % 2 == 0);
}

BOOST_AUTO_TEST_CASE(no_batch_comes_before_a_start) {
    BatchSampler sampler;
    BOOST_CHECK_THROW((void)sampler.next(), std::logic_error);
    sampler.start(64);
    BOOST_TEST(sampler.next().size() == 64u);
}

BOOST_AUTO_TEST_CASE(a_state_of_other_data_is_refused) {
    BatchSampler sampler = started({.size = 4}, 20), smaller = started({.size = 4}, 10);
    std::ostringstream out;
    StateWriter writer(out, "test", 1);
    smaller.save(writer);
    std::istringstream in(out.str());
    StateReader reader(in, "test", 1);
    BatchSampler twin = sampler;
    BOOST_TEST(message_of([&] { sampler.load(reader); }) ==
               "BatchSampler: the state is of 10 rows at 0, the data have 20");
    BOOST_TEST(next(sampler) == next(twin), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
