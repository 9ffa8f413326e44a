#include "harness/race.hpp"

#include "harness/allocations.hpp"

#include <time.h>

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace hesse::bench {
namespace {

constexpr double tolerance = 1e-10;
// Long against the clock's own cost, short against the time slices of a busy machine.
constexpr double shortest_sample = 1e-3;
// Races of long runs end early.
constexpr double longest_race = 30;
constexpr int fewest_rounds = 5;

double processor_seconds() {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds of `repetitions` runs.
double sample(const Contender& contender, long repetitions) {
    const double start = processor_seconds();
    for (long i = 0; i < repetitions; ++i) contender.run();
    return processor_seconds() - start;
}

long calibrate(const Contender& contender) {
    long repetitions = 1;
    while (sample(contender, repetitions) < shortest_sample) repetitions *= 2;
    return repetitions;
}

void require_agreement(const Quantity& quantity, const Contender& first, const std::vector<double>& expected,
                       const Contender& other, const double* result) {
    double largest = 0, difference = 0;
    for (std::size_t i = 0; i < quantity.entries; ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        const double d = std::abs(expected[i] - result[i]);
        if (!(d <= difference)) difference = d;  // a NaN stays
    }
    if (difference <= tolerance * largest) return;
    std::ostringstream message;
    message << quantity.workload << ", " << quantity.style << ", " << quantity.name << ": " << first.name
            << " and " << other.name << " differ by " << difference << ", where the largest entry is "
            << largest;
    throw std::runtime_error(message.str());
}

/// Of one run, once everything that is kept has been allocated.
std::uint64_t steady_allocations(const Contender& contender) {
    constexpr int runs = 3;
    const std::uint64_t before = allocations();
    for (int i = 0; i < runs; ++i) contender.run();
    return (allocations() - before + runs - 1) / runs;
}

/// Of the ratios a[round] / b[round].
double median_ratio(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> ratios;
    for (std::size_t round = 0; round < a.size(); ++round) ratios.push_back(a[round] / b[round]);
    const auto middle = ratios.begin() + static_cast<std::ptrdiff_t>(ratios.size() / 2);
    std::nth_element(ratios.begin(), middle, ratios.end());
    return *middle;
}

}  // namespace

std::vector<double> race(const Quantity& quantity, std::span<const Contender> contenders, int rounds,
                         Report& report) {
    const Contender* first = nullptr;
    std::vector<double> expected;
    for (const Contender& contender : contenders) {
        const double* result = contender.run();
        if (result == nullptr) continue;
        if (first == nullptr) {
            first = &contender;
            expected.assign(result, result + quantity.entries);
        }
        require_agreement(quantity, *first, expected, contender, result);
    }
    std::vector<long> repetitions;
    for (const Contender& contender : contenders) repetitions.push_back(calibrate(contender));

    std::vector<std::vector<double>> all(contenders.size());
    const double start = processor_seconds();
    for (int round = 0; round < rounds; ++round) {
        if (round >= fewest_rounds && processor_seconds() - start > longest_race) break;
        for (std::size_t i = 0; i < contenders.size(); ++i) {
            const double results = static_cast<double>(repetitions[i]) * contenders[i].results_per_run;
            all[i].push_back(sample(contenders[i], repetitions[i]) / results);
        }
    }
    std::vector<double> seconds;
    for (const auto& times : all) seconds.push_back(*std::min_element(times.begin(), times.end()));
    for (std::size_t i = 0; i < contenders.size(); ++i) {
        const Contender& contender = contenders[i];
        if (!contender.reported) continue;
        Entry entry;
        entry.workload = quantity.workload;
        entry.size = quantity.size;
        entry.style = quantity.style;
        entry.contender = contender.name;
        entry.quantity = quantity.name;
        entry.seconds = seconds[i];
        entry.bytes = contender.bytes;
        entry.target = contender.target;
        for (std::size_t other = 0; other < contenders.size(); ++other) {
            if (other == i) continue;
            entry.ratios[contenders[other].name] = seconds[i] / seconds[other];
            if (contender.target && contender.target->reference == contenders[other].name) {
                entry.median_ratio = median_ratio(all[i], all[other]);
            }
        }
        if (contender.count_allocations) entry.allocations = steady_allocations(contender);
        report.add(std::move(entry));
    }
    return seconds;
}

}  // namespace hesse::bench
