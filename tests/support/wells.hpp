#pragma once

#include "hesse/optim/objective.hpp"

#include <Eigen/Core>

#include <array>
#include <chrono>

namespace hesse::test {

/// sum_i (x_i^4 / 4 - a_i x_i^2 / 2) + c / 2 sum_i x_i^2 x_(i+1)^2: a well on each side of each zero. Where entries of the start are
/// zero, those of the gradient are: such runs arrive at saddles. On plain arrays, it allocates nothing.
class Wells {
public:
    static constexpr Index n = 12;
    using Vector = std::array<double, n>;

    /// pause: how long an evaluation takes, at least.
    explicit Wells(std::chrono::nanoseconds pause = {}) : pause_(pause) {}

    class Linearization {
    public:
        Linearization(const Wells& f, const double* x) : f_(&f) {
            for (Index i = 0; i < n; ++i) {
                const auto k = static_cast<std::size_t>(i);
                x_[k] = x[i];
                g_[k] = x[i] * (x[i] * x[i] - weight(i) + coupling * neighbours(x, i));
                value_ += term(x, i);
            }
        }
        [[nodiscard]] double value() const { return value_; }
        [[nodiscard]] Eigen::Map<const Eigen::VectorXd> gradient() const { return {g_.data(), n}; }

        struct Hessian {
            const Linearization* at;
            [[nodiscard]] Index rows() const { return n; }
            void apply(const double* in, double* out) const {
                at->f_->wait();
                const double* x = at->x_.data();
                for (Index i = 0; i < n; ++i) {
                    out[i] = (3.0 * x[i] * x[i] - weight(i) + coupling * neighbours(x, i)) * in[i];
                    if (i > 0) out[i] += 2.0 * coupling * x[i] * x[i - 1] * in[i - 1];
                    if (i + 1 < n) out[i] += 2.0 * coupling * x[i] * x[i + 1] * in[i + 1];
                }
            }
            void apply(const Eigen::Map<const Eigen::VectorXd>& in, Eigen::Map<Eigen::VectorXd>& out) const {
                apply(in.data(), out.data());
            }
        };

        /// No sum of squares is behind this loss: a positive diagonal stands for the matrix of Gauss and Newton.
        struct GaussNewton {
            const Linearization* at;
            [[nodiscard]] Index rows() const { return n; }
            void apply(const double* in, double* out) const {
                at->f_->wait();
                const double* x = at->x_.data();
                for (Index i = 0; i < n; ++i) out[i] = (3.0 * x[i] * x[i] + weight(i)) * in[i];
            }
            void apply(const Eigen::Map<const Eigen::VectorXd>& in, Eigen::Map<Eigen::VectorXd>& out) const {
                apply(in.data(), out.data());
            }
        };
        [[nodiscard]] Hessian hessian() const { return {this}; }
        [[nodiscard]] GaussNewton gauss_newton() const { return {this}; }

    private:
        const Wells* f_;
        Vector x_{}, g_{};
        double value_ = 0.0;
    };

    [[nodiscard]] Index size() const { return n; }
    template <class X>
    [[nodiscard]] double value(const X& x) const {
        wait();
        double sum = 0.0;
        for (Index i = 0; i < n; ++i) sum += term(x.data(), i);
        return sum;
    }
    [[nodiscard]] Linearization linearize(const Eigen::Map<const Eigen::VectorXd>& x) const {
        wait();
        return {*this, x.data()};
    }

    /// Away from all saddles; and where every third entry is zero.
    static Eigen::VectorXd start() { return Eigen::VectorXd::LinSpaced(n, 0.2, 1.6); }
    static Eigen::VectorXd start_at_saddles() {
        Eigen::VectorXd x = start();
        for (Index i = 0; i < n; i += 3) x[i] = 0.0;
        return x;
    }

private:
    static constexpr double coupling = 0.1;

    static double weight(Index i) { return 0.3 + 0.06 * static_cast<double>(i); }
    static double neighbours(const double* x, Index i) {
        return (i > 0 ? x[i - 1] * x[i - 1] : 0.0) + (i + 1 < n ? x[i + 1] * x[i + 1] : 0.0);
    }
    static double term(const double* x, Index i) {
        const double square = x[i] * x[i], next = i + 1 < n ? x[i + 1] * x[i + 1] : 0.0;
        return square * (0.25 * square - 0.5 * weight(i) + 0.5 * coupling * next);
    }
    void wait() const {
        if (pause_.count() == 0) return;
        const auto end = std::chrono::steady_clock::now() + pause_;
        while (std::chrono::steady_clock::now() < end) {
        }
    }

    std::chrono::nanoseconds pause_;
};
static_assert(Objective<Wells>);

}  // namespace hesse::test
