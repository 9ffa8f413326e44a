#pragma once

#include "hesse/autodiff/memory.hpp"
#include "losses/lstm.hpp"

#include <Eigen/Core>

#include <array>
#include <vector>

namespace hesse::bench::hand {

/// The long short-term memory of losses/lstm.hpp, differentiated by hand: all units of a layer side by side in
/// arrays of fixed size, what a step computed and its adjoints cached, R{.} the derivative along a direction.
class Lstm {
public:
    /// Throws std::invalid_argument if a layer has more than 16 units.
    explicit Lstm(const LstmData& data);

    double value(const double* theta);
    double gradient(const double* theta, double* g);
    void product(const double* v, double* Hv);

private:
    static constexpr int lanes = 16;
    using Units = Eigen::Array<double, lanes, 1>;

    /// A layer's weights and biases (or their adjoints, or tangents): of forget, accept, output and change.
    struct Layer {
        std::array<Units, 4> w, b;
    };
    struct Parameters {
        std::vector<Layer> layers;
        Units input, output, bias;
    };
    /// One layer in one step.
    struct Step {
        Units in, h0, c0;                              // what comes in: input, hidden and cell
        Units forget, accept, output, change, tanh_c;  // what is computed
        Units h_bar, c_bar;                            // adjoints of the new hidden and cell
    };
    struct Tangents {
        Units in, h0, c0, forget, accept, output, change, tanh_c;
    };

    [[nodiscard]] Parameters unpack(const double* theta) const;
    void pack(const Parameters& from, double* theta) const;
    [[nodiscard]] Parameters zero_parameters() const;
    [[nodiscard]] Units units(const double* from) const;
    double forward();
    Step& at(Index t, Index l) { return steps_[static_cast<std::size_t>(t * data_.layers + l)]; }

    const LstmData& data_;
    Index width_, predicted_;
    Parameters parameters_;
    std::vector<Step> steps_;
    std::vector<Tangents> tangents_;
    std::vector<Units> hidden_, rhidden_;  // of the top layer, after each step
    std::vector<Units> probabilities_;     // exp(y) / (2 + sum exp(y))
};

}  // namespace hesse::bench::hand
