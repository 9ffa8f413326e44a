// Measures hesse against hand-written code and its limits; see harness/race.hpp for how.
#include "harness/document.hpp"
#include "harness/process.hpp"
#include "harness/workload.hpp"
#include "hesse/autodiff/gemm.hpp"
#include "peers/peer.hpp"

#include <CLI/CLI.hpp>
#include <Eigen/Core>

#include <cstdio>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>

namespace {

/// Lets the BLAS allocate what it keeps, which is no workload's memory.
void warm_up() {
    constexpr hesse::Index n = 1024;
    const Eigen::MatrixXd a = Eigen::MatrixXd::Ones(n, n);
    Eigen::MatrixXd b(n, n);
    using hesse::Transpose;
    hesse::gemm<double>(Transpose::no, Transpose::no, n, n, n, 1, a.data(), n, a.data(), n, 0, b.data(), n);
}

}  // namespace

int main(int count, char** arguments) try {
    using namespace hesse::bench;
    compute_on_one_thread(arguments);

    std::string path = HESSE_BENCH_REPORT;
    std::string filter, quantity, contender;
    int rounds = 20;
    bool with_peers = false;
    CLI::App app{"Speed of hesse, one core, contenders alternating."};
    app.add_option("report", path, "where the JSON report goes")->capture_default_str();
    app.add_option("--filter", filter, "only workloads whose name contains this");
    app.add_option("--quantity", quantity, "only this quantity, for a profiler");
    app.add_option("--contender", contender, "only this contender, for a profiler");
    app.add_flag("--peers", with_peers, "other libraries run too, those that were found in the build");
    app.add_option("--rounds", rounds, "rounds; the fastest counts")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    CLI11_PARSE(app, count, arguments);

    warm_up();
    const int core = pin_to_one_core();
    if (core < 0) std::cerr << "warning: the system does not let this process stay on one core\n";
    Report report;
    Session session{rounds, with_peers, quantity, contender, report};
    if (with_peers) {
        if (peers().empty()) throw std::runtime_error("--peers: this program was built without peers");
        std::string names;
        for (const std::string& name : peers()) names += ' ' + name;
        report.remark("Peers that were found:" + names);
    }
    bool any = false, failed = false;
    for (const Workload& workload : workloads()) {
        if (workload.name.find(filter) == std::string::npos) continue;
        any = true;
        std::cerr << workload.name << " ...\n";
        try {
            workload.run(session);
        } catch (const std::exception& error) {  // the others are measured all the same
            failed = true;
            std::cerr << "hesse_bench: " << error.what() << '\n';
            report.remark(workload.name + " failed: " + error.what());
        }
    }
    if (!any) {
        std::string names;
        for (const Workload& workload : workloads()) names += ' ' + workload.name;
        throw std::invalid_argument("--filter: no workload has '" + filter +
                                    "' in its name; there are:" + names);
    }
    report.print(std::cout);
    report.write_json(path);
    if (quantity.empty() && contender.empty()) write_document(report, HESSE_BENCH_DOCUMENT, filter.empty());
    std::cout << "\nfastest of " << rounds << " rounds on core " << core << "; report: " << path << '\n';
    return failed ? 1 : 0;
} catch (const std::exception& error) {
    std::cerr << "hesse_bench: " << error.what() << '\n';
    return 1;
}
