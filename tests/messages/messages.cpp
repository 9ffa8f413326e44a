// Programs that must not compile, one for each MESSAGE: the compiler is to say what to write instead.
#include <hesse/autodiff.hpp>
#if MESSAGE == 6
#include <hesse/optim/levenberg_marquardt.hpp>
#include <hesse/optim/minimize.hpp>
#elif MESSAGE == 7
#include <hesse/optim/limited_memory_bfgs.hpp>
#include <hesse/optim/stochastic/on_batches.hpp>
#elif MESSAGE == 8
#include <hesse/optim/gradient_descent.hpp>
#include <hesse/optim/minimize.hpp>
#endif

#include <vector>

using Eigen::VectorXd;

struct OfStandardVectors {
    template <class T>
    T operator()(const std::vector<T>& y) const {
        return y[0];
    }
};

int main() {
    const VectorXd x = VectorXd::Ones(3);
#if MESSAGE == 0  // that the rest of this file compiles
    return hesse::objective([](const auto& y) { return y.squaredNorm(); }, 3).value(x) > 0 ? 0 : 1;
#elif MESSAGE == 1  // one type of argument
    hesse::objective([](const VectorXd& y) { return y.squaredNorm(); }, 3);
#elif MESSAGE == 2  // neither arrays nor matrices of scalars
    hesse::objective(OfStandardVectors{}, 3);
#elif MESSAGE == 3  // the same, asked for
    hesse::objective(OfStandardVectors{}, 3, hesse::scalars);
#elif MESSAGE == 4  // a function object that captures, where a rule is made of it
    const double factor = 2;
    hesse::objective(
        [=](const auto& y) { return y.unaryExpr([=](const auto& e) { return factor * e; }).sum(); }, 3)
        .linearize(x);
#elif MESSAGE == 5  // a norm without derivatives
    hesse::objective([](const auto& y) { return y.template lpNorm<3>(); }, 3).linearize(x);
#elif MESSAGE == 6  // a method that needs a Gauss-Newton matrix
    const auto f = hesse::objective([](const auto& y) { return y.squaredNorm(); }, 3);
    hesse::minimize(f, x, hesse::LevenbergMarquardt{});
#elif MESSAGE == 7  // a method that compares losses, on batches
    hesse::on_batches(hesse::LimitedMemoryBfgs{});
#elif MESSAGE == 8  // two of which only one would count
    const auto f = hesse::objective([](const auto& y) { return y.squaredNorm(); }, 3);
    hesse::minimize(f, x, hesse::GradientDescent{}, hesse::Stopping{}, hesse::Stopping{});
#endif
    return 0;
}
