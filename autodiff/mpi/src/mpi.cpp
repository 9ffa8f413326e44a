#include "hesse/mpi.hpp"

#include <mpi.h>

#include <algorithm>
#include <cstddef>
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
        if (finalized == 0) MPI_Comm_free(&comm_);
        if (finalizes_) MPI_Finalize();
    }
    MpiRanks(const MpiRanks&) = delete;
    MpiRanks& operator=(const MpiRanks&) = delete;

    [[nodiscard]] int rank() const override { return rank_; }
    [[nodiscard]] int size() const override { return size_; }

protected:
    void exchange(int partner, const void* out, std::size_t out_bytes, void* in,
                  std::size_t in_bytes) override {
        constexpr std::size_t most = std::size_t{1} << 30;  // counts of MPI are ints
        const auto* from = static_cast<const std::byte*>(out);
        auto* to = static_cast<std::byte*>(in);
        while (out_bytes > 0 || in_bytes > 0) {
            const std::size_t sent = std::min(out_bytes, most), received = std::min(in_bytes, most);
            MPI_Request requests[2];
            MPI_Status statuses[2] = {};  // of what is received first
            int count = 0;
            if (received > 0)
                require(MPI_Irecv(to, static_cast<int>(received), MPI_BYTE, partner, tag, comm_,
                                  &requests[count++]),
                        "MPI_Irecv");
            if (sent > 0)
                require(MPI_Isend(from, static_cast<int>(sent), MPI_BYTE, partner, tag, comm_,
                                  &requests[count++]),
                        "MPI_Isend");
            const int code = MPI_Waitall(count, requests, statuses);
            int arrived = static_cast<int>(received);
            if (received > 0 && code == MPI_SUCCESS) MPI_Get_count(statuses, MPI_BYTE, &arrived);
            const int of_receipt = received > 0 && code == MPI_ERR_IN_STATUS ? statuses[0].MPI_ERROR : code;
            if (arrived != static_cast<int>(received) || error_class(of_receipt) == MPI_ERR_TRUNCATE)
                throw std::runtime_error(
                    "rank " + std::to_string(rank_) + " expected " + std::to_string(received) +
                    " bytes of rank " + std::to_string(partner) + ", which sent " +
                    (code == MPI_SUCCESS ? std::to_string(arrived) : "more") +
                    ": the ranks do not do the same. Do all have the same start, method, options "
                    "and seed?");
            require(code, "MPI_Waitall");
            from += sent;
            to += received;
            out_bytes -= sent;
            in_bytes -= received;
        }
    }

private:
    static constexpr int tag = 6127;

    static int error_class(int code) {
        int result = MPI_SUCCESS;
        MPI_Error_class(code, &result);
        return result;
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
    }
    auto ranks = std::make_shared<MpiRanks>(MPI_COMM_WORLD, initialized == 0);
    world = ranks;
    return ranks;
}

std::shared_ptr<Communicator> mpi_ranks(const void* mpi_comm) {
    return std::make_shared<MpiRanks>(*static_cast<const MPI_Comm*>(mpi_comm), false);
}

}  // namespace hesse
