#pragma once

#include "harness/race.hpp"

#include <string>
#include <vector>

namespace hesse::bench {

/// What a workload works with: it measures by `race` and adds remarks.
struct Session {
    int rounds;
    bool peers;  // whether other libraries run too
    // For a profiler: only this quantity, only this contender; all if empty.
    std::string quantity, contender;
    Report& report;
};

/// A named workload. A file under workloads/ defines one and names it once:
///     const Registration registration{"mlp_512", measure};
struct Workload {
    std::string name;
    void (*run)(Session&);
};
struct Registration {
    Registration(std::string name, void (*run)(Session&));
};

/// All of them, by name, but what it costs to compile first.
std::vector<Workload> workloads();

}  // namespace hesse::bench
