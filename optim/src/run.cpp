#include "hesse/optim/run.hpp"

#include "hesse/optim/state_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace hesse {
namespace {

/// Steps in a row that may leave the point where it is before the run is called stuck.
constexpr Index rejections_in_a_row = 100;
/// Stationary points of which an escape failed are examined again, from another random start, so often.
constexpr int directions_per_point = 3;

class Stopwatch {
public:
    explicit Stopwatch(double before = 0.0) : before_(before) {}
    [[nodiscard]] double seconds() const {
        return before_ + std::chrono::duration<double>(Clock::now() - start_).count();
    }

private:
    using Clock = std::chrono::steady_clock;
    double before_;
    Clock::time_point start_ = Clock::now();
};

/// One run of the loop.
class Run {
public:
    Run(ObjectiveRef& f, const double* start, OptimizerRef& method, const RunSetup& setup)
        : f_(f),
          at_(f, start),
          method_(method),
          setup_(setup),
          stopping_(setup.stopping),
          escape_(setup.escape != nullptr ? setup.escape : method.escape()) {
        at_.set_limits(stopping_.gradient_norm, stopping_.budget, stopping_.cost);
        if (escape_ != nullptr) escape_->start(at_);
        method_.start(at_);
        best_.assign(at_.x_data(), at_.x_data() + at_.size());
        if (setup_.resume != nullptr) load(setup_.resume->text());
        history_.reserve(static_cast<std::size_t>(std::min<Index>(stopping_.iterations, 4095)) + 1);
    }

    RunReport operator()(double* x) {
        Status status = loop();
        save_if(setup_.checkpoint != nullptr);
        return finish(status, x);
    }

private:
    Status loop();
    std::optional<Status> step();
    std::optional<Status> limit() const;
    std::optional<Status> settle(Status otherwise, bool may_escape);
    bool observe();
    void keep_best();
    RunReport finish(Status status, double* x);
    [[nodiscard]] double spent() const { return at_.counters().total().gradient_equivalents(stopping_.cost); }
    void save_if(bool condition) const;
    [[nodiscard]] std::string state() const;
    void load(const std::string& text);

    ObjectiveRef& f_;
    Iterate at_;
    OptimizerRef& method_;
    const RunSetup& setup_;
    const Stopping& stopping_;
    NegativeCurvatureEscape* escape_;
    Stopwatch watch_;

    Index iteration_ = 0;
    Index escapes_ = 0;
    Index rejections_ = 0;
    Index examinations_ = 0;  // each has a seed of its own
    bool moved_ = false;
    bool resumed_ = false;
    Buffer best_;
    double best_value_ = std::numeric_limits<double>::infinity();
    double best_gradient_norm_ = 0.0;
    std::vector<IterationRecord> history_;
};

Status Run::loop() {
    for (bool shown = resumed_;; shown = false) {  // a resumed run starts with what was shown before
        keep_best();
        if (!shown && !observe()) return Status::stopped_by_user;
        save_if(setup_.checkpoint != nullptr && iteration_ > 0 &&
                iteration_ % setup_.checkpoint->every() == 0);
        moved_ = false;

        const std::optional<Status> exhausted = limit();
        const bool stationary =
            at_.gradient_norm() <= stopping_.gradient_norm && !method_.needs().stationary_points;
        const std::optional<Status> status = stationary  ? settle(Status::first_order, !exhausted)
                                             : exhausted ? exhausted
                                                         : step();
        if (status) return *status;
        ++iteration_;
    }
}

/// One step of the method; a status if the run ends with it.
std::optional<Status> Run::step() {
    const StepOutcome outcome = method_.step(at_);
    if (outcome != StepOutcome::rejected) rejections_ = 0;
    switch (outcome) {
        case StepOutcome::moved:
            moved_ = true;
            return std::nullopt;
        case StepOutcome::rejected:
            if (++rejections_ < rejections_in_a_row) return std::nullopt;
            return at_.last_trial_finite() ? Status::line_search : Status::not_finite;
        case StepOutcome::converged:
            return settle(Status::first_order, true);
        case StepOutcome::rounding_floor:
            return settle(Status::rounding_floor, true);
        case StepOutcome::line_search:
            return settle(Status::line_search, true);
        case StepOutcome::not_finite:
            return Status::not_finite;
    }
    return std::nullopt;
}

/// Which limit of the run is reached, if any.
std::optional<Status> Run::limit() const {
    if (spent() >= stopping_.budget) return Status::budget;
    if (watch_.seconds() >= stopping_.seconds) return Status::time;
    if (iteration_ >= stopping_.iterations) return Status::iterations;
    return std::nullopt;
}

/// No step is left to take. Examines the point; leaves it if it is a saddle and there is a way (no status
/// then), and says otherwise what it is. `otherwise`: the status when curvature tells nothing.
std::optional<Status> Run::settle(Status otherwise, bool may_escape) {
    if (setup_.certifier == nullptr || !stopping_.second_order) return otherwise;
    const double tolerance = otherwise == Status::line_search
                                 ? stopping_.gradient_norm
                                 : std::max(stopping_.gradient_norm, at_.gradient_norm());
    for (int k = 0; k < directions_per_point; ++k) {
        const Index affordable = at_.affordable_products();
        if (affordable < 1) return otherwise;
        const Certificate point = setup_.certifier->examine(
            f_, tolerance, stopping_.seed + static_cast<std::uint64_t>(examinations_), affordable);
        ++examinations_;
        at_.counters()[Purpose::certificate].products += point.products;

        if (point.kind != Certificate::Kind::negative) {
            if (otherwise != Status::first_order || point.kind == Certificate::Kind::unknown)
                return otherwise;
            return point.kind == Certificate::Kind::zero ? Status::degenerate : Status::second_order;
        }
        const Status at_saddle = point.stationary ? Status::saddle : otherwise;
        if (escape_ == nullptr || !may_escape) return at_saddle;
        if (escape_->leave(at_, point.direction, point.curvature)) {
            ++escapes_;
            moved_ = true;
            method_.restart(at_);
            return std::nullopt;
        }
        if (k + 1 == directions_per_point) return at_saddle;
    }
    return otherwise;
}

bool Run::observe() {
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
    for (ObserverRef* observer : setup_.observers) observer->observe(now);
    return !now.stop_requested();
}

void Run::keep_best() {
    if (!(at_.value() < best_value_)) return;
    at_.space().copy(at_.x_data(), best_.data());
    best_value_ = at_.value();
    best_gradient_norm_ = at_.gradient_norm();
}

RunReport Run::finish(Status status, double* x) {
    // A status that speaks of a point means the last one; for the others the best is the answer.
    const bool speaks_of_last = status == Status::first_order || status == Status::second_order ||
                                status == Status::saddle || status == Status::degenerate ||
                                status == Status::rounding_floor || status == Status::line_search;
    at_.space().copy(speaks_of_last ? at_.x_data() : best_.data(), x);
    RunReport report{.method = std::string(method_.name()),
                     .status = status,
                     .value = speaks_of_last ? at_.value() : best_value_,
                     .gradient_norm = speaks_of_last ? at_.gradient_norm() : best_gradient_norm_,
                     .iterations = iteration_,
                     .escapes = escapes_,
                     .counters = at_.counters(),
                     .gradient_equivalents = spent(),
                     .seconds = watch_.seconds(),
                     .history = std::move(history_)};
    for (ObserverRef* observer : setup_.observers) observer->finish(report);
    return report;
}

void Run::save_if(bool condition) const {
    if (condition) setup_.checkpoint->write(state());
}

std::string Run::state() const {
    std::ostringstream out;
    StateWriter writer(out, "hesse-run", 1);
    writer.word("method", method_.name());
    writer.integer("iteration", iteration_);
    writer.integer("escapes", escapes_);
    writer.integer("examinations", examinations_);
    writer.integer("rejections", rejections_);
    writer.number("seconds", watch_.seconds());
    for (std::size_t k = 0; k < purpose_count; ++k) {
        const Evaluations& counts = at_.counters()[static_cast<Purpose>(k)];
        writer.integer("values", counts.values);
        writer.integer("gradients", counts.gradients);
        writer.integer("products", counts.products);
    }
    writer.vector("x", at_.x_data(), at_.size());
    writer.vector("best", best_);
    writer.number("best_value", best_value_);
    writer.number("best_gradient_norm", best_gradient_norm_);
    method_.save(out);
    writer.integer("has_escape", setup_.escape != nullptr ? 1 : 0);
    if (setup_.escape != nullptr) setup_.escape->save(out);
    return out.str();
}

void Run::load(const std::string& text) {
    std::istringstream in(text);
    StateReader reader(in, "hesse-run", 1);
    const std::string method = reader.word("method");
    if (method != method_.name())
        throw std::invalid_argument(fmt::format("resume_from: the checkpoint is one of {}, the method is {}",
                                                method, method_.name()));
    iteration_ = reader.integer("iteration");
    escapes_ = reader.integer("escapes");
    examinations_ = reader.integer("examinations");
    rejections_ = reader.integer("rejections");
    watch_ = Stopwatch(reader.number("seconds"));
    Counters counters;
    for (std::size_t k = 0; k < purpose_count; ++k) {
        Evaluations& counts = counters[static_cast<Purpose>(k)];
        counts.values = reader.integer("values");
        counts.gradients = reader.integer("gradients");
        counts.products = reader.integer("products");
    }
    const Buffer x = reader.vector("x", best_.size());
    best_ = reader.vector("best", best_.size());
    best_value_ = reader.number("best_value");
    best_gradient_norm_ = reader.number("best_gradient_norm");
    if (!at_.move_to(x.data()))
        throw std::invalid_argument("resume_from: the loss is not finite at the checkpoint's point");
    at_.counters() = counters;
    method_.load(in);
    const bool had_escape = reader.integer("has_escape") == 1;
    if (had_escape != (setup_.escape != nullptr))
        throw std::invalid_argument(
            fmt::format("resume_from: the checkpoint was made {} a NegativeCurvatureEscape of its own",
                        had_escape ? "with" : "without"));
    if (had_escape) setup_.escape->load(in);
    resumed_ = true;
}

}  // namespace

RunReport run(ObjectiveRef& f, const double* start, OptimizerRef& method, const RunSetup& setup, double* x) {
    setup.stopping.check();
    return Run(f, start, method, setup)(x);
}

}  // namespace hesse
