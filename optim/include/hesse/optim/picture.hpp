#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hesse {

/// What `draw` writes: NAME.csv, the numbers; NAME.gnuplot, which draws them again; NAME.svg and NAME.png.
struct Picture {
    std::filesystem::path csv, script, svg, png;
    /// Whether the last two are there: gnuplot was found and did its work.
    bool drawn = false;
};

/// Columns of numbers with names.
struct PictureData {
    std::vector<std::string> names;
    std::vector<std::vector<double>> rows;
    /// After so many rows an empty line, as gnuplot wants it between the lines of a grid; 0: none.
    std::size_t rows_of_a_line = 0;
};

/// Writes the numbers to `directory` (made if it is missing), and draws them by gnuplot, which must be installed for that.
/// `commands` are gnuplot's, after what all pictures share (size, fonts, colours, a light grid); the data are `$data`, the
/// columns in the order of their names. Further data, if any, are written to NAME_key.csv, and are `$key` for gnuplot.
/// Throws std::invalid_argument if the name is empty or holds more than letters, digits, `_` and `-`, or a row has another
/// number of columns than there are names; std::runtime_error if a file cannot be written.
Picture draw(const std::filesystem::path& directory, const std::string& name, const PictureData& data,
             const std::string& commands, const std::map<std::string, PictureData>& more = {});

}  // namespace hesse
