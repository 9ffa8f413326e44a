#define BOOST_TEST_MODULE hesse
#include <boost/test/unit_test.hpp>
