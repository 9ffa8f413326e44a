#include "harness/peak_memory.hpp"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace hesse::bench {
namespace {

/// A figure of the process in bytes: VmRSS, its resident memory, or VmHWM, the peak of that.
double resident(const std::string& name) {
    std::ifstream status("/proc/self/status");
    std::string word;
    double kilobytes = 0;
    while (status >> word) {
        if (word == name + ':' && status >> kilobytes) return 1024 * kilobytes;
    }
    throw std::runtime_error("peak_bytes: the system does not tell " + name);
}

double measure(const std::function<void()>& work) {
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    malloc_trim(0);  // what was freed before is to count when it is used again
    // As in a process that has done nothing yet: there large arrays have pages of their own, and grow without a moment
    // at which there are two copies. Here the C library may have learned to take them from a heap with holes; another
    // thread begins with a heap of its own.
    std::exception_ptr failure;
    double before = 0;
    std::thread([&] {
        try {
            (void)resident("VmRSS");                        // touches what it needs itself
            std::ofstream("/proc/self/clear_refs") << "5";  // the peak is that of the present
            before = resident("VmRSS");
            work();
        } catch (...) {
            failure = std::current_exception();
        }
    }).join();
    if (failure) std::rethrow_exception(failure);
    return resident("VmHWM") - before;
}

}  // namespace

double peak_bytes(const std::function<void()>& work) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("peak_bytes: no pipe");
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error("peak_bytes: no second process");
    if (child == 0) {
        double bytes = -1;
        try {
            bytes = measure(work);
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
        }
        const bool written = write(ends[1], &bytes, sizeof bytes) == sizeof bytes;
        _exit(written ? 0 : 1);
    }
    close(ends[1]);
    double bytes = -1;
    const bool told = read(ends[0], &bytes, sizeof bytes) == sizeof bytes;
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (!told || bytes < 0) throw std::runtime_error("peak_bytes: the copy of the process failed");
    return bytes;
}

}  // namespace hesse::bench
