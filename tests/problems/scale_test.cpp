#include "hesse/optim/adaptive_cubic_regularization.hpp"
#include "hesse/optim/barzilai_borwein.hpp"
#include "hesse/optim/limited_memory_bfgs.hpp"
#include "hesse/optim/minimize.hpp"
#include "hesse/optim/newton_conjugate_gradients.hpp"
#include "hesse/optim/nonlinear_conjugate_gradients.hpp"
#include "hesse/optim/saddle_free_newton.hpp"
#include "hesse/optim/steepest_descent.hpp"
#include "hesse/optim/steihaug_trust_region.hpp"
#include "hesse/optim/trust_region.hpp"
#include "problems/problems.hpp"

#include <Eigen/Core>
#include <boost/test/unit_test.hpp>

#include <utility>

using Eigen::VectorXd;
using namespace hesse;

namespace {

/// A problem in other units.
class Scaled {
public:
    Scaled(const problems::AnyObjective& loss, double scale) : loss_(&loss), scale_(scale) {}

    [[nodiscard]] Index size() const { return loss_->size(); }
    [[nodiscard]] double value(const Eigen::Ref<const VectorXd>& x) const { return scale_ * loss_->value(x); }

    class Linearization {
    public:
        Linearization(problems::AnyObjective::Linearization at, double scale)
            : at_(std::move(at)), scale_(scale) {}
        [[nodiscard]] double value() const { return scale_ * at_.value(); }
        [[nodiscard]] VectorXd gradient() const { return scale_ * at_.gradient(); }
        [[nodiscard]] double rounding_error() const { return scale_ * at_.rounding_error(); }
        struct Hessian {
            const Linearization* at;
            [[nodiscard]] Index rows() const { return at->at_.hessian().rows(); }
            void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const {
                at->at_.hessian().apply(in, out);
                out *= at->scale_;
            }
        };
        [[nodiscard]] Hessian hessian() const { return {this}; }

    private:
        problems::AnyObjective::Linearization at_;
        double scale_;
    };
    [[nodiscard]] Linearization linearize(const Eigen::Ref<const VectorXd>& x) const {
        return {loss_->linearize(x), scale_};
    }

private:
    const problems::AnyObjective* loss_;
    double scale_;
};
static_assert(Objective<Scaled>);

constexpr const char* some_problems[] = {"WOODS 4",         "POWELLSG 4",  "CUBE 2",      "BEALE 2",
                                         "HELIX 3",         "BIGGS6 6",    "GENROSE 500", "COSINE 1000",
                                         "BROYDN3DLS 1000", "TRIDIA 1000", "ENGVAL1 1000"};

/// The same path, point by point, and the same verdict at its end.
template <Optimizer M>
void check(const M& method) {
    for (const char* name : some_problems) {
        const auto problem = problems::make(name);
        const auto run = [&](double scale) {
            return minimize(Scaled(problem.loss, scale), problem.start, method,
                            Stopping{.gradient_norm = 1e-6 * scale, .budget = 600.0, .iterations = 60});
        };
        const Solution plain = run(1.0);
        for (const double scale : {0x1p40, 0x1p-40}) {
            const Solution other = run(scale);
            BOOST_TEST_CONTEXT(name << " by " << M::name << ", times " << scale) {
                BOOST_TEST((other.x == plain.x));
                BOOST_TEST(other.value == scale * plain.value);
                BOOST_TEST(other.status == plain.status);
                BOOST_TEST((other.counters == plain.counters));
                BOOST_REQUIRE(other.history.size() == plain.history.size());
                for (std::size_t k = 0; k < plain.history.size(); ++k)
                    BOOST_TEST(other.history[k].value == scale * plain.history[k].value);
            }
        }
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scale)

BOOST_AUTO_TEST_CASE(second_order_methods_take_the_same_path_in_any_units) {
    check(TrustRegion{});
    check(NewtonConjugateGradients{});
    check(AdaptiveCubicRegularization{});
    check(SteihaugTrustRegion{});
    check(SaddleFreeNewton{});
}

BOOST_AUTO_TEST_CASE(line_search_methods_take_the_same_path_in_any_units) {
    check(LimitedMemoryBfgs{});
    check(NonlinearConjugateGradients{});
    check(BarzilaiBorwein{});
    check(SteepestDescent{});
}

BOOST_AUTO_TEST_SUITE_END()
