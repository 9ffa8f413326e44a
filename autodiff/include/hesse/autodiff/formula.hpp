#pragma once

#include "hesse/autodiff/expression.hpp"
#include "hesse/autodiff/operations/arithmetic.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What a statement calculates, for reports about recordings.
namespace hesse {

/// Which second partials of a rule may differ from zero.
enum class Curvature : std::uint8_t {
    none,
    product,   // that by both arguments
    quotient,  // all but that by the first one twice
    any
};
template <class Rule>
inline constexpr Curvature curvature_of = is_piecewise_linear<Rule> ? Curvature::none : Curvature::any;
template <>
inline constexpr Curvature curvature_of<Multiply> = Curvature::product;
template <>
inline constexpr Curvature curvature_of<Divide> = Curvature::quotient;

/// A call or an operand of a statement. A call comes before its arguments.
struct FormulaTerm {
    const char* rule;  // none: an operand
    std::uint8_t arguments;
    bool active;  // of operands
    Curvature curvature;
};
/// The terms of a statement: `calls` of rules, and operands. They lie behind it, so that a statement has one symbol more
/// and not two.
struct alignas(FormulaTerm) Formula {
    std::uint16_t size, calls;

    [[nodiscard]] const FormulaTerm* terms() const { return reinterpret_cast<const FormulaTerm*>(this + 1); }
};
template <std::size_t size>
struct FormulaOfSize {
    Formula formula;
    FormulaTerm terms[size];
};

template <class Tree>
constexpr void write_terms(FormulaTerm*& next, const Tree*) {
    *next++ = {nullptr, 0, Tree::active, Curvature::none};
}
template <class Rule, class... Args>
constexpr void write_terms(FormulaTerm*& next, const Call<Rule, Args...>*) {
    *next++ = {Rule::name.data(), static_cast<std::uint8_t>(sizeof...(Args)), true, curvature_of<Rule>};
    (write_terms(next, static_cast<const Args*>(nullptr)), ...);
}

template <class Tree>
inline constexpr auto formula_of = [] {
    FormulaOfSize<std::size_t{Tree::leaves} + std::size_t{Tree::calls}> all{
        {Tree::leaves + Tree::calls, Tree::calls}, {}};
    FormulaTerm* next = all.terms;
    write_terms(next, static_cast<const Tree*>(nullptr));
    return all;
}();

/// "exp(-(a * a)) * 2": names of operands in their order, in the place of which there are letters where they are missing.
std::string formula_text(const Formula& formula, const std::vector<std::string>& operands = {});

}  // namespace hesse
