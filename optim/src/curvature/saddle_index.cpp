#include "hesse/optim/curvature/saddle_index.hpp"

#include "../options.hpp"
#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/deflated_operator.hpp"
#include "hesse/optim/curvature/eigenpairs.hpp"
#include "hesse/optim/curvature/minimum_eigenvalue_oracle.hpp"
#include "hesse/optim/curvature/symmetry.hpp"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <ostream>

namespace hesse {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr const char* function = "saddle_index";

class Count {
public:
    Count(OperatorRef a, const SaddleIndexOptions& options)
        : a_(a), options_(options), random_(options.seed), n_(a.rows()), most_(std::min(options.most, n_)) {}

    SaddleIndex run() {
        if (options_.check_symmetry) {
            require_symmetric(function, a_, random_, options_.precision);
            found_.products = 2;
        }
        found_.seed = options_.seed;
        Index wanted = std::min<Index>(4, n_);
        for (MatrixXd start;;) {
            if (!find(wanted, start)) break;
            if (negative() == wanted && wanted < n_) {
                if (wanted >= most_) {
                    estimate();
                    break;
                }
                start = vectors_;
                wanted = std::min(2 * wanted, most_);
                continue;
            }
            VectorXd direction(n_);
            const CurvatureAnswer answer = ask(direction);
            if (answer == CurvatureAnswer::certified) found_.upper_bound = found_.lower_bound;
            if (answer != CurvatureAnswer::negative || wanted >= most_) break;
            // There is more than Lanczos saw from its start: an eigenvalue that occurs several times, most likely.
            start.resize(n_, negative() + 1);
            start << vectors_.leftCols(negative()), direction;
            wanted = std::min(wanted + 4, most_);
        }
        found_.determined = found_.upper_bound && *found_.upper_bound == found_.lower_bound &&
                            std::none_of(seen_.begin(), seen_.end(), [&](double value) {
                                return value <= -found_.tolerance && value >= -2.0 * found_.tolerance;
                            });
        return std::move(found_);
    }

private:
    [[nodiscard]] Index left() const { return options_.max_products - found_.products; }
    [[nodiscard]] Index negative() const { return found_.lower_bound; }

    /// The `wanted` lowest eigenpairs, and what they prove. False if the products do not suffice.
    bool find(Index wanted, const MatrixXd& start) {
        const Index ends = wanted < n_ ? 1 : 0;  // the other end is wanted for the scale
        if (left() < 4 * wanted + 8) return false;
        EigenpairsOptions options;
        options.lowest = wanted;
        options.highest = scale_ > 0.0 ? 0 : ends;
        options.tolerance = 1e-6;
        options.norm_tolerance = 1e-10;
        options.max_products = left() - wanted;
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.precision = options_.precision;
        options.check_symmetry = false;
        options.search_multiplicity = false;
        options.start = Columns(start);
        const Eigenpairs pairs = eigenpairs(a_, options);
        found_.products += pairs.products;
        for (const auto& value : pairs.lowest.values) scale_ = std::max(scale_, std::abs(value.value));
        for (const auto& value : pairs.highest.values) scale_ = std::max(scale_, std::abs(value.value));
        found_.tolerance =
            std::max({options_.curvature_tolerance, 1e-8 * scale_,
                      50.0 * options_.precision * std::sqrt(static_cast<double>(n_)) * scale_});
        prove(pairs.lowest);
        return pairs.lowest.converged();
    }

    /// V, from the vectors that belong to negative curvature and have small residuals; the eigenvalues of V'AV.
    void prove(const EigenpairsAtEnd& lowest) {
        const VectorSpace space(n_);
        Basis v(space);
        std::vector<double> removed;
        seen_.clear();
        for (std::size_t i = 0; i < lowest.values.size(); ++i) {
            const EigenvalueEstimate& value = lowest.values[i];
            seen_.push_back(value.value);
            if (!(value.value < -found_.tolerance) || !(value.residual <= 1e-5 * std::abs(value.value)))
                continue;
            VectorXd w = lowest.vectors.col(static_cast<Index>(i));
            const double length = v.orthogonalize(w.data(), removed);
            if (length > 0.5) v.append(w.data(), length);
        }
        if (v.columns() == 0) return;
        MatrixXd vectors(n_, v.columns()), products(n_, v.columns());
        for (Index j = 0; j < v.columns(); ++j) space.copy(v[j], vectors.col(j).data());
        a_.apply_block(vectors.data(), v.columns(), products.data());
        found_.products += v.columns();
        const MatrixXd projected = vectors.transpose() * products;
        const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(0.5 * (projected + projected.transpose()));
        std::vector<double> values;
        for (const double value : solver.eigenvalues()) {
            if (value < -found_.tolerance) values.push_back(value);
        }
        const auto count = static_cast<Index>(values.size());
        if (count < found_.lower_bound) return;  // what was proved before stays proved
        found_.lower_bound = count;
        found_.eigenvalues = values;
        vectors_ = vectors * solver.eigenvectors().leftCols(count);
    }

    /// Whether there is curvature below -2 tau in what is orthogonal to V.
    CurvatureAnswer ask(VectorXd& direction) {
        if (negative() == n_) return CurvatureAnswer::certified;
        if (left() < 3) return CurvatureAnswer::undecided;
        const DeflatedOperator rest(a_, vectors_.data(), n_, vectors_.cols());
        MinimumEigenvalueOptions options;
        options.epsilon = std::max(2.0 * found_.tolerance, std::numeric_limits<double>::min());
        options.failure_probability = options_.failure_probability;
        options.max_products = left();
        options.memory = options_.memory;
        options.precision = options_.precision;
        const MinimumEigenvalue answer = minimum_eigenvalue(rest, options, random_, direction.data());
        found_.products += answer.products;
        found_.failure_probability = options_.failure_probability;
        if (answer.answer == CurvatureAnswer::not_finite)
            throw std::invalid_argument(fmt::format("{}: a product of the operator is not finite", function));
        return answer.answer;
    }

    void estimate() {
        SpectralDensityOptions options;
        options.vectors = 10;
        options.steps = std::min<Index>(80, std::max<Index>(1, left() / options.vectors));
        options.memory = options_.memory;
        options.seed = random_.bits();
        options.precision = options_.precision;
        options.check_symmetry = false;
        const SpectralDensity density = spectral_density(a_, options);
        found_.products += density.products();
        found_.estimate = density.count_below(-found_.tolerance);
    }

    OperatorRef a_;
    const SaddleIndexOptions& options_;
    RandomGenerator random_;
    Index n_, most_;
    double scale_ = 0.0;
    MatrixXd vectors_ = MatrixXd(n_, 0);  // V, as many as are proved
    std::vector<double> seen_;            // the eigenvalues found in the last round
    SaddleIndex found_;
};

}  // namespace

SaddleIndex saddle_index(OperatorRef a, const SaddleIndexOptions& options) {
    require_not_negative(function, "curvature_tolerance", options.curvature_tolerance);
    require_at_least(function, "most", options.most, 1);
    require_in(function, "failure_probability", options.failure_probability,
               std::numeric_limits<double>::min(), 1.0);
    require_at_least(function, "max_products", options.max_products, 32);
    require_not_negative(function, "precision", options.precision);
    require_at_least(function, "the number of rows", a.rows(), 1);
    return Count(a, options).run();
}

std::string describe(const SaddleIndex& index) {
    std::string text;
    if (index.determined) {
        text = fmt::format("index {}", index.lower_bound);
    } else if (index.upper_bound) {
        text = fmt::format("at least {} eigenvalues below {:.3g}, at most {} below {:.3g}", index.lower_bound,
                           -index.tolerance, *index.upper_bound, -2.0 * index.tolerance);
    } else {
        text = fmt::format("at least {} eigenvalues below {:.3g}", index.lower_bound, -index.tolerance);
    }
    if (index.upper_bound && index.failure_probability > 0.0)
        text += fmt::format(", the upper bound with probability {:.6g}", 1.0 - index.failure_probability);
    if (index.estimate)
        text += fmt::format("; about {:.0f} +- {:.0f} by the spectral density", index.estimate->value,
                            2.0 * index.estimate->standard_error);
    return text + fmt::format("; {} products, seed {}", index.products, index.seed);
}

std::ostream& operator<<(std::ostream& out, const SaddleIndex& index) { return out << describe(index); }

}  // namespace hesse
