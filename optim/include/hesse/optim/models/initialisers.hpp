#pragma once

#include "hesse/autodiff/shapes.hpp"
#include "hesse/optim/random.hpp"

#include <functional>

namespace hesse {

/// How many numbers a unit of a layer takes in, and how many units one number goes out to.
struct Fans {
    Index in = 0, out = 0;
};

/// What a parameter of a model is before the first step: a rule that draws a matrix of any shape.
///
/// Weights of a dense layer are (out x in): their fans are their columns and rows. Weights of a convolution have a row a
/// channel and their fans are told by the layer. Costs one random number an entry; orthogonal ones a QR factorisation.
class Initialiser {
public:
    /// Writes a matrix of this shape to `out`, column by column.
    using Draw = std::function<void(RandomGenerator&, Shape, Fans, double* out)>;
    /// A rule of one's own. Throws std::invalid_argument if it is empty.
    explicit Initialiser(Draw draw);

    // All throw std::invalid_argument if their number is not finite, or a scale is negative.
    static Initialiser constant(double value);
    static Initialiser zeros() { return constant(0.0); }
    static Initialiser ones() { return constant(1.0); }
    /// Independent normal numbers of mean zero.
    static Initialiser normal(double standard_deviation);
    /// Independent numbers, uniform on (-bound, bound).
    static Initialiser uniform(double bound);

    /// Variance gain^2 2 / (in + out), which keeps that of signals and of gradients about equal from layer to layer where
    /// units are near linear: normal numbers, or uniform ones.
    /// Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010.
    static Initialiser glorot_normal(double gain = 1.0);
    static Initialiser glorot_uniform(double gain = 1.0);
    /// Variance gain^2 2 / in, which does so for signals where half the units are switched off, as by relu.
    /// He, Zhang, Ren and Sun, "Delving deep into rectifiers", ICCV 2015.
    static Initialiser he_normal(double gain = 1.0);
    static Initialiser he_uniform(double gain = 1.0);

    /// gain times a matrix with orthonormal columns, or rows if it has more columns: uniformly distributed among these, as
    /// Q of the QR factorisation of normal numbers with a positive diagonal of R. Costs 4 rows cols min(rows, cols).
    /// Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
    /// ICLR 2014; Mezzadri, Notices of the AMS 54 (2007) 592.
    static Initialiser orthogonal(double gain = 1.0);

    /// Draws a matrix. Throws std::invalid_argument if a rule needs fans that are not positive.
    void operator()(RandomGenerator& generator, Shape shape, Fans fans, double* out) const {
        draw_(generator, shape, fans, out);
    }

private:
    Draw draw_;
};

}  // namespace hesse
