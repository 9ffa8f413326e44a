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

void ParameterList::add(std::string_view scope, std::string_view last, Shape shape,
                        const Initialiser& initialiser, Fans fans) {
    std::string name = fmt::format("{}{}", scope, last);
    if (shape.rows < 1 || shape.cols < 1)
        throw std::invalid_argument(
            fmt::format("model: the parameter '{}' has the shape ({} x {}), expected at least one entry",
                        name, shape.rows, shape.cols));
    if (std::ranges::find(all_, name, &DeclaredParameter::name) != all_.end())
        throw std::invalid_argument(fmt::format(
            "model: the parameter '{}' is declared twice; give each layer names of its own: p.in(\"...\")",
            name));
    if (fans.in == 0) fans.in = shape.cols;
    if (fans.out == 0) fans.out = shape.rows;
    const Index count = shape.rows * shape.cols;
    all_.push_back({std::move(name), {size_, count}, shape, fans, initialiser});
    size_ += count;
}

std::size_t ParameterList::begin_checkpoint() {
    checkpoints_.push_back({{all_.size(), checkpoints_.size()}, {}});
    return checkpoints_.size() - 1;
}

void ParameterList::end_checkpoint(std::size_t number) {
    checkpoints_[number].end = {all_.size(), checkpoints_.size()};
}

const DeclaredParameter& ParameterList::next(ParameterPlace& place, std::string_view scope,
                                             std::string_view name, Shape shape) const {
    if (place.parameters >= all_.size())
        throw std::invalid_argument(
            fmt::format("model: '{}{}' is read, but only {} arrays were declared; the model must "
                        "read the same ones in each run",
                        scope, name, all_.size()));
    const DeclaredParameter& declared = all_[place.parameters];
    const std::string_view expected = declared.name;
    if (expected.size() != scope.size() + name.size() || !expected.starts_with(scope) ||
        !expected.ends_with(name))
        throw std::invalid_argument(fmt::format(
            "model: '{}{}' is read where '{}' was declared; the model must read the same arrays in each run, "
            "and within one expression the compiler chooses the order: name the parts first",
            scope, name, declared.name));
    if (declared.shape.rows != shape.rows || declared.shape.cols != shape.cols)
        throw std::invalid_argument(
            fmt::format("model: '{}' is read as ({} x {}), but was declared as ({} x {})", declared.name,
                        shape.rows, shape.cols, declared.shape.rows, declared.shape.cols));
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
