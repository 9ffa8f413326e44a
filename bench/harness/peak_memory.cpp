#include "harness/peak_memory.hpp"

#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

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

/// Takes the holes in the heap, as long as any is this large or larger. None of their pages is touched.
void fill_holes(std::size_t smallest) {
    for (std::size_t size = std::size_t{1} << 30; size >= smallest; size /= 2) {
        for (;;) {
            void* memory = std::malloc(size);
            if (memory == nullptr) break;
            constexpr std::size_t has_pages_of_its_own =
                2;  // a flag in the word before it, as glibc keeps it
            if ((static_cast<std::size_t*>(memory)[-1] & has_pages_of_its_own) != 0) {
                std::free(memory);
                break;
            }
        }
    }
}

double measure(const std::function<void()>& work) {
    // As in a process that has done nothing yet: there large arrays have pages of their own, and grow without a moment
    // at which there are two copies. Here the C library may have learned to take them from a heap with holes.
    constexpr int large = 128 * 1024;
    mallopt(M_MMAP_THRESHOLD, large);
    malloc_trim(0);  // what was freed before is to count when it is used again
    fill_holes(large);
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak is that of the present
    const double before = resident("VmRSS");
    work();
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
