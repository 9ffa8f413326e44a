#include "face_objective.hpp"
#include "hesse/autodiff/sums/communicator.hpp"
#include "hesse/optim/curvature/critical_point.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "run_loop.hpp"
#include "watched_objective.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace hesse {
namespace {

/// Steps in a row that may leave the point where it is before the run is called stuck.
constexpr Index rejections_in_a_row = 100;
/// How many directions, each from a new random start, are tried at one stationary point.
constexpr int directions_per_point = 3;
/// What classify needs at least.
constexpr Index fewest_products = 5;

}  // namespace

Status RunLoop::loop() {
    for (bool shown = resumed_;; shown = false) {  // a resumed run starts with what was shown before
        if (!shown && !observe()) return Status::stopped_by_user;
        save_if(setup_.checkpoint != nullptr && iteration_ > 0 &&
                iteration_ % setup_.checkpoint->every() == 0);
        moved_ = false;

        const std::optional<Status> exhausted = limit();
        const bool stationary =
            at_.gradient_norm() <= stopping_.gradient_norm && !method_.needs().stationary_points;
        counters_before_step_ = at_.counters();
        const std::optional<Status> status = stationary && exhausted == Status::time && stopping_.second_order
                                                 ? exhausted  // no time for a certificate either
                                             : stationary ? settle(Status::first_order, !exhausted)
                                             : exhausted  ? exhausted
                                             : stalled()  ? stalled()
                                                          : step();
        if (status) return *status;
        ++iteration_;
    }
}

/// One step of the method; a status if the run ends with it.
std::optional<Status> RunLoop::step() {
    const Index moves = at_.moves();
    const StepOutcome outcome = method_.step(at_);
    if (at_.moves() != moves) counters_before_step_ = at_.counters();  // no run makes it again
    if (outcome != StepOutcome::rejected) rejections_ = 0;
    switch (outcome) {
        case StepOutcome::moved:
            moved_ = true;
            recent_.note(at_);
            return std::nullopt;
        case StepOutcome::rejected:
            if (++rejections_ < rejections_in_a_row) return std::nullopt;
            remember_ending();
            return at_.last_trial_finite() ? Status::line_search : Status::not_finite;
        case StepOutcome::converged:
            return settle(unless_stationary(Status::method_ended), true);
        case StepOutcome::rounding_floor:
            return settle(unless_stationary(Status::rounding_floor), true);
        case StepOutcome::line_search:
            return settle(unless_stationary(Status::line_search), true);
        case StepOutcome::not_finite:
            remember_ending();
            return Status::not_finite;
    }
    return std::nullopt;
}

/// Which limit of the run is reached, if any.
std::optional<Status> RunLoop::limit() const {
    if (at_.value() < lowest_value_) return Status::unbounded;
    if (stopping_.target_value && at_.value() <= *stopping_.target_value) return Status::value_reached;
    if (spent() >= stopping_.budget) return Status::budget;
    if (std::isfinite(stopping_.seconds) && decided(watch_.seconds() >= stopping_.seconds))
        return Status::time;
    if (iteration_ >= stopping_.iterations) return Status::iterations;
    return std::nullopt;
}

/// Whether the last steps did too little, for what the run was asked.
std::optional<Status> RunLoop::stalled() const {
    if (recent_.short_step()) return Status::small_step;
    if (recent_.small_decrease(at_)) return Status::small_decrease;
    return std::nullopt;
}

/// No step is left to take. Examines the point; leaves it if it is a saddle and there is a way (no status
/// then), and says otherwise what it is. `otherwise`: the status when curvature tells nothing.
std::optional<Status> RunLoop::settle(Status otherwise, bool may_escape) {
    remember_ending();
    if (!stopping_.second_order) return otherwise;
    may_escape = may_escape && escape_ != nullptr && !escape_->exhausted(at_);
    for (int k = 0; k < directions_per_point; ++k) {
        if (k > 0 && at_.affordable_products() < fewest_products) break;  // the first verdict stands
        if (const auto failed = examine(otherwise, may_escape)) return failed;
        if (!verdict_)  // nothing paid for one
            return otherwise == Status::first_order ? limit().value_or(Status::budget) : otherwise;
        const double curvature = verdict_->lowest.value;
        const bool curves_down = curvature < -verdict_->curvature_tolerance;
        const bool degenerate = verdict_->kind == CriticalPointKind::degenerate;
        if (!curves_down && !(degenerate && may_escape)) return without_negative_curvature(otherwise);
        if (!may_escape) break;
        const double spent_before = spent();
        const bool left = curves_down
                              ? escape_->leave(at_, direction_.data(), curvature)
                              : escape_->leave_degenerate(at_, direction_.data(), verdict_->norm_estimate,
                                                          verdict_->curvature_tolerance);
        escape_history_.push_back({iteration_, left, escape_->last(), spent() - spent_before});
        if (left) {
            ++escapes_;
            moved_ = true;
            verdict_.reset();
            ending_.reset();
            method_.restart(at_);
            recent_.start(at_);
            return std::nullopt;
        }
        if (!curves_down) return without_negative_curvature(otherwise);
        if (escape_->exhausted(at_)) break;
    }
    if (verdict_->kind == CriticalPointKind::not_critical) return otherwise;
    // Where a limit forbids the escape that there is, the limit is why the run ends.
    const std::optional<Status> exhausted = limit();
    return escape_ != nullptr && exhausted ? *exhausted : Status::saddle;
}

/// What an examined point is of which no negative curvature is known.
Status RunLoop::without_negative_curvature(Status otherwise) const {
    if (otherwise != Status::first_order) return otherwise;
    if (verdict_->kind == CriticalPointKind::degenerate) return Status::degenerate;
    if (verdict_->certified) return Status::second_order;
    return at_.affordable_products() < ClassifyOptions{}.max_products ? Status::budget : Status::first_order;
}

/// Asks classify for a verdict on the current point; there is no new one where the budget does not pay for
/// it. A status if the products of the Hessian are good for none.
std::optional<Status> RunLoop::examine(Status reason, bool may_escape) {
    const Index affordable = at_.affordable_products();
    if (affordable < fewest_products) return std::nullopt;
    ClassifyOptions options;
    options.max_products = std::min(options.max_products, affordable);
    // A point where steps have ended by rounding is as stationary as it can be, if what its gradient still
    // promises, g'g / (2 |H|), could be rounding for a Hessian up to 1e6.
    const double hidden = 1e3 * std::sqrt(at_.rounding_floor());
    options.gradient_tolerance = std::max(
        stopping_.gradient_norm,
        reason == Status::rounding_floor && at_.gradient_norm() <= hidden ? at_.gradient_norm() : 0.0);
    options.curvature_tolerance = stopping_.curvature_tolerance;
    options.product_rounding =
        product_rounding(f_, ObjectiveRef::Slot::current, at_.space().norm(at_.x_data()));
    options.seed = stopping_.seed + static_cast<std::uint64_t>(examinations_);
    options.check_symmetry = examinations_ == 0;
    if (may_escape) options.index_pairs = 1;  // nobody asks for the index of a saddle that is left
    ++examinations_;

    std::optional<FaceObjective> face;
    if (at_.bounded()) face.emplace(f_, at_);
    if (face && face->size() == 0) return Status::second_order;  // a corner, which every way leads up from
    const WatchedObjective watched(face ? static_cast<ObjectiveRef&>(*face) : f_);
    Evaluations& counts = at_.counters()[Purpose::certificate];
    std::optional<Status> failed;
    try {
        verdict_ = classify(watched, ObjectiveRef::Slot::current, options, direction_.data());
        if (face) {
            const Buffer entries(direction_.begin(), direction_.begin() + face->size());
            std::fill(direction_.begin(), direction_.end(), 0.0);
            face->put(entries.data(), direction_.data());
        }
    } catch (const NotSymmetric&) {
        failed = Status::not_symmetric;
    } catch (const std::invalid_argument&) {
        if (watched.finite()) throw;  // the loss's own
        failed = Status::not_finite;
    }
    if (failed) verdict_.reset();
    counts.products += watched.products();
    return failed;
}

bool RunLoop::observe() {
    const Evaluations total = at_.counters().total();
    history_.push_back({.iteration = iteration_,
                        .value = at_.value(),
                        .gradient_norm = at_.gradient_norm(),
                        .step_length = moved_ ? at_.last_move() : 0.0,
                        .escapes = escapes_,
                        .evaluations = total,
                        .gradient_equivalents = total.gradient_equivalents(stopping_.cost),
                        .seconds = watch_.seconds()});
    Iteration now(method_.name(), history_.back(), at_.counters(), stopping_, at_.x_data(), at_.size());
    if (ranks_ == nullptr) {
        for (ObserverRef* observer : setup_.observers) observer->observe(now);
        return !now.stop_requested() && !interrupted();
    }
    enum : Index { goes_on, stops, failed };
    Index next = goes_on;
    std::exception_ptr failure;
    if (first_rank()) {
        try {
            for (ObserverRef* observer : setup_.observers) observer->observe(now);
            next = now.stop_requested() || interrupted() ? stops : goes_on;
        } catch (...) {
            failure = std::current_exception();
            next = failed;
        }
    }
    next = ranks_->broadcast(next);
    if (next == failed) ranks_->throw_together(failure, 1.0);
    return next == goes_on;
}

RunReport RunLoop::finish(Status status, const RunResult& result) {
    // A status that speaks of a point means the last one; for the others the best is the answer.
    const bool speaks_of_last = verdict_.has_value() || status == Status::not_symmetric ||
                                status == Status::first_order || status == Status::second_order ||
                                status == Status::saddle || status == Status::degenerate ||
                                status == Status::method_ended || status == Status::rounding_floor ||
                                status == Status::line_search || status == Status::small_step;
    at_.space().copy(speaks_of_last ? at_.x_data() : at_.best_x_data(), result.x);
    if (verdict_) at_.space().copy(direction_.data(), result.direction);
    RunReport report{.method = std::string(method_.name()),
                     .status = status,
                     .value = speaks_of_last ? at_.value() : at_.best_value(),
                     .gradient_norm = speaks_of_last ? at_.gradient_norm() : at_.best_gradient_norm(),
                     .iterations = iteration_,
                     .escapes = escapes_,
                     .counters = at_.counters(),
                     .gradient_equivalents = spent(),
                     .seconds = watch_.seconds(),
                     .history = std::move(history_),
                     .escape_history = std::move(escape_history_),
                     .verdict = verdict_,
                     .checkpoint_failure = std::move(checkpoint_failure_),
                     .observer_failure = {}};
    together(ranks_, {}, "", [&] {
        if (!first_rank()) return;
        for (const ObserverRef* observer : setup_.observers)
            if (report.observer_failure.empty()) report.observer_failure = observer->failure();
        for (ObserverRef* observer : setup_.observers) observer->finish(report);
    });
    return report;
}

RunReport run(ObjectiveRef& f, std::span<const double> start, OptimizerRef& method, const RunSetup& setup,
              const RunResult& result) {
    const RunBeginning beginning = begin_run(f, start, method, setup);
    const double* const x = beginning.saved.empty() ? start.data() : beginning.saved.data();
    return RunLoop(f, x, method, setup, beginning.checkpoint)(result);
}

}  // namespace hesse
