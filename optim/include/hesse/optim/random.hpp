#pragma once

#include "hesse/autodiff/memory.hpp"
#include "hesse/optim/vector_space.hpp"

#include <cstdint>
#include <iosfwd>
#include <random>

namespace hesse {

/// The only source of random numbers in `optim`: a seeded Mersenne twister with transforms of our own,
/// because those of the standard library differ between implementations. The same seed gives the same
/// numbers. A copy is an independent twin that goes on from the same place.
class RandomGenerator {
public:
    explicit RandomGenerator(std::uint64_t seed = 0) : engine_(seed), seed_(seed) {}

    [[nodiscard]] std::uint64_t seed() const { return seed_; }

    std::uint64_t bits() { return engine_(); }

    /// Uniform on the open interval (0, 1): an odd multiple of 2^-53.
    double uniform();

    /// Uniform on {0, ..., bound - 1}, without bias. Throws std::invalid_argument unless bound >= 1.
    Index below(Index bound);

    /// A standard normal number: the polar method of Marsaglia and Bray, SIAM Review 6 (1964) 260.
    double normal();

    /// x (n) = independent standard normal numbers.
    void normal(const VectorSpace& space, double* x);

    /// x (n) = independent random signs, 1 or -1.
    void signs(const VectorSpace& space, double* x);

    /// x (n) = a point of the unit sphere, uniformly distributed.
    void unit_vector(const VectorSpace& space, double* x);

    /// x (n) = a point of the ball around zero, uniformly distributed: the radius is radius U^(1/n), so that
    /// in many dimensions nearly every point lies close to the sphere.
    /// Throws std::invalid_argument unless radius is finite and not negative.
    void in_ball(const VectorSpace& space, double radius, double* x);

    friend bool operator==(const RandomGenerator& a, const RandomGenerator& b);

    /// The whole state as words of text on one line; reading it back goes on exactly where it was. Reading
    /// sets the stream's failbit, and leaves the generator as it was, if the text is not such a state.
    friend std::ostream& operator<<(std::ostream& out, const RandomGenerator& generator);
    friend std::istream& operator>>(std::istream& in, RandomGenerator& generator);

private:
    std::mt19937_64 engine_;
    std::uint64_t seed_;
    double spare_ = 0.0;  // normal numbers come in pairs
    bool has_spare_ = false;
};

}  // namespace hesse
