#define BOOST_TEST_MODULE hesse
#include <boost/test/unit_test.hpp>

#include <cstdlib>

namespace {

/// Eigen::Random begins anew in each test, so that one that fails does so alone, too.
struct SeededTests : boost::unit_test::test_observer {
    SeededTests() { boost::unit_test::framework::register_observer(*this); }
    ~SeededTests() override { boost::unit_test::framework::deregister_observer(*this); }
    void test_unit_start(const boost::unit_test::test_unit& unit) override {
        if (unit.p_type == boost::unit_test::TUT_CASE) std::srand(1);
    }
};

BOOST_TEST_GLOBAL_FIXTURE(SeededTests);

}  // namespace
