#pragma once

#include "hesse/autodiff/memory.hpp"

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace hesse {

/// The sweeps of a linearisation and a product, in their order.
enum class DerivativeSweep {
    value,     ///< forward: the loss
    gradient,  ///< reverse: adjoints
    tangent,   ///< forward: derivatives of values along v
    product    ///< reverse: derivatives of adjoints along v, in the end the Hessian times v
};
const char* describe(DerivativeSweep sweep);

/// A statement that makes a NaN or an infinity of finite numbers.
struct NonFinite {
    DerivativeSweep sweep;            ///< that it happens in
    std::string operation;            ///< "log", "divide" ...
    std::string file;                 ///< of the user; empty where unknown
    int line = 0;                     ///< 0 where unknown
    bool line_is_exact = false;       ///< else that of the last operation before it that knew its line
    Index statement = 0;              ///< its place among the statements of the loss, from 0
    Index statements = 0;             ///< how many there are
    std::vector<double> operands;     ///< their values: numbers, or the entries that are met
    double result = 0;                ///< its value there
    double made = 0;                  ///< the number that is not finite
    std::vector<std::string> shapes;  ///< of operands and result, where they are arrays
    Index row = -1,
          col = -1;  ///< of the entry in an array, which is the result's or, in reverse sweeps, an operand's
    bool reaches_result = true;  ///< or is masked on the way, as by select
    std::string message;         ///< all of that, as one paragraph
};
std::ostream& operator<<(std::ostream& stream, const NonFinite& found);

/// What `diagnose` found: for each sweep whose results are not all finite, where that began. That may be in an earlier
/// sweep: `gradient->sweep` is `value` where the gradient is NaN since a value is.
struct Diagnosis {
    std::optional<NonFinite> value;     ///< of the loss
    std::optional<NonFinite> gradient;  ///< of an entry of the gradient
    std::optional<NonFinite> tangent;   ///< of the derivative along v, or of one that the product needs
    std::optional<NonFinite> product;   ///< of an entry of the Hessian times v
    /// The first one that no result is made of.
    std::optional<NonFinite> masked;

    /// All results are finite.
    [[nodiscard]] bool clean() const { return !value && !gradient && !tangent && !product; }
};
std::ostream& operator<<(std::ostream& stream, const Diagnosis& diagnosis);

/// Of a loss that depends on no parameter.
Diagnosis diagnosis_of_constant(double loss);

}  // namespace hesse
