#include "hesse/optim/checkpoint.hpp"

#include "hesse/optim/curvature_bounded_gradient_descent.hpp"
#include "hesse/optim/gradient_descent.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/momentum.hpp"
#include "hesse/optim/perturbed_gradient_descent.hpp"
#include "hesse/optim/trust_region.hpp"
#include "support/analytic_objectives.hpp"

#include <Eigen/Dense>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

using Eigen::Vector2d;
using Eigen::VectorXd;
using namespace hesse;

namespace {

/// A path in the temporary folder that is removed at the end.
struct TemporaryFile {
    std::string path;
    explicit TemporaryFile(const std::string& name)
        : path((std::filesystem::temp_directory_path() / ("hesse_" + name)).string()) {
        std::remove(path.c_str());
    }
    ~TemporaryFile() { std::remove(path.c_str()); }
};

/// A run in two parts is the run in one, bit for bit. `extra`: one more argument of minimize.
template <Optimizer M, class... E>
void check_resume(const M& method, const VectorXd& start, Index steps, const E&... extra) {
    const auto f = test::double_well();
    const TemporaryFile file("checkpoint_" + std::string(M::name) + std::to_string(sizeof...(E)));
    const auto whole = minimize(f, start, method, Stopping{.gradient_norm = 1e-9}, extra...);
    minimize(f, start, method, Stopping{.gradient_norm = 1e-9, .iterations = steps}, checkpoint_to(file.path),
             extra...);
    const auto rest =
        minimize(f, start, method, Stopping{.gradient_norm = 1e-9}, resume_from(file.path), extra...);

    BOOST_TEST(whole.iterations > steps);  // or the test would show nothing
    BOOST_TEST((rest.x.array() == whole.x.array()).all());
    BOOST_TEST(rest.value == whole.value);
    BOOST_TEST(rest.iterations == whole.iterations);
    BOOST_TEST(rest.escapes == whole.escapes);
    BOOST_TEST((rest.status == whole.status));
    BOOST_TEST((rest.counters == whole.counters));
    BOOST_TEST(rest.history.front().iteration == steps + 1);  // what was shown before is not shown again
}

template <class Work>
std::string message_of(Work work) {
    try {
        work();
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "nothing thrown";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checkpoint)

BOOST_AUTO_TEST_CASE(every_method_goes_on_bit_for_bit) {
    const Vector2d start(1.0, 0.3);
    check_resume(GradientDescent({0.1}), start, 20);
    check_resume(MovingAverageMomentum({0.1, 0.9}), start, 20);
    check_resume(HeavyBall({0.1, 0.9}), start, 20);
    check_resume(Nesterov({0.1, 0.9}), start, 20);
    check_resume(CurvatureBoundedGradientDescent({0.9}), start, 3);
    check_resume(TrustRegion({.initial_radius = 0.1}), start, 3);
}

BOOST_AUTO_TEST_CASE(noise_goes_on_bit_for_bit) {
    for (const Index steps : {100, 190, 230, 300})  // before, during and after the perturbation
        check_resume(PerturbedGradientDescent({.step_size = 0.1}), Vector2d(1.0, 0.0), steps);
}

BOOST_AUTO_TEST_CASE(escapes_go_on_bit_for_bit) {
    check_resume(GradientDescent({0.1}), Vector2d(1.0, 0.0), 250, NegativeCurvatureEscape{});
    check_resume(TrustRegion({.initial_radius = 0.3}), Vector2d(1.0, 0.0), 5);
}

BOOST_AUTO_TEST_CASE(paths_that_cannot_be_used_are_refused_before_the_run) {
    BOOST_TEST(message_of([] { checkpoint_to("/no/such/folder/state"); }) ==
               "checkpoint_to: cannot write '/no/such/folder/state'");
    BOOST_TEST(message_of([] { resume_from("/no/such/file"); }) ==
               "resume_from: cannot read '/no/such/file'");
    BOOST_TEST(message_of([] { checkpoint_to("/no/such/folder/state", 0); }) ==
               "checkpoint_to: every is 0, expected at least 1");
}

BOOST_AUTO_TEST_CASE(a_checkpoint_that_does_not_fit_is_named) {
    const TemporaryFile file("checkpoint_misfit");
    const auto f = test::double_well();
    const Vector2d start(1.0, 0.3);
    minimize(f, start, HeavyBall({0.1, 0.9}), Stopping{.iterations = 3}, checkpoint_to(file.path));
    BOOST_TEST(message_of([&] { minimize(f, start, GradientDescent{}, resume_from(file.path)); }) ==
               "resume_from: the checkpoint is one of HeavyBall, the method is GradientDescent");
    BOOST_TEST(message_of([&] {
                   minimize(test::three_weights(), VectorXd::Zero(3), HeavyBall{}, resume_from(file.path));
               }) == "load: 'x' of hesse-run has 2 entries, expected 3");
    BOOST_TEST(message_of([&] {
                   minimize(f, start, HeavyBall{}, resume_from(file.path), NegativeCurvatureEscape{});
               }) == "resume_from: the checkpoint was made without a NegativeCurvatureEscape of its own");
    std::ofstream(file.path) << "something else\n";
    BOOST_TEST(message_of([&] { minimize(f, start, HeavyBall{}, resume_from(file.path)); }) ==
               "load: expected the state of 'hesse-run 1', found 'something else'");
}

BOOST_AUTO_TEST_SUITE_END()
