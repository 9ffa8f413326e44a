#include "harness/process.hpp"

#include <sched.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string_view>

namespace hesse::bench {

void compute_on_one_thread(char** arguments) {
    constexpr std::array names{"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
                               "BLIS_NUM_THREADS"};
    bool changed = false;
    for (const char* name : names) {
        const char* given = std::getenv(name);
        if (given != nullptr && std::string_view(given) == "1") continue;
        setenv(name, "1", 1);
        changed = true;
    }
    if (changed) execv("/proc/self/exe", arguments);  // returns only where there is no such file
}

namespace {

cpu_set_t allowed;  // at the start

}  // namespace

void use_all_cores() { sched_setaffinity(0, sizeof allowed, &allowed); }

int pin_to_one_core() {
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return -1;
    int core = CPU_SETSIZE - 1;
    while (core >= 0 && !CPU_ISSET(core, &allowed)) --core;
    if (core < 0) return -1;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return sched_setaffinity(0, sizeof one, &one) == 0 ? core : -1;
}

}  // namespace hesse::bench
