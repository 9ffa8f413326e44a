#include "hesse/optim/curvature/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace hesse {
namespace {

using Json = nlohmann::ordered_json;

template <class T>
Json optional(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

Json object(const EigenvalueEstimate& e) {
    return {{"value", e.value},
            {"residual", e.residual},
            {"error_bound", e.error_bound},
            {"converged", e.converged}};
}

Json object(const std::optional<Estimate>& e) {
    if (!e) return {};
    return {{"value", e->value}, {"standard_error", e->standard_error}};
}

Json vector(const double* entries, Index n) {
    return entries == nullptr ? Json() : Json(std::vector<double>(entries, entries + n));
}

Json object(const DegeneratePoint& p) {
    return {{"kind", to_string(p.kind)},
            {"nullity", p.nullity},
            {"order", p.order},
            {"third", p.third},
            {"fourth", p.fourth},
            {"third_tolerance", p.third_tolerance},
            {"fourth_tolerance", p.fourth_tolerance},
            {"curvature_tolerance", p.curvature_tolerance},
            {"direction", vector(p.direction.data(), p.direction.rows() * p.direction.cols())},
            {"bend", vector(p.bend.data(), p.bend.rows() * p.bend.cols())},
            {"products", p.products},
            {"evaluations", p.evaluations},
            {"seed", p.seed}};
}

Json object(const SaddleIndex& i) {
    return {{"lower_bound", i.lower_bound},
            {"upper_bound", optional(i.upper_bound)},
            {"determined", i.determined},
            {"estimate", object(i.estimate)},
            {"failure_probability", i.failure_probability},
            {"tolerance", i.tolerance},
            {"eigenvalues", i.eigenvalues},
            {"products", i.products},
            {"seed", i.seed}};
}

Json object(const Verdict& v) {
    Json json = {{"kind", to_string(v.kind)},
                 {"conclusion", to_string(v.conclusion())},
                 {"certain", v.certain()},
                 {"certified", v.certified},
                 {"value", v.value},
                 {"gradient_norm", v.gradient_norm},
                 {"gradient_tolerance", v.gradient_tolerance},
                 {"lowest", object(v.lowest)},
                 {"highest", object(v.highest)},
                 {"lowest_bound", v.lowest_bound},
                 {"highest_bound", v.highest_bound},
                 {"failure_probability", v.failure_probability},
                 {"curvature_tolerance", v.curvature_tolerance},
                 {"norm_estimate", v.norm_estimate},
                 {"dimension", v.dimension},
                 {"index_lower_bound", v.index_lower_bound},
                 {"index_upper_bound", optional(v.index_upper_bound)},
                 {"index_estimate", object(v.index_estimate)},
                 {"higher_order", v.higher_order ? object(*v.higher_order) : Json()},
                 {"steps", v.steps},
                 {"products", v.products},
                 {"seed", v.seed}};
    return json;
}

}  // namespace

std::string to_json(const Verdict& verdict) { return object(verdict).dump(2); }

std::string to_json(const Verdict& verdict, const double* direction) {
    Json json = object(verdict);
    json["direction"] = vector(direction, verdict.dimension);
    return json.dump(2);
}

std::string to_json(const SaddleIndex& index) { return object(index).dump(2); }

std::string to_json(const DegeneratePoint& point) { return object(point).dump(2); }

}  // namespace hesse
