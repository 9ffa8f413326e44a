#include "hesse/optim/random.hpp"

#include <bit>
#include <cmath>
#include <istream>
#include <locale>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace hesse {

double RandomGenerator::uniform() { return (static_cast<double>(engine_() >> 12) + 0.5) * 0x1p-52; }

Index RandomGenerator::below(Index bound) {
    if (bound < 1)
        throw std::invalid_argument("RandomGenerator::below: bound is " + std::to_string(bound) +
                                    ", expected at least 1");
    const auto range = static_cast<std::uint64_t>(bound);
    const std::uint64_t rejected = (0 - range) % range;  // 2^64 mod range: the numbers too many
    std::uint64_t drawn = engine_();
    while (drawn < rejected) drawn = engine_();
    return static_cast<Index>(drawn % range);
}

double RandomGenerator::normal() {
    if (has_spare_) {
        has_spare_ = false;
        return spare_;
    }
    double u = 0.0, v = 0.0, square = 0.0;
    do {
        u = 2.0 * uniform() - 1.0;
        v = 2.0 * uniform() - 1.0;
        square = u * u + v * v;
    } while (square >= 1.0 || square == 0.0);
    const double factor = std::sqrt(-2.0 * std::log(square) / square);
    spare_ = v * factor;
    has_spare_ = true;
    return u * factor;
}

void RandomGenerator::normal(const VectorSpace& space, double* x) {
    for (Index i = 0; i < space.dimension(); ++i) x[i] = normal();
}

void RandomGenerator::signs(const VectorSpace& space, double* x) {
    std::uint64_t bits = 0;
    for (Index i = 0; i < space.dimension(); ++i) {
        if (i % 64 == 0) bits = engine_();
        x[i] = (bits >> (i % 64)) & 1u ? 1.0 : -1.0;
    }
}

void RandomGenerator::unit_vector(const VectorSpace& space, double* x) {
    double length = 0.0;
    do {
        normal(space, x);
        length = space.norm(x);
    } while (length == 0.0);
    space.scale(1.0 / length, x);
}

void RandomGenerator::in_ball(const VectorSpace& space, double radius, double* x) {
    if (!(radius >= 0.0) || std::isinf(radius))
        throw std::invalid_argument("RandomGenerator::in_ball: radius is " + std::to_string(radius) +
                                    ", expected a finite number that is not negative");
    unit_vector(space, x);
    space.scale(radius * std::pow(uniform(), 1.0 / static_cast<double>(space.dimension())), x);
}

bool operator==(const RandomGenerator& a, const RandomGenerator& b) {
    return a.engine_ == b.engine_ && a.seed_ == b.seed_ && a.has_spare_ == b.has_spare_ &&
           (!a.has_spare_ || a.spare_ == b.spare_);
}

std::ostream& operator<<(std::ostream& out, const RandomGenerator& generator) {
    std::ostringstream text;
    text.imbue(std::locale::classic());  // no grouping of digits, whatever the user's locale
    const double spare = generator.has_spare_ ? generator.spare_ : 0.0;
    text << "hesse-random 1 " << generator.seed_ << ' ' << generator.has_spare_ << ' '
         << std::bit_cast<std::uint64_t>(spare) << ' ' << generator.engine_ << " end";
    return out << text.str();
}

std::istream& operator>>(std::istream& in, RandomGenerator& generator) {
    std::string word, state;
    in >> word;
    if (word != "hesse-random") in.setstate(std::ios::failbit);
    // The number of words of an engine's state is the implementation's own, hence the closing word.
    for (int words = 0; in >> word && word != "end"; state += word + ' ')
        if (++words > 1000) in.setstate(std::ios::failbit);
    if (!in) return in;

    std::istringstream text(state);
    text.imbue(std::locale::classic());
    RandomGenerator read(0);
    int version = 0;
    std::uint64_t spare = 0;
    text >> version >> read.seed_ >> read.has_spare_ >> spare >> read.engine_;
    if (!text || version != 1 || !(text >> std::ws).eof()) {
        in.setstate(std::ios::failbit);
        return in;
    }
    read.spare_ = std::bit_cast<double>(spare);
    generator = read;
    return in;
}

}  // namespace hesse
