#pragma once

#include "hesse/autodiff/engine/engine.hpp"
#include "hesse/autodiff/hessian.hpp"
#include "hesse/autodiff/sums/communicator.hpp"
#include "hesse/autodiff/sums/part_tree.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hesse {

/// The parts of a sum, F = weight sum_k f_k + r, and how they are evaluated.
template <class Part, class Term, class T>
struct SumOfParts {
    std::vector<Part> parts;
    std::optional<Term> term;  // r
    T weight = 1;
    Index size = 0;
    std::vector<Index> rows;     // of each part; one may have none
    Index first = 0, total = 0;  // which parts these are, of how many on all ranks
    Index sample = 1;            // how many parts, spread evenly, errors are estimated from
    int threads = 1;
    std::size_t memory = 0;  // bytes of recordings that one linearisation may keep, on all ranks
    std::shared_ptr<Communicator> communicator;  // or null
    mutable VectorPool<T> pool;

    [[nodiscard]] Index count() const { return static_cast<Index>(parts.size()); }
    [[nodiscard]] const Part& part(Index k) const { return parts[static_cast<std::size_t>(k)]; }
    [[nodiscard]] bool empty(Index k) const { return rows[static_cast<std::size_t>(k)] == 0; }

    /// out (count) = the sum over the ranks of what `work(out)` writes here, for which each rank was given these numbers. If it
    /// throws on one rank, or they are not the same on all, all throw. what: for messages.
    template <class Work>
    void over_ranks(const char* what, const char* given, std::span<const T> numbers, T* out,
                    std::size_t count, const Work& work) const {
        if (communicator == nullptr || communicator->size() == 1) return work(out);
        constexpr std::size_t more = Fingerprint::numbers<T>;
        typename VectorPool<T>::Lease all(pool, count + 1 + more);
        T* const end = all.data() + count;
        std::exception_ptr failure;
        try {
            work(all.data());
        } catch (...) {
            failure = std::current_exception();
            std::fill_n(all.data(), count, T(0));
        }
        end[0] = failure ? T(1) : T(0);
        Fingerprint(numbers.data(), numbers.size_bytes()).write(end + 1);
        communicator->sum(all.data(), count + 1 + more, what);
        communicator->throw_together(failure, static_cast<double>(end[0]));
        if (!Fingerprint::same(end + 1, communicator->size()))
            throw std::invalid_argument(
                std::string("finite_sum: ") + given +
                " not the same on all ranks, as expected: do they have the same start, "
                "method, options and seed?");
        std::copy_n(all.data(), count, out);
    }
    /// The same at the point x (n), which has to be finite.
    template <class Work>
    void over_ranks_at(const char* what, const Eigen::Ref<const Eigen::Matrix<T, Eigen::Dynamic, 1>>& x,
                       T* out, std::size_t count, const Work& work) const {
        over_ranks(what, "the point is", {x.data(), static_cast<std::size_t>(x.size())}, out, count,
                   [&](T* here) {
                       require_size("finite_sum: the point", x.size(), size);
                       require_finite("finite_sum: the point", x.data(), x.size());
                       work(here);
                   });
    }
};

/// A sum at one point. Parts are recorded one by one for the gradient, and their recordings given back. The first product
/// records them again, and keeps as many recordings for further products as its memory allows, spread evenly over the parts;
/// the others are recorded for each product anew.
template <class Part, class Term, class Number>
class LinearizedSum {
public:
    using T = Number;
    using Sum = SumOfParts<Part, Term, T>;
    using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
    using PartAt = decltype(std::declval<const Part&>().linearize(std::declval<const Vector&>()));
    using TermAt = decltype(std::declval<const Term&>().linearize(std::declval<const Vector&>()));

    LinearizedSum(std::shared_ptr<const Sum> sum, const Eigen::Ref<const Vector>& x)
        : sum_(std::move(sum)), x_(x), results_(sum_->size + 1), kept_(sum_->parts.size()) {
        const auto n = static_cast<std::size_t>(sum_->size);
        sum_->over_ranks_at("a gradient", x_, results_.data(), n + 1, [&](T* here) {
            if (sum_->term) term_.emplace(sum_->term->linearize(x_));
            std::vector<T> values(sum_->parts.size(), T(0));
            sum_parts<T>(
                sum_->count(), n, sum_->threads, sum_->pool,
                [&](Index k, T* out) {
                    if (sum_->empty(k)) return std::fill_n(out, n, T(0)), void();
                    const auto at = sum_->part(k).linearize(x_);
                    values[static_cast<std::size_t>(k)] = static_cast<T>(at.value());
                    Eigen::Map<Vector>(out, sum_->size) = at.gradient();
                },
                here);
            here[n] = sum_along_tree(values.data(), sum_->count());
        });
        if (sum_->weight != T(1)) results_ *= sum_->weight;
        if (term_) {
            results_[size()] += static_cast<T>(term_->value());
            results_.head(size()) += term_->gradient();
        }
    }
    LinearizedSum(const LinearizedSum&) = delete;
    LinearizedSum& operator=(const LinearizedSum&) = delete;

    [[nodiscard]] Index size() const { return sum_->size; }
    [[nodiscard]] Communicator* communicator() const { return sum_->communicator.get(); }
    [[nodiscard]] T value() const { return results_[size()]; }
    [[nodiscard]] Eigen::Map<const Vector> gradient() const { return {results_.data(), size()}; }

    /// out (n x columns) = what `apply(at, out)` writes for the linearisation `at` of each part and of the term, added up; `check`
    /// throws if the directions, which are given too, do not fit.
    template <class Check, class Apply>
    void product(std::span<const T> directions, Index columns, T* out, const Check& check,
                 const Apply& apply) {
        decide(columns, check, apply);
        add_up(directions, columns, out, check, apply, [&](Index k, T* to) {
            auto& at = kept_[static_cast<std::size_t>(k)];
            if (!keeps(k)) return apply(sum_->part(k).linearize(x_), to);
            if (!at) at.emplace(sum_->part(k).linearize(x_));
            apply(*at, to);
        });
    }
    /// The same, keeping nothing that is not kept already.
    template <class Check, class Apply>
    void product_once(std::span<const T> direction, T* out, const Check& check, const Apply& apply) const {
        add_up(direction, 1, out, check, apply, [&](Index k, T* to) {
            const auto& at = kept_[static_cast<std::size_t>(k)];
            if (at) apply(*at, to);
            else apply(sum_->part(k).linearize(x_), to);
        });
    }

    /// How many parts keep their recordings, and the bytes of these.
    [[nodiscard]] Index kept_parts() const {
        return static_cast<Index>(
            std::count_if(kept_.begin(), kept_.end(), [](const auto& at) { return at.has_value(); }));
    }
    [[nodiscard]] std::size_t kept_bytes() const {
        std::size_t bytes = 0;
        for (const auto& at : kept_)
            if (at) bytes += bytes_of(*at);
        return bytes;
    }

    /// From a sample of the parts, each recorded again.
    [[nodiscard]] T rounding_error() const {
        const auto errors = of_some_parts("a rounding error", [](const auto& at) { return error_of(at); });
        const auto sampled = static_cast<Index>(errors.size());
        const T share = static_cast<T>(sum_->total) / static_cast<T>(sampled);
        const T of_term = term_ ? error_of(*term_) : T(0);
        return sum_->weight * share * sum_along_tree(errors.data(), sampled) + of_term;
    }
    /// The relative error of a product with the Hessian, where parts say it of theirs: the largest in a sample of them.
    [[nodiscard]] T precision() const
        requires requires(const PartAt& at) { at.hessian().precision(); }
    {
        const auto errors =
            of_some_parts("a relative error", [](const auto& at) { return at.hessian().precision(); });
        return *std::max_element(errors.begin(), errors.end());
    }

private:
    /// number(at) of the sample, each linearised again; 0 of an empty part. what: for messages.
    template <class NumberOf>
    [[nodiscard]] std::vector<T> of_some_parts(const char* what, const NumberOf& number) const {
        const Index sampled = sum_->sample;
        std::vector<T> numbers(static_cast<std::size_t>(sampled));
        sum_->over_ranks(what, "", {}, numbers.data(), numbers.size(), [&](T* out) {
            for_each_task(sampled, sum_->threads, [&](Index s) {
                const Index k = s * sum_->total / sampled - sum_->first;
                const bool here = k >= 0 && k < sum_->count() && !sum_->empty(k);
                out[s] = here ? static_cast<T>(number(sum_->part(k).linearize(x_))) : T(0);
            });
        });
        return numbers;
    }

    template <class At>
    static std::size_t bytes_of(const At& at) {
        if constexpr (requires { at.memory().total(); }) return at.memory().total();
        else return 0;
    }
    template <class At>
    static T error_of(const At& at) {
        if constexpr (requires { at.rounding_error(); }) return static_cast<T>(at.rounding_error());
        else return T(0);
    }

    /// How many recordings are kept: known once a part has made a product, for which it needs memory too.
    template <class Check, class Apply>
    void decide(Index columns, const Check& check, const Apply& apply) {
        if (most_kept_ >= 0) return;
        if (sum_->memory == 0) return most_kept_ = 0, void();
        // All ranks have to keep the same parts: as many as fit if all are as large as these, the first of each rank.
        T sample[2];  // bytes, and of how many parts
        sum_->over_ranks("the memory of a product", "", {}, sample, 2, [&](T* out) {
            check();
            std::fill_n(out, 2, T(0));
            Index k = 0;
            while (k < sum_->count() && sum_->empty(k)) ++k;
            if (k == sum_->count()) return;
            typename VectorPool<T>::Lease product(sum_->pool, static_cast<std::size_t>(sum_->size * columns));
            const auto first = sum_->part(k).linearize(x_);
            apply(first, product.data());
            out[0] = static_cast<T>(bytes_of(first));
            out[1] = T(1);
        });
        const double most = sample[0] == T(0) ? static_cast<double>(sum_->total)
                                              : static_cast<double>(sum_->memory) *
                                                    static_cast<double>(sample[1] / sample[0]);
        most_kept_ = static_cast<Index>(std::min(most, static_cast<double>(sum_->total)));
    }
    /// They are spread evenly over the parts, and so over threads and ranks.
    [[nodiscard]] bool keeps(Index k) const {
        const Index at = sum_->first + k;
        return (at + 1) * most_kept_ / sum_->total > at * most_kept_ / sum_->total;
    }

    template <class Check, class Apply, class Write>
    void add_up(std::span<const T> directions, Index columns, T* out, const Check& check, const Apply& apply,
                const Write& write) const {
        const auto length = static_cast<std::size_t>(sum_->size * columns);
        typename VectorPool<T>::Lease of_term(sum_->pool, term_ ? length : 0);
        sum_->over_ranks("a product", "the direction is", directions, out, length, [&](T* here) {
            check();
            if (term_) apply(*term_, of_term.data());
            sum_parts<T>(
                sum_->count(), length, sum_->threads, sum_->pool,
                [&](Index k, T* to) {
                    if (sum_->empty(k)) std::fill_n(to, length, T(0));
                    else write(k, to);
                },
                here);
        });
        Eigen::Map<Vector> sum(out, sum_->size * columns);
        if (sum_->weight != T(1)) sum *= sum_->weight;
        if (term_) sum += Eigen::Map<const Vector>(of_term.data(), sum_->size * columns);
    }

    std::shared_ptr<const Sum> sum_;
    Vector x_;
    Vector results_;  // the gradient, and the value: over the ranks they go together
    std::optional<TermAt> term_;
    std::vector<std::optional<PartAt>> kept_;
    Index most_kept_ = -1;  // not known yet
};

/// Which matrix of a sum.
enum class SumMatrix { hessian, gauss_newton };

/// A matrix (n x n) of a sum at a point, as the map v -> A v. A handle on the linearisation that it comes from, one thread of
/// the caller's at a time; the threads of the sum work on each product.
template <class Linearized, SumMatrix which>
class SumOperator {
public:
    using Scalar = typename Linearized::T;
    using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

    explicit SumOperator(Linearized& at) : at_(&at) {}

    [[nodiscard]] Index rows() const { return at_->size(); }
    [[nodiscard]] Index cols() const { return at_->size(); }
    /// The ranks that multiply together; null where this process is alone.
    [[nodiscard]] Communicator* communicator() const { return at_->communicator(); }

    /// The relative error of a product, where it is more than rounding.
    [[nodiscard]] Scalar precision() const
        requires(which == SumMatrix::hessian && requires(const Linearized& at) { at.precision(); })
    {
        return at_->precision();
    }

    /// out = A in, both (n). Throws std::invalid_argument if a size is wrong or an entry of `in` is not finite.
    void apply(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        if (in.data() == out.data()) return apply(Vector(in), out);
        at_->product(numbers(in), 1, out.data(), checked(in, out.size()), [&](const auto& part, Scalar* to) {
            Eigen::Map<Vector> target(to, in.size());
            of(part).apply(in, target);
        });
    }
    /// The same where no other product is wanted at this point: nothing is kept for others.
    void apply_once(const Eigen::Ref<const Vector>& in, Eigen::Ref<Vector> out) const {
        if (in.data() == out.data()) return apply_once(Vector(in), out);
        at_->product_once(numbers(in), out.data(), checked(in, out.size()),
                          [&](const auto& part, Scalar* to) {
                              Eigen::Map<Vector> target(to, in.size());
                              const auto& matrix = of(part);
                              if constexpr (requires { matrix.apply_once(in, target); })
                                  matrix.apply_once(in, target);
                              else matrix.apply(in, target);
                          });
    }
    /// out = A in for several directions, (n x k). in and out must not overlap.
    void apply_block(const Eigen::Ref<const Matrix>& in, Eigen::Ref<Matrix> out) const {
        if (in.outerStride() != in.rows()) return apply_block(Matrix(in), out);
        Matrix sum(rows(), in.cols());
        const auto check = [&] {
            require_size("finite_sum: the directions", in.rows(), rows());
            require_size("finite_sum: the results", out.rows(), rows());
            require_size("finite_sum: the results, in columns,", out.cols(), in.cols());
            require_finite("finite_sum: the directions", in.data(), in.size());
        };
        at_->product(numbers(in), in.cols(), sum.data(), check, [&](const auto& part, Scalar* to) {
            Eigen::Map<Matrix> target(to, in.rows(), in.cols());
            const auto& matrix = of(part);
            if constexpr (requires { matrix.apply_block(in, target); }) {
                matrix.apply_block(in, target);
            } else {
                for (Index j = 0; j < in.cols(); ++j) matrix.apply(in.col(j), target.col(j));
            }
        });
        out = sum;
    }
    [[nodiscard]] Matrix operator*(const Eigen::Ref<const Matrix>& in) const {
        Matrix out(in.rows(), in.cols());
        if (in.cols() == 1) apply(in.col(0), out.col(0));
        else apply_block(in, out);
        return out;
    }
    /// What Spectra asks of an operator.
    void perform_op(const Scalar* in, Scalar* out) const {
        apply(Eigen::Map<const Vector>(in, rows()), Eigen::Map<Vector>(out, rows()));
    }

private:
    /// Of the term beside the sum the Hessian, in any case.
    template <class Part>
    static decltype(auto) of(const Part& part) {
        if constexpr (which == SumMatrix::gauss_newton && requires { part.gauss_newton(); })
            return (part.gauss_newton());
        else return (part.hessian());
    }
    template <class Directions>
    static std::span<const Scalar> numbers(const Directions& in) {
        return {in.data(), static_cast<std::size_t>(in.size())};
    }
    /// What throws if these do not fit.
    auto checked(const Eigen::Ref<const Vector>& in, Index out) const {
        return [&in, out, this] {
            require_size("finite_sum: the direction", in.size(), rows());
            require_size("finite_sum: the result", out, rows());
            require_finite("finite_sum: the direction", in.data(), in.size());
        };
    }

    Linearized* at_;
};

}  // namespace hesse
