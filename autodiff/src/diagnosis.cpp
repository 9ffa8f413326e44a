#include "hesse/autodiff/diagnosis.hpp"

#include "diagnosis_text.hpp"

#include <cmath>
#include <cstdio>
#include <ostream>
#include <string_view>

namespace hesse {

const char* describe(DerivativeSweep sweep) {
    switch (sweep) {
        case DerivativeSweep::value:
            return "value";
        case DerivativeSweep::gradient:
            return "gradient";
        case DerivativeSweep::tangent:
            return "tangent";
        case DerivativeSweep::product:
            return "product";
    }
    return "";
}

std::string number_text(double x) {
    if (std::isnan(x)) return "nan";  // whatever its sign
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", x);
    return text;
}

bool is_user_line(const SourceLine& line) {
    if (!line.known()) return false;
    const std::string_view file(line.file);
    for (const char* library : {"/Eigen/src/", "/unsupported/Eigen/", "/include/c++/", "/hesse/autodiff/"}) {
        if (file.find(library) != std::string_view::npos) return false;
    }
    return true;
}

std::string line_text(const SourceLine& line) {
    const std::string_view file(line.file);
    return std::string(file.substr(file.find_last_of('/') + 1)) + ':' + std::to_string(line.line);
}

std::string place_text(const SourceLine& where, const SourceLine& before, const SourceLine& after) {
    if (is_user_line(where)) return line_text(where);
    const std::string text = where.known() ? "in " + line_text(where) : "line unknown";
    if (before.known() && after.known()) {
        return text + ", between " + line_text(before) + " and " + line_text(after);
    } else if (before.known()) {
        return text + ", after " + line_text(before);
    } else if (after.known()) {
        return text + ", before " + line_text(after);
    }
    return text;
}

std::string event_text(const NonFinite& found, const std::string& account) {
    std::string text = found.operation + '(';
    for (std::size_t i = 0; i < found.operands.size(); ++i) {
        text += (i == 0 ? "" : ", ") + number_text(found.operands[i]);
    }
    text += ") = " + number_text(found.result);
    if (found.sweep != DerivativeSweep::value) {
        text += " makes the ";
        text += found.sweep == DerivativeSweep::tangent    ? "tangent of its result "
                : found.sweep == DerivativeSweep::gradient ? "adjoint of an operand "
                                                           : "derivative of an operand's adjoint ";
        text += number_text(found.made);
    }
    return account.empty() ? text : text + ": " + account;
}

std::string statement_number(const NonFinite& found) {
    return "statement " + std::to_string(found.statement + 1) + " of " + std::to_string(found.statements);
}

std::string unexplained_message(DerivativeSweep sweep) {
    return std::string("the ") + describe(sweep) +
           " of the recording is not finite, though each operation alone gives finite numbers: the recording "
           "orders or fuses "
           "them in another way";
}

Diagnosis diagnosis_of_constant(double loss) {
    Diagnosis diagnosis;
    if (std::isfinite(loss)) return diagnosis;
    diagnosis.value.emplace();
    diagnosis.value->result = diagnosis.value->made = loss;
    diagnosis.value->message =
        "the loss is a constant, " + number_text(loss) + ": no parameter has part in it";
    return diagnosis;
}

std::ostream& operator<<(std::ostream& stream, const NonFinite& found) { return stream << found.message; }

std::ostream& operator<<(std::ostream& stream, const Diagnosis& diagnosis) {
    const auto line = [&](DerivativeSweep sweep, const std::optional<NonFinite>& found) {
        const std::string name = describe(sweep);
        stream << name << std::string(10 - name.size(), ' ');
        if (!found) stream << "finite";
        else if (found->sweep == sweep) stream << *found;
        else stream << "not finite since the " << describe(found->sweep) << " is not: " << *found;
        stream << '\n';
    };
    line(DerivativeSweep::value, diagnosis.value);
    line(DerivativeSweep::gradient, diagnosis.gradient);
    line(DerivativeSweep::tangent, diagnosis.tangent);
    line(DerivativeSweep::product, diagnosis.product);
    if (diagnosis.masked) {
        stream << "masked    reaches no result, in the " << describe(diagnosis.masked->sweep) << ": "
               << *diagnosis.masked << '\n';
    }
    return stream;
}

}  // namespace hesse
