// What a run writes into checkpoints, and goes on from.
#include "checkpoint_format.hpp"
#include "hesse/autodiff/sums/communicator.hpp"
#include "hesse/optim/state_text.hpp"
#include "run_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>
#include <string>

namespace hesse {

// A run is worth more than its checkpoint: it goes on, and its report tells.
void RunLoop::save_if(bool condition) {
    if (!condition || !(first_rank() || at_.space().divided())) return;
    // Each rank has a part of it, if vectors are divided.
    const std::string text = ending_ ? *ending_ : state(at_.counters());
    if (!first_rank()) return;
    if (const auto failure = setup_.checkpoint->try_write(text)) checkpoint_failure_ = *failure;
}

/// What led here but moved nothing, as a search that failed, is made again, too, by a run that goes on.
void RunLoop::remember_ending() {
    if (setup_.checkpoint == nullptr) return;
    if (first_rank() || at_.space().divided()) ending_ = state(counters_before_step_);
}

std::string RunLoop::state(const Counters& all) const {
    std::ostringstream out;
    StateWriter writer(out, checkpoint_type, checkpoint_version);
    writer.word("method", method_.name());
    writer.integer("iteration", iteration_);
    writer.integer("escapes", escapes_);
    writer.integer("examinations", examinations_);
    writer.integer("rejections", rejections_);
    writer.number("seconds", watch_.seconds());
    for (std::size_t k = 0; k < purpose_count; ++k) {
        const Evaluations& counts = all[static_cast<Purpose>(k)];
        writer.integer("values", counts.values);
        writer.integer("gradients", counts.gradients);
        writer.integer("products", counts.products);
        writer.number("batch_values", counts.batch_values);
        writer.number("batch_gradients", counts.batch_gradients);
        writer.number("batch_products", counts.batch_products);
    }
    writer.vector("x", at_.x_data(), at_.size());
    writer.vector("best", at_.best_x_data(), at_.size());
    writer.number("value", at_.value());
    writer.number("best_value", at_.best_value());
    writer.number("best_gradient_norm", at_.best_gradient_norm());
    writer.number("value_scale", at_.value_scale());
    writer.number("lowest_value", lowest_value_);
    recent_.save(writer);
    method_.save(out);
    writer.integer("has_escape", setup_.escape != nullptr ? 1 : 0);
    if (setup_.escape != nullptr) setup_.escape->save(out);
    return out.str();
}

/// At the point of the checkpoint the loss has to be what it was, but for what another machine or another number of ranks may make of
/// it.
void RunLoop::require_same_loss(double value) const {
    const double size = std::max({std::abs(value), std::abs(at_.value()), at_.value_scale()});
    const double allowed = std::max(1e-8 * size, 1e3 * at_.rounding_floor());
    if (!(std::abs(at_.value() - value) <= allowed))
        throw std::invalid_argument(
            fmt::format("the loss at its point is {}, and was {}", at_.value(), value));
}

void RunLoop::load(const std::string& text) {
    std::istringstream in(text);
    StateReader reader(in, checkpoint_type, checkpoint_version);
    const CheckpointHead head(reader, static_cast<std::size_t>(at_.size()));
    iteration_ = head.iteration;
    escapes_ = head.escapes;
    examinations_ = head.examinations;
    rejections_ = head.rejections;
    watch_ = Stopwatch(head.seconds);
    require_same_loss(reader.number("value"));
    const double best_value = reader.number("best_value");
    const double best_gradient_norm = reader.number("best_gradient_norm");
    const double value_scale = reader.number("value_scale");
    lowest_value_ = reader.number("lowest_value");
    recent_.load(reader);
    at_.set_best(head.best.data(), best_value, best_gradient_norm);
    at_.set_value_scale(value_scale);
    at_.counters() = head.counters;
    method_.load(in);
    const bool had_escape = reader.integer("has_escape") == 1;
    if (had_escape != (setup_.escape != nullptr))
        throw std::invalid_argument(fmt::format("it was made {} a NegativeCurvatureEscape beside the method",
                                                had_escape ? "with" : "without"));
    if (had_escape) setup_.escape->load(in);
    resumed_ = true;
}

}  // namespace hesse
