#include "hesse/optim/history_json_lines.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <utility>

namespace hesse {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* first_member = "iteration";

Json object(const Counters& counters) {
    Json json;
    for (std::size_t k = 0; k < purpose_count; ++k) {
        const Evaluations& counts = counters[static_cast<Purpose>(k)];
        Json& mine = json[std::string(purpose_names[k])] = {
            {"values", counts.values}, {"gradients", counts.gradients}, {"products", counts.products}};
        if (!counts.on_batches()) continue;
        mine["batch_values"] = counts.batch_values;
        mine["batch_gradients"] = counts.batch_gradients;
        mine["batch_products"] = counts.batch_products;
    }
    return json;
}

}  // namespace

HistoryJsonLines::HistoryJsonLines(std::string path, HistoryOptions options)
    : options_(options),
      file_("history_to_json_lines", std::move(path), "", std::string("{\"") + first_member + "\":") {}

void HistoryJsonLines::operator()(Iteration& now) {
    const IterationRecord& r = now.record();
    Json json = {{first_member, r.iteration},
                 {"method", now.method()},
                 {"value", r.value},
                 {"gradient_norm", r.gradient_norm},
                 {"step_length", r.step_length},
                 {"escapes", r.escapes},
                 {"evaluations", object(now.counters())},
                 {"gradient_equivalents", r.gradient_equivalents}};
    if (options_.seconds) json["seconds"] = r.seconds;
    // The name of a method may be any bytes, and a run does not end for that.
    file_.append(r.iteration, json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace hesse
