// Rows of data from files: a million of them written one block after the other, mapped, and fitted without being loaded; the same from
// NumPy's files and from a table of comma-separated values.
#include <hesse/autodiff.hpp>
#include <hesse/data.hpp>
#include <hesse/hesse.hpp>

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using Eigen::MatrixXd, Eigen::VectorXd;
using hesse::Index, hesse::Rows;

namespace {

constexpr Index N = 1'000'000, width = 10;

/// Rows by a seeded generator; the last column is a plane through the others, with noise.
void write_rows(const std::string& path, const VectorXd& truth) {
    hesse::RandomGenerator random(1);
    // A file that need not fit into memory, written in blocks of rows. Until close() it goes by another name.
    hesse::MatrixWriter<> writer(path, width + 1);
    MatrixXd block(10'000, width + 1);
    while (writer.rows() < N) {
        for (Index i = 0; i < block.rows(); ++i) {
            for (Index j = 0; j < width; ++j) block(i, j) = random.normal();
            block(i, width) = block.row(i).head(width) * truth + random.normal();
        }
        writer.append(block);
    }
    writer.close();
}

/// The least squares fit of the last column by the others.
template <class Data>
VectorXd fit(const Data& data) {
    const auto residuals = [&](const auto& w, const Rows& rows) {
        const auto some = rows.of(data);
        return (some.leftCols(width) * w - some.col(width)).eval();
    };
    const auto f = hesse::least_squares_sum(data.rows(), residuals, width, {.average = true});
    return hesse::minimize(f, VectorXd::Zero(width), hesse::TrustRegion{}).x;
}

}  // namespace

int main() {
    const auto folder = std::filesystem::temp_directory_path() / "hesse_loading";
    std::filesystem::create_directories(folder);
    const std::string npy = folder / "rows.npy", npz = folder / "rows.npz", csv = folder / "rows.csv";
    const VectorXd truth = VectorXd::LinSpaced(width, -1.0, 1.0);
    write_rows(npy, truth);

    // Pages of the file are loaded as rows are asked for, and dropped where memory is short.
    const hesse::MappedMatrix<> mapped(npy);
    const auto x = mapped.view();
    hesse::require_finite_rows("rows.npy", x);
    const VectorXd w = fit(x);
    const double error = (w - truth).norm(), expected = std::sqrt(static_cast<double>(width) / N);
    std::printf("%td rows mapped: error of the plane %.2g, expected about %.2g\n", x.rows(), error, expected);

    // In memory, from NumPy's files: bit for bit the same.
    const hesse::DataMatrix<double> loaded = hesse::read_npy(npy);
    hesse::NpzWriter archive;
    archive.add("rows", loaded.topRows(1000));
    archive.write(npz);
    const hesse::DataMatrix<double> some = hesse::NpzFile(npz).read("rows");
    const bool same = fit(loaded) == w && some == loaded.topRows(1000);
    std::printf("loaded: %s\n", same ? "the same" : "something else");

    // A table, whose faults are named by line, row and column.
    std::ofstream(csv) << "a,b\n1,2.5\n3,oops\n";
    std::string message;
    try {
        (void)hesse::read_csv(csv);
    } catch (const std::invalid_argument& fault) {
        message = fault.what();
    }
    std::printf("%s\n", message.c_str());
    const hesse::Table table = hesse::read_csv(csv, {.missing = {"oops"}, .allow_not_finite = true});
    std::printf("column %s of %td rows: %g, %g\n", table.names[1].c_str(), table.values.rows(),
                table.values(0, 1), table.values(1, 1));

    std::filesystem::remove_all(folder);
    return same && error < 3.0 * expected && message.ends_with("column 1 ('b'): 'oops' is not a number") ? 0
                                                                                                         : 1;
}
