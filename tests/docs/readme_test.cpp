// The first program of README.md prints what README.md says it prints.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

// The file itself, under another name: this program has a main of its own.
#define main readme_program
#include "../../docs/examples/readme.cpp"
#undef main

namespace {

std::string text_block_of_readme() {
    std::ifstream file(HESSE_DATA_DIR "/../../../README.md");
    const std::string readme{std::istreambuf_iterator<char>(file), {}};
    const std::string opening = "```text\n";
    const auto begin = readme.find(opening);
    BOOST_REQUIRE(begin != std::string::npos);
    const auto end = readme.find("```", begin + opening.size());
    return readme.substr(begin + opening.size(), end - begin - opening.size());
}

std::string printed() {
    std::ostringstream out;
    std::streambuf* const before = std::cout.rdbuf(out.rdbuf());
    readme_program();
    std::cout.rdbuf(before);
    return out.str();
}

std::vector<std::string> words(std::string text) {
    for (char& c : text) {
        if (c == '(' || c == ')' || c == '[' || c == ']' || c == ',' || c == ';') c = ' ';
    }
    std::istringstream in(text);
    return {std::istream_iterator<std::string>(in), {}};
}

/// Equal words, or numbers that differ by rounding: other compilers and processors round otherwise, and what
/// is zero but for rounding may be any tiny number.
bool same(const std::string& a, const std::string& b) {
    char* end_a = nullptr;
    char* end_b = nullptr;
    const double x = std::strtod(a.c_str(), &end_a), y = std::strtod(b.c_str(), &end_b);
    if (end_a == a.c_str() || end_b == b.c_str()) return a == b;
    return std::string(end_a) == std::string(end_b) && std::abs(x - y) <= 1e-7 + 1e-5 * std::abs(y);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(readme)

BOOST_AUTO_TEST_CASE(the_first_program_prints_what_the_readme_says) {
    const std::string output = printed();
    const auto expected = words(text_block_of_readme()), given = words(output);
    BOOST_TEST_REQUIRE(expected.size() == given.size(), "the program prints\n" << output);
    for (std::size_t k = 0; k < given.size(); ++k)
        BOOST_TEST(same(expected[k], given[k]),
                   "README.md says " << expected[k] << ", the program " << given[k]);
}

BOOST_AUTO_TEST_SUITE_END()
