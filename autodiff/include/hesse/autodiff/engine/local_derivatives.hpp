#pragma once

#include "hesse/autodiff/engine/symmetric_terms.hpp"
#include "hesse/autodiff/evaluation.hpp"
#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/tape.hpp"

#include <algorithm>
#include <vector>

namespace hesse {

/// The derivatives of scalar statements at one point, as numbers: what all products there have in common. With t the
/// tangents of slots and s the derivatives of their adjoints, the statement y = phi(x) takes part in a product by
///
///     t_y  = sum_i phi_i t_i                                 forward
///     s_i += phi_i s_y + sum_j (y_bar phi_ij) t_j            backward
///
/// so that statements are the rows of a sparse triangular matrix of partials, and terms of a sparse symmetric matrix of
/// weighted second partials, in which equal terms of different statements are one (the extended Jacobian and Hessian of
/// Griewank and Walther, Evaluating Derivatives, 2008). Where nothing but scalar statements is on the tape, a result
/// a single statement reads, and that depends on two numbers at most, is eliminated: its reader depends on these two
/// instead. Of a loss whose terms have few variables nothing but its sparse Hessian remains.
template <class T>
class LocalDerivatives {
public:
    /// Partials alone serve Jacobians; second partials are of one set of adjoints.
    enum class Content { nothing, partials, second_partials };
    Content content = Content::nothing;

    /// Begins anew for a tape of `slots` slots.
    void start(std::size_t slots, std::size_t parameters, std::size_t result, bool eliminates) {
        rows_.clear();
        partial_of_.clear();
        partials_.clear();
        segments_.clear();
        eliminated_.clear();
        without_terms_.clear();
        result_ = result;
        eliminates_ = eliminates;
        size_ = eliminates ? parameters : slots;
        if (!eliminates) return;
        place_.resize(slots);
        reader_.resize(slots);
        std::fill_n(reader_.data(), slots, 0u);
        for (std::size_t i = 0; i < parameters; ++i) place_[i] = static_cast<std::uint32_t>(i);
    }

    /// Statement number `id` (from 1) reads a slot: told of all of them before the first `add`, where this eliminates.
    [[gnu::always_inline]] void read_by(std::uint32_t id, std::uint32_t slot) {
        std::uint32_t& reader = reader_[slot];
        reader = reader == 0 || reader == id ? id : several_readers;
    }

    /// Runs of statements between two nodes, and the bytes that their payload has.
    struct Runs {
        std::size_t first, end, bytes;
    };
    [[nodiscard]] const Runs& runs(std::size_t segment) const { return segments_[segment].runs; }
    void begin_segment(std::size_t run) {
        segments_.push_back({{run, run, 0}, rows_.size(), partials_.size(), {}});
        terms_.start(segments_.size() == 1, slots_in_use());
    }
    void end_segment(std::size_t run, std::size_t bytes) {
        Segment& segment = segments_.back();
        segment.runs.end = run;
        segment.runs.bytes = bytes;
        segment.end_row = rows_.size();
        segment.end_partial = partials_.size();
        segment.symmetric = terms_.finish();
        if (eliminates_) cut_off_unread();
    }

    /// The statement y = phi(x), or y += phi(x) where it `adds`, of n variables: their slots (n, different), partials (n)
    /// and weighted second partials (the upper triangle of n x n), or null where these are zero.
    void add(std::uint32_t y, bool adds, int n, const std::uint32_t* slots, const T* partials,
             const T* second) {
        bool eliminated = false;
        for (int i = 0; i < n; ++i) {
            Operand& x = operands_[i];
            x.place = eliminates_ ? place_[slots[i]] : slots[i];
            x.eliminated = eliminates_ && (x.place & eliminated_bit) != 0;
            eliminated = eliminated || x.eliminated;
        }
        if (second != nullptr) {
            if (eliminated) add_second_of_eliminated(n, second);
            else add_second(n, second);
        }
        if (y == result_) {  // nothing that reads the loss reaches it
            if (eliminates_ && !adds) place(y, false, 0);
            return;
        }
        int count = 0;
        for (int i = 0; i < n; ++i) {
            if (vanishes(partials[i])) continue;
            if (!operands_[i].eliminated) {
                places_[count] = operands_[i].place;
                shares_[count++] = partials[i];
            }
        }
        if (eliminated) count = add_shares_of_eliminated(n, partials, count);
        place(y, adds, count);
    }
    /// A number that depends on nothing.
    void add_constant(std::uint32_t y) { place(y, false, 0); }

    /// Numbers t and s have, each: where `eliminates`, those of the parameters and of what is left; else one for each slot.
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t segments() const { return segments_.size(); }

    /// Sweeps over the statements of a segment. t and s: `lanes` numbers a place, side by side. `backward` adds to s, or,
    /// where this `eliminates`, starts it.
    template <std::size_t lanes = 1>
    void forward(std::size_t segment, T* t) const;
    template <std::size_t lanes = 1>
    void backward(std::size_t segment, const T* t, T* s) const;

    /// J'WJ itself, the upper triangle, where this `eliminates`: see sparse_hessian.hpp.
    [[nodiscard]] std::vector<HessianEntry<T>> sparse_hessian(std::size_t parameters,
                                                              std::size_t most_entries) const;

    [[nodiscard]] std::size_t capacity_in_bytes() const {
        return rows_.capacity_in_bytes() + partial_of_.capacity_in_bytes() + partials_.capacity_in_bytes() +
               place_.capacity_in_bytes() + reader_.capacity_in_bytes() + eliminated_.capacity_in_bytes() +
               terms_.capacity_in_bytes();
    }

private:
    static constexpr std::uint32_t eliminated_bit = 0x80000000u;
    static constexpr std::uint32_t several_readers = 0xffffffffu;
    static constexpr int most_eliminated = 2;  // numbers that an eliminated result depends on

    struct Row {
        std::uint32_t place, count;
        bool adds;
    };
    struct Segment {
        Runs runs;
        std::size_t row, partial;
        typename SymmetricTerms<T>::Block symmetric;
        std::size_t end_row = 0, end_partial = 0;
    };
    /// sum of factor[k] times what is at place[k]
    struct Eliminated {
        std::uint32_t place[most_eliminated];
        T factor[most_eliminated];
        int count;
    };
    struct Operand {
        std::uint32_t place;
        bool eliminated;
    };

    [[nodiscard]] std::size_t slots_in_use() const { return eliminates_ ? place_.size() : size_; }
    [[nodiscard]] const Eliminated& eliminated(std::uint32_t place) const {
        return eliminated_[place & ~eliminated_bit];
    }

    void add_second(int n, const T* second) {
        for (int i = 0; i < n; ++i) {
            for (int j = i; j < n; ++j) {
                if (const T& w = second[i * n + j]; !vanishes(w)) {
                    terms_.add(operands_[i].place, operands_[j].place, w);
                }
            }
        }
    }
    void add_second_of_eliminated(int n, const T* second) {
        Eliminated one;
        Eliminated other;
        const auto expanded = [&](const Operand& x, Eliminated& itself) -> const Eliminated& {
            if (x.eliminated) return eliminated(x.place);
            itself.place[0] = x.place;
            itself.factor[0] = T(1);
            itself.count = 1;
            return itself;
        };
        for (int i = 0; i < n; ++i) {
            const Eliminated& a = expanded(operands_[i], one);
            for (int j = i; j < n; ++j) {
                const T& w = second[i * n + j];
                if (vanishes(w)) continue;
                const Eliminated& b = expanded(operands_[j], other);
                for (int k = 0; k < a.count; ++k) {
                    const T w_k = w * a.factor[k];
                    for (int l = i == j ? k : 0; l < b.count; ++l) {
                        const T w_kl = w_k * b.factor[l];
                        // x_i x_j and x_j x_i are one term
                        const bool twice = i != j && a.place[k] == b.place[l];
                        terms_.add(a.place[k], b.place[l], twice ? T(w_kl + w_kl) : w_kl);
                    }
                }
            }
        }
    }
    int add_shares_of_eliminated(int n, const T* partials, int count) {
        for (int i = 0; i < n; ++i) {
            if (!operands_[i].eliminated || vanishes(partials[i])) continue;
            const Eliminated& x = eliminated(operands_[i].place);
            for (int k = 0; k < x.count; ++k) {
                const T share = partials[i] * x.factor[k];
                int at = 0;
                while (at < count && places_[at] != x.place[k]) ++at;
                if (at < count) {
                    shares_[at] = shares_[at] + share;
                } else {
                    places_[count] = x.place[k];
                    shares_[count++] = share;
                }
            }
        }
        return count;
    }

    /// Finds a place for y, which depends on `count` numbers.
    void place(std::uint32_t y, bool adds, int count) {
        if (!eliminates_) {
            append_row(y, adds, count);
        } else if (!adds && (count <= 1 || (count <= most_eliminated && reader_[y] != several_readers))) {
            place_[y] = eliminated_bit | static_cast<std::uint32_t>(eliminated_.size());
            Eliminated& x = *eliminated_.extend(1);
            x.count = count;
            // One by one: a wide load would wait for the two stores just made.
            if (count > 0) x.place[0] = places_[0], x.factor[0] = shares_[0];
            if (count > 1) x.place[1] = places_[1], x.factor[1] = shares_[1];
        } else {
            if (!adds) place_[y] = static_cast<std::uint32_t>(size_++);
            else if ((place_[y] & eliminated_bit) != 0) place_again(y);
            append_row(place_[y], adds, count);
        }
    }
    // A sum that nobody has read: the term that it began with.
    void place_again(std::uint32_t y) {
        const Eliminated& x = eliminated(place_[y]);
        place_[y] = static_cast<std::uint32_t>(size_++);
        rows_.push_back({place_[y], static_cast<std::uint32_t>(x.count), false});
        std::copy_n(x.place, x.count, partial_of_.extend(static_cast<std::size_t>(x.count)));
        std::copy_n(x.factor, x.count, partials_.extend(static_cast<std::size_t>(x.count)));
    }
    void append_row(std::uint32_t place, bool adds, int count) {
        const auto more = static_cast<std::uint32_t>(count);
        if (adds && rows_.size() != segments_.back().row && rows_.back().place == place) {
            rows_.back().count += more;
        } else {
            rows_.push_back({place, more, adds});
        }
        std::copy_n(places_, count, partial_of_.extend(more));
        std::copy_n(shares_, count, partials_.extend(more));
    }

    // What reaches the loss through no slope but zeros may have infinite slopes of its own: the branch that select did
    // not take.
    void cut_off_unread() {
        read_.resize(size_);
        std::fill_n(read_.data(), size_, std::uint8_t{0});
        const Segment& segment = segments_.back();
        terms_.for_each_place(segment.symmetric, [&](std::uint32_t at) { read_[at] = 1; });
        for (std::size_t i = 0; i < size_; ++i) {
            if (read_[i] == 0) without_terms_.push_back(static_cast<std::uint32_t>(i));
        }
        std::size_t partial = partials_.size();
        for (std::size_t r = rows_.size(); r-- > 0;) {
            const std::size_t count = rows_[r].count;
            partial -= count;
            if (read_[rows_[r].place] != 0) {
                for (std::size_t k = 0; k < count; ++k) read_[partial_of_[partial + k]] = 1;
            } else {
                std::fill_n(partials_.data() + partial, count, T(0));
            }
        }
    }

    std::size_t result_ = 0, size_ = 0;
    bool eliminates_ = false;
    Arena<Row> rows_;
    Arena<std::uint32_t> partial_of_;  // the place that a partial is by
    Arena<T> partials_;
    SymmetricTerms<T> terms_;
    Arena<Segment> segments_;
    Arena<std::uint32_t> place_, reader_;  // of slots
    Arena<Eliminated> eliminated_;
    Arena<std::uint8_t> read_;
    Arena<std::uint32_t> without_terms_;  // places that no second partial is by

    // Of the statement at hand.
    Operand operands_[largest_statement];
    std::uint32_t places_[largest_statement * most_eliminated];
    T shares_[largest_statement * most_eliminated];
};

template <class T>
template <std::size_t lanes>
void LocalDerivatives<T>::forward(std::size_t segment, T* t) const {
    const Segment& at = segments_[segment];
    const T* partial = partials_.data() + at.partial;
    const std::uint32_t* x = partial_of_.data() + at.partial;
    for (std::size_t r = at.row; r < at.end_row; ++r) {
        const Row row = rows_[r];
        T* const y = t + row.place * lanes;
        T sum[lanes];
        for (std::size_t l = 0; l < lanes; ++l) sum[l] = row.adds ? y[l] : T(0);
        for (std::size_t k = row.count; k != 0; --k, ++partial, ++x) {
            const T* const x_dot = t + *x * lanes;
            for (std::size_t l = 0; l < lanes; ++l) sum[l] = sum[l] + *partial * x_dot[l];
        }
        for (std::size_t l = 0; l < lanes; ++l) y[l] = sum[l];
    }
}

template <class T>
template <std::size_t lanes>
void LocalDerivatives<T>::backward(std::size_t segment, const T* t, T* s) const {
    const Segment& at = segments_[segment];
    if (eliminates_) {
        for (std::size_t i = 0; i < without_terms_.size(); ++i)
            std::fill_n(s + without_terms_[i] * lanes, lanes, T(0));
        terms_.template multiply<lanes, false>(at.symmetric, t, s);
    } else {
        terms_.template multiply<lanes, true>(at.symmetric, t, s);
    }
    const T* partial = partials_.data() + at.end_partial;
    const std::uint32_t* x = partial_of_.data() + at.end_partial;
    for (std::size_t r = at.end_row; r-- > at.row;) {
        const Row row = rows_[r];
        T y[lanes];
        for (std::size_t l = 0; l < lanes; ++l) y[l] = s[row.place * lanes + l];
        if constexpr (lanes == 1) {
            if (vanishes(y[0])) {
                partial -= row.count;
                x -= row.count;
                continue;
            }
        }
        for (std::size_t k = row.count; k != 0; --k) {
            --partial;
            T* const x_bar = s + *--x * lanes;
            for (std::size_t l = 0; l < lanes; ++l) x_bar[l] = x_bar[l] + *partial * y[l];
        }
    }
}

}  // namespace hesse
