#pragma once

#include "hesse/optim/preconditioner.hpp"
#include "hesse/optim/random.hpp"

#include <cstdint>
#include <iosfwd>
#include <string_view>

namespace hesse {

/// D^-1, D from products of the Hessian with random signs z at each point: the root mean square of z o Hz over products and steps.
/// That is |h_ii| where the Hessian is diagonal, and the length of its row i otherwise, which the chance of the signs does not bring
/// near zero, as it does the mean. For Hessians whose diagonal dominates, in bad units say.
/// Bekas, Kokiopoulou and Saad, Appl. Numer. Math. 57 (2007) 1214; averaged over steps as by Yao et al., AAAI 2021, 10665.
/// Four vectors, and as many products a step as asked for.
class DiagonalPreconditioner {
public:
    struct Options {
        Index products = 1;   // at each point
        double memory = 0.9;  // how much of the average lives on, once that many steps have been averaged
        double floor = 1e-8;  // entries below floor times the largest count as that
        std::uint64_t seed = 0;
    };
    static constexpr std::string_view name = "DiagonalPreconditioner";

    DiagonalPreconditioner() : DiagonalPreconditioner(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit DiagonalPreconditioner(Options options);

    void start(Iterate& at);
    void update(Iterate& at);
    void accept();
    void apply(const double* in, double* out) const;
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    struct Average {
        RandomGenerator random;
        Index points = 0;
        Buffer squares;  // mean of (z o Hz)^2
    };
    Options options_;
    Average average_, next_;
    Buffer signs_, inverse_;
};

}  // namespace hesse
