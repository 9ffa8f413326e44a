// Every block of C++ in README.md and docs/ is a part of a file that is compiled: it stands there line by line.

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

const fs::path root = fs::path(HESSE_DATA_DIR).parent_path().parent_path().parent_path();

std::string trimmed(const std::string& line) {
    const auto first = line.find_first_not_of(' ');
    if (first == std::string::npos) return {};
    return line.substr(first, line.find_last_not_of(' ') - first + 1);
}

/// The lines of a file without their indentation, and without empty ones.
Lines lines_of(const fs::path& path) {
    std::ifstream file(path);
    BOOST_REQUIRE_MESSAGE(file, path << " cannot be read");
    Lines lines;
    for (std::string line; std::getline(file, line);) {
        if (!trimmed(line).empty()) lines.push_back(trimmed(line));
    }
    return lines;
}

struct Block {
    fs::path file;
    Lines lines;
};

std::vector<Block> blocks_of(const fs::path& path) {
    std::vector<Block> blocks;
    bool inside = false;
    for (const std::string& line : lines_of(path)) {
        if (!inside && line == "```cpp") {
            blocks.push_back({path, {}});
            inside = true;
        } else if (inside && line == "```") {
            inside = false;
        } else if (inside) {
            blocks.back().lines.push_back(line);
        }
    }
    return blocks;
}

std::vector<fs::path> files(const fs::path& directory, const std::vector<std::string>& extensions) {
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        if (std::count(extensions.begin(), extensions.end(), entry.path().extension().string()) > 0)
            found.push_back(entry.path());
    }
    return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(code_blocks)

BOOST_AUTO_TEST_CASE(every_block_is_part_of_a_compiled_file) {
    std::vector<Lines> sources;
    for (const char* directory : {"docs/examples", "autodiff", "optim"}) {
        for (const fs::path& path : files(root / directory, {".cpp", ".hpp"}))
            sources.push_back(lines_of(path));
    }
    std::vector<fs::path> pages = files(root / "docs", {".md"});
    pages.push_back(root / "README.md");

    std::size_t checked = 0;
    for (const fs::path& page : pages) {
        for (const Block& block : blocks_of(page)) {
            const bool found = std::any_of(sources.begin(), sources.end(), [&](const Lines& source) {
                return std::search(source.begin(), source.end(), block.lines.begin(), block.lines.end()) !=
                       source.end();
            });
            BOOST_TEST(found, page.string() << ": no compiled file has the block that begins with `"
                                            << (block.lines.empty() ? "" : block.lines.front()) << "`");
            ++checked;
        }
    }
    BOOST_TEST(checked >= 8U);
}

BOOST_AUTO_TEST_SUITE_END()
