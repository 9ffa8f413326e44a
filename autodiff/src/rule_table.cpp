#include "rule_table.hpp"

#include "hesse/autodiff/operations.hpp"

#include <cstddef>
#include <map>
#include <utility>

namespace hesse {
namespace {

/// Places of arguments that are data.
struct NoData {
    static constexpr bool is_data(std::size_t) { return false; }
};
template <std::size_t place>
struct DataAt {
    static constexpr bool is_data(std::size_t k) { return k == place; }
};

template <class T>
class Table {
public:
    Table() {
        add<1, Negate, Copy, Exp, Exp2, Expm1, Log, Log1p, Log2, Log10, Square, Inverse, Sqrt, Rsqrt, Cube,
            Cbrt>();
        add<1, Sin, Cos, Tan, Asin, Acos, Atan, Sinh, Cosh, Tanh, Asinh, Acosh, Atanh>();
        add<1, Abs, Relu, Floor, Ceil, Trunc, Round, Rint, Sign, StopGradient>();
        add<1, Sigmoid, Softplus, LogSigmoid, Silu, Gelu, GeluTanh, LogCosh, XLogX>();
        add<1, Erf, Erfc, Erfinv, NormalPdf, NormalCdf, LogNormalCdf, Lgamma, Tgamma, Digamma>();
        add<2, Add, Subtract, Multiply, Divide, Power, Hypot, Atan2, Maximum, Minimum, Fmax, Fmin, Fdim,
            Copysign>();
        add<2, Fmod, Remainder, LogAddExp, LeakyRelu, Elu, Huber, XLogY, XLog1pY, Beta, LogBeta>();
        add<3, Hypot, Fma, Lerp, Select>();
        add_with_data<DataAt<0>, BesselJ, BesselY, BesselI, Polygamma, GammaP, GammaQ>();
        add_with_data<DataAt<1>, Ldexp>();
    }
    [[nodiscard]] RuleOfTraced<T> find(std::string_view name, int arguments) const {
        const auto found = rules_.find({name, arguments});
        return found == rules_.end() ? nullptr : found->second;
    }

private:
    template <class Rule, class Data, std::size_t... K>
    static Traced<T> call(const Traced<T>* x, std::index_sequence<K...>) {
        const auto argument = [&]<std::size_t k>(std::integral_constant<std::size_t, k>) {
            if constexpr (Data::is_data(k)) return x[k].value();
            else return x[k];
        };
        return traced<Rule>(SourceLine{}, argument(std::integral_constant<std::size_t, K>{})...);
    }
    template <class Rule, class Data, std::size_t arity>
    void add_one() {
        rules_[{Rule::name, static_cast<int>(arity)}] = [](const Traced<T>* x) {
            return call<Rule, Data>(x, std::make_index_sequence<arity>{});
        };
    }
    template <std::size_t arity, class... Rules>
    void add() {
        (add_one<Rules, NoData, arity>(), ...);
    }
    template <class Data, class... Rules>
    void add_with_data() {
        (add_one<Rules, Data, 2>(), ...);
    }

    std::map<std::pair<std::string_view, int>, RuleOfTraced<T>> rules_;
};

}  // namespace

template <class T>
RuleOfTraced<T> rule_of_traced(std::string_view name, int arguments) {
    static const Table<T> table;
    return table.find(name, arguments);
}

template RuleOfTraced<double> rule_of_traced(std::string_view, int);
template RuleOfTraced<float> rule_of_traced(std::string_view, int);

}  // namespace hesse
