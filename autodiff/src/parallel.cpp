#include "hesse/autodiff/sums/parallel.hpp"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/partitioner.h>
#include <oneapi/tbb/task_arena.h>

#include <mutex>
#include <optional>

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

}  // namespace

int hardware_threads() { return oneapi::tbb::info::default_concurrency(); }

void run_tasks(Index count, int threads, TaskRef task) {
    const SingleThreadedBlas single;
    if (threads <= 1 || count <= 1) {
        for (Index k = 0; k < count; ++k) task(k);
        return;
    }
    // More threads than processors only where somebody asks for them.
    std::optional<oneapi::tbb::global_control> more;
    if (threads > hardware_threads())
        more.emplace(oneapi::tbb::global_control::max_allowed_parallelism, static_cast<std::size_t>(threads));
    oneapi::tbb::task_arena arena(threads);
    arena.execute([&] {
        oneapi::tbb::parallel_for(
            Index{0}, count, [&](Index k) { task(k); }, oneapi::tbb::simple_partitioner());
    });
}

}  // namespace hesse
