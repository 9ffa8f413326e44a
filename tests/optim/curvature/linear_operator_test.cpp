#include "hesse/optim/curvature/linear_operator.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>
#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;
using hesse::OperatorRef;
using hesse::ShiftedOperator;

/// Takes its vectors as Eigen::Ref.
struct RefOperator {
    MatrixXd matrix;
    Eigen::Index rows() const { return matrix.rows(); }
    void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const { out = matrix * in; }
};

/// Takes its vectors as templates.
struct TemplateOperator {
    MatrixXd matrix;
    Eigen::Index rows() const { return matrix.rows(); }
    template <class In, class Out>
    void apply(const In& in, Out& out) const {
        out = matrix * in;
    }
};

/// Takes plain arrays.
struct PointerOperator {
    MatrixXd matrix;
    Eigen::Index rows() const { return matrix.rows(); }
    void apply(const double* in, double* out) const {
        Eigen::Map<VectorXd>(out, rows()) = matrix * Eigen::Map<const VectorXd>(in, rows());
    }
};

const MatrixXd matrix{{2.0, 1.0, 0.0}, {1.0, -3.0, 4.0}, {0.0, 4.0, 5.0}};
const VectorXd v{{1.0, 2.0, -1.0}};

VectorXd product(OperatorRef a) {
    VectorXd out(a.rows());
    a.apply(v.data(), out.data());
    return out;
}

BOOST_AUTO_TEST_SUITE(linear_operator)

BOOST_AUTO_TEST_CASE(every_kind_of_operator_and_matrix_gives_its_product) {
    const VectorXd expected = matrix * v;
    BOOST_TEST((product(RefOperator{matrix}) == expected));
    BOOST_TEST((product(TemplateOperator{matrix}) == expected));
    BOOST_TEST((product(PointerOperator{matrix}) == expected));
    BOOST_TEST((product(matrix) == expected));
    BOOST_TEST((product(Eigen::Matrix3d(matrix)) == expected));
    const Eigen::SparseMatrix<double> sparse = matrix.sparseView();
    BOOST_TEST((product(sparse) == expected));
    const MatrixXd lower = matrix.triangularView<Eigen::Lower>();
    BOOST_TEST((product(lower.selfadjointView<Eigen::Lower>()) - expected).norm() <= 1e-15 * expected.norm());
    BOOST_TEST((product(v.asDiagonal()) == v.cwiseProduct(v)));
}

BOOST_AUTO_TEST_CASE(a_matrix_that_is_not_square_is_refused) {
    const MatrixXd wide = MatrixXd::Zero(2, 3);
    BOOST_CHECK_EXCEPTION(OperatorRef{wide}, std::invalid_argument, [](const std::invalid_argument& error) {
        return std::string(error.what()) ==
               "OperatorRef: the matrix has shape (2 x 3), expected a square one";
    });
}

BOOST_AUTO_TEST_CASE(a_shifted_operator_adds_a_multiple_of_the_identity) {
    BOOST_TEST((product(ShiftedOperator(matrix, -2.5)) - (matrix * v - 2.5 * v)).norm() <= 1e-14);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
