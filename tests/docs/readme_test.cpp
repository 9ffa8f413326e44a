// The first program of README.md prints what README.md says it prints.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

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

/// What the program prints, which the build puts beside the tests.
std::string printed() {
    const std::filesystem::path self = boost::unit_test::framework::master_test_suite().argv[0];
    const auto program = std::filesystem::absolute(self).parent_path() / "../docs/examples/readme";
    BOOST_REQUIRE_MESSAGE(std::filesystem::exists(program), program << " is not built");
    std::FILE* const pipe = popen(('"' + program.string() + '"').c_str(), "r");
    BOOST_REQUIRE(pipe != nullptr);
    std::string text;
    for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
    BOOST_TEST(pclose(pipe) == 0);
    return text;
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
