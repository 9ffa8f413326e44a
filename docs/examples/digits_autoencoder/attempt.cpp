#include "attempt.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace demo {

std::string outcome(const Attempt& attempt) {
    if (attempt.stopped_at_saddle()) return "stopped at a saddle";
    if (attempt.still_moving()) return "still moving";
    return std::string(to_string(attempt.verdict.kind));
}

void write_history(const std::string& path, const std::vector<Attempt>& attempts) {
    std::ofstream file(path);
    file << "start,method,iteration,value,gradient_norm,step_length,escapes,values,gradients,products,"
            "gradient_equivalents,seconds\n";
    for (const Attempt& attempt : attempts) {
        for (const hesse::IterationRecord& line : attempt.run.history) {
            file << fmt::format("{},{},{},{},{},{},{},{},{},{},{:.6g},{:.6f}\n", attempt.start,
                                attempt.method, line.iteration, line.value, line.gradient_norm,
                                line.step_length, line.escapes, line.evaluations.values,
                                line.evaluations.gradients, line.evaluations.products,
                                line.gradient_equivalents, line.seconds);
        }
    }
    file.close();
    if (!file) throw std::runtime_error("write_history: cannot write '" + path + "'");
}

}  // namespace demo
