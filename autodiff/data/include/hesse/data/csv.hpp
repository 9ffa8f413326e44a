#pragma once

#include "hesse/data/numpy.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace hesse {

struct CsvOptions {
    enum class Header {
        automatic,  ///< the first line gives names if none of its fields is a number; half numbers are an error
        present,
        absent,
    };

    char separator = ',';
    Header header = Header::automatic;
    Index skipped_lines = 0;             ///< at the beginning of the file
    std::vector<std::string> columns{};  ///< those wanted, by name, in this order; all if there are none
    std::vector<std::string>
        missing{};  ///< what stands for a value that is missing, "" for an empty field: becomes NaN
    bool allow_not_finite = false;  ///< whether "nan" and "inf" are numbers
};

/// Numbers with names for their columns, as compiled code reads them.
struct CsvNumbers {
    std::vector<std::string> names;  // none if there is no header
    Index rows = 0, cols = 0;
    std::vector<std::vector<double>> blocks;  // of whole rows, one after the other
};
CsvNumbers read_csv_numbers(const std::string& path, const CsvOptions& options);

/// A table of numbers.
struct Table {
    DataMatrix<double> values;       ///< (rows x columns)
    std::vector<std::string> names;  ///< of the columns; none if the file has none

    /// The number of the column of this name. Throws std::invalid_argument if there is none.
    [[nodiscard]] Index column(const std::string& name) const;
};

/// Reads a file of comma-separated values (RFC 4180), all of them numbers: quoted or not, with spaces around, lines that end in one
/// way or another, blank lines left out. In blocks: twice the memory of the numbers, whatever the text takes.
/// Throws std::invalid_argument that names the file, its line, the row of the data and the column if a field is no number, or not
/// finite, or missing; if a line has more or fewer fields than the first; if a quote is not closed; if there is no row; if a column
/// asked for is not there, or there twice; if the file cannot be read.
inline Table read_csv(const std::string& path, const CsvOptions& options = {}) {
    CsvNumbers read = read_csv_numbers(path, options);
    Table table{DataMatrix<double>(read.rows, read.cols), std::move(read.names)};
    double* to = table.values.data();
    for (std::vector<double>& block : read.blocks) {
        to = std::copy(block.begin(), block.end(), to);
        block = {};
    }
    return table;
}

}  // namespace hesse
