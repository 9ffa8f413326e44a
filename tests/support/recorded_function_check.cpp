#include "support/recorded_function_check.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>

namespace hesse::test {

RecordedFunction::RecordedFunction(const char* name, const std::vector<Interval>& of, const InDuals& f)
    : name_(name), x_(static_cast<Index>(of.size()) * entries), v_(random_vector(x_.size(), 9)) {
    for (std::size_t a = 0; a < of.size(); ++a)
        x_.segment(static_cast<Index>(a) * entries, entries) =
            random_vector(entries, 20 + a, of[a].low, of[a].high);
    gradient_.resize(x_.size());
    product_.resize(x_.size());
    std::vector<Second> point(static_cast<std::size_t>(x_.size()));
    for (Index i = 0; i < x_.size(); ++i) {
        for (Index k = 0; k < x_.size(); ++k)
            point[static_cast<std::size_t>(k)] =
                Second(Dual<double>(x_[k], v_[k]), Dual<double>(k == i ? 1.0 : 0.0, 0.0));
        const Second y = f(point);
        value_ = y.value.value;
        gradient_[i] = y.tangent.value;
        product_[i] = y.tangent.tangent;
    }
}

void RecordedFunction::compare(const Linearization<double>& at) const {
    const double scale = std::abs(value_) + gradient_.norm() + product_.norm();
    BOOST_TEST(std::isfinite(scale), name_ << ": the truth is " << scale);
    const auto near = [&](double error, const char* of_what) {
        BOOST_TEST(error <= 2e-12 * scale, name_ << ": " << of_what << " is wrong by " << error);
    };
    near(std::abs(at.value() - value_), "the value");
    near((at.gradient() - gradient_).norm(), "the gradient");
    near((VectorXd(at.hessian() * v_) - product_).norm(), "the product");
}

void RecordedFunction::compare_bits(double plain, const Linearization<double>& at) const {
    BOOST_TEST(plain == at.value(), name_ << ": values differ");
}

}  // namespace hesse::test
