#include "hesse/mpi.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>

namespace hesse {
namespace {

void require(int code, const char* what) {
    if (code == MPI_SUCCESS) return;
    char text[MPI_MAX_ERROR_STRING];
    int length = 0;
    MPI_Error_string(code, text, &length);
    throw std::runtime_error(std::string(what) + ": " + std::string(text, static_cast<std::size_t>(length)));
}

class MpiRanks : public Communicator {
public:
    /// Talks among the ranks of `comm` alone, and handles errors by itself.
    MpiRanks(MPI_Comm comm, bool finalizes) : finalizes_(finalizes) {
        require(MPI_Comm_dup(comm, &comm_), "MPI_Comm_dup");
        require(MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
        require(MPI_Comm_rank(comm_, &rank_), "MPI_Comm_rank");
        require(MPI_Comm_size(comm_, &size_), "MPI_Comm_size");
    }
    /// An exception that passes here ends the program: the others would be waited for in vain, and its message never be
    /// seen. Not finalised, the process ends the job.
    ~MpiRanks() override {
        if (std::uncaught_exceptions() != exceptions_) return;
        int finalized = 0;
        MPI_Finalized(&finalized);
        if (finalized != 0) return;
        if (finalizes_) close();  // who still computes has to be told
        MPI_Comm_free(&comm_);
        if (finalizes_) MPI_Finalize();
    }
    MpiRanks(const MpiRanks&) = delete;
    MpiRanks& operator=(const MpiRanks&) = delete;

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }

protected:
    void exchange(int partner, std::uint64_t mark, const void* out, std::size_t out_bytes, void* in,
                  std::size_t in_bytes) override {
        // Marks go both ways, and first: with the same one both expect what the other sends.
        constexpr std::size_t most = std::size_t{1} << 30;  // counts of MPI are ints
        std::uint64_t of_partner = 0;
        MPI_Request marks[2], receipt = MPI_REQUEST_NULL, sending = MPI_REQUEST_NULL;
        require(MPI_Irecv(&of_partner, sizeof of_partner, MPI_BYTE, partner, tag, comm_, &marks[0]),
                "MPI_Irecv");
        require(MPI_Isend(&mark, sizeof mark, MPI_BYTE, partner, tag, comm_, &marks[1]), "MPI_Isend");
        const auto* from = static_cast<const std::byte*>(out);
        auto* to = static_cast<std::byte*>(in);
        for (bool first = true; out_bytes > 0 || in_bytes > 0 || first; first = false) {
            const std::size_t sent = std::min(out_bytes, most), received = std::min(in_bytes, most);
            if (sent > 0)
                require(MPI_Isend(from, static_cast<int>(sent), MPI_BYTE, partner, tag, comm_, &sending),
                        "MPI_Isend");
            if (first) {
                require(MPI_Waitall(2, marks, MPI_STATUSES_IGNORE), "MPI_Waitall");
                if (of_partner != mark) end_job(apart(partner));
            }
            if (received > 0)
                require(MPI_Irecv(to, static_cast<int>(received), MPI_BYTE, partner, tag, comm_, &receipt),
                        "MPI_Irecv");
            require(MPI_Wait(&receipt, MPI_STATUS_IGNORE), "MPI_Wait");
            require(MPI_Wait(&sending, MPI_STATUS_IGNORE), "MPI_Wait");
            from += sent;
            to += received;
            out_bytes -= sent;
            in_bytes -= received;
        }
    }

private:
    static constexpr int tag = 6127;

    /// What ranks that have gone apart would still receive is not what they asked for.
    [[noreturn]] static void end_job(const std::string& message) {
        std::fprintf(stderr, "hesse: %s\n", message.c_str());
        std::fflush(stderr);
        MPI_Abort(MPI_COMM_WORLD, 1);
        std::abort();  // MPI_Abort does not return
    }

    MPI_Comm comm_ = MPI_COMM_NULL;
    int exceptions_ = std::uncaught_exceptions();
    bool finalizes_;
    int rank_ = 0, size_ = 1;
};

}  // namespace

std::shared_ptr<Communicator> mpi_world() {
    static std::mutex mutex;
    static std::weak_ptr<Communicator> world;
    static bool own = false;  // MPI was initialised here
    const std::lock_guard lock(mutex);
    if (auto there = world.lock()) return there;
    int initialized = 0, finalized = 0;
    MPI_Initialized(&initialized);
    MPI_Finalized(&finalized);
    if (finalized != 0)
        throw std::runtime_error(
            "mpi_world: MPI has been finalised; hold what mpi_world returns as long as ranks are needed");
    if (initialized == 0) {
        int level = 0;
        require(MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &level), "MPI_Init_thread");
        own = true;
    }
    auto ranks = std::make_shared<MpiRanks>(MPI_COMM_WORLD, own);
    world = ranks;
    return ranks;
}

std::shared_ptr<Communicator> mpi_ranks(const void* mpi_comm) {
    return std::make_shared<MpiRanks>(*static_cast<const MPI_Comm*>(mpi_comm), false);
}

}  // namespace hesse
