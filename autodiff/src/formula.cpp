#include "hesse/autodiff/formula.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hesse {
namespace {

/// Writes terms from the first on, with brackets where they are needed.
class Writer {
public:
    Writer(const Formula& formula, const std::vector<std::string>& operands)
        : next_(formula.terms()), operands_(operands) {}

    enum Strength { sum, product, sign, atom };
    struct Text {
        std::string text;
        Strength strength;
        [[nodiscard]] std::string within(Strength least) const {
            return strength < least ? '(' + text + ')' : text;
        }
    };

    Text write() {
        const FormulaTerm& term = *next_++;
        if (term.rule == nullptr) return {operand(), atom};
        const std::string_view rule(term.rule);
        if (term.arguments == 1 && rule == "copy") return write();
        if (term.arguments == 1 && rule == "negate") return {'-' + write().within(sign), sign};
        if (term.arguments == 2) {
            if (rule == "add") return infix(" + ", sum, sum);
            if (rule == "subtract") return infix(" - ", sum, product);
            if (rule == "multiply") return infix(" * ", product, product);
            if (rule == "divide") return infix(" / ", product, sign);
        }
        std::string text(rule);
        for (int i = 0; i < term.arguments; ++i) text += (i == 0 ? "(" : ", ") + write().text;
        return {text + ')', atom};
    }

private:
    Text infix(const char* sign_between, Strength left_least, Strength right_least) {
        const Text left = write();
        const Text right = write();
        return {left.within(left_least) + sign_between + right.within(right_least), left_least};
    }
    std::string operand() {
        const std::size_t i = read_++;
        if (i < operands_.size()) return operands_[i];
        std::string name(1, static_cast<char>('a' + i % 26));
        return i < 26 ? name : name + std::to_string(i / 26);
    }

    const FormulaTerm* next_;
    const std::vector<std::string>& operands_;
    std::size_t read_ = 0;
};

}  // namespace

std::string formula_text(const Formula& formula, const std::vector<std::string>& operands) {
    return Writer(formula, operands).write().text;
}

}  // namespace hesse
