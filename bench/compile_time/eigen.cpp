#include <Eigen/Dense>

int main() { return 0; }
