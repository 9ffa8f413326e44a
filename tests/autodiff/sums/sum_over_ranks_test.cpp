// Sums whose rows are divided among ranks. Here ranks are threads; under mpirun the same is tested by tests/mpi.
#include "error_text.hpp"
#include "hesse/autodiff.hpp"
#include "hesse/autodiff/sums/finite_sum.hpp"
#include "hesse/optim/history_csv.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/trust_region.hpp"
#include "thread_ranks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <filesystem>
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
                          if (rows.size() == 0) throw std::logic_error("asked for the loss of no rows");
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
        for (const std::size_t memory : {std::size_t{0}, std::size_t{1} << 30})
            for (const int size : {2, 4, 8}) BOOST_TEST((of_ranks(size, memory, batch) == first));
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
        // Beside what is asked for: whether one has failed, and whether all were given the same.
        counted([&] { (void)f.value(w); }, 1 + 1 + 2);
        counted([&] { (void)f.linearize(w); }, width + 1 + 1 + 2);
        const auto at = f.linearize(w);
        VectorXd out(width);
        counted([&] { at.hessian().apply(v, out); }, width + 1 + 2);
        counted([&] { at.hessian().apply_once(v, out); }, width + 1 + 2);
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
               "finite_sum: rank 1 has 4 parameters, 203 rows, rows_per_part 8, memory 1073741824 and "
               "average 0, rank 0 has "
               "3 parameters, 203 rows, rows_per_part 8, memory 1073741824 and average 0: expected the same "
               "on all ranks");
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

/// What each of four ranks has to say about `work(ranks)`.
template <class Work>
std::vector<std::string> messages_of_ranks(const Work& work) {
    std::vector<std::string> messages(4);
    on_ranks(4, [&](const std::shared_ptr<Communicator>& ranks) {
        messages[static_cast<std::size_t>(ranks->rank())] = message_of([&] { work(ranks); });
        double one = 1.0;  // and they can go on together
        ranks->sum(&one, 1);
        if (one != 4.0) throw std::runtime_error("lost a rank");
    });
    return messages;
}

/// Rank 2 says this, the others that it has failed with this.
void second_fails(const std::vector<std::string>& messages, const std::string& message) {
    for (std::size_t rank = 0; rank < messages.size(); ++rank)
        BOOST_TEST(messages[rank] == (rank == 2 ? message : "rank 2 failed: " + message));
}
void all_fail(const std::vector<std::string>& messages, const std::string& message) {
    for (const std::string& each : messages) BOOST_TEST(each == message);
}

BOOST_AUTO_TEST_CASE(a_point_that_is_wrong_on_one_rank_is_refused_on_all) {
    for (const bool linearized : {true, false}) {
        const auto asked_at = [&](auto point_of) {
            return messages_of_ranks([&, linearized](const std::shared_ptr<Communicator>& ranks) {
                const auto f = sum_over(ranks);
                const VectorXd point = point_of(ranks->rank());
                if (linearized) (void)f.linearize(point);
                else (void)f.value(point);
            });
        };
        second_fails(asked_at([](int rank) { return VectorXd(w.head(rank == 2 ? width - 1 : width)); }),
                     "finite_sum: the point has 4 entries, expected 5");
        second_fails(asked_at([](int rank) {
                         VectorXd point = w;
                         if (rank == 2) point[3] = std::numeric_limits<double>::infinity();
                         return point;
                     }),
                     "finite_sum: the point has the entry inf at 3, expected finite numbers");
        all_fail(asked_at([](int rank) {
                     VectorXd point = w;
                     if (rank == 2) point[3] += 1e-12;
                     return point;
                 }),
                 "finite_sum: the point is not the same on all ranks, as expected: do they have the same "
                 "start, method, "
                 "options and seed?");
        all_fail(asked_at([](int) { return w; }), "nothing thrown");
    }
}

BOOST_AUTO_TEST_CASE(a_direction_that_is_wrong_on_one_rank_is_refused_on_all) {
    const auto asked_along = [](auto direction_of) {
        return messages_of_ranks([&](const std::shared_ptr<Communicator>& ranks) {
            const auto at = sum_over(ranks).linearize(w);
            const VectorXd direction = direction_of(ranks->rank()), before = at.gradient();
            VectorXd out(width);
            at.hessian().apply(direction, out);
        });
    };
    second_fails(asked_along([](int rank) { return VectorXd(v.head(rank == 2 ? width - 1 : width)); }),
                 "finite_sum: the direction has 4 entries, expected 5");
    const auto with = [](int rank, double entry) {
        VectorXd direction = v;
        if (rank == 2) direction[1] = entry;
        return direction;
    };
    second_fails(asked_along([&](int rank) { return with(rank, std::nan("")); }),
                 "finite_sum: the direction has the entry nan at 1, expected finite numbers");
    all_fail(asked_along([&](int rank) { return with(rank, 0.5); }),
             "finite_sum: the direction is not the same on all ranks, as expected: do they have the same "
             "start, method, "
             "options and seed?");
    all_fail(messages_of_ranks([](const std::shared_ptr<Communicator>& ranks) {
                 const auto at = sum_over(ranks).linearize(w);
                 MatrixXd block = sines(width, 3);
                 if (ranks->rank() == 2) block(1, 1) += 1.0;
                 (void)(at.hessian() * block);
             }),
             "finite_sum: the direction is not the same on all ranks, as expected: do they have the same "
             "start, method, "
             "options and seed?");
}

BOOST_AUTO_TEST_CASE(sums_that_are_made_differently_are_refused_on_all) {
    const auto made = [](auto options_of) {
        return messages_of_ranks([&](const std::shared_ptr<Communicator>& ranks) {
            FiniteSumOptions options{.rows_per_part = rows_per_part, .communicator = ranks};
            options_of(options, ranks->rank() == 2);
            (void)finite_sum(
                count, [](const auto& u, const Rows&) { return u.squaredNorm(); }, 3, options);
        });
    };
    second_fails(made([](FiniteSumOptions& options, bool wrong) { options.threads = wrong ? -1 : 1; }),
                 message_of([] {
                     (void)finite_sum(count, [](const auto& u, const Rows&) { return u.squaredNorm(); }, 3,
                                      {.threads = -1});
                 }));
    for (const auto& messages :
         {made([](FiniteSumOptions& options, bool wrong) { options.average = wrong; }),
          made([](FiniteSumOptions& options, bool wrong) { options.memory = wrong ? 0 : 1; })})
        for (const std::string& message : messages)
            BOOST_TEST(message.find("expected the same on all ranks") != std::string::npos, message);
}

BOOST_AUTO_TEST_CASE(what_the_term_beside_the_sum_throws_is_thrown_on_all) {
    second_fails(messages_of_ranks([](const std::shared_ptr<Communicator>& ranks) {
                     const bool fails = ranks->rank() == 2;
                     const auto f =
                         finite_sum(count, [](const auto& u, const Rows&) { return u.squaredNorm(); }, 3,
                                    {.rows_per_part = rows_per_part, .communicator = ranks})
                             .plus([fails](const auto& u) {
                                 if (fails) throw std::domain_error("no prior");
                                 return u.squaredNorm();
                             });
                     (void)f.value(VectorXd::Ones(3));
                 }),
                 "no prior");
}

BOOST_AUTO_TEST_CASE(sums_of_floats_are_compared_too) {
    const auto messages = messages_of_ranks([](const std::shared_ptr<Communicator>& ranks) {
        const auto f = finite_sum<float>(
            count, [](const auto& u, const Rows& rows) { return float(rows.size()) * u.squaredNorm(); }, 5,
            {.rows_per_part = rows_per_part, .communicator = ranks});
        int unseen = 0;
        for (int k = 0; k < 300; ++k) {
            Eigen::VectorXf point = Eigen::VectorXf::LinSpaced(5, 1.0F, 2.0F + static_cast<float>(k));
            (void)f.value(point);  // the same on all
            if (ranks->rank() == 2) point[k % 5] += 1.0F;
            try {
                (void)f.value(point);
                ++unseen;
            } catch (const std::invalid_argument&) {
            }
        }
        if (unseen > 1) throw std::runtime_error(std::to_string(unseen) + " of 300 unseen");
    });
    all_fail(messages, "nothing thrown");
}

BOOST_AUTO_TEST_CASE(ranks_that_go_apart_are_all_told) {
    // Nothing that they could still say to each other is to be trusted, though both are sums of as many numbers.
    std::vector<std::string> messages(4);
    const auto found = message_of([&] {
        on_ranks(4, [&](const std::shared_ptr<Communicator>& ranks) {
            const auto f = finite_sum(
                count, [](const auto& u, const Rows& rows) { return double(rows.size()) * u.squaredNorm(); },
                1, {.rows_per_part = rows_per_part, .memory = 0, .communicator = ranks});
            const auto at = f.linearize(VectorXd::Ones(1));
            const auto rank = static_cast<std::size_t>(ranks->rank());
            messages[rank] = message_of([&] {
                if (rank == 3) (void)f.value(VectorXd::Ones(1));
                else (void)(at.hessian() * VectorXd(VectorXd::Ones(1)));
            });
            // And again.
            if (message_of([&] { (void)f.value(VectorXd::Ones(1)); }) == "nothing thrown")
                throw std::logic_error("went on");
        });
    });
    BOOST_TEST(found == "nothing thrown");
    int told = 0;
    for (const std::string& message : messages) {
        BOOST_TEST(message != "nothing thrown");
        told += message.find("the ranks do not do the same") != std::string::npos ? 1 : 0;
    }
    BOOST_TEST(told > 0);
}

BOOST_AUTO_TEST_CASE(a_batch_that_is_wrong_on_one_rank_is_refused_on_all) {
    const auto asked_for = [](auto rows_of) {
        return messages_of_ranks([&](const std::shared_ptr<Communicator>& ranks) {
            (void)sum_over(ranks).batch(rows_of(ranks->rank())).value(w);
        });
    };
    using Listed = std::vector<Index>;
    second_fails(asked_for([](int rank) {
                     return rank == 2 ? Listed{3, 203} : Listed{3, 202};
                 }),
                 message_of([] {
                     (void)sum_over(nullptr).batch(Listed{3, 203});
                 }));
    all_fail(asked_for([](int rank) {
                 return rank == 2 ? Listed{3, 5} : Listed{3, 4};
             }),
             "finite_sum: the rows of a batch are not the same on all ranks, as expected");
    all_fail(asked_for([](int) { return Listed{3, 202}; }), "nothing thrown");
}

BOOST_AUTO_TEST_CASE(a_row_that_is_not_finite_is_named_on_all_ranks) {
    const auto start_with = [](Index bad) {
        return messages_of_ranks([bad](const std::shared_ptr<Communicator>& ranks) {
            VectorXd labels = y;
            if (bad >= 0) labels[bad] = labels[202] = std::nan("");
            (void)minimize(sum_over(ranks, 0, x, labels), w, TrustRegion{}, Stopping{.iterations = 2});
        });
    };
    all_fail(start_with(123),
             "minimize: the loss at the start is nan, expected a finite number; the first row of data "
             "whose loss is not is row 123");
    all_fail(start_with(-1), "nothing thrown");
}

BOOST_AUTO_TEST_CASE(a_run_that_is_wrong_on_one_rank_is_refused_on_all) {
    const auto run = [](auto work) {
        return messages_of_ranks(
            [&](const std::shared_ptr<Communicator>& ranks) { work(sum_over(ranks), ranks->rank() == 2); });
    };
    const VectorXd zero = VectorXd::Zero(width);
    const Stopping three{.iterations = 3};
    second_fails(
        run([&](const auto& f, bool wrong) { minimize(f, zero.head(wrong ? 4 : 5), TrustRegion{}, three); }),
        "minimize: x0 has 4 entries but the objective has size 5");
    second_fails(run([&](const auto& f, bool wrong) {
                     minimize(f, zero, TrustRegion{}, Stopping{.budget = wrong ? -1.0 : 10.0});
                 }),
                 "Stopping: budget is -1, expected a number that is not negative");
    const std::string differ =
        "minimize: start, method and extras are not the same on all ranks, as expected";
    all_fail(run([&](const auto& f, bool wrong) {
                 minimize(f, wrong ? VectorXd::Constant(width, 1e-3) : zero, TrustRegion{}, three);
             }),
             differ);
    all_fail(run([&](const auto& f, bool wrong) {
                 minimize(f, zero, TrustRegion{}, Stopping{.iterations = wrong ? 4 : 3});
             }),
             differ);
    all_fail(run([&](const auto& f, bool wrong) {
                 if (wrong) minimize(f, zero, TrustRegion{}, three);
                 else minimize(f, zero, HeavyBall{}, three);
             }),
             differ);
    all_fail(run([&](const auto& f, bool wrong) {
                 minimize(f, zero, HeavyBall{}, three, Bounds(-1.0, wrong ? 1.0 : 2.0));
             }),
             differ);
    // Options of methods are found out by the point that they lead to.
    all_fail(run([&](const auto& f, bool wrong) {
                 minimize(f, zero, HeavyBall({.step_size = wrong ? 0.1 : 0.2}), three);
             }),
             "finite_sum: the point is not the same on all ranks, as expected: do they have the same start, "
             "method, "
             "options and seed?");
    all_fail(run([&](const auto& f, bool) { minimize(f, zero, TrustRegion{}, three); }), "nothing thrown");
}

BOOST_AUTO_TEST_CASE(
    files_and_observers_are_those_of_the_first_rank_and_what_they_throw_ends_the_run_on_all) {
    const VectorXd zero = VectorXd::Zero(width);
    const auto first_fails = [](const std::vector<std::string>& messages, const std::string& message) {
        for (std::size_t rank = 0; rank < messages.size(); ++rank)
            BOOST_TEST(messages[rank] == (rank == 0 ? message : "rank 0 failed: " + message));
    };
    const auto run = [&](auto make_extra) {
        return messages_of_ranks([&](const std::shared_ptr<Communicator>& ranks) {
            minimize(sum_over(ranks), zero, HeavyBall{}, Stopping{.iterations = 3}, make_extra());
        });
    };
    first_fails(run([] {
                    return [](Iteration& now) {
                        if (now.iteration() == 2) throw std::domain_error("seen enough");
                    };
                }),
                "seen enough");
    struct Last {
        void operator()(Iteration&) const {}
        void finish(const RunReport&) const { throw std::domain_error("at last"); }
    };
    first_fails(run([] { return Last{}; }), "at last");
    first_fails(run([] { return resume_from("/no/such/state"); }),
                "resume_from: cannot read '/no/such/state'");
    first_fails(run([] { return checkpoint_to("/no/such/state"); }),
                "checkpoint_to: cannot write '/no/such/state'");
    first_fails(run([] { return history_to_csv("/no/such/table"); }),
                "history_to_csv: cannot write '/no/such/table'");
    // What the others could not reach is no concern of theirs.
    const auto file = std::filesystem::temp_directory_path() / "hesse_sum_over_ranks_state";
    all_fail(messages_of_ranks([&](const std::shared_ptr<Communicator>& ranks) {
                 const std::string path = ranks->rank() == 0 ? file.string() : "/no/such/state";
                 minimize(sum_over(ranks), zero, HeavyBall{}, Stopping{.iterations = 3}, checkpoint_to(path));
                 const auto on = minimize(sum_over(ranks), zero, HeavyBall{}, Stopping{.iterations = 6},
                                          resume_from(path));
                 if (on.x != minimize(sum_over(ranks), zero, HeavyBall{}, Stopping{.iterations = 6}).x)
                     throw std::runtime_error("another way");
             }),
             "nothing thrown");
    std::filesystem::remove(file);
}

BOOST_AUTO_TEST_SUITE_END()
