#include <hesse/data.hpp>

#include <Eigen/Core>

int main() {
    hesse::write_npy("data.npy", Eigen::Vector3d(1, 2, 3));
    hesse::NpzWriter archive;
    archive.add("x", hesse::read_npy("data.npy"));
    archive.write("data.npz");
    return hesse::NpzFile("data.npz").read("x").sum() == 6.0 ? 0 : 1;
}
