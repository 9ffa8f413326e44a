#pragma once

#include "hesse/optim/armijo_line_search.hpp"
#include "hesse/optim/curvature/lanczos.hpp"
#include "hesse/optim/curvature/tridiagonal_spectrum.hpp"
#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <optional>
#include <string_view>
#include <vector>

namespace hesse {

/// Newton's method with |H|, the Hessian with its eigenvalues' signs taken away: saddles repel it where they attract Newton's.
///     x <- x - a V |T|^-1 V'g,   T = V'HV,   V an orthonormal basis of the Krylov space of g,   a by the rule of Armijo from 1.
/// Dauphin et al., NeurIPS 2014. Eigenvalues of T below floor |T| count as that, so that the direction is one of descent and no
/// longer than the floor allows. A saddle at which g is zero, or orthogonal to the negative eigenvectors, is left through escape().
/// A step costs `subspace` products at most, a value for each trial, and a gradient; subspace + 6 vectors.
class SaddleFreeNewton {
public:
    struct Options {
        Index subspace = 40;  // Lanczos steps, at most; fewer where the space is invariant
        double floor = 1e-6;  // of |eigenvalues| / |T|
        ArmijoOptions search{};
        NegativeCurvatureEscape::Options escape{};
    };
    static constexpr std::string_view name = "SaddleFreeNewton";
    static constexpr Needs needs{.products = true, .compares_losses = true};

    SaddleFreeNewton() : SaddleFreeNewton(Options{}) {}
    /// Throws std::invalid_argument if an option is out of range.
    explicit SaddleFreeNewton(Options options);

    void start(Iterate& at);
    void restart(Iterate&) {}
    StepOutcome step(Iterate& at);
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const;
    void load(std::istream& in);

private:
    void find_coefficients(double gradient_norm, double longest);

    Options options_;
    ArmijoLineSearch search_;
    NegativeCurvatureEscape escape_;
    std::optional<Lanczos> lanczos_;  // made by start, which knows n
    TridiagonalSpectrum spectrum_;
    std::vector<double> diagonal_, beside_, coefficients_;
    Buffer direction_;
};
static_assert(Optimizer<SaddleFreeNewton>);

}  // namespace hesse
