#pragma once

#include <cmath>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

/// Arms, springs, balls and atoms, for any scalar.
namespace programs {

template <class T>
struct Point {
    T x{}, y{}, z{};

    Point& operator+=(const Point& other) {
        x += other.x;
        y += other.y;
        z += other.z;
        return *this;
    }
    friend Point operator+(Point a, const Point& b) { return a += b; }
    friend Point operator-(const Point& a, const Point& b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend Point operator*(const T& s, const Point& p) { return {s * p.x, s * p.y, s * p.z}; }
};
template <class T>
T squared_length(const Point<T>& p) {
    return p.x * p.x + p.y * p.y + p.z * p.z;
}

/// A link of an arm: where it carries a point that is given in its own frame.
template <class T>
class Link {
public:
    virtual ~Link() = default;
    [[nodiscard]] virtual Point<T> carry(const Point<T>& p) const = 0;
};
template <class T>
class Hinge : public Link<T> {
public:
    enum class Axis { x, z };
    Hinge(Axis axis, T angle) : axis_(axis), angle_(std::move(angle)) {}
    [[nodiscard]] Point<T> carry(const Point<T>& p) const override {
        using std::cos;
        using std::sin;
        const T c = cos(angle_), s = sin(angle_);
        return axis_ == Axis::z ? Point<T>{c * p.x - s * p.y, s * p.x + c * p.y, p.z}
                                : Point<T>{p.x, c * p.y - s * p.z, s * p.y + c * p.z};
    }

private:
    Axis axis_;
    T angle_;
};
template <class T>
class Bone : public Link<T> {
public:
    explicit Bone(T length) : length_(std::move(length)) {}
    [[nodiscard]] Point<T> carry(const Point<T>& p) const override { return {p.x + length_, p.y, p.z}; }

private:
    T length_;
};

template <class T>
class Arm {
public:
    template <class Part, class... Args>
    Arm& add(Args&&... args) {
        links_.push_back(std::make_unique<Part>(std::forward<Args>(args)...));
        return *this;
    }
    [[nodiscard]] Point<T> tip() const {
        Point<T> p;
        for (std::size_t i = links_.size(); i-- > 0;) p = links_[i]->carry(p);
        return p;
    }

private:
    std::vector<std::unique_ptr<Link<T>>> links_;
};

/// How far the tip of a hand with three hinges is from a target; joint angles beyond the limits cost more.
template <class T>
T reaching_cost(const std::vector<T>& angles, const std::vector<T>& lengths, const Point<T>& target) {
    Arm<T> arm;
    arm.template add<Hinge<T>>(Hinge<T>::Axis::z, angles[0]).template add<Bone<T>>(lengths[0]);
    arm.template add<Hinge<T>>(Hinge<T>::Axis::x, angles[1]).template add<Bone<T>>(lengths[1]);
    arm.template add<Hinge<T>>(Hinge<T>::Axis::z, angles[2]).template add<Bone<T>>(lengths[2]);
    T cost = squared_length(arm.tip() - target);
    for (const T& angle : angles) {
        T beyond = angle > 1.0 ? angle - 1.0 : angle < -1.0 ? -1.0 - angle : 0.0;
        cost += 10 * beyond * beyond;
    }
    return cost;
}

/// Masses on springs above a floor that pushes back, by semi-implicit Euler steps.
template <class T>
struct Body {
    Point<T> position, velocity;
    T mass = 1;
};
template <class T>
class World {
public:
    std::vector<Body<T>> bodies;
    struct Spring {
        std::size_t a, b;
        T rest, stiffness;
    };
    std::vector<Spring> springs;
    double gravity = 9.81;

    void step(double dt) {
        using std::sqrt;
        std::vector<Point<T>> forces(bodies.size());
        for (std::size_t i = 0; i < bodies.size(); ++i) forces[i].z -= bodies[i].mass * gravity;
        for (const auto& [a, b, rest, stiffness] : springs) {
            const Point<T> d = bodies[b].position - bodies[a].position;
            const T length = sqrt(squared_length(d));
            const Point<T> pull = T(stiffness * (length - rest) / length) * d;
            forces[a] += pull;
            forces[b] += T(-1) * pull;
        }
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            auto& body = bodies[i];
            if (body.position.z < 0) {
                forces[i].z -= 400 * body.position.z;
                if (body.velocity.z < 0) forces[i].z -= 2 * body.velocity.z;
            }
            body.velocity += T(dt / body.mass) * forces[i];
            body.position += T(dt) * body.velocity;
        }
    }
    [[nodiscard]] T energy() const {
        T sum = 0;
        for (const auto& body : bodies) {
            sum += 0.5 * body.mass * squared_length(body.velocity) + body.mass * gravity * body.position.z;
        }
        return sum;
    }
};

/// The energy of a cluster of atoms, 4 (r^-12 - r^-6) a pair, cut off and shifted.
template <class T>
T lennard_jones(const std::vector<Point<T>>& atoms, double cutoff) {
    const auto pair_energy = [](const auto& inverse_squared) {
        const auto sixth = inverse_squared * inverse_squared * inverse_squared;
        return 4 * (sixth * sixth - sixth);
    };
    const double shift = pair_energy(1 / (cutoff * cutoff));
    T energy{};
    for (std::size_t i = 0; i < atoms.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const T r2 = squared_length(atoms[i] - atoms[j]);
            if (r2 >= cutoff * cutoff) continue;
            energy += pair_energy(T(1) / r2) - shift;
        }
    }
    return energy;
}

}  // namespace programs
