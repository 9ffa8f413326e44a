#include "hesse/optim/state_text.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

using namespace hesse;

BOOST_AUTO_TEST_SUITE(state_text)

BOOST_AUTO_TEST_CASE(every_double_survives_exactly) {
    using Limits = std::numeric_limits<double>;
    Buffer values{0.1,
                  -0.0,
                  1.0 / 3.0,
                  Limits::denorm_min(),
                  -Limits::max(),
                  Limits::min(),
                  Limits::infinity(),
                  -Limits::infinity(),
                  Limits::quiet_NaN(),
                  12345.678};
    RandomGenerator random(1);
    for (int k = 0; k < 1000; ++k)
        values.push_back(std::ldexp(random.normal(), static_cast<int>(random.below(2000)) - 1000));
    std::stringstream text;
    StateWriter(text, "Thing", 3).vector("values", values);
    const Buffer back = StateReader(text, "Thing", 3).vector("values", values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        BOOST_TEST((back[i] == values[i] || (std::isnan(back[i]) && std::isnan(values[i]))));
        BOOST_TEST(std::signbit(back[i]) == std::signbit(values[i]));
    }
}

BOOST_AUTO_TEST_CASE(entries_come_back_in_their_order) {
    std::stringstream text;
    StateWriter writer(text, "Thing", 1);
    RandomGenerator random(4);
    random.normal();
    writer.number("size", -0.5);
    writer.integer("count", -7);
    writer.word("kind", "round");
    writer.random("noise", random);
    BOOST_TEST(text.str().substr(0, 48) == "Thing 1\nsize -0x1p-1\ncount -7\nkind round\nnoise h");
    StateReader reader(text, "Thing", 1);
    BOOST_TEST(reader.number("size") == -0.5);
    BOOST_TEST(reader.integer("count") == -7);
    BOOST_TEST(reader.word("kind") == "round");
    BOOST_TEST((reader.random("noise") == random));
}

BOOST_AUTO_TEST_CASE(damage_is_named) {
    const auto message_of = [](const std::string& content, auto read) {
        std::istringstream text(content);
        try {
            StateReader reader(text, "Thing", 1);
            read(reader);
        } catch (const std::invalid_argument& error) {
            return std::string(error.what());
        }
        return std::string("nothing thrown");
    };
    const auto number = [](StateReader& reader) { reader.number("size"); };
    const auto vector = [](StateReader& reader) { reader.vector("velocity", 2); };
    BOOST_TEST(message_of("Other 1\n", number) == "load: expected the state of 'Thing 1', found 'Other 1'");
    BOOST_TEST(message_of("Thing 2\n", number) == "load: expected the state of 'Thing 1', found 'Thing 2'");
    BOOST_TEST(message_of("", number) == "load: expected the state of 'Thing 1', found ' '");
    BOOST_TEST(message_of("Thing 1\nwidth 0x1p0\n", number) ==
               "load: expected 'size' in the state of Thing, found 'width'");
    BOOST_TEST(message_of("Thing 1\nsize 0xzz\n", number) ==
               "load: 'size' of Thing holds '0xzz', expected a number");
    BOOST_TEST(message_of("Thing 1\nvelocity 3 0x0p0\n", vector) ==
               "load: 'velocity' of Thing has 3 entries, expected 2");
    BOOST_TEST(message_of("Thing 1\nvelocity 2 0x0p0\n", vector) ==
               "load: 'velocity' of Thing holds '', expected a number");
    BOOST_TEST(message_of("Thing 1\nnoise x\n", [](StateReader& reader) { reader.random("noise"); }) ==
               "load: 'noise' of Thing is not the state of a random generator");
}

BOOST_AUTO_TEST_SUITE_END()
