#include "digits.hpp"

#include <Eigen/Eigenvalues>

#include <charconv>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace demo {
namespace {

constexpr Eigen::Index pixels = 64;
constexpr double brightest = 16.0;

/// Appends the numbers of a line; false unless they are the pixels and a class, separated by commas.
bool read_line(std::string_view line, std::vector<double>& out) {
    const char* at = line.data();
    const char* const end = at + line.size();
    for (Eigen::Index k = 0; k <= pixels; ++k) {
        int number = 0;
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc() || number < 0) return false;
        if (k < pixels) out.push_back(number);
        if (k == pixels) return next == end || *next == '\r';
        if (next == end || *next != ',') return false;
        at = next + 1;
    }
    return false;
}

}  // namespace

Eigen::MatrixXd read_digits(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("read_digits: cannot open '" + path + "'");
    std::vector<double> numbers;
    std::string line;
    for (int row = 1; std::getline(file, line); ++row) {
        if (!read_line(line, numbers))
            throw std::runtime_error("read_digits: line " + std::to_string(row) + " of '" + path +
                                     "' does not hold 64 pixels and a class");
    }
    if (numbers.empty()) throw std::runtime_error("read_digits: '" + path + "' is empty");

    const auto count = static_cast<Eigen::Index>(numbers.size()) / pixels;
    Eigen::MatrixXd images = Eigen::Map<const Eigen::MatrixXd>(numbers.data(), pixels, count) / brightest;
    const Eigen::VectorXd mean = images.rowwise().mean();
    images.colwise() -= mean;
    return images;
}

Eigen::VectorXd covariance_eigenvalues(const Eigen::MatrixXd& images) {
    const Eigen::MatrixXd covariance = images * images.transpose() / static_cast<double>(images.cols());
    return Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd>(covariance, Eigen::EigenvaluesOnly).eigenvalues();
}

}  // namespace demo
