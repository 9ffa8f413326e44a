#include "hesse/optim/gradient_trend.hpp"

#include <algorithm>
#include <cmath>

namespace hesse {
namespace {

constexpr std::size_t fewest_points = 8;

}  // namespace

void GradientTrend::note(Index iteration, double seconds, double gradient_norm) {
    if (!(gradient_norm > 0.0)) return;
    last_ = {iteration, seconds, std::log(gradient_norm)};
    if (count_ > 0 && iteration - points_[count_ - 1].iteration < spacing_) return;
    if (count_ == points_.size()) thin();
    points_[count_++] = last_;
}

void GradientTrend::thin() {
    for (std::size_t k = 0; 2 * k < count_; ++k) points_[k] = points_[2 * k];
    count_ = (count_ + 1) / 2;
    spacing_ *= 2;
}

std::optional<double> GradientTrend::seconds_until(double goal) const {
    const std::size_t first = count_ / 2, used = count_ - first;
    if (used < fewest_points || !(goal > 0.0)) return std::nullopt;
    const auto iteration = [](const Point& point) { return static_cast<double>(point.iteration); };
    const Point &begin = points_[first], &end = points_[count_ - 1];
    double mean = 0.0, mean_log = 0.0;
    for (std::size_t k = first; k < count_; ++k) {
        mean += iteration(points_[k]) / static_cast<double>(used);
        mean_log += points_[k].log_norm / static_cast<double>(used);
    }
    double square = 0.0, log_square = 0.0, mixed = 0.0;
    for (std::size_t k = first; k < count_; ++k) {
        const double x = iteration(points_[k]) - mean, y = points_[k].log_norm - mean_log;
        square += x * x;
        log_square += y * y;
        mixed += x * y;
    }
    const double slope = mixed / square;
    const double scatter =
        std::sqrt(std::max(log_square - slope * mixed, 0.0) / static_cast<double>(used - 2));
    const double iterations = iteration(end) - iteration(begin);
    if (!(slope < 0.0) || -slope * iterations < 2.0 * scatter) return std::nullopt;
    const double now = mean_log + slope * (iteration(last_) - mean);
    const double pace = (end.seconds - begin.seconds) / iterations;
    return std::max(pace * (now - std::log(goal)) / -slope, 0.0);
}

}  // namespace hesse
