#include "hesse/autodiff/sums/parallel.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

// Of OpenBLAS, where that is the BLAS in use; null elsewhere.
extern "C" {
[[gnu::weak]] void openblas_set_num_threads(int);
[[gnu::weak]] int openblas_get_num_threads();
}

namespace hesse {
namespace {

/// Holds the BLAS to one thread while any of these lives. Its number of threads is one for the whole process.
class SingleThreadedBlas {
public:
    SingleThreadedBlas() {
        if (openblas_set_num_threads == nullptr || openblas_get_num_threads == nullptr) return;
        const std::lock_guard lock(mutex);
        if (holders++ > 0) return;
        before = openblas_get_num_threads();
        if (before != 1) openblas_set_num_threads(1);
    }
    ~SingleThreadedBlas() {
        if (openblas_set_num_threads == nullptr || openblas_get_num_threads == nullptr) return;
        const std::lock_guard lock(mutex);
        if (--holders == 0 && before != 1) openblas_set_num_threads(before);
    }
    SingleThreadedBlas(const SingleThreadedBlas&) = delete;
    SingleThreadedBlas& operator=(const SingleThreadedBlas&) = delete;

private:
    static inline std::mutex mutex;
    static inline int holders = 0, before = 1;
};

using Arena = oneapi::tbb::task_arena;

/// Arenas that are used again: one that is made and thrown away costs memory and time for good, in TBB 2021.
class Arenas {
public:
    /// Of the whole process, and never destroyed: threads may still work where static objects end.
    static Arenas& all() {
        static auto* const arenas = new Arenas;
        return *arenas;
    }
    /// One that nobody else uses, made for so many threads.
    std::unique_ptr<Arena> take(int threads) {
        const std::lock_guard lock(mutex_);
        // More threads than processors only where somebody asks for them.
        if (threads > std::max(most_, hardware_threads())) {
            more_.reset();
            more_.emplace(oneapi::tbb::global_control::max_allowed_parallelism,
                          static_cast<std::size_t>(threads));
            most_ = threads;
        }
        auto& free = free_[threads];
        if (free.empty()) return std::make_unique<Arena>(threads);
        auto arena = std::move(free.back());
        free.pop_back();
        return arena;
    }
    void put(int threads, std::unique_ptr<Arena> arena) noexcept {
        const std::lock_guard lock(mutex_);
        try {
            free_[threads].push_back(std::move(arena));
        } catch (...) {  // then it is gone
        }
    }

private:
    std::mutex mutex_;
    std::map<int, std::vector<std::unique_ptr<Arena>>> free_;
    std::optional<oneapi::tbb::global_control> more_;
    int most_ = 0;
};

/// An arena, for as long as this lives.
class ArenaLease {
public:
    explicit ArenaLease(int threads) : threads_(threads), arena_(Arenas::all().take(threads)) {}
    ~ArenaLease() { Arenas::all().put(threads_, std::move(arena_)); }
    ArenaLease(const ArenaLease&) = delete;
    ArenaLease& operator=(const ArenaLease&) = delete;
    Arena& operator*() const { return *arena_; }

private:
    int threads_;
    std::unique_ptr<Arena> arena_;
};

}  // namespace

int hardware_threads() { return oneapi::tbb::info::default_concurrency(); }

void run_tasks(Index count, int threads, TaskRef task) {
    const SingleThreadedBlas single;
    if (threads <= 1 || count <= 1) {
        for (Index k = 0; k < count; ++k) task(k);
        return;
    }
    const ArenaLease arena(static_cast<int>(std::min<Index>(threads, count)));
    (*arena).execute([&] {
        oneapi::tbb::parallel_for(
            Index{0}, count, [&](Index k) { task(k); }, oneapi::tbb::simple_partitioner());
    });
}

}  // namespace hesse
