#include "hesse/autodiff/gemm.hpp"

#include "gemm_kernels.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using hesse::Index;
using hesse::Transpose;

namespace {

template <class T>
using Kernel = std::function<void(const hesse::kernels::Product<T>&)>;

/// The public function and every kernel of this build, whichever of them the public function uses.
template <class T>
std::vector<Kernel<T>> kernels() {
    std::vector<Kernel<T>> all;
    all.push_back([](const auto& p) {
        hesse::gemm(p.a_op, p.b_op, p.m, p.n, p.k, p.alpha, p.a, p.lda, p.b, p.ldb, p.beta, p.c, p.ldc);
    });
    all.push_back(&hesse::kernels::eigen_gemm<T>);
#ifdef HESSE_GEMM_CBLAS
    all.push_back(&hesse::kernels::cblas_gemm<T>);
#endif
    return all;
}

template <class T>
std::vector<T> random_values(Index count, std::mt19937_64& generator) {
    std::vector<T> values(static_cast<std::size_t>(count));
    for (T& value : values) value = static_cast<T>(generator() >> 11) * static_cast<T>(0x1p-52) - T(1);
    return values;
}

/// Compares a kernel with three loops in long double, for columns `padding` further apart than they are long.
template <class T>
void check_product(const Kernel<T>& kernel, Transpose a_op, Transpose b_op, Index m, Index n, Index k,
                   T alpha, T beta, Index padding) {
    std::mt19937_64 generator(7);
    const bool a_transposed = a_op == Transpose::yes;
    const bool b_transposed = b_op == Transpose::yes;
    const Index lda = (a_transposed ? k : m) + padding;
    const Index ldb = (b_transposed ? n : k) + padding;
    const Index ldc = m + padding;
    const auto a = random_values<T>(lda * (a_transposed ? m : k), generator);
    const auto b = random_values<T>(ldb * (b_transposed ? k : n), generator);
    const T nan = std::numeric_limits<T>::quiet_NaN();
    const auto before = beta == T(0) ? std::vector<T>(static_cast<std::size_t>(ldc * n), nan)
                                     : random_values<T>(ldc * n, generator);
    auto c = before;

    kernel({a_op, b_op, m, n, k, alpha, a.data(), lda, b.data(), ldb, beta, c.data(), ldc});

    for (Index j = 0; j < n; ++j) {
        for (Index i = 0; i < ldc; ++i) {
            const auto at = static_cast<std::size_t>(i + j * ldc);
            if (i >= m) {  // between the columns: untouched, as bits
                BOOST_TEST((c[at] == before[at] || (std::isnan(c[at]) && std::isnan(before[at]))));
                continue;
            }
            long double sum = 0;
            long double size = 0;  // of the terms, which bounds the rounding error
            for (Index l = 0; l < k; ++l) {
                const long double term =
                    static_cast<long double>(
                        a[static_cast<std::size_t>(a_transposed ? l + i * lda : i + l * lda)]) *
                    b[static_cast<std::size_t>(b_transposed ? j + l * ldb : l + j * ldb)];
                sum += term;
                size += std::abs(term);
            }
            const long double old = beta == T(0) ? 0 : static_cast<long double>(beta) * before[at];
            const long double expected = alpha * sum + old;
            // Any order of summation errs by at most (k + 2) eps times the terms' sizes (Higham 2002, 3.5).
            const long double tolerance = static_cast<long double>(k + 2) *
                                          std::numeric_limits<T>::epsilon() *
                                          (std::abs(alpha) * size + std::abs(old));
            if (!(std::abs(static_cast<long double>(c[at]) - expected) <= tolerance))
                BOOST_ERROR("entry (" << i << ", " << j << ") of " << m << " x " << n << " x " << k << ": "
                                      << c[at] << ", expected " << expected);
        }
    }
}

template <class T>
void check_all_products() {
    struct Size {
        Index m, n, k;
    };
    // One of each is 1, a vector by a vector, tails of every vector width, a block past the cache's.
    const std::vector<Size> sizes = {{1, 1, 1},     {1, 7, 5},     {6, 1, 9}, {5, 4, 1},   {1, 1, 33},
                                     {1, 20, 1},    {2, 3, 4},     {8, 8, 8}, {13, 17, 9}, {16, 64, 2},
                                     {33, 31, 65},  {64, 10, 100}, {3, 5, 7}, {1, 65, 2},  {65, 1, 2},
                                     {40, 300, 70}, {130, 70, 300}};
    for (const auto& kernel : kernels<T>())
        for (const auto a_op : {Transpose::no, Transpose::yes})
            for (const auto b_op : {Transpose::no, Transpose::yes})
                for (const Size& size : sizes)
                    for (const Index padding : {0, 3})
                        for (const T beta : {T(0), T(1), T(-0.5)})
                            check_product<T>(kernel, a_op, b_op, size.m, size.n, size.k,
                                             beta == T(1) ? T(1) : T(2.5), beta, padding);
}

void call(Index m, Index n, Index k, Index lda, Index ldb, Index ldc) {
    std::vector<double> data(100, 1.0);
    std::vector<double> c(100, 1.0);
    hesse::gemm(Transpose::no, Transpose::yes, m, n, k, 1.0, data.data(), lda, data.data(), ldb, 0.0,
                c.data(), ldc);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gemm)

BOOST_AUTO_TEST_CASE(every_kernel_agrees_with_three_loops_in_double) { check_all_products<double>(); }

BOOST_AUTO_TEST_CASE(every_kernel_agrees_with_three_loops_in_float) { check_all_products<float>(); }

BOOST_AUTO_TEST_CASE(a_sum_of_nothing_is_zero_and_reads_no_factor) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> c = {nan, nan, nan, nan};
    hesse::gemm<double>(Transpose::no, Transpose::no, 2, 2, 0, 1.0, nullptr, 2, nullptr, 0, 0.0, c.data(), 2);
    for (const double entry : c) BOOST_TEST(entry == 0.0);

    c = {1.0, 2.0, 3.0, 4.0};
    hesse::gemm<double>(Transpose::no, Transpose::no, 2, 2, 3, 0.0, nullptr, 2, nullptr, 3, 0.5, c.data(), 2);
    BOOST_TEST(c == (std::vector<double>{0.5, 1.0, 1.5, 2.0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_empty_result_is_left_alone) {
    hesse::gemm<double>(Transpose::no, Transpose::no, 0, 3, 2, 1.0, nullptr, 0, nullptr, 2, 0.0, nullptr, 0);
    hesse::gemm<double>(Transpose::no, Transpose::no, 3, 0, 2, 1.0, nullptr, 3, nullptr, 2, 0.0, nullptr, 3);
}

BOOST_AUTO_TEST_CASE(a_literal_scale_follows_the_type_of_the_matrices) {
    const std::vector<float> a = {2.0F};
    std::vector<float> c = {1.0F};
    hesse::gemm(Transpose::no, Transpose::no, 1, 1, 1, 1, a.data(), 1, a.data(), 1, 1, c.data(), 1);
    BOOST_TEST(c[0] == 5.0F);
}

BOOST_AUTO_TEST_CASE(sizes_and_leading_dimensions_that_do_not_fit_are_refused_by_name) {
    const auto refused = [](const std::string& message) {
        return [message](const std::invalid_argument& error) {
            BOOST_TEST(error.what() == message);
            return true;
        };
    };
    BOOST_CHECK_EXCEPTION(call(-1, 2, 3, 2, 2, 2), std::invalid_argument,
                          refused("gemm: m is -1 but must not be negative"));
    BOOST_CHECK_EXCEPTION(call(2, -2, 3, 2, 2, 2), std::invalid_argument,
                          refused("gemm: n is -2 but must not be negative"));
    BOOST_CHECK_EXCEPTION(call(2, 2, -3, 2, 2, 2), std::invalid_argument,
                          refused("gemm: k is -3 but must not be negative"));
    BOOST_CHECK_EXCEPTION(call(4, 2, 3, 3, 2, 4), std::invalid_argument,
                          refused("gemm: lda is 3 but the columns have 4 rows"));
    BOOST_CHECK_EXCEPTION(call(4, 5, 3, 4, 4, 4), std::invalid_argument,
                          refused("gemm: ldb is 4 but the columns have 5 rows"));
    BOOST_CHECK_EXCEPTION(call(4, 5, 3, 4, 5, 3), std::invalid_argument,
                          refused("gemm: ldc is 3 but the columns have 4 rows"));
}

BOOST_AUTO_TEST_SUITE_END()
