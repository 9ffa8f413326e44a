#include "hesse/data/csv.hpp"

#include <csv.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

namespace hesse {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

/// The number that all of the text is.
std::optional<double> number_in(std::string_view text) {
    if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
    double value = 0.0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ptr != text.data() + text.size()) return std::nullopt;
    if (read.ec == std::errc{}) return value;
    if (read.ec != std::errc::result_out_of_range) return std::nullopt;
    // Too small is zero; too large is nothing that a double has.
    long double wide = 0.0L;
    const auto again = std::from_chars(text.data(), text.data() + text.size(), wide);
    const bool small = again.ec == std::errc{} ? std::abs(wide) < 1.0L
                                               : text.find("e-") != text.npos || text.find("E-") != text.npos;
    return small ? 0.0 : std::numeric_limits<double>::infinity();
}

class Reader {
public:
    Reader(const std::string& path, const CsvOptions& options) : path_(path), options_(options) {
        if (options.separator == '"' || options.separator == '\n' || options.separator == '\r')
            throw std::invalid_argument(fmt::format(
                "read_csv: separator is a quote or the end of a line, expected another character"));
        if (options.skipped_lines < 0)
            throw std::invalid_argument(
                fmt::format("read_csv: skipped_lines is {}, expected at least 0", options.skipped_lines));
    }

    CsvNumbers read() {
        const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path_.c_str(), "rb"),
                                                                   &std::fclose);
        if (!file) cannot_read();
        csv_parser parser;
        if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) throw std::bad_alloc();
        const std::unique_ptr<csv_parser, void (*)(csv_parser*)> closes(&parser, &csv_free);
        csv_set_delim(&parser, static_cast<unsigned char>(options_.separator));

        std::vector<char> block(std::size_t{1} << 16);
        bool at_begin = true;
        for (;;) {
            const std::size_t given = std::fread(block.data(), 1, block.size(), file.get());
            if (given == 0) break;
            std::string_view text(block.data(), given);
            if (std::exchange(at_begin, false) && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
            skip_lines(text);
            parse(parser, text);
        }
        if (std::ferror(file.get()) != 0) cannot_read();
        if (csv_fini(&parser, &on_field, &on_line, this) != 0)
            fail("a quote is not closed before the end of the file");
        if (failure_) std::rethrow_exception(failure_);
        if (found_.rows == 0)
            throw std::invalid_argument(fmt::format("{}: there is no row of numbers", path_));
        return std::move(found_);
    }

private:
    [[noreturn]] void cannot_read() const {
        throw std::invalid_argument(
            fmt::format("{}: cannot be read: {}", path_, std::generic_category().message(errno)));
    }
    [[noreturn]] void fail(const std::string& what) const {
        throw std::invalid_argument(fmt::format("{}, line {}: {}", path_, line_, what));
    }

    [[noreturn]] void fail_at(std::size_t column, const std::string& what) const {
        fail(fmt::format("row {} of the data, column {}{}: {}", found_.rows, column,
                         column < all_names_.size() ? fmt::format(" ('{}')", all_names_[column]) : "", what));
    }

    void skip_lines(std::string_view& text) {
        while (skipped_ < options_.skipped_lines && !text.empty()) {
            const std::size_t end = text.find('\n');
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
            if (end != std::string_view::npos) {
                ++skipped_;
                ++line_;
            }
        }
    }

    /// Line by line, so that what is found has the number of its line.
    void parse(csv_parser& parser, std::string_view text) {
        while (!text.empty()) {
            const std::size_t count = std::min(text.find('\n'), text.size() - 1) + 1;
            const bool ends = text[count - 1] == '\n';
            if (csv_parse(&parser, text.data(), count, &on_field, &on_line, this) != count && !failure_)
                fail(
                    "a quote stands within a field, or text behind a quoted one: fields with quotes are "
                    "quoted "
                    "as a whole, and their quotes doubled");
            if (failure_) std::rethrow_exception(failure_);
            if (ends) ++line_;
            text.remove_prefix(count);
        }
    }

    // The parser is C: exceptions must not pass through it.
    static void on_field(void* text, std::size_t length, void* reader) {
        static_cast<Reader*>(reader)->guarded([&](Reader& self) {
            self.take({static_cast<const char*>(text), length});
        });
    }
    static void on_line(int, void* reader) {
        static_cast<Reader*>(reader)->guarded([](Reader& self) { self.end_line(); });
    }
    template <class Work>
    void guarded(const Work& work) {
        if (failure_) return;
        try {
            work(*this);
        } catch (...) {
            failure_ = std::current_exception();
        }
    }

    void take(std::string_view field) {
        if (!first_line_done_) return fields_.emplace_back(trimmed(field)), void();
        const auto at = static_cast<std::size_t>(fields_in_line_++);
        if (at >= places_.size()) return;  // too many: told at the end of the line
        if (places_[at] >= 0) row_[static_cast<std::size_t>(places_[at])] = value_of(trimmed(field), at);
    }

    [[nodiscard]] bool is_missing(std::string_view field) const {
        return std::find(options_.missing.begin(), options_.missing.end(), field) != options_.missing.end();
    }

    double value_of(std::string_view field, std::size_t at) const {
        if (is_missing(field)) return std::numeric_limits<double>::quiet_NaN();
        if (field.empty())
            fail_at(at, "the field is empty, expected a number: say missing = {\"\"} if that is meant");
        const auto value = number_in(field);
        if (!value) fail_at(at, fmt::format("'{}' is not a number", field.substr(0, 40)));
        if (!std::isfinite(*value) && !options_.allow_not_finite)
            fail_at(at, fmt::format("'{}' is not a finite number", field.substr(0, 40)));
        return *value;
    }

    void end_line() {
        if (!first_line_done_) return first_line();
        if (fields_in_line_ != static_cast<Index>(places_.size()))
            fail(fmt::format("row {} of the data has {} fields, expected {} as the first line has",
                             found_.rows, fields_in_line_, places_.size()));
        end_row();
    }

    /// Whether the first line gives names. One that is half numbers is a fault in the data as likely as a header.
    [[nodiscard]] bool gives_names() const {
        const std::string *number = nullptr, *other = nullptr;
        for (const std::string& field : fields_)
            if (!is_missing(field)) (number_in(field) ? number : other) = &field;
        if (number != nullptr && other != nullptr)
            fail(fmt::format(
                "'{}' is a number, '{}' is not: say header = present if these are names, or absent",
                number->substr(0, 40), other->substr(0, 40)));
        return other != nullptr;
    }

    void first_line() {
        const bool has_names = options_.header == CsvOptions::Header::present ||
                               (options_.header == CsvOptions::Header::automatic && gives_names());
        if (has_names) all_names_ = fields_;
        choose_columns();
        first_line_done_ = true;
        if (has_names) return;
        for (const std::string& field : std::exchange(fields_, {})) take(field);
        end_row();
    }

    /// Which place in a row each column has; -1 for those that are not wanted.
    void choose_columns() {
        places_.assign(fields_.size(), -1);
        if (options_.columns.empty()) {
            for (std::size_t k = 0; k < places_.size(); ++k) places_[k] = static_cast<Index>(k);
            found_.names = all_names_;
        }
        for (const std::string& name : options_.columns) {
            const auto count = std::count(all_names_.begin(), all_names_.end(), name);
            if (count != 1)
                throw std::invalid_argument(fmt::format(
                    "{}: there {} '{}', expected one: the columns are {}", path_,
                    count == 0 ? "is no column" : "are several columns", name,
                    all_names_.empty() ? "without names" : fmt::format("{}", fmt::join(all_names_, ", "))));
            const auto at = static_cast<std::size_t>(std::find(all_names_.begin(), all_names_.end(), name) -
                                                     all_names_.begin());
            if (places_[at] >= 0)
                throw std::invalid_argument(fmt::format("{}: column '{}' is asked for twice", path_, name));
            places_[at] = static_cast<Index>(found_.names.size());
            found_.names.push_back(name);
        }
        found_.cols = options_.columns.empty() ? static_cast<Index>(places_.size())
                                               : static_cast<Index>(options_.columns.size());
        row_.resize(static_cast<std::size_t>(found_.cols));
    }

    void end_row() {
        constexpr std::size_t numbers_in_block = std::size_t{1} << 17;
        if (found_.blocks.empty() ||
            found_.blocks.back().size() + row_.size() > found_.blocks.back().capacity())
            found_.blocks.emplace_back().reserve(std::max(numbers_in_block, row_.size()));
        found_.blocks.back().insert(found_.blocks.back().end(), row_.begin(), row_.end());
        ++found_.rows;
        fields_in_line_ = 0;
    }

    const std::string& path_;
    const CsvOptions& options_;
    Index line_ = 1, skipped_ = 0;
    bool first_line_done_ = false;
    std::vector<std::string> fields_, all_names_;  // of the first line
    std::vector<Index> places_;
    std::vector<double> row_;
    Index fields_in_line_ = 0;
    CsvNumbers found_;
    std::exception_ptr failure_;
};

}  // namespace

CsvNumbers read_csv_numbers(const std::string& path, const CsvOptions& options) {
    return Reader(path, options).read();
}

Index Table::column(const std::string& name) const {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw std::invalid_argument(
            fmt::format("Table: there is no column '{}', but {}", name, fmt::join(names, ", ")));
    return found - names.begin();
}

}  // namespace hesse
