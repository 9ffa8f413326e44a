#pragma once

#include "losses/bundle_adjustment.hpp"
#include "losses/gmm.hpp"
#include "losses/logistic.hpp"
#include "losses/lstm.hpp"
#include "losses/rosenbrock.hpp"

#include <type_traits>
#include <variant>

namespace hesse::bench {

struct ExtendedRosenbrock {};
/// One of the losses in scalar style, by its data.
using ScalarLoss =
    std::variant<ExtendedRosenbrock, const GmmData*, const LogisticData*, const BundleData*, const LstmData*>;

/// The loss for any number type: what is given to peers. `static` as the losses are, see rosenbrock.hpp.
template <class T>
static T evaluate(const ScalarLoss& loss, const Eigen::Matrix<T, Eigen::Dynamic, 1>& x) {
    return std::visit(
        [&]<class Data>(const Data& data) -> T {
            if constexpr (std::is_same_v<Data, ExtendedRosenbrock>) {
                return extended_rosenbrock(x);
            } else if constexpr (std::is_same_v<Data, const GmmData*>) {
                return gmm(*data, x);
            } else if constexpr (std::is_same_v<Data, const LogisticData*>) {
                return logistic(*data, x);
            } else if constexpr (std::is_same_v<Data, const BundleData*>) {
                return bundle_adjustment(*data, x);
            } else {
                return lstm(*data, x);
            }
        },
        loss);
}

}  // namespace hesse::bench
