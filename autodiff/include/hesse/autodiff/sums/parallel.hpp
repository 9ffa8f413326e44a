#pragma once

#include "hesse/autodiff/memory.hpp"

namespace hesse {

/// A task by its number, without its type.
class TaskRef {
public:
    template <class Task>
    explicit TaskRef(const Task& task)
        : object_(&task), run_([](const void* object, Index k) { (*static_cast<const Task*>(object))(k); }) {}

    void operator()(Index k) const { run_(object_, k); }

private:
    const void* object_;
    void (*run_)(const void*, Index);
};

/// How many threads the machine runs at once.
[[nodiscard]] int hardware_threads();

/// Runs task(0), ..., task(count - 1) on at most so many threads, this one among them, in any order, and returns when all are
/// done. If tasks throw, one of the exceptions passes through, and others may not have run. A BLAS with threads of its own is
/// held to one meanwhile, also where `threads` is one: what a product gives does not depend on it then.
void run_tasks(Index count, int threads, TaskRef task);

template <class Task>
void for_each_task(Index count, int threads, const Task& task) {
    run_tasks(count, threads, TaskRef(task));
}

}  // namespace hesse
