#include "harness/workload.hpp"

#include <algorithm>
#include <utility>

namespace hesse::bench {
namespace {

std::vector<Workload>& registered() {
    static std::vector<Workload> all;
    return all;
}

}  // namespace

Registration::Registration(std::string name, void (*run)(Session&)) {
    registered().push_back({std::move(name), run});
}

std::vector<Workload> workloads() {
    std::vector<Workload> all = registered();
    // Compilers first: while this process is still small, since a child's peak of memory begins as its parent's.
    const auto key = [](const Workload& w) { return std::pair(w.name != "compile_time", w.name); };
    std::sort(all.begin(), all.end(), [&](const Workload& a, const Workload& b) { return key(a) < key(b); });
    return all;
}

}  // namespace hesse::bench
