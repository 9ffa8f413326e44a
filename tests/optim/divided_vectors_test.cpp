// Bases and quasi-Newton memories whose vectors are divided among ranks, which are threads here; under mpirun tests/mpi does the same.
#include "hesse/autodiff.hpp"
#include "hesse/hesse.hpp"
#include "thread_ranks.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hesse;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::test::on_ranks;

namespace {

constexpr Index n = 9 * VectorSpace::block_length + 100;

VectorXd random_unit(std::uint64_t seed, Index size = n) {
    VectorXd x(size);
    RandomGenerator(seed).unit_vector(VectorSpace(size), x.data());
    return x;
}

/// Some eigenvalues below zero, many that crowd above; all ranks compute the whole product.
struct Chain {
    Communicator* ranks = nullptr;

    [[nodiscard]] Index rows() const { return n; }
    [[nodiscard]] Communicator* communicator() const { return ranks; }
    void apply(const double* in, double* out) const {
        for (Index i = 0; i < n; ++i) {
            const double d = i % 9000 == 7 ? -1.0 - 0.2 * static_cast<double>(i / 9000)
                                           : 1.0 + static_cast<double>(i % 61) / 61.0;
            out[i] = d * in[i];
            if (i > 0) out[i] -= 0.05 * in[i - 1];
            if (i + 1 < n) out[i] -= 0.05 * in[i + 1];
        }
    }
};

/// A loss of n parameters that all ranks evaluate, with saddles.
struct Wells {
    Communicator* ranks = nullptr;

    static Eigen::ArrayXd depth() { return Eigen::ArrayXd::LinSpaced(n, 1.0, 4.0); }

    struct Linearized {
        VectorXd x, g;
        double f;
        struct Hessian {
            const VectorXd& x;
            Communicator* ranks;
            [[nodiscard]] Index rows() const { return x.size(); }
            [[nodiscard]] Communicator* communicator() const { return ranks; }
            template <class In, class Out>
            void apply(const In& in, Out& out) const {
                out = (3.0 * x.array().square() - depth()) * in.array();
            }
        };
        Communicator* ranks;
        [[nodiscard]] double value() const { return f; }
        [[nodiscard]] const VectorXd& gradient() const { return g; }
        [[nodiscard]] Hessian hessian() const { return {x, ranks}; }
    };
    [[nodiscard]] Index size() const { return n; }
    [[nodiscard]] Communicator* communicator() const { return ranks; }
    template <class X>
    [[nodiscard]] double value(const X& x) const {
        return linearize(x).f;
    }
    template <class X>
    [[nodiscard]] Linearized linearize(const X& x) const {
        const Eigen::ArrayXd a = x.array(), s = depth();
        return {x, (a.cube() - s * a).matrix(), (0.25 * a.square().square() - 0.5 * s * a.square()).sum(),
                ranks};
    }
};

/// What `work(ranks)` notes: the same bits on every rank, for 1, 2, 4 and 8 of them; for 3 nearly the same, as far as what is
/// noted depends on rounding.
void is_the_same_on_any_ranks(const std::function<std::vector<double>(Communicator*)>& work) {
    const std::vector<double> alone = work(nullptr);
    for (const int size : {1, 2, 4, 8, 3})
        on_ranks(size, [&](Communicator& ranks) {
            const std::vector<double> here = work(&ranks);
            if (here.size() != alone.size()) throw std::logic_error("another number of results");
            for (std::size_t i = 0; i < here.size(); ++i)
                if (size == 3 ? !(std::abs(here[i] - alone[i]) <= 1e-4 * (1.0 + std::abs(alone[i])))
                              : here[i] != alone[i])
                    throw std::logic_error("result " + std::to_string(i) + " is " + std::to_string(here[i]) +
                                           " on " + std::to_string(size) + " ranks, " +
                                           std::to_string(alone[i]) + " on one");
        });
}

BOOST_AUTO_TEST_SUITE(divided_vectors)

BOOST_AUTO_TEST_CASE(lanczos_does_the_same_in_all_its_ways) {
    for (const LanczosOptions& options :
         {LanczosOptions{}, LanczosOptions{.basis = BasisPrecision::single_precision},
          LanczosOptions{.reorthogonalization = Reorthogonalization::partial}})
        for (const Index stored : {Index{30}, Index{7}})  // all columns, and some that are made again
            is_the_same_on_any_ranks([&](Communicator* ranks) {
                const Chain a{ranks};
                Lanczos lanczos(VectorSpace(n, ranks), stored, options);
                lanczos.lock(random_unit(3).data());
                lanczos.start(a, random_unit(1).data());
                while (lanczos.steps() < 24) lanczos.step();
                std::vector<double> results = lanczos.alpha();
                results.insert(results.end(), lanczos.beta().begin(), lanczos.beta().end());
                VectorXd y(n);
                lanczos.ritz_vector(0, y.data());
                if (y[0] < 0.0) y = -y;
                results.insert(results.end(), y.begin(), y.end());
                return results;
            });
}

BOOST_AUTO_TEST_CASE(a_step_of_lanczos_takes_a_sum_and_gathers_that_are_counted) {
    constexpr std::int64_t steps = 20;
    on_ranks(2, [](Communicator& ranks) {
        const Chain a{&ranks};  // its products take no communication
        Lanczos lanczos(VectorSpace(n, &ranks), 40);
        lanczos.start(a, random_unit(1).data());
        while (lanczos.steps() < steps) lanczos.step();
        const auto& counts = ranks.counts();
        // Two columns are made orthogonal at a time: every other step a sum of 2 j numbers and two gathers. A number more
        // where cancellation is looked for.
        if (counts.sums > steps) throw std::logic_error(std::to_string(counts.sums) + " sums");
        if (counts.numbers > steps * (steps + 1) / 2 + steps)  // j + 1 a step
            throw std::logic_error(std::to_string(counts.numbers) + " numbers");
        if (counts.gathers < steps - 2 || counts.gathers > steps + 2 || counts.gathered != counts.gathers * n)
            throw std::logic_error(std::to_string(counts.gathers) + " gathers");
    });
}

BOOST_AUTO_TEST_CASE(a_quasi_newton_direction_takes_two_sums_and_a_gather) {
    constexpr Index memory = 5, steps = 12;
    on_ranks(2, [](Communicator& ranks) {
        LimitedMemoryInverse inverse;
        inverse.start(VectorSpace(n, &ranks), memory);
        VectorXd v = random_unit(1);
        for (Index k = 0; k < steps; ++k) {
            const VectorXd s = random_unit(2 + static_cast<std::uint64_t>(k)), y = 2.0 * s;
            LimitedMemoryInverse::Pair pair;
            pair.s.assign(s.begin(), s.end());
            pair.y.assign(y.begin(), y.end());
            if (!inverse.add(pair)) throw std::logic_error("refused");
            inverse.apply(v.data(), v.data());
        }
        const auto& counts = ranks.counts();
        if (counts.sums != 2 * steps) throw std::logic_error(std::to_string(counts.sums) + " sums");
        if (counts.numbers > steps * (4 + 4 * memory) || counts.numbers < steps * 4)
            throw std::logic_error(std::to_string(counts.numbers) + " numbers");
        if (counts.gathers != steps) throw std::logic_error(std::to_string(counts.gathers) + " gathers");
    });
}

BOOST_AUTO_TEST_CASE(each_rank_keeps_its_part_alone) {
    on_ranks(4, [](Communicator& ranks) {
        const VectorSpace space(n, &ranks);
        Basis basis(space);
        for (std::uint64_t k = 0; k < 3; ++k) {
            VectorXd w = random_unit(k + 1);
            std::vector<double> c;
            const double left = basis.orthogonalize(w.data(), c);
            basis.append(w.data(), left);
        }
        if (basis.has_whole_columns()) throw std::logic_error("whole columns");
        if (4 * space.part().dimension() > n + 8 * VectorSpace::block_length)
            throw std::logic_error("more than its part");
        MatrixXd q(n, 3);
        for (Index j = 0; j < 3; ++j) basis.copy_column(j, q.col(j).data());
        if ((q.transpose() * q - MatrixXd::Identity(3, 3)).norm() > 1e-14)
            throw std::logic_error("not orthonormal");
        VectorXd c(3), made(n);
        const VectorXd w = random_unit(9);
        basis.project(w.data(), 3, c.data());
        if ((c - q.transpose() * w).norm() > 1e-15) throw std::logic_error("projection");
        basis.expand(1, 2, c.data(), made.data());
        if ((made - q.rightCols(2) * c.head(2)).norm() > 1e-15) throw std::logic_error("expansion");
    });
}

BOOST_AUTO_TEST_CASE(eigenpairs_and_verdicts_are_the_same) {
    is_the_same_on_any_ranks([&](Communicator* ranks) {
        const Chain a{ranks};
        EigenpairsOptions options;
        options.tolerance = 1e-6;
        options.lowest = 3;
        options.highest = 1;
        options.basis_columns = 20;
        const Eigenpairs found = eigenpairs(a, options);
        std::vector<double> results;
        for (const EigenvalueEstimate& pair : found.lowest.values) results.push_back(pair.value);
        const SaddleIndex index =
            saddle_index(a, {.max_products = 300, .memory = std::size_t{40} * n * sizeof(double)});
        results.push_back(static_cast<double>(index.lower_bound));
        results.insert(results.end(), index.eigenvalues.begin(), index.eigenvalues.end());
        const CriticalPoint point =
            classify(Wells{ranks}, VectorXd::Zero(n), {.index_pairs = 3, .max_products = 200});
        results.push_back(point.lowest.value);
        results.insert(results.end(), point.direction.begin(), point.direction.end());
        return results;
    });
}

BOOST_AUTO_TEST_CASE(a_step_of_the_trust_region_in_the_hard_case_is_the_same) {
    is_the_same_on_any_ranks([&](Communicator* ranks) {
        const Chain a{ranks};
        KrylovTrustRegion solver(VectorSpace(n, ranks), 12);
        const VectorXd g = random_unit(5), v = random_unit(6);
        solver.minimize(a, g.data(), 0.7, 1e-8, 10);
        const auto result = solver.add_direction(a, v.data(), 0.9);
        std::vector<double> results{result.model, result.multiplier, result.residual};
        results.insert(results.end(), solver.step(), solver.step() + n);
        const auto freely = solve_trust_region(Chain{ranks}, g, 1e-2, {.columns = 15});
        results.insert(results.end(), freely.step.begin(), freely.step.end());
        return results;
    });
}

BOOST_AUTO_TEST_CASE(methods_move_the_same) {
    const VectorXd start = random_unit(11) * 100.0;
    const auto with = [&](const auto& method) {
        is_the_same_on_any_ranks([&](Communicator* ranks) {
            const Solution found =
                minimize(Wells{ranks}, start, method, Stopping{.gradient_norm = 1e-3, .iterations = 12});
            std::vector<double> results(found.x.begin(), found.x.end());
            results.push_back(found.value);
            return results;
        });
    };
    with(LimitedMemoryBfgs{});
    with(TrustRegion({.subspace = 5}));  // goes on by conjugate gradients
    with(SteihaugTrustRegion({.preconditioner = QuasiNewtonPreconditioner{}}));
    with(SaddleFreeNewton({.subspace = 5}));
}

BOOST_AUTO_TEST_CASE(a_checkpoint_of_some_ranks_is_gone_on_from_by_others) {
    const std::string file = "divided_vectors_test.checkpoint";
    const VectorXd start = random_unit(11) * 100.0;
    const Wells alone;
    const Solution whole =
        minimize(alone, start, LimitedMemoryBfgs{}, Stopping{.gradient_norm = 0.0, .iterations = 14});
    for (const auto& [before, after] : {std::pair{4, 2}, std::pair{2, 8}, std::pair{1, 4}}) {
        on_ranks(before, [&](Communicator& ranks) {
            (void)minimize(Wells{&ranks}, start, LimitedMemoryBfgs{},
                           Stopping{.gradient_norm = 0.0, .iterations = 9}, checkpoint_to(file, 3));
        });
        on_ranks(after, [&](Communicator& ranks) {
            const Solution found =
                minimize(Wells{&ranks}, start, LimitedMemoryBfgs{},
                         Stopping{.gradient_norm = 0.0, .iterations = 14}, resume_from(file));
            if (found.x != whole.x) throw std::logic_error("another way");
        });
        std::filesystem::remove(file);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
