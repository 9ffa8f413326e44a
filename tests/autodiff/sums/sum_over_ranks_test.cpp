// Sums whose rows are divided among ranks. Here ranks are threads; under mpirun the same is tested by tests/mpi.
#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/trust_region.hpp"
#include "thread_ranks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::test::message_of;
using hesse::test::on_ranks;

namespace {

constexpr Index count = 203, width = 5, rows_per_part = 8;  // 26 parts

MatrixXd sines(Index rows, Index cols) {
    MatrixXd m(rows, cols);
    for (Index j = 0; j < cols; ++j)
        for (Index i = 0; i < rows; ++i)
            m(i, j) = std::sin(1.0 + 1.7 * static_cast<double>(i) + 0.9 * static_cast<double>(i * j + j));
    return m;
}
const MatrixXd x = sines(count, width);
const VectorXd y = sines(count, 1).col(0).cwiseSign(), w = sines(width, 1).col(0), v = sines(width, 2).col(1);

auto sum_over(const std::shared_ptr<Communicator>& ranks, std::size_t memory = std::size_t{1} << 30,
              const MatrixXd& data = x, const VectorXd& labels = y) {
    return finite_sum(count,
                      [&](const auto& u, const Rows& rows) {
                          const auto margins = (rows.of(data) * u).array() * rows.of(labels).array();
                          return log(1.0 + exp(-margins)).sum();
                      },
                      width,
                      {.rows_per_part = rows_per_part,
                       .threads = 2,
                       .memory = memory,
                       .average = true,
                       .communicator = ranks})
        .plus([](const auto& u) { return 0.05 * u.squaredNorm(); });
}

/// All that a sum can be asked.
struct Results {
    std::vector<double> numbers;

    template <class F>
    void ask(const F& f) {
        const auto at = f.linearize(w);
        numbers.push_back(f.value(w));
        numbers.push_back(at.value());
        numbers.push_back(at.rounding_error());
        add(at.gradient());
        VectorXd product(width);
        at.hessian().apply_once(v, product);
        add(product);
        for (int repeat = 0; repeat < 2; ++repeat) add(at.hessian() * v);
        const MatrixXd block = at.hessian() * MatrixXd(sines(width, 3));
        add(block.reshaped());
    }
    void add(const VectorXd& more) { numbers.insert(numbers.end(), more.begin(), more.end()); }
    friend bool operator==(const Results&, const Results&) = default;
};

/// What every rank gets, which has to be the same.
Results of_ranks(int size, std::size_t memory, const std::vector<Index>& batch = {}) {
    std::vector<Results> results(static_cast<std::size_t>(size));
    on_ranks(size, [&](const std::shared_ptr<Communicator>& ranks) {
        const auto f = sum_over(ranks, memory);
        Results& mine = results[static_cast<std::size_t>(ranks->rank())];
        if (batch.empty()) mine.ask(f);
        else mine.ask(f.batch(batch));
    });
    for (const Results& other : results) BOOST_TEST((other == results.front()));
    return results.front();
}

double largest_difference(const Results& a, const Results& b) {
    double largest = 0.0;
    for (std::size_t i = 0; i < a.numbers.size(); ++i)
        largest = std::max(largest, std::abs(a.numbers[i] - b.numbers[i]));
    return largest;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sum_over_ranks)

BOOST_AUTO_TEST_CASE(one_two_four_and_eight_ranks_give_the_same_bits) {
    Results alone;
    alone.ask(sum_over(nullptr));
    for (const std::size_t memory : {std::size_t{0}, std::size_t{300'000}, std::size_t{1} << 30})
        for (const int size : {1, 2, 4, 8}) BOOST_TEST((of_ranks(size, memory) == alone));
}

BOOST_AUTO_TEST_CASE(other_numbers_of_ranks_agree_to_rounding) {
    Results alone;
    alone.ask(sum_over(nullptr));
    for (const int size : {3, 5, 7, 11}) BOOST_TEST(largest_difference(of_ranks(size, 0), alone) < 1e-13);
}

BOOST_AUTO_TEST_CASE(batches_do_too_wherever_their_rows_are) {
    std::vector<Index> spread, close, one{202};
    for (Index k = 0; k < 60; ++k) spread.push_back((k * 53) % count);
    for (Index k = 0; k < 20; ++k) close.push_back(100 + k);
    for (const auto& batch : {spread, close, one}) {
        const Results first = of_ranks(1, 0, batch);
        for (const int size : {2, 4, 8}) BOOST_TEST((of_ranks(size, 0, batch) == first));
        Results alone;
        alone.ask(sum_over(nullptr).batch(batch));
        BOOST_TEST(largest_difference(first, alone) < 1e-13);
        BOOST_TEST(largest_difference(of_ranks(3, 0, batch), alone) < 1e-13);
    }
}

BOOST_AUTO_TEST_CASE(a_rank_needs_its_own_rows_only) {
    Results alone;
    alone.ask(sum_over(nullptr));
    std::vector<Results> results(4);
    on_ranks(4, [&](const std::shared_ptr<Communicator>& ranks) {
        const auto [first, last] = rows_of_rank(count, rows_per_part, *ranks);
        const MatrixXd own = x.middleRows(first, last - first);
        const VectorXd own_labels = y.segment(first, last - first);
        results[static_cast<std::size_t>(ranks->rank())].ask(sum_over(ranks, 0, own, own_labels));
    });
    for (const Results& mine : results) BOOST_TEST((mine == alone));
}

BOOST_AUTO_TEST_CASE(a_gradient_and_a_product_are_one_sum_over_the_ranks_each) {
    on_ranks(4, [&](const std::shared_ptr<Communicator>& ranks) {
        const auto f = sum_over(ranks, 0);
        const auto counted = [&](auto work, std::int64_t numbers) {
            const auto before = ranks->counts();
            work();
            const auto after = ranks->counts();
            if (after.sums != before.sums + 1) throw std::runtime_error("more than one sum");
            if (after.numbers != before.numbers + numbers) throw std::runtime_error("other numbers");
        };
        counted([&] { (void)f.value(w); }, 1 + 1);
        counted([&] { (void)f.linearize(w); }, width + 1 + 1);
        const auto at = f.linearize(w);
        VectorXd out(width);
        counted([&] { at.hessian().apply(v, out); }, width + 1);
        counted([&] { at.hessian().apply_once(v, out); }, width + 1);
    });
}

BOOST_AUTO_TEST_CASE(what_a_loss_throws_on_one_rank_ends_the_evaluation_on_all) {
    std::vector<std::string> messages(4);
    on_ranks(4, [&](const std::shared_ptr<Communicator>& ranks) {
        bool fails = false;
        const auto f = finite_sum(count,
                                  [&](const auto& u, const Rows& rows) {
                                      if (fails && rows[0] == 64)
                                          throw std::domain_error("row 64 is no good");
                                      return (rows.of(x) * u).squaredNorm();
                                  },
                                  width, {.rows_per_part = rows_per_part, .communicator = ranks});
        const auto at = f.linearize(w);
        const VectorXd before = at.hessian() * v;
        fails = true;
        messages[static_cast<std::size_t>(ranks->rank())] =
            message_of([&] { (void)f.linearize(w); }) + "; " + message_of([&] { (void)f.value(w); });
        fails = false;
        if (VectorXd(at.hessian() * v) != before) throw std::runtime_error("another product");
    });
    BOOST_TEST(messages[1] == "row 64 is no good; row 64 is no good");
    for (const std::size_t rank : {0u, 2u, 3u})
        BOOST_TEST(messages[rank] == "rank 1 failed: row 64 is no good; rank 1 failed: row 64 is no good");
}

BOOST_AUTO_TEST_CASE(ranks_that_differ_in_their_parameters_are_refused) {
    std::vector<std::string> messages(2);
    on_ranks(2, [&](const std::shared_ptr<Communicator>& ranks) {
        messages[static_cast<std::size_t>(ranks->rank())] = message_of([&] {
            (void)finite_sum(count, [&](const auto& u, const Rows&) { return u.squaredNorm(); },
                             3 + ranks->rank(), {.rows_per_part = rows_per_part, .communicator = ranks});
        });
    });
    BOOST_TEST(messages[1] ==
               "finite_sum: rank 1 has 4 parameters, 203 rows and rows_per_part 8, rank 0 has 3, "
               "203 and 8: expected the same on all ranks");
    BOOST_TEST(messages[0] == "rank 1 failed: " + messages[1]);
}

BOOST_AUTO_TEST_CASE(the_library_s_cut_of_the_rows_is_that_of_the_first_rank) {
    std::vector<Index> cuts(3);
    std::vector<std::string> messages(3);
    on_ranks(3, [&](const std::shared_ptr<Communicator>& ranks) {
        const auto rank = static_cast<std::size_t>(ranks->rank());
        const auto loss = [&, rank](const auto& u, const Rows& rows) {
            if (rank == 2) throw std::domain_error("no");
            return (u * double(rows.size())).squaredNorm();
        };
        const auto f = finite_sum(count, loss, 3, {.communicator = ranks});
        cuts[rank] = f.rows_per_part();
        messages[rank] = message_of([&] { (void)f.linearize(VectorXd::Ones(3)); });
    });
    BOOST_TEST((cuts == std::vector<Index>(3, cuts[0])));
    BOOST_TEST(messages[0] == "rank 2 failed: no");
    BOOST_TEST(messages[2] == "no");
}

BOOST_AUTO_TEST_CASE(optimizers_run_unchanged_and_alike_on_all_ranks) {
    const auto alone = minimize(sum_over(nullptr), VectorXd::Zero(width), TrustRegion{});
    const auto momentum = minimize(sum_over(nullptr), VectorXd::Zero(width), HeavyBall({.step_size = 0.5}),
                                   Stopping{.iterations = 30});
    for (const int size : {2, 8}) {
        std::vector<VectorXd> ends(static_cast<std::size_t>(size)), after(ends);
        std::vector<int> seen(static_cast<std::size_t>(size));
        on_ranks(size, [&](const std::shared_ptr<Communicator>& ranks) {
            const auto f = sum_over(ranks);
            const auto rank = static_cast<std::size_t>(ranks->rank());
            const auto count_calls = [&](const Iteration&) { ++seen[rank]; };
            ends[rank] =
                minimize(f, VectorXd::Zero(width), TrustRegion{}, Stopping{.seconds = 1000.0}, count_calls).x;
            // Only rank 0 is asked, and all stop.
            const auto stop = [&](Iteration& now) {
                if (now.iteration() == 3) now.stop();
            };
            const auto stopped = minimize(f, VectorXd::Zero(width), HeavyBall({.step_size = 0.5}),
                                          Stopping{.iterations = 30}, stop);
            if (stopped.status != Status::stopped_by_user || stopped.iterations != 3)
                throw std::runtime_error("not stopped");
            after[rank] =
                minimize(f, VectorXd::Zero(width), HeavyBall({.step_size = 0.5}), Stopping{.iterations = 30})
                    .x;
        });
        for (std::size_t rank = 0; rank < ends.size(); ++rank) {
            BOOST_TEST((ends[rank] == alone.x));
            BOOST_TEST((after[rank] == momentum.x));
            BOOST_TEST((rank == 0 ? seen[rank] > 0 : seen[rank] == 0));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
