#include "peers/peer.hpp"

#include <algorithm>

namespace hesse::bench {
namespace {

std::vector<Peer>& registered() {
    static std::vector<Peer> all;
    return all;
}

}  // namespace

PeerRegistration::PeerRegistration(Peer peer) { registered().push_back(std::move(peer)); }

std::vector<std::string> peers() {
    std::vector<std::string> names;
    for (const Peer& peer : registered()) names.push_back(peer.name);
    std::sort(names.begin(), names.end());
    return names;
}

std::map<std::string, double> race_with_peers(Session& session, const Problem& problem,
                                              const ScalarLoss& loss, std::vector<Method> methods,
                                              const Targets& targets) {
    for (const Peer& peer : registered()) {
        if (session.peers && peer.of_scalars != nullptr) methods.push_back(peer.of_scalars(loss, problem));
    }
    return race_methods(session, problem, std::move(methods), targets);
}

std::map<std::string, double> race_with_peers(Session& session, const Problem& problem, const ArrayLoss& loss,
                                              std::vector<Method> methods, const Targets& targets) {
    for (const Peer& peer : registered()) {
        if (session.peers && peer.of_arrays != nullptr) methods.push_back(peer.of_arrays(loss, problem));
    }
    return race_methods(session, problem, std::move(methods), targets);
}

}  // namespace hesse::bench
