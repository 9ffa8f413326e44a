// First, since it prepares Eigen for its numbers.
#include <stan/math/mix/mat.hpp>
//
#include "peers/peer.hpp"

namespace hesse::bench {
namespace {

/// Stan Math: reverse mode for gradients, forward over reverse for products. It keeps no tape, so that every
/// product records again.
class Stan {
public:
    Stan(const ScalarLoss& loss, Index n) : loss_(loss), n_(n) {}

    double gradient(const double* x, double* g) {
        x_ = x;
        using Number = stan::math::var;
        Eigen::Matrix<Number, Eigen::Dynamic, 1> variables(n_);
        for (Index i = 0; i < n_; ++i) variables[i] = x[i];
        const Number loss = evaluate(loss_, variables);
        stan::math::grad(loss.vi_);
        for (Index i = 0; i < n_; ++i) g[i] = variables[i].adj();
        const double value = loss.val();
        stan::math::recover_memory();
        return value;
    }
    void product(const double* v, double* Hv) {
        using Number = stan::math::fvar<stan::math::var>;
        Eigen::Matrix<Number, Eigen::Dynamic, 1> variables(n_);
        for (Index i = 0; i < n_; ++i) variables[i] = Number(x_[i], v[i]);
        const Number loss = evaluate(loss_, variables);
        stan::math::grad(loss.d_.vi_);
        for (Index i = 0; i < n_; ++i) Hv[i] = variables[i].val_.adj();
        stan::math::recover_memory();
    }
    void product_at(const double* x, const double* v, double* Hv) {
        x_ = x;
        product(v, Hv);
    }

private:
    ScalarLoss loss_;
    Index n_;
    const double* x_ = nullptr;
};

const PeerRegistration registration{
    {.name = "stan", .of_scalars = [](const ScalarLoss& loss, const Problem& problem) {
         return peer_method(
             "stan", [&] { return std::make_shared<Stan>(loss, problem.size()); }, problem);
     }}};

}  // namespace
}  // namespace hesse::bench
