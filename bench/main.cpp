// Measures hesse against hand-written code and its limits; see harness/race.hpp for how.
#include "harness/process.hpp"
#include "harness/workload.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

int main(int count, char** arguments) try {
    using namespace hesse::bench;
    compute_on_one_thread(arguments);

    std::string path = HESSE_BENCH_REPORT;
    std::string filter;
    int rounds = 20;
    CLI::App app{"Speed of hesse, one core, contenders alternating."};
    app.add_option("report", path, "where the JSON report goes")->capture_default_str();
    app.add_option("--filter", filter, "only workloads whose name contains this");
    app.add_option("--rounds", rounds, "rounds; the fastest counts")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    CLI11_PARSE(app, count, arguments);

    const int core = pin_to_one_core();
    if (core < 0) std::cerr << "warning: the system does not let this process stay on one core\n";
    Report report;
    Session session{rounds, report};
    bool any = false;
    for (const Workload& workload : workloads()) {
        if (workload.name.find(filter) == std::string::npos) continue;
        any = true;
        std::cerr << workload.name << " ...\n";
        workload.run(session);
    }
    if (!any) {
        std::string names;
        for (const Workload& workload : workloads()) names += ' ' + workload.name;
        throw std::invalid_argument("--filter: no workload has '" + filter +
                                    "' in its name; there are:" + names);
    }
    report.print(std::cout);
    report.write_json(path);
    std::cout << "\nfastest of " << rounds << " rounds on core " << core << "; report: " << path << '\n';
    return 0;
} catch (const std::exception& error) {
    std::cerr << "hesse_bench: " << error.what() << '\n';
    return 1;
}
