// The pictures of docs/curvature.md: what each tool for curvature says, on small losses whose answers are known. The argument is
// the directory they are written to.
#include <hesse/degenerate_point.hpp>
#include <hesse/hesse.hpp>
#include <hesse/pictures.hpp>

#include <Eigen/Core>

#include <cmath>
#include <filesystem>
#include <iostream>
#include <numbers>
#include <string>

namespace fs = std::filesystem;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// n cosines, each coupled to its neighbour: near every point of {0, pi}^n a critical point, whose index counts the zeros.
auto coupled_cosines(Eigen::Index n) {
    return hesse::objective(
        [n](const auto& x) {
            return cos(x).sum() + 0.05 * (x.head(n - 1).array() * x.tail(n - 1).array()).sum();
        },
        n);
}

VectorXd near_index(Eigen::Index n, Eigen::Index index) {
    VectorXd x = VectorXd::Constant(n, std::numbers::pi);
    x.head(index).setZero();
    return x;
}

void eigenvalues(const fs::path& directory) {
    const auto f = coupled_cosines(1000);
    const auto at = f.linearize(near_index(1000, 5));
    hesse::EigenpairsOptions options;
    options.lowest = 8;
    options.highest = 4;
    const hesse::Eigenpairs ends = hesse::eigenpairs(at.hessian(), options);
    draw_eigenvalues(ends, directory, "eigenvalues");

    const MatrixXd lowest = ends.lowest.vectors.matrix().leftCols(6);
    draw_along(f, near_index(1000, 5), lowest, 2.0, directory, "along_eigenvectors");

    const hesse::SpectralDensity density = hesse::spectral_density(at.hessian());
    draw_density(density, directory, "density");
    const hesse::TraceEstimate trace = hesse::trace_estimate(at.hessian());
    const hesse::LogDeterminantEstimate log_det = hesse::log_determinant_estimate(at.hessian());
    const hesse::ConditionNumber condition = hesse::condition_number(at.hessian());
    std::cout << "trace " << trace.value << " +- " << trace.standard_error << ", log |det H| "
              << log_det.value << " +- " << log_det.standard_error << ", condition number " << condition.value
              << '\n';
}

void preconditioned() {
    // Without a preconditioner the lowest eigenvalues of a graded matrix are the hardest.
    const Eigen::Index n = 2000;
    const VectorXd d =
        Eigen::VectorXd::LinSpaced(n, 0.0, 6.0).unaryExpr([](double t) { return std::pow(10.0, t); });
    struct Graded {
        const VectorXd& d;
        Eigen::Index rows() const { return d.size(); }
        void apply(const Eigen::Ref<const VectorXd>& in, Eigen::Ref<VectorXd> out) const {
            out = d.cwiseProduct(in);
            out.head(in.size() - 1) += 0.1 * in.tail(in.size() - 1);
            out.tail(in.size() - 1) += 0.1 * in.head(in.size() - 1);
        }
    };
    const Graded a{d};
    const hesse::JacobiPreconditioner preconditioner(d);
    hesse::LobpcgOptions options;
    options.count = 4;
    const hesse::LobpcgResult lowest = hesse::lobpcg(a, preconditioner, options);
    for (const auto& value : lowest.values) std::cout << value.value << " +- " << value.error_bound << '\n';
    std::cout << lowest.products << " products\n";
}

/// How a certificate tightens: what the lowest eigenvalue is seen to be, and what it is proved not to be below.
void certificate(const fs::path& directory) {
    const Eigen::Index n = 20'000;
    const VectorXd d = VectorXd::LinSpaced(n, 0.05, 1.0);
    const auto a = d.asDiagonal();
    hesse::PictureData data{{"products", "lowest_seen", "lower_bound"}, {}};
    for (Eigen::Index products = 8; products <= 40; products += 2) {
        hesse::MinimumEigenvalueOptions options;
        options.epsilon = 1e-12;  // more than the products can prove
        options.max_products = products;
        const hesse::MinimumEigenpair found = hesse::minimum_eigenvalue(a, options);
        data.rows.push_back(
            {static_cast<double>(products), found.curvature, std::max(-1.0, found.lower_bound)});
    }
    draw(directory, "certificate", data,
         "set xlabel 'products'\nset ylabel 'eigenvalue'\nset key bottom right\n"
         "plot $data using 1:2 with linespoints lt 1 pt 7 title 'lowest seen', "
         "$data using 1:3 with linespoints lt 2 pt 5 title 'all are above, with probability 0.99', "
         "0.05 with lines lt 3 dt 2 title 'truth', 0 with lines lc rgb '#444444' notitle");
}

void verdict(const fs::path& directory) {
    const auto loss = [](const auto& w) {  // one weight in each layer: 1 is to become 1
        const auto r = 1.0 - w[0] * w[1];
        return r * r;
    };
    const auto f = hesse::objective(loss, 2, hesse::scalars);
    const VectorXd zero = VectorXd::Zero(2);
    const hesse::CriticalPoint point = classify(f, zero, hesse::higher_orders);
    std::cout << point << '\n' << to_json(point) << '\n';
    draw_plane(f, zero, VectorXd{{1.0, 0.0}}, VectorXd{{0.0, 1.0}}, 1.6, directory, "plane");

    hesse::ClassifyOptions options;
    options.bound_index = true;
    const auto g = coupled_cosines(1000);
    const hesse::FoundCriticalPoint polished = find_critical_point(g, near_index(1000, 5));
    std::cout << classify(g, polished.x, options) << '\n';
}

/// Peano's surface along a line, and along the curve that the verdict gives.
void degenerate(const fs::path& directory) {
    const auto peano = [](const auto& y) {
        const auto square = y[0] * y[0];
        return (y[1] - square) * (y[1] - 3.0 * square);
    };
    const auto f = hesse::objective(peano, 2, hesse::scalars);
    const VectorXd zero = VectorXd::Zero(2);
    const hesse::CriticalPoint point = classify(f, zero, hesse::higher_orders);
    std::cout << point << '\n';
    const hesse::DegeneratePoint& higher = *point.higher_order;
    hesse::PictureData data{{"t", "line", "curve"}, {}};
    for (int k = -100; k <= 100; ++k) {
        const double t = 0.01 * k;
        data.rows.push_back({t, f.value(VectorXd{{t, 0.0}}), f.value(higher.curve(zero, t))});
    }
    draw(directory, "degenerate", data,
         "set xlabel 't'\nset ylabel 'loss'\nset yrange [-1:1.5]\nset xzeroaxis lc rgb '#444444'\n"
         "plot $data using 1:2 with lines lt 1 title 'along (t, 0)', "
         "$data using 1:3 with lines lt 2 title 'along the curve of the verdict'");
}

/// Two minima of the same value, one sharper than the other.
void flat_and_sharp(const fs::path& directory) {
    const auto loss = [](const auto& x) {
        return (x[0] * x[0]) * 0.5 + 50.0 * (x[1] * x[1]) + 0.1 * pow(x[0], 4);
    };
    const auto f = hesse::objective(loss, 2, hesse::scalars);
    const VectorXd x = VectorXd::Zero(2);
    const hesse::Flatness measured = flatness(f, x);
    std::cout << "highest eigenvalue " << measured.highest.value << ", trace " << measured.trace.value
              << ", sharpness " << measured.sharpness << " within " << measured.radius << '\n';
    draw_along(f, x, MatrixXd::Identity(2, 2), 0.5, directory, "flatness");
}

void landscape(const fs::path& directory) {
    // The surface of Müller and Brown (1979), on which searches for saddles are tried.
    const auto surface = [](const auto& x) {
        const double A[] = {-200, -100, -170, 15}, a[] = {-1, -1, -6.5, 0.7}, b[] = {0, 0, 11, 0.6};
        const double c[] = {-10, -10, -6.5, 0.7}, X[] = {1, 0, -0.5, -1}, Y[] = {0, 0.5, 1.5, 1};
        typename std::decay_t<decltype(x)>::Scalar sum = 0;
        for (int i = 0; i < 4; ++i) {
            const auto u = x[0] - X[i], v = x[1] - Y[i];
            sum += A[i] * exp(a[i] * u * u + b[i] * u * v + c[i] * v * v);
        }
        return sum;
    };
    const auto f = hesse::objective(surface, 2, hesse::scalars);
    const VectorXd lower{{-1.5, -0.4}}, upper{{1.2, 2.0}};
    const hesse::LandscapeMap map = map_landscape(f, lower, upper);
    std::cout << map << '\n';
    draw_landscape(f, map, directory, "landscape");

    const hesse::FoundSaddle saddle = find_saddle(f, VectorXd{{-0.75, 0.9}});
    const hesse::FoundSaddle ascended = saddle_dynamics(f, VectorXd{{-0.75, 0.9}});
    std::cout << "from above to (" << saddle.x.transpose() << ") and (" << ascended.x.transpose() << ")\n";

    // The same in 1000 dimensions: a saddle of index 6, and another one after it is deflated.
    const auto g = coupled_cosines(1000);
    hesse::SaddleSearchOptions options;
    options.index = 6;
    const hesse::FoundSaddle sixth =
        find_saddle(g, near_index(1000, 6) + VectorXd::LinSpaced(1000, -0.1, 0.1), options);
    hesse::CriticalPointSearchOptions away;
    away.deflation_length = 50.0;
    away.radius = 3.0;
    const hesse::FoundCriticalPoint other =
        find_critical_point(g, near_index(1000, 6), away, hesse::Columns(sixth.x));
    std::cout << sixth.index << "\nanother one: " << other.index << '\n';
}

int main(int count, char** arguments) {
    const fs::path directory =
        count > 1 ? fs::path(arguments[1]) : fs::temp_directory_path() / "hesse_pictures";
    eigenvalues(directory);
    preconditioned();
    certificate(directory);
    verdict(directory);
    degenerate(directory);
    flat_and_sharp(directory);
    landscape(directory);
    std::cout << "pictures in " << directory << '\n';
    return 0;
}
