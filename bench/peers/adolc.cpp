#include "peers/peer.hpp"

#include <adolc/adolc.h>

namespace hesse::bench {
namespace {

/// ADOL-C: a tape of operations; products by hess_vec, one tangent and one second-order reverse sweep on it.
class AdolC {
public:
    AdolC(const ScalarLoss& loss, Index n) : loss_(loss), n_(n), variables_(n) {}

    double gradient(const double* x, double* g) {
        x_ = x;
        // Buffers that hold the whole tape, so that none of it goes to files.
        constexpr unsigned size = 1u << 27;
        trace_on(tag, 0, size, size, size, size);
        for (Index i = 0; i < n_; ++i) variables_[i] <<= x[i];
        adouble loss = evaluate(loss_, variables_);
        double value = 0;
        loss >>= value;
        trace_off();
        ::gradient(tag, static_cast<int>(n_), const_cast<double*>(x), g);
        return value;
    }
    void product(const double* v, double* Hv) {
        hess_vec(tag, static_cast<int>(n_), const_cast<double*>(x_), const_cast<double*>(v), Hv);
    }

private:
    static constexpr short tag = 1;

    ScalarLoss loss_;
    Index n_;
    Eigen::Matrix<adouble, Eigen::Dynamic, 1> variables_;
    const double* x_ = nullptr;
};

const PeerRegistration registration{
    {.name = "adolc", .of_scalars = [](const ScalarLoss& loss, const Problem& problem) {
         return peer_method(
             "adolc", [&] { return std::make_shared<AdolC>(loss, problem.size()); }, problem);
     }}};

}  // namespace
}  // namespace hesse::bench
