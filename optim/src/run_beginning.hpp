#pragma once

#include "hesse/optim/counters.hpp"
#include "hesse/optim/run.hpp"
#include "hesse/optim/state_text.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>

/// What a run is given, before anything is evaluated.
namespace hesse {

/// What a checkpoint begins with.
struct CheckpointHead {
    std::string method;
    Index iteration, escapes, examinations, rejections;
    double seconds;
    Counters counters;
    Buffer x, best;

    CheckpointHead(StateReader& in, std::size_t n)
        : method(in.word("method")),
          iteration(in.integer("iteration")),
          escapes(in.integer("escapes")),
          examinations(in.integer("examinations")),
          rejections(in.integer("rejections")),
          seconds(in.number("seconds")) {
        for (std::size_t k = 0; k < purpose_count; ++k) {
            Evaluations& counts = counters[static_cast<Purpose>(k)];
            counts.values = in.integer("values");
            counts.gradients = in.integer("gradients");
            counts.products = in.integer("products");
            counts.batch_values = in.number("batch_values");
            counts.batch_gradients = in.number("batch_gradients");
            counts.batch_products = in.number("batch_products");
        }
        x = in.vector("x", n);
        best = in.vector("best", n);
    }
};

/// read() of a checkpoint that is whole, but may be that of another run.
template <class Read>
void read_checkpoint(const ResumeFrom& checkpoint, const Read& read) {
    try {
        read();
    } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(fmt::format(
            "resume_from: '{}' is not a checkpoint of this run, with the same loss, method and options: {}",
            checkpoint.path(), error.what()));
    }
}

struct RunBeginning {
    std::string checkpoint;  // its text, where the run goes on from one
    Buffer saved;            // (n), the point where it does; else empty
};

/// Looks at what was given on all ranks together, and throws on all of them unless it fits and is the same.
RunBeginning begin_run(ObjectiveRef& f, std::span<const double> start, OptimizerRef& method,
                       const RunSetup& setup);

}  // namespace hesse
