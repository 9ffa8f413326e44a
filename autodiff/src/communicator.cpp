#include "hesse/autodiff/sums/communicator.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace hesse {
namespace {

/// Of the ranks [first, last), those before this one add up by themselves.
int middle_rank(int first, int last) { return first + (last - first) / 2; }

}  // namespace

void Communicator::sum(double* x, std::size_t count, std::string_view what) {
    begin(what, count);
    add_up(x, count);
}
void Communicator::sum(float* x, std::size_t count, std::string_view what) {
    begin(what, count);
    add_up(x, count);
}

void Communicator::begin(std::string_view what, std::size_t count) {
    doing_ = what;
    Fingerprint mark(what.data(), what.size());
    const std::uint64_t numbers[] = {count, ++operations_};
    mark.add(numbers, sizeof numbers);
    mark_ = mark.hash();
}

std::string Communicator::apart(int partner) const {
    return "the ranks do not do the same: rank " + std::to_string(rank()) + " is about " +
           std::string(doing_) + ", as its operation " + std::to_string(operations_) + ", rank " +
           std::to_string(partner) +
           " about something else. Do all have the same start, method, options and seeds, and evaluate as "
           "often?";
}

void Communicator::close() {
    double none = 0.0;
    sum(&none, 1, "the end");
}

template <class T>
void Communicator::add_up(T* x, std::size_t count) {
    ++counts_.sums;
    counts_.numbers += static_cast<std::int64_t>(count);
    if (size() == 1) return;
    if (std::has_single_bit(static_cast<unsigned>(size()))) return add_up_by_halves(x, count);
    add_up_whole(x, count, 0, size());
    spread(x, count * sizeof(T), 0, size());
}

// Neighbours exchange halves of what they have, then pairs of neighbours halves of these: a rank ends with a piece of the
// sum, and pieces go back the same way.
template <class T>
void Communicator::add_up_by_halves(T* x, std::size_t count) {
    struct Piece {
        std::size_t begin, end;
    };
    std::vector<Piece> pieces{{0, count}};  // what this rank has before each exchange
    std::vector<T> of_partner((count + 1) / 2);
    for (int distance = 1; distance < size(); distance *= 2) {
        const auto [begin, end] = pieces.back();
        const std::size_t middle = begin + (end - begin) / 2;
        const bool lower = (rank() & distance) == 0;
        const Piece mine = lower ? Piece{begin, middle} : Piece{middle, end};
        const Piece other = lower ? Piece{middle, end} : Piece{begin, middle};
        exchange(rank() ^ distance, mark_, x + other.begin, (other.end - other.begin) * sizeof(T),
                 of_partner.data(), (mine.end - mine.begin) * sizeof(T));
        for (std::size_t i = mine.begin; i < mine.end; ++i) {
            const T theirs = of_partner[i - mine.begin];
            x[i] = lower ? x[i] + theirs : theirs + x[i];  // of the lower rank first
        }
        pieces.push_back(mine);
    }
    for (int distance = size() / 2; distance >= 1; distance /= 2) {
        const Piece mine = pieces.back();
        pieces.pop_back();
        const Piece both = pieces.back();
        const Piece other =
            mine.begin == both.begin ? Piece{mine.end, both.end} : Piece{both.begin, mine.begin};
        exchange(rank() ^ distance, mark_, x + mine.begin, (mine.end - mine.begin) * sizeof(T),
                 x + other.begin, (other.end - other.begin) * sizeof(T));
    }
}

/// The sum over the ranks [first, last) on rank `first`.
template <class T>
void Communicator::add_up_whole(T* x, std::size_t count, int first, int last) {
    if (last - first == 1) return;
    const int middle = middle_rank(first, last);
    if (rank() < middle) add_up_whole(x, count, first, middle);
    else add_up_whole(x, count, middle, last);
    if (rank() == middle) exchange(first, mark_, x, count * sizeof(T), nullptr, 0);
    if (rank() == first) {
        std::vector<T> rest(count);
        exchange(middle, mark_, nullptr, 0, rest.data(), count * sizeof(T));
        for (std::size_t i = 0; i < count; ++i) x[i] += rest[i];
    }
}

/// What rank `first` has goes to the ranks [first, last).
void Communicator::spread(void* bytes, std::size_t count, int first, int last) {
    if (last - first == 1) return;
    const int middle = middle_rank(first, last);
    if (rank() == first) exchange(middle, mark_, bytes, count, nullptr, 0);
    if (rank() == middle) exchange(first, mark_, nullptr, 0, bytes, count);
    if (rank() < middle) spread(bytes, count, first, middle);
    else spread(bytes, count, middle, last);
}

// Neighbours exchange what they have, then pairs of neighbours; where the number of ranks is no power of two all goes to rank
// 0, as sums do, and back.
void Communicator::gather(double* x, std::size_t count, std::size_t unit) {
    begin("a gathering", count);
    ++counts_.gathers;
    counts_.gathered += static_cast<std::int64_t>(count);
    if (size() == 1) return;
    const auto units = static_cast<Index>((count + unit - 1) / unit);
    const auto begin_of = [&](int rank) {
        if (rank == size()) return count;
        return std::min(count, static_cast<std::size_t>(parts_of_rank(units, rank, size()).first) * unit);
    };
    if (!std::has_single_bit(static_cast<unsigned>(size()))) {
        gather_on_first(x, begin_of, 0, size());
        return spread(x, count * sizeof(double), 0, size());
    }
    for (int distance = 1; distance < size(); distance *= 2) {
        const int mine = rank() / distance * distance, other = mine ^ distance;
        const std::size_t out = begin_of(mine), in = begin_of(other);
        exchange(rank() ^ distance, mark_, x + out, (begin_of(mine + distance) - out) * sizeof(double),
                 x + in, (begin_of(other + distance) - in) * sizeof(double));
    }
}

/// What the ranks [first, last) have goes to rank `first`.
template <class Begin>
void Communicator::gather_on_first(double* x, const Begin& begin_of, int first, int last) {
    if (last - first == 1) return;
    const int middle = middle_rank(first, last);
    if (rank() < middle) gather_on_first(x, begin_of, first, middle);
    else gather_on_first(x, begin_of, middle, last);
    double* const of_others = x + begin_of(middle);
    const std::size_t bytes = (begin_of(last) - begin_of(middle)) * sizeof(double);
    if (rank() == middle) exchange(first, mark_, of_others, bytes, nullptr, 0);
    if (rank() == first) exchange(middle, mark_, nullptr, 0, of_others, bytes);
}

void Communicator::broadcast(std::string& text, int root) {
    begin("a text of one rank", static_cast<std::size_t>(root));
    ++counts_.broadcasts;
    if (size() == 1) return;
    std::size_t length = text.size();
    if (root != 0) {
        if (rank() == root) {
            exchange(0, mark_, &length, sizeof length, nullptr, 0);
            exchange(0, mark_, text.data(), length, nullptr, 0);
        } else if (rank() == 0) {
            exchange(root, mark_, nullptr, 0, &length, sizeof length);
            text.resize(length);
            exchange(root, mark_, nullptr, 0, text.data(), length);
        }
    }
    spread(&length, sizeof length, 0, size());
    text.resize(length);
    spread(text.data(), length, 0, size());
}

bool Communicator::broadcast(bool truth) { return broadcast(Index{truth ? 1 : 0}) != 0; }

Index Communicator::broadcast(Index number) {
    begin("a decision of the first rank", 1);
    ++counts_.broadcasts;
    if (size() > 1) spread(&number, sizeof number, 0, size());
    return number;
}

void Communicator::throw_together(const std::exception_ptr& failure, double failures) {
    if (failures == 0.0) return;
    std::vector<double> failed(static_cast<std::size_t>(size()), 0.0);
    failed[static_cast<std::size_t>(rank())] = failure ? 1.0 : 0.0;
    sum(failed.data(), failed.size(), "which rank has failed");
    const auto root = static_cast<int>(std::find(failed.begin(), failed.end(), 1.0) - failed.begin());
    std::string text = "an exception of an unknown type";
    if (failure) {
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            text = error.what();
        } catch (...) {
        }
    }
    broadcast(text, root);
    if (failure) std::rethrow_exception(failure);
    throw std::runtime_error("rank " + std::to_string(root) + " failed: " + text);
}

void Communicator::agree(const std::exception_ptr& failure, const Fingerprint& given,
                         const std::string& what) {
    double all[1 + Fingerprint::numbers<double>] = {failure ? 1.0 : 0.0};
    given.write(all + 1);
    sum(all, std::size(all), "whether all were given the same");
    throw_together(failure, all[0]);
    if (!Fingerprint::same(all + 1, size()))
        throw std::invalid_argument(what + " not the same on all ranks, as expected");
}

std::pair<Index, Index> parts_of_rank(Index count, int rank, int size) {
    Index first = 0, last = count;
    for (int low = 0, high = size; high - low > 1;) {
        const int middle = middle_rank(low, high);
        const Index cut = first + (last - first) * (middle - low) / (high - low);
        (rank < middle ? last : first) = cut;
        (rank < middle ? high : low) = middle;
    }
    return {first, last};
}

void require_same_sums(Communicator& communicator, const std::exception_ptr& failed, Index parameters,
                       Index rows, Index rows_per_part, std::size_t memory, bool average) {
    const Index here[] = {parameters, rows, rows_per_part, static_cast<Index>(memory), average ? 1 : 0};
    Index of_first[std::size(here)];
    std::transform(std::begin(here), std::end(here), of_first,
                   [&](Index number) { return communicator.broadcast(number); });
    const auto text = [](const Index* of) {
        return std::to_string(of[0]) + " parameters, " + std::to_string(of[1]) + " rows, rows_per_part " +
               std::to_string(of[2]) + ", memory " + std::to_string(of[3]) + " and average " +
               std::to_string(of[4]);
    };
    std::exception_ptr failure = failed;
    if (!failure && !std::equal(std::begin(here), std::end(here), of_first))
        failure = std::make_exception_ptr(std::invalid_argument(
            "finite_sum: rank " + std::to_string(communicator.rank()) + " has " + text(here) +
            ", rank 0 has " + text(of_first) + ": expected the same on all ranks"));
    double failures = failure ? 1.0 : 0.0;
    communicator.sum(&failures, 1, "whether all sums are the same");
    communicator.throw_together(failure, failures);
}

std::pair<Index, Index> rows_of_rank(Index rows, Index rows_per_part, const Communicator& communicator) {
    if (rows < 1 || rows_per_part < 1)
        throw std::invalid_argument("finite_sum: there are " + std::to_string(rows) + " rows in parts of " +
                                    std::to_string(rows_per_part) + ", expected at least 1 of each");
    const Index parts = (rows + rows_per_part - 1) / rows_per_part;
    const auto [first, last] = parts_of_rank(parts, communicator.rank(), communicator.size());
    if (parts < communicator.size())
        throw std::invalid_argument(
            "finite_sum: " + std::to_string(rows) + " rows in parts of " + std::to_string(rows_per_part) +
            " are " + std::to_string(parts) + " parts for " + std::to_string(communicator.size()) +
            " ranks, expected at least one for each: give a smaller rows_per_part, or take fewer ranks");
    return {first * rows_per_part, std::min(rows, last * rows_per_part)};
}

}  // namespace hesse
