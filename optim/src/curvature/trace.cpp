#include "hesse/optim/curvature/trace.hpp"

#include "../options.hpp"
#include "hesse/optim/random.hpp"
#include "sample.hpp"

#include <Eigen/LU>
#include <Eigen/QR>

#include <algorithm>
#include <stdexcept>

namespace hesse {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// The operator, counted and checked.
class Products {
public:
    Products(const char* function, OperatorRef a) : function_(function), a_(a) {}

    [[nodiscard]] Index rows() const { return a_.rows(); }
    [[nodiscard]] Index count() const { return count_; }

    MatrixXd operator*(const MatrixXd& x) {
        MatrixXd y(x.rows(), x.cols());
        a_.apply_block(x.data(), x.cols(), y.data());
        count_ += x.cols();
        if (!y.allFinite())
            throw std::invalid_argument(fmt::format(
                "{}: one of the first {} products of the operator is not finite", function_, count_));
        return y;
    }

private:
    const char* function_;
    OperatorRef a_;
    Index count_ = 0;
};

/// (n x columns) of independent random signs.
MatrixXd random_signs(RandomGenerator& random, Index n, Index columns) {
    MatrixXd z(n, columns);
    random.signs(VectorSpace(z.size()), z.data());
    return z;
}

TraceEstimate exactly(Products& a) {
    TraceEstimate found;
    found.value = 0.0;
    const Index n = a.rows();
    for (Index i = 0; i < n; ++i) found.value += (a * MatrixXd(VectorXd::Unit(n, i)))(i, 0);
    found.standard_error = 0.0;
    found.exact = true;
    return found;
}

TraceEstimate hutchinson(Products& a, Index products, RandomGenerator& random) {
    Sample sample;
    for (Index k = 0; k < products; ++k) {
        const MatrixXd z = random_signs(random, a.rows(), 1);
        sample.add(z.col(0).dot((a * z).col(0)));
    }
    return {sample.estimate()};
}

/// An orthonormal basis of the range of y.
MatrixXd range_of(const MatrixXd& y) {
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(y);
    if (qr.rank() == 0) return MatrixXd(y.rows(), 0);
    return qr.householderQ() * MatrixXd::Identity(y.rows(), qr.rank());
}

TraceEstimate hutch_plus_plus(Products& a, Index products, RandomGenerator& random) {
    const Index third = products / 3;
    const MatrixXd q = range_of(a * random_signs(random, a.rows(), third));
    if (q.cols() == 0) return {Estimate{0.0, 0.0}};  // A is zero
    const double inside = (q.transpose() * (a * q)).trace();
    Sample rest;
    for (Index k = 0; k < products - 2 * third; ++k) {
        MatrixXd g = random_signs(random, a.rows(), 1);
        g -= q * (q.transpose() * g);
        rest.add(g.col(0).dot((a * g).col(0)));
    }
    TraceEstimate found{rest.estimate()};
    found.value += inside;
    return found;
}

/// With Y = A Omega = Q R, the range of Y without its column i is Q (I - s s') with s the unit vector along row i of the
/// inverse of R. So the estimate with that range, and Omega's column i for the rest, needs small matrices only.
TraceEstimate xtrace(Products& a, Index products, RandomGenerator& random) {
    const Index half = products / 2;
    const MatrixXd omega = random_signs(random, a.rows(), half);
    const MatrixXd y = a * omega;
    const Eigen::ColPivHouseholderQR<MatrixXd> pivoted(y);
    if (pivoted.rank() == 0) return {Estimate{0.0, 0.0}};  // A is zero
    const MatrixXd q = pivoted.householderQ() * MatrixXd::Identity(a.rows(), pivoted.rank());
    const MatrixXd h = q.transpose() * (a * q);
    if (pivoted.rank() < half) return {Estimate{h.trace(), 0.0}};  // the range of A is all there
    const MatrixXd r = q.transpose() * y, w = q.transpose() * omega;
    const MatrixXd inverse = r.inverse();
    Sample sample;
    for (Index i = 0; i < half; ++i) {
        const VectorXd s = inverse.row(i).transpose().normalized();
        const double c = s.dot(w.col(i)), shs = s.dot(h * s);
        const VectorXd rest = w.col(i) - c * s;
        // u' A u for u = omega - Q rest, where Q' A omega = r
        const double outside = w.col(i).dot(r.col(i)) - 2.0 * r.col(i).dot(rest) + rest.dot(h * rest);
        sample.add(h.trace() - shs + outside);
    }
    return {sample.estimate()};
}

}  // namespace

TraceEstimate trace_estimate(OperatorRef a, const TraceOptions& options) {
    constexpr const char* function = "trace_estimate";
    const Index least = options.method == TraceMethod::hutchinson        ? 1
                        : options.method == TraceMethod::hutch_plus_plus ? 6
                                                                         : 4;
    require_at_least(function, "products", options.products, least);
    Products counted(function, a);
    RandomGenerator random(options.seed);
    TraceEstimate found = [&] {
        if (options.products >= a.rows()) return exactly(counted);
        switch (options.method) {
            case TraceMethod::hutchinson:
                return hutchinson(counted, options.products, random);
            case TraceMethod::hutch_plus_plus:
                return hutch_plus_plus(counted, options.products, random);
            case TraceMethod::xtrace:
                break;
        }
        return xtrace(counted, options.products, random);
    }();
    found.products = counted.count();
    found.seed = options.seed;
    return found;
}

DiagonalEstimate diagonal_estimate(OperatorRef a, Index products, std::uint64_t seed) {
    constexpr const char* function = "diagonal_estimate";
    require_at_least(function, "products", products, 1);
    Products counted(function, a);
    RandomGenerator random(seed);
    const Index n = a.rows();
    DiagonalEstimate found;
    if (products >= n) {
        found.value = found.standard_error = Columns(n, 1);
        for (Index i = 0; i < n; ++i)
            found.value.data()[i] = (counted * MatrixXd(VectorXd::Unit(n, i)))(i, 0);
    } else {
        VectorXd mean = VectorXd::Zero(n), squares = VectorXd::Zero(n);
        for (Index k = 1; k <= products; ++k) {
            const MatrixXd z = random_signs(random, n, 1);
            const VectorXd from_mean = z.col(0).cwiseProduct((counted * z).col(0)) - mean;
            mean += from_mean / static_cast<double>(k);
            squares += from_mean.cwiseAbs2() * (1.0 - 1.0 / static_cast<double>(k));
        }
        const auto count = static_cast<double>(products);
        found.value = Columns(mean);
        const double scale =
            products == 1 ? std::numeric_limits<double>::infinity() : 1.0 / ((count - 1.0) * count);
        found.standard_error = Columns(VectorXd::Constant(n, scale));
        if (products > 1) found.standard_error = Columns((scale * squares).cwiseSqrt());
    }
    found.products = counted.count();
    found.seed = seed;
    return found;
}

TraceEstimate frobenius_norm_estimate(OperatorRef a, Index products, std::uint64_t seed) {
    constexpr const char* function = "frobenius_norm_estimate";
    require_at_least(function, "products", products, 1);
    Products counted(function, a);
    RandomGenerator random(seed);
    const Index n = a.rows();
    TraceEstimate found;
    if (products >= n) {
        double squares = 0.0;
        for (Index i = 0; i < n; ++i) squares += (counted * MatrixXd(VectorXd::Unit(n, i))).squaredNorm();
        found.value = std::sqrt(squares);
        found.standard_error = 0.0;
        found.exact = true;
    } else {
        Sample sample;
        for (Index k = 0; k < products; ++k) sample.add((counted * random_signs(random, n, 1)).squaredNorm());
        const Estimate square = sample.estimate();
        found.value = std::sqrt(square.value);
        // of the root, to first order
        found.standard_error = found.value > 0.0 ? 0.5 * square.standard_error / found.value : 0.0;
    }
    found.products = counted.count();
    found.seed = seed;
    return found;
}

}  // namespace hesse
