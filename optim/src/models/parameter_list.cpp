#include "hesse/optim/models/parameter_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hesse {

Segment ParameterList::operator[](std::string_view name) const {
    const auto found = std::ranges::find(all_, name, &DeclaredParameter::name);
    if (found == all_.end())
        throw std::invalid_argument(
            fmt::format("ParameterList: no parameter is named '{}'; the {} names begin with '{}'", name,
                        all_.size(), all_.empty() ? "" : all_.front().name));
    return found->where;
}

std::vector<Segment> ParameterList::ending_in(std::string_view last) const {
    std::vector<Segment> segments;
    for (const DeclaredParameter& parameter : all_) {
        const std::string_view name = parameter.name;
        const auto slash = name.rfind('/');
        if (name.substr(slash == std::string_view::npos ? 0 : slash + 1) == last)
            segments.push_back(parameter.where);
    }
    return segments;
}

void ParameterList::initialise(RandomGenerator& generator, double* x) const {
    for (const DeclaredParameter& parameter : all_)
        parameter.initialiser(generator, parameter.shape, parameter.fans, x + parameter.where.first);
}

void ParameterList::add(std::string name, Shape shape, const Initialiser& initialiser, Fans fans) {
    if (shape.rows < 1 || shape.cols < 1)
        throw std::invalid_argument(
            fmt::format("model: the parameter '{}' has the shape ({} x {}), expected at least one entry",
                        name, shape.rows, shape.cols));
    const auto taken = [&](const std::string& candidate) {
        return std::ranges::find(all_, candidate, &DeclaredParameter::name) != all_.end();
    };
    std::string unique = name;
    for (int number = 2; taken(unique); ++number) unique = fmt::format("{} {}", name, number);
    if (fans.in == 0) fans.in = shape.cols;
    if (fans.out == 0) fans.out = shape.rows;
    const Index count = shape.rows * shape.cols;
    all_.push_back({std::move(unique), {size_, count}, shape, fans, initialiser});
    size_ += count;
}

std::size_t ParameterList::begin_checkpoint() {
    checkpoints_.push_back({{all_.size(), checkpoints_.size()}, {}});
    return checkpoints_.size() - 1;
}

void ParameterList::end_checkpoint(std::size_t number) {
    checkpoints_[number].end = {all_.size(), checkpoints_.size()};
}

const DeclaredParameter& ParameterList::next(ParameterPlace& place, std::string_view name,
                                             Shape shape) const {
    if (place.parameters >= all_.size())
        throw std::invalid_argument(
            fmt::format("model: '{}' is read, but only {} arrays were declared; the model must read the same "
                        "ones in each run",
                        name, all_.size()));
    const DeclaredParameter& declared = all_[place.parameters];
    if (declared.shape.rows != shape.rows || declared.shape.cols != shape.cols)
        throw std::invalid_argument(
            fmt::format("model: '{}' is read as ({} x {}), but '{}' was declared there, ({} x {})", name,
                        shape.rows, shape.cols, declared.name, declared.shape.rows, declared.shape.cols));
    ++place.parameters;
    return declared;
}

ParameterList::Checkpointed ParameterList::next_checkpoint(const ParameterPlace& place) const {
    if (place.checkpoints >= checkpoints_.size() ||
        checkpoints_[place.checkpoints].begin.parameters != place.parameters)
        throw std::invalid_argument(
            fmt::format("model: a checkpoint after {} arrays was not declared; the model must make the same "
                        "ones in each run",
                        place.parameters));
    const Extent& extent = checkpoints_[place.checkpoints];
    const Index begin = first(extent.begin.parameters);
    return {{begin, first(extent.end.parameters) - begin},
            {extent.begin.parameters, extent.begin.checkpoints + 1},
            extent.end};
}

void ParameterList::require_all_read(const ParameterPlace& place) const {
    if (place.parameters != all_.size())
        throw std::invalid_argument(fmt::format(
            "model: {} arrays were read, but {} were declared; the model must read the same ones in each run",
            place.parameters, all_.size()));
}

}  // namespace hesse
