#pragma once

#include "harness/method.hpp"
#include "losses/factorisation.hpp"
#include "losses/network.hpp"
#include "losses/scalar_loss.hpp"
#include "losses/transformer.hpp"

#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

/// Other libraries that run beside hesse. Each has a file of its own here, which is compiled if the option
/// HESSE_BENCH_PEERS is on and the library is there, and says so with a registration.
namespace hesse::bench {

/// A loss over arrays, by its data.
using ArrayLoss = std::variant<const Network*, const Factorisation*, const Transformer*, const LogisticData*>;

struct Peer {
    std::string name;
    // Null: the peer has no such losses.
    Method (*of_scalars)(const ScalarLoss&, const Problem&) = nullptr;
    Method (*of_arrays)(const ArrayLoss&, const Problem&) = nullptr;
};
struct PeerRegistration {
    explicit PeerRegistration(Peer peer);
};

/// Names of the peers that were built.
std::vector<std::string> peers();

/// `race_methods` with the methods of the peers, if the session asks for them.
std::map<std::string, double> race_with_peers(Session& session, const Problem& problem,
                                              const ScalarLoss& loss, std::vector<Method> methods,
                                              const Targets& targets);
std::map<std::string, double> race_with_peers(Session& session, const Problem& problem, const ArrayLoss& loss,
                                              std::vector<Method> methods, const Targets& targets);

/// A method of a peer: `make()` gives a shared pointer to its derivatives, a class as `method_of` takes.
template <class Make>
Method peer_method(std::string name, const Make& make, const Problem& problem) {
    Eigen::VectorXd result = Eigen::VectorXd::Zero(problem.size());  // there before
    const double gradient_bytes = peak_bytes([&] { make()->gradient(problem.x.data(), result.data()); });
    const double product_bytes = peak_bytes([&] {
        const auto derivatives = make();
        prepare_products(*derivatives, problem.x.data(), result.data());
        derivatives->product(problem.v(), result.data());
    });
    Method method = method_of(std::move(name), make(), problem);
    method.gradient_bytes = gradient_bytes;
    method.product_bytes = product_bytes;
    return method;
}

}  // namespace hesse::bench
