// What goes wrong on one rank alone: faults <together | apart | early | extra | thrown>.
#include "hesse/hesse.hpp"
#include "hesse/mpi.hpp"

#include <Eigen/Dense>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace hesse;
using Eigen::VectorXd;

namespace {

constexpr Index rows = 64, n = 3;

template <class Action>
std::string message_of(Action action) {
    try {
        action();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "nothing thrown";
}

void expect(const std::string& found, const std::string& expected) {
    if (found != expected) throw std::logic_error("'" + found + "' instead of '" + expected + "'");
}

}  // namespace

int main(int count, char** arguments) try {
    if (count != 2) throw std::invalid_argument("faults <together | apart | early | extra | thrown>");
    const auto ranks = mpi_world();
    const bool last = ranks->rank() == ranks->size() - 1;
    const auto f = finite_sum(rows,
                              [](const auto& w, const Rows& part) {
                                  return (double(part.size()) * (w.array() - 1.0).square().sum()) +
                                         double(part[0]) * 1e-3 * w.sum();
                              },
                              n, {.rows_per_part = 4, .threads = 1, .communicator = ranks});
    const VectorXd start = VectorXd::Zero(n);

    // Nobody can foresee these. They end the job, with a message, whatever is caught.
    const std::string_view what = arguments[1];
    if (what == "apart") {
        for (int k = 0; k < 3; ++k) try {
                if (last) (void)f.value(start);
                else (void)f.linearize(start);
            } catch (const std::exception&) {
            }
        return 0;
    }
    if (what == "early" || what == "extra") {  // one rank is done before the others, or after them
        for (int k = 0; k < 3 + (last ? 0 : 1) * (what == "early" ? 1 : -1); ++k) (void)f.value(start);
        return 0;
    }
    if (what == "thrown") {  // by a rule, on one rank between two evaluations, and caught
        const Schedule rule = [last](const Schedule::Moment& now) {
            if (last && now.step == 3) throw std::domain_error("no step size");
            return 1e-3;
        };
        (void)message_of(
            [&] { (void)minimize(f, start, HeavyBall({.step_size = rule}), Stopping{.iterations = 10}); });
        return 0;
    }

    // The others are told, and all can go on.
    const auto fails_on_last = [&](const std::string& found, const std::string& message) {
        expect(found, last ? message : "rank " + std::to_string(ranks->size() - 1) + " failed: " + message);
    };
    fails_on_last(message_of([&] { (void)f.linearize(VectorXd::Zero(last ? 2 : 3)); }),
                  "finite_sum: the point has 2 entries, expected 3");
    fails_on_last(message_of([&] { (void)f.batch(std::vector<Index>{last ? rows : 0}); }), message_of([&] {
                      (void)finite_sum(
                          rows, [](const auto& w, const Rows&) { return w.squaredNorm(); }, n)
                          .batch(std::vector<Index>{rows});
                  }));
    const Stopping briefly{.iterations = 3};
    const auto minimized = [&](const VectorXd& from, const auto& method, const auto&... extras) {
        return message_of([&] { (void)minimize(f, from, method, briefly, extras...); });
    };
    const std::string differ =
        "minimize: start, method and extras are not the same on all ranks, as expected";
    fails_on_last(minimized(VectorXd::Zero(last ? 2 : 3), TrustRegion{}),
                  "minimize: x0 has 2 entries but the objective has size 3");
    if (ranks->size() > 1) {
        expect(minimized(VectorXd::Constant(n, last ? 1.0 : 0.0), TrustRegion{}), differ);
        expect(last ? minimized(start, TrustRegion{}) : minimized(start, LimitedMemoryBfgs{}), differ);
        expect(
            minimized(start, HeavyBall({.step_size = last ? 1e-3 : 2e-3})),
            "finite_sum: the point is not the same on all ranks, as expected: do they have the same start, "
            "method, options and seed?");
    }
    expect(minimized(start, TrustRegion{}, resume_from("/no/such/state")),
           ranks->rank() == 0 ? "resume_from: cannot read '/no/such/state'"
                              : "rank 0 failed: resume_from: cannot read '/no/such/state'");
    expect(minimized(start, TrustRegion{}, [](Iteration&) { throw std::domain_error("seen enough"); }),
           ranks->rank() == 0 ? "seen enough" : "rank 0 failed: seen enough");
    expect(minimized(start, TrustRegion{}), "nothing thrown");
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "faults: %s\n", error.what());
    return 1;
}
