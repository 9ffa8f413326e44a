#include "run_beginning.hpp"

#include "checkpoint_format.hpp"
#include "hesse/autodiff/sums/communicator.hpp"

#include <limits>
#include <sstream>
#include <utility>

namespace hesse {
namespace {

/// Of what each rank gives a run; not of observers, of which the first rank's are called.
Fingerprint fingerprint(std::span<const double> start, const OptimizerRef& method, const RunSetup& setup) {
    Fingerprint all(start.data(), start.size_bytes());
    const auto numbers = [&](std::span<const double> some) { all.add(some.data(), some.size_bytes()); };
    all.add(method.name().data(), method.name().size());
    const Stopping& s = setup.stopping;
    constexpr double none = std::numeric_limits<double>::lowest();
    const double limits[] = {
        s.gradient_norm,
        s.budget,
        s.seconds,
        static_cast<double>(s.iterations),
        s.target_value.value_or(none),
        s.step_length,
        s.decrease,
        static_cast<double>(s.decrease_steps),
        s.lowest_value.value_or(none),
        s.value_scale.value_or(none),
        s.second_order ? 1.0 : 0.0,
        s.curvature_tolerance,
        s.cost.value,
        s.cost.gradient,
        s.cost.product,
        setup.escape != nullptr ? 1.0 : 0.0,
        setup.checkpoint != nullptr ? static_cast<double>(setup.checkpoint->every()) : 0.0,
        setup.resume != nullptr ? 1.0 : 0.0,
        setup.check_gradient != nullptr ? 1.0 : 0.0};
    numbers(limits);
    all.add(&s.seed, sizeof s.seed);
    if (setup.bounds != nullptr) {
        numbers(setup.bounds->lower());
        numbers(setup.bounds->upper());
    }
    if (setup.fixed != nullptr)
        for (const Segment& segment : setup.fixed->segments) {
            const Index ends[] = {segment.first, segment.count};
            all.add(ends, sizeof ends);
        }
    return all;
}

}  // namespace

RunBeginning begin_run(ObjectiveRef& f, std::span<const double> start, OptimizerRef& method,
                       const RunSetup& setup) {
    Communicator* const ranks = f.communicator();
    RunBeginning begin;
    together(ranks, fingerprint(start, method, setup), "minimize: start, method and extras are", [&] {
        if (start.size() != static_cast<std::size_t>(f.size()))
            throw std::invalid_argument(fmt::format(
                "minimize: x0 has {} entries but the objective has size {}", start.size(), f.size()));
        setup.stopping.check();
        if (setup.escape != nullptr && !setup.stopping.second_order)
            throw std::invalid_argument(
                "minimize: there is a NegativeCurvatureEscape, but Stopping::second_order is false: nothing "
                "would "
                "look for the curvature that it leaves by");
        if (ranks != nullptr && ranks->rank() != 0) return;  // files are the first rank's
        if (setup.checkpoint != nullptr) setup.checkpoint->require_writable();
        if (setup.resume != nullptr) begin.checkpoint = setup.resume->read();
        for (ObserverRef* observer : setup.observers) observer->begin();
    });
    if (setup.resume == nullptr) return begin;
    if (ranks != nullptr) ranks->broadcast(begin.checkpoint);
    read_checkpoint(*setup.resume, [&] {
        std::istringstream in(begin.checkpoint);
        StateReader reader(in, checkpoint_type, checkpoint_version);
        CheckpointHead head(reader, static_cast<std::size_t>(f.size()));
        if (head.method != method.name())
            throw std::invalid_argument(
                fmt::format("it is one of {}, the method is {}", head.method, method.name()));
        begin.saved = std::move(head.x);
        if (setup.bounds != nullptr || setup.fixed != nullptr)
            const Box fits(begin.saved.data(), f.size(), setup.bounds, setup.fixed);
    });
    return begin;
}

}  // namespace hesse
