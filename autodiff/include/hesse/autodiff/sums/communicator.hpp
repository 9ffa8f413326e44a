#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/autodiff/sums/fingerprint.hpp"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace hesse {

/// The processes that evaluate a sum together, its ranks 0, ..., size() - 1. They all do the same, each on rows of its own, and
/// meet in sums over the ranks. What is here needs of the processes that two of them can exchange bytes: MpiCommunicator does
/// it by MPI. Not for several threads at once.
class Communicator {
public:
    virtual ~Communicator() = default;

    [[nodiscard]] virtual int rank() const = 0;
    [[nodiscard]] virtual int size() const = 0;

    /// x (count) = the sum of all ranks' x, the same bits on each. They are added along a binary tree of the ranks, whatever
    /// the number of entries: with 2, 4, 8, ... ranks it is the upper part of the tree that one rank adds up along. Each rank
    /// sends and receives 2 count (1 - 1/size) numbers in 2 log2(size) messages (Rabenseifner, ICCS 2004), and log2(size) times
    /// count where the number of ranks is no power of two.
    /// `what` says what is added up, the same on all ranks: those that do different things at the same time find out, see exchange.
    void sum(double* x, std::size_t count, std::string_view what = "a sum");
    void sum(float* x, std::size_t count, std::string_view what = "a sum");
    /// x (count) comes in units of `unit` entries, of which each rank has written its parts_of_rank: afterwards all have all.
    /// Each rank receives what the others wrote, in log2(size) messages.
    void gather(double* x, std::size_t count, std::size_t unit);
    /// All ranks' `text` become that of rank `root`.
    void broadcast(std::string& text, int root = 0);
    /// What rank 0 says.
    [[nodiscard]] bool broadcast(bool truth);
    [[nodiscard]] Index broadcast(Index number);
    /// For a piece of work of which each rank does its part: throws on every rank if it failed on one, there what it failed with
    /// and elsewhere a std::runtime_error that says on which rank, and why. `failures` is the sum over the ranks of what each
    /// one's own `failure` counts for, 1 or 0.
    void throw_together(const std::exception_ptr& failure, double failures);
    /// Before work that all ranks do alike with what they were given: throws on every rank if there was a `failure` on one, as
    /// throw_together does, and std::invalid_argument, naming `what` it is, unless all were given the same.
    void agree(const std::exception_ptr& failure, const Fingerprint& given, const std::string& what);

    /// What this rank has taken part in so far: sums over the ranks, and the numbers added up in each; gathers likewise.
    struct Counts {
        std::int64_t sums = 0;
        std::int64_t numbers = 0;
        std::int64_t broadcasts = 0;
        std::int64_t gathers = 0;
        std::int64_t gathered = 0;  // the numbers of these, those that this rank had included
    };
    [[nodiscard]] const Counts& counts() const { return counts_; }

protected:
    Communicator() = default;
    Communicator(const Communicator&) = default;
    Communicator& operator=(const Communicator&) = default;

    /// Sends bytes to a partner and receives others from it, who does the same. Either may be none. `mark` says what this rank is
    /// doing, and goes to the partner in any case. Where that of the partner is another one, the ranks have gone apart,
    /// and nothing that they could still tell each other is to be trusted: the communicator ends the job, or throws from now on.
    virtual void exchange(int partner, std::uint64_t mark, const void* out, std::size_t out_bytes, void* in,
                          std::size_t in_bytes) = 0;
    /// The message about that: what this rank was doing, and with whom.
    [[nodiscard]] std::string apart(int partner) const;
    /// Waits until all ranks are here, at the end of their work.
    void close();

private:
    template <class T>
    void add_up(T* x, std::size_t count);
    template <class T>
    void add_up_by_halves(T* x, std::size_t count);
    template <class T>
    void add_up_whole(T* x, std::size_t count, int first, int last);
    template <class Begin>
    void gather_on_first(double* x, const Begin& begin_of, int first, int last);
    void spread(void* bytes, std::size_t count, int first, int last);
    void begin(std::string_view what, std::size_t count);

    Counts counts_;
    std::uint64_t operations_ = 0;
    std::uint64_t mark_ = 0;  // of the operation that is going on
    std::string_view doing_;
};

/// Runs `work`, of which each of the ranks, which may be null, does its part with what it was given: see Communicator::agree.
template <class Work>
void together(Communicator* ranks, const Fingerprint& given, const std::string& what, const Work& work) {
    if (ranks == nullptr) return work();
    std::exception_ptr failure;
    try {
        work();
    } catch (...) {
        failure = std::current_exception();
    }
    ranks->agree(failure, given, what);
}

/// Which of `count` parts, in order, rank `rank` of `size` has: [first, last). With a power of two they are a branch of the
/// tree that sums of parts are added up along. Fewer parts than ranks leave some with none.
[[nodiscard]] std::pair<Index, Index> parts_of_rank(Index count, int rank, int size);

/// Throws on every rank if there was a `failure` on one, or unless all have as many parameters as rank 0, as many rows, and the same
/// options.
void require_same_sums(Communicator& communicator, const std::exception_ptr& failure, Index parameters,
                       Index rows, Index rows_per_part, std::size_t memory, bool average);

/// Which rows, in parts of `rows_per_part`, a rank has: [first, last), what it has to load. Throws std::invalid_argument if it
/// would have none.
[[nodiscard]] std::pair<Index, Index> rows_of_rank(Index rows, Index rows_per_part,
                                                   const Communicator& communicator);

}  // namespace hesse
