#include "harness/workload.hpp"

#include <algorithm>

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
    std::sort(all.begin(), all.end(), [](const Workload& a, const Workload& b) { return a.name < b.name; });
    return all;
}

}  // namespace hesse::bench
