#pragma once

#include "hesse/autodiff/dual.hpp"
#include "hesse/autodiff/gemm.hpp"
#include "hesse/autodiff/taylor.hpp"

#include <array>
#include <vector>

/// Matrix products over any number type: duals and Taylor numbers are split into matrices of their parts, of which
/// each pair whose orders do not exceed that of the numbers is multiplied.
namespace hesse::engine {

/// Duals and Taylor numbers as truncated series.
template <class T>
struct Series {
    static constexpr int size = 0;  // not a series
};
template <class S>
struct Series<Dual<S>> {
    using Part = S;
    static constexpr int size = 2;
    static S& part(Dual<S>& x, int k) { return k == 0 ? x.value : x.tangent; }
    static const S& part(const Dual<S>& x, int k) { return k == 0 ? x.value : x.tangent; }
};
template <class S, int order>
struct Series<Taylor<S, order>> {
    using Part = S;
    static constexpr int size = order + 1;
    static S& part(Taylor<S, order>& x, int k) { return x[k]; }
    static const S& part(const Taylor<S, order>& x, int k) { return x[k]; }
};
template <class T>
inline constexpr bool is_series = Series<T>::size != 0;

/// C = op(A) op(B) + beta C, with beta 0 or 1; arguments as those of gemm.
template <class T>
void product_of(Transpose a_op, Transpose b_op, Index m, Index n, Index k,
                const std::type_identity_t<T>& alpha, const T* a, Index lda, const T* b, Index ldb,
                const std::type_identity_t<T>& beta, T* c, Index ldc) {
    if constexpr (!is_series<T>) {
        gemm<T>(a_op, b_op, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    } else {
        using Part = typename Series<T>::Part;
        constexpr int size = Series<T>::size;
        const auto split = [](const T* x, Index leading, Index rows, Index cols) {
            std::array<std::vector<Part>, std::size_t{size}> parts;
            for (int p = 0; p < size; ++p) {
                auto& part = parts[static_cast<std::size_t>(p)];
                part.reserve(static_cast<std::size_t>(rows * cols));
                for (Index j = 0; j < cols; ++j) {
                    for (Index i = 0; i < rows; ++i) part.push_back(Series<T>::part(x[i + j * leading], p));
                }
            }
            return parts;
        };
        const bool a_yes = a_op == Transpose::yes, b_yes = b_op == Transpose::yes;
        const Index a_rows = a_yes ? k : m, b_rows = b_yes ? n : k;
        const auto a_parts = split(a, lda, a_rows, a_yes ? m : k);
        const auto b_parts = split(b, ldb, b_rows, b_yes ? k : n);
        std::vector<Part> sum(static_cast<std::size_t>(m * n));
        for (int p = 0; p < size; ++p) {
            for (int q = 0; q <= p; ++q) {
                product_of<Part>(a_op, b_op, m, n, k, Part(1), a_parts[static_cast<std::size_t>(q)].data(),
                                 std::max<Index>(a_rows, 1), b_parts[static_cast<std::size_t>(p - q)].data(),
                                 std::max<Index>(b_rows, 1), Part(q == 0 ? 0 : 1), sum.data(),
                                 std::max<Index>(m, 1));
            }
            for (Index j = 0; j < n; ++j) {
                for (Index i = 0; i < m; ++i) {
                    Part& target = Series<T>::part(c[i + j * ldc], p);
                    const Part& term = sum[static_cast<std::size_t>(i + j * m)];
                    target = beta == T(0) ? term : Part(target + term);
                }
            }
        }
    }
}

}  // namespace hesse::engine
