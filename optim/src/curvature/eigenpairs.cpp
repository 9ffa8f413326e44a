#include "hesse/optim/curvature/eigenpairs.hpp"

#include "eigenpair_options.hpp"
#include "hesse/optim/curvature/symmetry.hpp"
#include "hesse/optim/random.hpp"
#include "thick_restart.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace hesse {

bool EigenpairsAtEnd::converged() const {
    return std::all_of(values.begin(), values.end(), [](const auto& value) { return value.converged; });
}

namespace {

constexpr const char* function = "eigenpairs";

void check(OperatorRef a, const EigenpairsOptions& options) {
    const Index n = a.rows();
    const auto at_most_n = [&](const char* name, Index count) {
        if (count < 0 || count > n)
            throw std::invalid_argument(
                fmt::format("{}: {} is {}, expected at least 0 and at most the {} rows of the operator",
                            function, name, count, n));
    };
    const Index wanted = options.lowest + options.highest;
    require_options(function, a, options, 3 + wanted);
    require_not_negative(function, "norm_tolerance", options.norm_tolerance);
    at_most_n("lowest", options.lowest);
    at_most_n("highest", options.highest);
    if (wanted == 0)
        throw std::invalid_argument(
            fmt::format("{}: lowest and highest are 0, expected at least one eigenvalue", function));
    require_at_least(function, "block", options.block, 1);
    if (options.basis_columns != 0)
        require_at_least(function, "basis_columns", options.basis_columns, std::min(n, wanted + 2));
    if (options.start.cols() == 0) return;
    if (options.start.rows() != n)
        throw std::invalid_argument(fmt::format("{}: start has {} rows, expected the {} of the operator",
                                                function, options.start.rows(), n));
    if (!options.start.matrix().allFinite())
        throw std::invalid_argument(fmt::format("{}: start has an entry that is not finite", function));
}

class Search {
public:
    Search(OperatorRef a, const EigenpairsOptions& options)
        : a_(a), options_(options), random_(options.seed), n_(a.rows()) {}

    Eigenpairs run() {
        if (options_.check_symmetry) {
            require_symmetric(function, a_, random_, options_.precision);
            found_.products = 2;
        }
        ThickRestart lanczos(function, a_, rule(), options_.lowest, options_.highest, columns());
        begin(lanczos);
        lanczos.run(random_, left() - options_.lowest - options_.highest);
        take(lanczos, false, found_.lowest);
        take(lanczos, true, found_.highest);
        found_.products += lanczos.products();
        found_.restarts = lanczos.restarts();
        if (options_.search_multiplicity && found_.converged()) {
            const Index before = found_.products;
            found_.multiplicity_searched = search_multiplicity();
            found_.products_of_search = found_.products - before;
        }
        return std::move(found_);
    }

private:
    [[nodiscard]] ConvergenceRule rule() const {
        return {options_.tolerance, options_.norm_tolerance, options_.precision};
    }
    [[nodiscard]] Index left() const { return options_.max_products - found_.products; }
    [[nodiscard]] Index columns() const {
        if (options_.basis_columns != 0) return std::min(options_.basis_columns, n_);
        return basis_columns(n_, options_.lowest + options_.highest, options_.memory);
    }

    /// Vectors that are given start the block, random mixtures of them if they are more than that.
    void begin(ThickRestart& lanczos) {
        const Index given = options_.start.cols();
        const Index block = std::min({options_.block, n_, std::max<Index>(1, columns() / 4)});
        Eigen::VectorXd mixture(n_);
        for (Index j = 0; j < std::min(block, given); ++j) {
            if (given <= block) {
                mixture = options_.start.col(j);
            } else {
                mixture.setZero();
                for (Index i = 0; i < given; ++i) mixture += random_.normal() * options_.start.col(i);
            }
            lanczos.start(mixture.data());
        }
        lanczos.start_at_random(random_, block);
    }

    void take(ThickRestart& lanczos, bool highest, EigenpairsAtEnd& end) {
        const Index count = lanczos.available(highest);
        end.vectors = Columns(n_, count);
        for (Index i = 0; i < count; ++i)
            end.values.push_back(lanczos.measure(highest, i, end.vectors.column(i)));
    }

    /// Whether it came to its end: from starts orthogonal to all that is known, nothing further out is found.
    bool search_multiplicity() {
        Eigen::MatrixXd known(n_, found_.lowest.vectors.cols() + found_.highest.vectors.cols());
        known << found_.lowest.vectors.matrix(), found_.highest.vectors.matrix();
        const Index low = options_.lowest > 0, high = options_.highest > 0;
        for (;;) {
            if (left() < 3 + low + high) return false;
            ThickRestart lanczos(function, a_, rule(), low, high, columns());
            for (Index j = 0; j < known.cols(); ++j) lanczos.lock(known.col(j).data());
            if (known.cols() >= n_) return true;
            lanczos.start_at_random(random_, 1);
            lanczos.run(random_, left() - low - high);
            bool more = false, converged = true;
            for (const bool highest : {false, true}) {
                if (lanczos.available(highest) == 0) continue;
                EigenpairsAtEnd& end = highest ? found_.highest : found_.lowest;
                Eigen::VectorXd vector(n_);
                const EigenvalueEstimate estimate = lanczos.measure(highest, 0, vector.data());
                converged = converged && estimate.converged;
                if (!insert(end, estimate, vector, highest)) continue;
                known.conservativeResize(Eigen::NoChange, known.cols() + 1);
                known.rightCols(1) = vector;
                more = true;
            }
            found_.products += lanczos.products();
            if (!more) return converged;
        }
    }

    /// Among those at an end, if it is further out than the last of them, which it displaces.
    static bool insert(EigenpairsAtEnd& end, const EigenvalueEstimate& estimate,
                       const Eigen::VectorXd& vector, bool highest) {
        const double sign = highest ? -1.0 : 1.0;
        const auto out = [sign](const EigenvalueEstimate& x) { return sign * x.value; };
        const EigenvalueEstimate& last = end.values.back();
        if (!(out(estimate) < out(last) - last.error_bound - estimate.error_bound)) return false;
        std::size_t i = end.values.size() - 1;
        for (; i > 0 && out(end.values[i - 1]) > out(estimate); --i) {
            end.values[i] = end.values[i - 1];
            std::copy_n(end.vectors.column(static_cast<Index>(i) - 1), vector.size(),
                        end.vectors.column(static_cast<Index>(i)));
        }
        end.values[i] = estimate;
        std::copy_n(vector.data(), vector.size(), end.vectors.column(static_cast<Index>(i)));
        return true;
    }

    OperatorRef a_;
    const EigenpairsOptions& options_;
    RandomGenerator random_;
    Index n_;
    Eigenpairs found_;
};

}  // namespace

Eigenpairs eigenpairs(OperatorRef a, const EigenpairsOptions& options) {
    check(a, options);
    return Search(a, options).run();
}

}  // namespace hesse
