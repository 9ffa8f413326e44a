#include <hesse/hesse.hpp>

int main() { return 0; }
