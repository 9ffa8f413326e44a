#include "hesse/autodiff/sums/parallel.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <fstream>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

using namespace hesse;

BOOST_AUTO_TEST_SUITE(parallel)

BOOST_AUTO_TEST_CASE(every_task_runs_once_on_any_number_of_threads) {
    for (const int threads : {1, 2, 3, 16}) {
        std::vector<std::atomic<int>> runs(1000);
        for_each_task(1000, threads, [&](Index k) { ++runs[static_cast<std::size_t>(k)]; });
        for (const auto& count : runs) BOOST_TEST(count == 1);
    }
    for_each_task(0, 4, [&](Index) { BOOST_ERROR("there is no task"); });
}

BOOST_AUTO_TEST_CASE(many_calls_take_no_more_memory_than_few) {
    const auto resident = [] {  // in pages
        std::ifstream file("/proc/self/statm");
        long all = 0, here = 0;
        file >> all >> here;
        return here;
    };
    const auto work = [](int calls) {
        std::atomic<Index> sum{0};
        for (int k = 0; k < calls; ++k) for_each_task(4, 2 + k % 3, [&](Index i) { sum += i; });
        BOOST_TEST(sum == 6 * calls);
    };
    work(500);
    const long before = resident();
    work(5000);
    BOOST_TEST(resident() - before < 1024);  // 4 MiB; arenas of their own took 25
}

BOOST_AUTO_TEST_CASE(tasks_run_beside_each_other) {
    // Each waits until the other has begun, which one thread alone could not see.
    std::atomic<int> begun{0};
    for_each_task(2, 2, [&](Index) {
        ++begun;
        while (begun < 2) std::this_thread::yield();
    });
    BOOST_TEST(begun == 2);
    // Also more of them than the machine has processors.
    std::atomic<int> many{0};
    for_each_task(8, 8, [&](Index) {
        ++many;
        while (many < 8) std::this_thread::yield();
    });
    BOOST_TEST(many == 8);
}

BOOST_AUTO_TEST_CASE(one_thread_is_the_callers_own) {
    for_each_task(5, 1, [&, caller = std::this_thread::get_id()](Index) {
        BOOST_TEST((std::this_thread::get_id() == caller));
    });
}

BOOST_AUTO_TEST_CASE(an_exception_of_a_task_passes_through_and_leaves_the_threads_usable) {
    for (const int threads : {1, 2, 4}) {
        BOOST_CHECK_EXCEPTION(for_each_task(100, threads,
                                            [](Index k) {
                                                if (k == 37) throw std::runtime_error("task 37");
                                            }),
                              std::runtime_error, [](const std::runtime_error& error) {
                                  return error.what() == std::string("task 37");
                              });
        std::atomic<int> runs{0};
        for_each_task(100, threads, [&](Index) { ++runs; });
        BOOST_TEST(runs == 100);
    }
}

BOOST_AUTO_TEST_CASE(tasks_may_have_tasks) {
    std::atomic<int> runs{0};
    for_each_task(4, 2, [&](Index) { for_each_task(5, 2, [&](Index) { ++runs; }); });
    BOOST_TEST(runs == 20);
}

BOOST_AUTO_TEST_SUITE_END()
