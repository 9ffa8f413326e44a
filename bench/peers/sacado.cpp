#include "peers/peer.hpp"

// Debian's Trilinos is built with MPI. What its headers include of that is not needed here.
#define OMPI_SKIP_MPICXX 1
#include <Sacado.hpp>

namespace hesse::bench {
namespace {

/// Sacado: reverse mode over numbers for gradients, over numbers with a tangent for products. It keeps no tape,
/// so that every product records again.
class SacadoRad {
public:
    SacadoRad(const ScalarLoss& loss, Index n) : loss_(loss), n_(n) {}

    double gradient(const double* x, double* g) {
        x_ = x;
        using Number = Sacado::Rad::ADvar<double>;
        Eigen::Matrix<Number, Eigen::Dynamic, 1> variables(n_);
        for (Index i = 0; i < n_; ++i) variables[i] = x[i];
        const Number loss = evaluate(loss_, variables);
        Sacado::Rad::ADcontext<double>::Gradcomp();
        for (Index i = 0; i < n_; ++i) g[i] = variables[i].adj();
        return loss.val();
    }
    void product(const double* v, double* Hv) {
        using Tangent = Sacado::Fad::SFad<double, 1>;
        using Number = Sacado::Rad::ADvar<Tangent>;
        Eigen::Matrix<Number, Eigen::Dynamic, 1> variables(n_);
        for (Index i = 0; i < n_; ++i) {
            Tangent entry(x_[i]);
            entry.resize(1);
            entry.fastAccessDx(0) = v[i];
            variables[i] = entry;
        }
        const Number loss = evaluate(loss_, variables);
        Sacado::Rad::ADcontext<Tangent>::Gradcomp();
        for (Index i = 0; i < n_; ++i) Hv[i] = variables[i].adj().dx(0);
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
    {.name = "sacado", .of_scalars = [](const ScalarLoss& loss, const Problem& problem) {
         return peer_method(
             "sacado", [&] { return std::make_shared<SacadoRad>(loss, problem.size()); }, problem);
     }}};

}  // namespace
}  // namespace hesse::bench
