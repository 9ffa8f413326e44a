#include "hesse/optim/curvature/saddle_index.hpp"

#include "eigenpair_options.hpp"
#include "hesse/optim/curvature/basis.hpp"
#include "hesse/optim/curvature/deflated_operator.hpp"
#include "hesse/optim/curvature/minimum_eigenvalue_oracle.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "thick_restart.hpp"

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
        Index wanted = std::min<Index>(4, n_), block = 1;
        VectorXd direction;
        while (find(std::min(wanted, most_ - v_.columns()), block, direction)) {
            if (v_.columns() == n_) {
                found_.upper_bound = n_;
                break;
            }
            if (v_.columns() >= most_) {
                estimate();
                break;
            }
            direction.resize(0);
            if (all_negative_) {  // then there are more, most likely
                wanted = 2 * wanted;
                continue;
            }
            const CurvatureAnswer answer = ask(direction);
            if (answer == CurvatureAnswer::certified) found_.upper_bound = found_.lower_bound;
            if (answer != CurvatureAnswer::negative) break;
            // There is more than Lanczos saw from its start: an eigenvalue that occurs several times, most likely.
            wanted = block = 8;
        }
        found_.determined = found_.upper_bound && *found_.upper_bound == found_.lower_bound &&
                            std::none_of(seen_.begin(), seen_.end(), [&](double value) {
                                return value < -found_.tolerance && value >= -2.0 * found_.tolerance;
                            });
        return std::move(found_);
    }

private:
    [[nodiscard]] Index left() const { return options_.max_products - found_.products; }

    /// The `wanted` lowest eigenpairs in what is orthogonal to V, from the direction, if there is one, and random starts;
    /// what they prove. False if the products do not suffice.
    bool find(Index wanted, Index block, const VectorXd& direction) {
        const Index highest = scale_ > 0.0 || wanted >= n_ ? 0 : 1;  // for the scale
        const Index spent_on_each = 2;                               // measured, and proved
        if (left() < 4 * wanted + 8) return false;
        const double noise = options_.precision * std::sqrt(static_cast<double>(n_));
        ThickRestart search(function, a_, {1e-6, 1e-10, options_.precision, -found_.tolerance}, wanted,
                            highest, basis_columns(n_, wanted + highest, options_.memory));
        VectorXd found(n_);
        for (Index j = 0; j < v_.columns(); ++j) {
            v_.copy_column(j, found.data());
            search.lock(found.data());
        }
        if (direction.size() == n_) search.start(direction.data());
        search.start_at_random(random_, std::min(block, n_ - v_.columns()));
        search.run(random_, left() - spent_on_each * wanted - highest);

        MatrixXd vectors(n_, search.available(false));
        std::vector<EigenvalueEstimate> values;
        for (Index i = 0; i < vectors.cols(); ++i) {
            values.push_back(search.measure(false, i, vectors.col(i).data()));
            scale_ = std::max(scale_, std::abs(values.back().value));
        }
        if (highest > 0 && search.available(true) > 0) {
            VectorXd top(n_);
            scale_ = std::max(scale_, std::abs(search.measure(true, 0, top.data()).value));
        }
        found_.products += search.products();
        found_.tolerance = std::max({options_.curvature_tolerance, 1e-8 * scale_, 50.0 * noise * scale_});
        const Index before = v_.columns();
        for (std::size_t i = 0; i < values.size(); ++i) {
            seen_.push_back(values[i].value);
            if (values[i].value < -found_.tolerance && values[i].residual <= 1e-5 * std::abs(values[i].value))
                add(vectors.col(static_cast<Index>(i)));
        }
        prove();
        all_negative_ = v_.columns() - before == wanted;
        return v_.columns() > before || values.empty() || !(values.front().value < -found_.tolerance);
    }

    /// Another column of V, and of V'AV by an explicit product.
    void add(VectorXd w) {
        const double length = v_.orthogonalize(w.data(), removed_);
        if (!(length > 0.5)) return;
        v_.append(w.data(), length);
        const Index k = v_.columns();
        VectorXd product(n_), along(k);
        v_.copy_column(k - 1, w.data());
        a_.apply(w.data(), product.data());
        ++found_.products;
        v_.project(product.data(), k, along.data());
        projected_.conservativeResize(k, k);
        projected_.col(k - 1) = along;
        projected_.row(k - 1) = along.transpose();
    }

    /// What V'AV proves.
    void prove() {
        if (v_.columns() == 0) return;
        const Eigen::SelfAdjointEigenSolver<MatrixXd> solver(projected_, Eigen::EigenvaluesOnly);
        found_.eigenvalues.clear();
        for (const double value : solver.eigenvalues())
            if (value < -found_.tolerance) found_.eigenvalues.push_back(value);
        found_.lower_bound = static_cast<Index>(found_.eigenvalues.size());
    }

    /// Whether there is curvature below -2 tau in what is orthogonal to V.
    CurvatureAnswer ask(VectorXd& direction) {
        if (left() < 3) return CurvatureAnswer::undecided;
        Columns v(n_, v_.columns());
        for (Index j = 0; j < v.cols(); ++j) v_.copy_column(j, v.column(j));
        const DeflatedOperator rest(a_, v);
        direction.resize(n_);
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
    Basis v_ = Basis(VectorSpace(n_, a_.communicator()));  // V, which belongs to negative curvature
    MatrixXd projected_;                                   // V'AV
    std::vector<double> removed_;
    std::vector<double> seen_;   // the eigenvalues found
    bool all_negative_ = false;  // those of the last round
    SaddleIndex found_;
};

}  // namespace

SaddleIndex saddle_index(OperatorRef a, const SaddleIndexOptions& options) {
    require_not_negative(function, "curvature_tolerance", options.curvature_tolerance);
    require_at_least(function, "most", options.most, 1);
    require_probability(function, "failure_probability", options.failure_probability);
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
