#include "hesse/optim/picture.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>

namespace hesse {
namespace {

// Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008).
constexpr const char* style = R"(
do for [kind in 'svg png'] {{
reset
if (kind eq 'svg') {{ set terminal svg size 900,620 font 'sans-serif,14' background rgb 'white' }}
if (kind eq 'png') {{ set terminal pngcairo size 900,620 font 'sans-serif,12' background rgb 'white' }}
set output '{0}.'.kind
set linetype 1 lw 2 lc rgb '#0072B2'
set linetype 2 lw 2 lc rgb '#D55E00'
set linetype 3 lw 2 lc rgb '#009E73'
set linetype 4 lw 2 lc rgb '#CC79A7'
set linetype 5 lw 2 lc rgb '#E69F00'
set linetype 6 lw 2 lc rgb '#56B4E9'
set grid xtics ytics lt 1 lw 1 lc rgb '#e0e0e0'
set border lc rgb '#444444'
set tics nomirror
set key top right
{1}
set output
}}
)";

void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream file(path);
    file << text;
    file.close();
    if (!file) throw std::runtime_error(fmt::format("draw: cannot write '{}'", path.string()));
}

std::string rows_of(const PictureData& data, const char* separator, bool lines) {
    std::string text;
    for (std::size_t k = 0; k < data.rows.size(); ++k) {
        if (lines && data.rows_of_a_line != 0 && k != 0 && k % data.rows_of_a_line == 0) text += '\n';
        for (std::size_t j = 0; j < data.rows[k].size(); ++j)
            text += fmt::format("{}{:.17g}", j == 0 ? "" : separator, data.rows[k][j]);
        text += '\n';
    }
    return text;
}

void write_csv(const std::filesystem::path& path, const PictureData& data) {
    write(path, fmt::format("{}\n", fmt::join(data.names, ",")) + rows_of(data, ",", false));
}

/// Data that gnuplot knows by a name.
std::string block(const std::string& name, const PictureData& data) {
    return fmt::format("${} << END\n{}END\n", name, rows_of(data, " ", true));
}

void require_columns(const PictureData& data) {
    for (const auto& row : data.rows) {
        if (row.size() != data.names.size())
            throw std::invalid_argument(fmt::format(
                "draw: a row has {} columns, expected {} as there are names", row.size(), data.names.size()));
    }
}

/// Runs gnuplot where the script lies, without a shell.
bool run_gnuplot(const std::filesystem::path& directory, const std::string& script) {
    const pid_t child = fork();
    if (child < 0) return false;
    if (child == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);
        if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
        if (chdir(directory.c_str()) == 0)
            execlp("gnuplot", "gnuplot", script.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Picture draw(const std::filesystem::path& directory, const std::string& name, const PictureData& data,
             const std::string& commands, const std::map<std::string, PictureData>& more) {
    const auto allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-'; };
    if (name.empty() || !std::all_of(name.begin(), name.end(), allowed))
        throw std::invalid_argument(
            fmt::format("draw: name is '{}', expected letters, digits, '_' and '-'", name));
    require_columns(data);
    for (const auto& [key, further] : more) require_columns(further);
    std::filesystem::create_directories(directory);
    Picture picture{directory / (name + ".csv"), directory / (name + ".gnuplot"), directory / (name + ".svg"),
                    directory / (name + ".png")};
    write_csv(picture.csv, data);
    std::string blocks;
    for (const auto& [key, further] : more) {
        write_csv(directory / fmt::format("{}_{}.csv", name, key), further);
        blocks += block(key, further);
    }
    write(picture.script, fmt::format("# gnuplot {0}.gnuplot  writes {0}.svg and {0}.png\n", name) +
                              block("data", data) + blocks + fmt::format(style, name, commands));
    // A picture of an earlier run must not pass for one of this run.
    std::filesystem::remove(picture.svg);
    std::filesystem::remove(picture.png);
    picture.drawn = run_gnuplot(directory, name + ".gnuplot");
    return picture;
}

}  // namespace hesse
