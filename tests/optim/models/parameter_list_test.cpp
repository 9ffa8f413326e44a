#include "hesse/optim/models/parameter_list.hpp"

#include "error_text.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

namespace {
using namespace hesse;
using test::message_of;

/// a (2 x 3), then within a checkpoint b (4), within another in that c (1), then d (2), and after them e (1).
ParameterList list_of_five() {
    ParameterList list;
    list.add("", "a", {2, 3}, Initialiser::constant(1.0), {});
    const std::size_t outer = list.begin_checkpoint();
    list.add("in/", "b", {4, 1}, Initialiser::constant(2.0), {});
    const std::size_t inner = list.begin_checkpoint();
    list.add("in/", "c", {1, 1}, Initialiser::constant(3.0), {7, 8});
    list.end_checkpoint(inner);
    list.add("in/", "d", {1, 2}, Initialiser::constant(4.0), {});
    list.end_checkpoint(outer);
    list.add("", "e", {1, 1}, Initialiser::constant(5.0), {});
    return list;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(parameter_list)

BOOST_AUTO_TEST_CASE(arrays_follow_each_other_as_layout_would_have_them) {
    const ParameterList list = list_of_five();
    const auto expected = layout(shape(2, 3), shape(4), shape(1), shape(1, 2), shape(1));
    BOOST_TEST(list.size() == 14);
    for (std::size_t k = 0; k < 5; ++k) {
        BOOST_TEST(list.all()[k].where.first == expected[k].first);
        BOOST_TEST(list.all()[k].where.count == expected[k].count);
    }
    BOOST_TEST(list["in/d"].first == 11);
    BOOST_TEST(list["e"].first == 13);
    BOOST_TEST(list.ending_in("d").size() == 1u);
    BOOST_TEST(list.ending_in("in").empty());
}

BOOST_AUTO_TEST_CASE(fans_are_columns_and_rows_unless_told) {
    const ParameterList list = list_of_five();
    BOOST_TEST(list.all()[0].fans.in == 3);
    BOOST_TEST(list.all()[0].fans.out == 2);
    BOOST_TEST(list.all()[2].fans.in == 7);
    BOOST_TEST(list.all()[2].fans.out == 8);
}

BOOST_AUTO_TEST_CASE(each_array_gets_its_own_initial_values) {
    const ParameterList list = list_of_five();
    std::vector<double> x(14, 0.0);
    RandomGenerator generator(1);
    list.initialise(generator, x.data());
    const std::vector<double> expected{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 4, 5};
    BOOST_TEST(x == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_checkpoint_knows_what_is_in_it) {
    const ParameterList list = list_of_five();
    ParameterPlace place;
    BOOST_TEST(list.next(place, "", "a", {2, 3}).where.first == 0);
    const auto outer = list.next_checkpoint(place);
    BOOST_TEST(outer.where.first == 6);
    BOOST_TEST(outer.where.count == 4 + 1 + 2);
    BOOST_TEST(outer.after.parameters == 4u);
    BOOST_TEST(outer.after.checkpoints == 2u);
    ParameterPlace inside = outer.inside;
    BOOST_TEST(list.next(inside, "in/", "b", {4, 1}).where.first == 6);
    const auto inner = list.next_checkpoint(inside);
    BOOST_TEST(inner.where.first == 10);
    BOOST_TEST(inner.where.count == 1);
    place = outer.after;
    BOOST_TEST(list.next(place, "", "e", {1, 1}).where.first == 13);
    list.require_all_read(place);
    BOOST_TEST(message_of([&] {
                   (void)list.next(place, "in/", "f", {1, 1});
               }) ==
               "model: 'in/f' is read, but only 5 arrays were declared; the model must read the same ones in "
               "each run");
}

BOOST_AUTO_TEST_SUITE_END()
