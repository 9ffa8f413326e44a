#include "hesse/optim/curvature/json.hpp"

#include <Eigen/Dense>
#include <boost/property_tree/json_parser.hpp>
#include <boost/property_tree/ptree.hpp>
#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>

namespace {

using Eigen::VectorXd;

boost::property_tree::ptree parsed(const std::string& text) {
    std::istringstream in(text);
    boost::property_tree::ptree tree;
    read_json(in, tree);  // throws on what is no JSON
    return tree;
}

BOOST_AUTO_TEST_SUITE(curvature_as_json)

BOOST_AUTO_TEST_CASE(a_verdict_keeps_its_numbers_to_the_last_bit) {
    const VectorXd d{{-1.0 / 3.0, 0.5, 2.0}};
    const hesse::CriticalPoint point = hesse::classify(d.asDiagonal());
    const auto tree = parsed(to_json(point));
    BOOST_TEST(tree.get<std::string>("kind") == "saddle");
    BOOST_TEST(tree.get<std::string>("conclusion") == "saddle");
    BOOST_TEST(tree.get<bool>("certain"));
    BOOST_TEST(tree.get<double>("lowest.value") == point.lowest.value);
    BOOST_TEST(tree.get<double>("highest.error_bound") == point.highest.error_bound);
    BOOST_TEST(tree.get<double>("curvature_tolerance") == point.curvature_tolerance);
    BOOST_TEST(tree.get<hesse::Index>("products") == point.products);
    BOOST_TEST(tree.get<hesse::Index>("index_lower_bound") == 1);
    BOOST_TEST(tree.get<std::string>("index_upper_bound") == "null");
    BOOST_TEST(tree.get<std::string>("value") == "null");  // of an operator alone it is not known
    VectorXd direction(3);
    Eigen::Index i = 0;
    for (const auto& entry : tree.get_child("direction")) direction[i++] = entry.second.get_value<double>();
    BOOST_TEST((direction == point.direction));
    BOOST_TEST(parsed(to_json(static_cast<const hesse::Verdict&>(point))).count("direction") == 0u);
}

BOOST_AUTO_TEST_CASE(an_index_and_a_degenerate_point_are_objects_too) {
    const VectorXd d{{-2.0, -1.0, 3.0}};
    const auto tree = parsed(to_json(hesse::saddle_index(d.asDiagonal())));
    BOOST_TEST(tree.get<int>("lower_bound") == 2);
    BOOST_TEST(tree.get<int>("upper_bound") == 2);
    BOOST_TEST(tree.get_child("eigenvalues").size() == 2u);
    hesse::DegeneratePoint point;
    point.kind = hesse::DegenerateKind::minimum;
    point.fourth = 24.0;
    BOOST_TEST(parsed(to_json(point)).get<std::string>("kind") == "strict minimum");
    BOOST_TEST(parsed(to_json(point)).get<double>("fourth") == 24.0);
    BOOST_TEST(parsed(to_json(point)).get<std::string>("third") == "null");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
