#pragma once

#include "hesse/autodiff/operations/power.hpp"
#include "hesse/autodiff/variable.hpp"

#include <Eigen/Core>

/// Eigen's sums, dot products and matrix products over variables. Its own code adds up by s = s + a * b, which makes a
/// slot of each partial sum and often another of each term. Here a sum keeps its one slot, and a term is one
/// statement.
namespace hesse {

/// Eigen's evaluators of the arguments of an expression, made with the expression's own.
template <class Evaluator>
struct EvaluatorData : Evaluator {
    static const auto& of(const Evaluator& evaluator) { return evaluator.*(&EvaluatorData::m_d); }
};

/// The entry (i, j) of what is summed. A product or a square is an expression: part of the statement that adds it.
template <class Expression>
struct SumTerm {
    template <class Evaluator>
    static auto at(const Evaluator& entries, Eigen::Index i, Eigen::Index j) {
        return entries.coeff(i, j);
    }
};
template <template <class, class> class Product, class A, class B, class Left, class Right>
    requires std::is_same_v<Product<A, B>, Eigen::internal::scalar_product_op<A, B>> ||
             std::is_same_v<Product<A, B>, Eigen::internal::scalar_conj_product_op<A, B>>
struct SumTerm<Eigen::CwiseBinaryOp<Product<A, B>, Left, Right>> {
    template <class Evaluator>
    static auto at(const Evaluator& entries, Eigen::Index i, Eigen::Index j) {
        const auto& sides = EvaluatorData<Evaluator>::of(entries);
        return sides.lhsImpl.coeff(i, j) * sides.rhsImpl.coeff(i, j);
    }
};
template <template <class> class Power, class S, class Argument>
    requires std::is_same_v<Power<S>, Eigen::internal::scalar_abs2_op<S>> ||
             std::is_same_v<Power<S>, Eigen::internal::scalar_square_op<S>>
struct SumTerm<Eigen::CwiseUnaryOp<Power<S>, Argument>> {
    template <class Evaluator>
    static auto at(const Evaluator& entries, Eigen::Index i, Eigen::Index j) {
        return square(EvaluatorData<Evaluator>::of(entries).argImpl.coeff(i, j));
    }
};

/// Takes the place of Eigen's sum over all entries.
template <class T, class Evaluator>
struct SumOfVariables {
    template <class Operation, class Expression>
    static Variable<T> run(const Evaluator& entries, const Operation&, const Expression& expression) {
        Variable<T> sum = 0;
        for (Eigen::Index outer = 0; outer < expression.outerSize(); ++outer) {
            for (Eigen::Index inner = 0; inner < expression.innerSize(); ++inner) {
                constexpr bool row_major = Expression::IsRowMajor;
                sum += SumTerm<Expression>::at(entries, row_major ? outer : inner, row_major ? inner : outer);
            }
        }
        return sum;
    }
};

/// Takes the place of Eigen's products of matrices and vectors: entry by entry, each a sum in one slot. Arguments
/// that are expressions are evaluated once.
template <class Left, class Right>
struct ProductOfVariables {
    using Scalar = typename Eigen::Product<Left, Right>::Scalar;

    template <class Result>
    static void evalTo(Result& result, const Left& left, const Right& right) {
        for_each_entry(result, left, right, [](Scalar& entry, Scalar&& sum) { entry = std::move(sum); });
    }
    template <class Result>
    static void addTo(Result& result, const Left& left, const Right& right) {
        for_each_entry(result, left, right, [](Scalar& entry, Scalar&& sum) { entry += sum; });
    }
    template <class Result>
    static void subTo(Result& result, const Left& left, const Right& right) {
        for_each_entry(result, left, right, [](Scalar& entry, Scalar&& sum) { entry -= sum; });
    }
    template <class Result>
    static void scaleAndAddTo(Result& result, const Left& left, const Right& right, const Scalar& alpha) {
        for_each_entry(result, left, right, [&](Scalar& entry, Scalar&& sum) { entry += alpha * sum; });
    }

private:
    template <class Result, class Put>
    static void for_each_entry(Result& result, const Left& left, const Right& right, const Put& put) {
        using namespace Eigen::internal;
        const typename nested_eval<Left, Right::ColsAtCompileTime>::type evaluated_left(left);
        const typename nested_eval<Right, Left::RowsAtCompileTime>::type evaluated_right(right);
        const evaluator<std::remove_cvref_t<decltype(evaluated_left)>> a(evaluated_left);
        const evaluator<std::remove_cvref_t<decltype(evaluated_right)>> b(evaluated_right);
        for (Eigen::Index j = 0; j < result.cols(); ++j) {
            for (Eigen::Index i = 0; i < result.rows(); ++i) {
                Scalar sum = 0;
                for (Eigen::Index k = 0; k < left.cols(); ++k) sum += a.coeff(i, k) * b.coeff(k, j);
                put(result.coeffRef(i, j), std::move(sum));
            }
        }
    }
};

}  // namespace hesse

namespace Eigen::internal {

template <class T, class Evaluator>
struct redux_impl<scalar_sum_op<hesse::Variable<T>, hesse::Variable<T>>, Evaluator, DefaultTraversal,
                  NoUnrolling> : hesse::SumOfVariables<T, Evaluator> {};
template <class T, class Evaluator>
struct redux_impl<scalar_sum_op<hesse::Variable<T>, hesse::Variable<T>>, Evaluator, DefaultTraversal,
                  CompleteUnrolling> : hesse::SumOfVariables<T, Evaluator> {};

template <class Left, class Right>
    requires hesse::ScalarOperands<typename Left::Scalar, typename Right::Scalar>
struct generic_product_impl<Left, Right, DenseShape, DenseShape, GemmProduct>
    : hesse::ProductOfVariables<Left, Right> {};
template <class Left, class Right>
    requires hesse::ScalarOperands<typename Left::Scalar, typename Right::Scalar>
struct generic_product_impl<Left, Right, DenseShape, DenseShape, GemvProduct>
    : hesse::ProductOfVariables<Left, Right> {};
template <class Left, class Right>
    requires hesse::ScalarOperands<typename Left::Scalar, typename Right::Scalar>
struct generic_product_impl<Left, Right, DenseShape, DenseShape, CoeffBasedProductMode>
    : hesse::ProductOfVariables<Left, Right> {};

// Of 4 x 4 matrices by complementary minors of the upper and the lower two rows; Eigen's code mixes expressions.
template <class Derived, int Size>
struct determinant_impl;
template <class Derived>
    requires hesse::ScalarOperand<typename Derived::Scalar>
struct determinant_impl<Derived, 4> {
    using Scalar = typename Derived::Scalar;
    static Scalar run(const Derived& m) {
        const auto minor = [&](Index row, Index a, Index b) -> Scalar {
            return m(row, a) * m(row + 1, b) - m(row, b) * m(row + 1, a);
        };
        return minor(0, 0, 1) * minor(2, 2, 3) - minor(0, 0, 2) * minor(2, 1, 3) +
               minor(0, 0, 3) * minor(2, 1, 2) + minor(0, 1, 2) * minor(2, 0, 3) -
               minor(0, 1, 3) * minor(2, 0, 2) + minor(0, 2, 3) * minor(2, 0, 1);
    }
};

}  // namespace Eigen::internal
