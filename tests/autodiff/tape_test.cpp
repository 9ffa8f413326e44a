#include "hesse/autodiff/tape.hpp"

#include "hesse/autodiff/scalar_statement.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <vector>

namespace {
using namespace hesse;

const std::vector<double> three{1.0, 2.0, 3.0};

bool on_a_cache_line(const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer) % alignment == 0;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(tape)

BOOST_AUTO_TEST_CASE(parameters_come_first_and_a_recording_has_a_number_of_its_own) {
    Tape<double> tape;
    tape.start(three.data(), 3, false);
    const auto first = tape.generation();
    BOOST_TEST(tape.slots() == 3u);
    BOOST_TEST(tape.value(2) == 3.0);
    tape.start(three.data() + 1, 2, false);
    BOOST_TEST(tape.slots() == 2u);
    BOOST_TEST(tape.value(0) == 2.0);
    BOOST_TEST(tape.generation() != first);
}

BOOST_AUTO_TEST_CASE(statements_are_swept_in_both_directions) {
    // f = (x y) z: gradient (yz, xz, xy), Hessian times (1, 0, 0) = (0, z, y)
    Tape<double> tape;
    tape.start(three.data(), 3, false);
    const Var x(tape, 1.0, 0), y(tape, 2.0, 1), z(tape, 3.0, 2);
    const Var xy = x * y;
    const Var f = xy * z;
    BOOST_TEST(f.value() == 6.0);
    BOOST_TEST(f.slot() == 4u);
    tape.gradient(f.slot());
    BOOST_TEST(tape.adjoints()[0] == 6.0);
    BOOST_TEST(tape.adjoints()[1] == 3.0);
    BOOST_TEST(tape.adjoints()[2] == 2.0);
    const std::vector<double> direction{1.0, 0.0, 0.0};
    std::vector<double> out(3);
    for (int again = 0; again < 2; ++again) {
        tape.product(direction.data(), out.data());
        BOOST_TEST(out == (std::vector<double>{0.0, 3.0, 2.0}), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(any_statement_may_be_the_result) {
    Tape<double> tape;
    tape.start(three.data(), 3, false);
    const Var x(tape, 1.0, 0), y(tape, 2.0, 1);
    const Var first = x * y;
    const Var later = first * first;
    tape.gradient(first.slot());
    BOOST_TEST(tape.adjoints()[0] == 2.0);
    tape.gradient(later.slot());
    BOOST_TEST(tape.adjoints()[0] == 8.0);
    tape.gradient(1);  // a parameter
    BOOST_TEST(tape.adjoints()[0] == 0.0);
    BOOST_TEST(tape.adjoints()[1] == 1.0);
    tape.gradient(tape.append_constant(7.0));
    BOOST_TEST(tape.adjoints()[1] == 0.0);
}

BOOST_AUTO_TEST_CASE(arrays_and_kept_numbers_begin_on_cache_lines) {
    Tape<double> tape;
    tape.start(three.data(), 3, false);
    tape.append_constant(1.0);
    const auto region = tape.append_array(5);
    BOOST_TEST(region.size == 5u);
    BOOST_TEST(on_a_cache_line(tape.values() + region.begin));
    const auto next = tape.append_array(2);
    BOOST_TEST(next.begin >= region.begin + 5);
    BOOST_TEST(on_a_cache_line(tape.values() + next.begin));

    double* kept = tape.keep_numbers(3);
    kept[0] = 42.0;
    BOOST_TEST(on_a_cache_line(kept));
    double* large = tape.keep_numbers(1'000'000);  // more than a block
    BOOST_TEST(on_a_cache_line(large));
    BOOST_TEST(tape.keep_numbers(1) != kept);
    BOOST_TEST(kept[0] == 42.0);  // addresses stay
}

BOOST_AUTO_TEST_CASE(the_first_contribution_to_an_array_is_told_from_later_ones) {
    // While the first reverse sweep plans, each part is asked for as nodes would.
    Tape<double> tape;
    tape.start(three.data(), 3, false);
    const auto array = tape.append_array(16);
    const std::size_t begin = array.begin;
    tape.gradient(0);
    BOOST_TEST(tape.first_contribution({begin, 4}));
    BOOST_TEST(!tape.first_contribution({begin, 4}));
    BOOST_TEST(tape.first_contribution({begin + 8, 4}));
    BOOST_TEST(!tape.first_contribution({begin + 2, 10}));  // overlaps both: the gap between is cleared
    BOOST_TEST(!tape.first_contribution({begin + 4, 4}));
    BOOST_TEST(tape.first_contribution({begin + 12, 4}));
    const auto cleared = [&](std::size_t i) { return tape.adjoints()[begin + i] == 0.0; };
    for (std::size_t i = 4; i < 8; ++i) BOOST_TEST(cleared(i));
}

BOOST_AUTO_TEST_CASE(memory_is_kept_for_the_next_recording) {
    Tape<double> tape;
    const auto record = [&] {
        tape.start(three.data(), 3, false);
        Var s = Var(tape, 1.0, 0) * 2.0;
        for (int i = 0; i < 1000; ++i) s = s * 1.5 + Var(tape, 2.0, 1);
        tape.gradient(s.slot());
        return tape.memory();
    };
    const auto first = record(), second = record();
    BOOST_TEST(first.total() == second.total());
    BOOST_TEST(first.statements >= 1000 * sizeof(double));
    BOOST_TEST(first.total() == first.values + first.sweeps + first.statements + first.nodes + first.kept);
}

BOOST_AUTO_TEST_SUITE_END()
