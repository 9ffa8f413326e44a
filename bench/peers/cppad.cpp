#include "peers/peer.hpp"

#include <iostream>
#include <type_traits>

// The copy of CppAD in TMB expects these from TMB.
template <class T>
struct isDouble : std::is_same<T, double> {};
static std::ostream& Rcout = std::cout;
#define CSKIP(...) __VA_ARGS__

#include <cppad/cppad.hpp>
//
#include <optional>
#include <vector>

namespace hesse::bench {
namespace {

/// CppAD: a tape of operations; products by a first-order forward and a second-order reverse sweep on it.
class CppAd {
public:
    CppAd(const ScalarLoss& loss, Index n) : loss_(loss), n_(static_cast<std::size_t>(n)) {}

    double gradient(const double* x, double* g) {
        using Number = CppAD::AD<double>;
        std::vector<Number> independent(x, x + n_), dependent(1);
        CppAD::Independent(independent);
        Eigen::Matrix<Number, Eigen::Dynamic, 1> variables(static_cast<Index>(n_));
        std::copy(independent.begin(), independent.end(), variables.data());
        dependent[0] = evaluate<Number>(loss_, variables);
        tape_.emplace();
        tape_->Dependent(independent, dependent);
        const double value = tape_->Forward(0, std::vector<double>(x, x + n_))[0];
        const std::vector<double> result = tape_->Reverse(1, std::vector<double>{1});
        std::copy(result.begin(), result.end(), g);
        return value;
    }
    void product(const double* v, double* Hv) {
        tape_->Forward(1, std::vector<double>(v, v + n_));
        const std::vector<double> result = tape_->Reverse(2, std::vector<double>{1});
        for (std::size_t i = 0; i < n_; ++i) Hv[i] = result[2 * i + 1];
    }

private:
    ScalarLoss loss_;
    std::size_t n_;
    std::optional<CppAD::ADFun<double>> tape_;
};

const PeerRegistration registration{
    {.name = "cppad", .of_scalars = [](const ScalarLoss& loss, const Problem& problem) {
         return peer_method(
             "cppad", [&] { return std::make_shared<CppAd>(loss, problem.size()); }, problem);
     }}};

}  // namespace
}  // namespace hesse::bench
