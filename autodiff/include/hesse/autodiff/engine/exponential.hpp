#pragma once

#include "hesse/autodiff/engine/linear_solve.hpp"

#include <array>
#include <cmath>

namespace hesse::engine {

/// y = exp(a) by scaling, the [13/13] Padé approximant and squaring; the derivatives are those of what is computed.
/// y_dot = L(a, a_dot) and a_bar += L(a', y_bar) = L(a, y_bar')', with L the derivative, which is the value on series.
/// Higham, SIAM J. Matrix Anal. Appl. 26 (2005); Al-Mohy and Higham, ibid. 30 (2009), whose bound for L is taken.
struct MatrixExponential {
    static constexpr const char* name = "matrix_exponential";
    template <class S>
    struct Kept {
        int squarings;
        LuFactors<S> denominator;
    };

    [[nodiscard]] Shape result_shape(const Shape& a) const {
        require_square(name, a);
        return a;
    }
    template <class S>
    [[nodiscard]] auto prepare(const Dense<S>& a) const {
        constexpr double largest = 4.74;  // of the 1-norm, table 6.1 of Al-Mohy and Higham
        const double norm = a.is_zero() || a.rows() == 0
                                ? 0
                                : static_cast<double>(a.map().cwiseAbs().colwise().sum().maxCoeff());
        int squarings = 0;
        if (std::isfinite(norm)) squarings = std::max(0, std::ilogb(norm / largest) + 1);
        return Kept<S>{squarings, LuFactors<S>(pade(scaled(squarings, a)).denominator)};
    }
    template <class S, class M>
    M value(const Kept<S>& kept, const M& a) const {
        const Pade<M> approximant = pade(scaled(kept.squarings, a));
        M y = solve(kept.denominator, approximant.denominator, approximant.numerator);
        for (int i = 0; i < kept.squarings; ++i) y = y * y;
        return y;
    }
    template <class S, class M>
    void pullback(const Kept<S>& kept, const M&, const M& y_bar, const M& a, Adjoint<M>& a_bar) const {
        a_bar += transposed(value(kept, MatrixSeries<M, 1>(a, transposed(y_bar))).part(1));
    }

private:
    template <class M>
    struct Pade {
        M numerator, denominator;
    };
    template <class M>
    static M scaled(int squarings, const M& a) {
        return static_cast<NumberPart<M>>(std::ldexp(1.0, -squarings)) * a;
    }
    template <class M>
    static Pade<M> pade(const M& a) {
        using S = NumberPart<M>;
        constexpr std::array b{64764752532480000.,
                               32382376266240000.,
                               7771770303897600.,
                               1187353796428800.,
                               129060195264000.,
                               10559470521600.,
                               670442572800.,
                               33522128640.,
                               1323241920.,
                               40840800.,
                               960960.,
                               16380.,
                               182.,
                               1.};
        const auto c = [&](std::size_t k) { return static_cast<S>(b[k] / b[0]); };
        Dense<S> identity(a.rows(), a.rows());
        identity.fresh().setIdentity();
        const M one = constant_matrix<M>(identity);
        const M a2 = a * a, a4 = a2 * a2, a6 = a2 * a4;
        const M odd =
            a * (a6 * (c(13) * a6 + c(11) * a4 + c(9) * a2) + c(7) * a6 + c(5) * a4 + c(3) * a2 + c(1) * one);
        const M even = a6 * (c(12) * a6 + c(10) * a4 + c(8) * a2) + c(6) * a6 + c(4) * a4 + c(2) * a2 + one;
        return {even + odd, even - odd};
    }
};

}  // namespace hesse::engine
