#pragma once

#include "hesse/optim/models/initialisers.hpp"
#include "hesse/optim/parameter_groups.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hesse {

/// One array of parameters of a model.
struct DeclaredParameter {
    std::string name;  // as "block 2/attention/weights"
    Segment where;     // in the vector of all
    Shape shape;
    Fans fans;
    Initialiser initialiser;
};

/// How far a model has read: so many arrays, so many checkpoints.
struct ParameterPlace {
    std::size_t parameters = 0, checkpoints = 0;
};

/// The parameters of a model in the order in which it reads them; written down by the model itself (see model.hpp).
class ParameterList {
public:
    /// Number of all parameters.
    [[nodiscard]] Index size() const { return size_; }
    [[nodiscard]] const std::vector<DeclaredParameter>& all() const { return all_; }

    /// Where the array of this name is. Throws std::invalid_argument if there is none.
    [[nodiscard]] Segment operator[](std::string_view name) const;
    /// Where all arrays are whose name ends so, after the last '/': `ending_in("bias")`, for groups of parameters.
    [[nodiscard]] std::vector<Segment> ending_in(std::string_view last) const;

    /// x (n) = initial values, drawn array by array in order.
    void initialise(RandomGenerator& generator, double* x) const;

    // ------------------------------------------------------------------------------ what declares and reads

    /// Appends an array, scope + name. Fans of zero are those of the shape. Throws std::invalid_argument if the name is there
    /// already, or the shape has no entries.
    void add(std::string_view scope, std::string_view name, Shape shape, const Initialiser& initialiser,
             Fans fans);
    /// A checkpoint begins after what was added until now, or ends; returns its number, by which it is ended.
    std::size_t begin_checkpoint();
    void end_checkpoint(std::size_t number);

    /// The next array; moves on. Throws std::invalid_argument if it has another name or shape, or there is none left.
    [[nodiscard]] const DeclaredParameter& next(ParameterPlace& place, std::string_view scope,
                                                std::string_view name, Shape shape) const;
    /// Where what the next checkpoint reads is, and the place in it and after it.
    struct Checkpointed {
        Segment where;
        ParameterPlace inside, after;
    };
    [[nodiscard]] Checkpointed next_checkpoint(const ParameterPlace& place) const;
    /// Throws std::invalid_argument unless all were read.
    void require_all_read(const ParameterPlace& place) const;

private:
    struct Extent {
        ParameterPlace begin, end;
    };
    [[nodiscard]] Index first(std::size_t parameter) const {
        return parameter < all_.size() ? all_[parameter].where.first : size_;
    }

    std::vector<DeclaredParameter> all_;
    std::vector<Extent> checkpoints_;
    Index size_ = 0;
};

}  // namespace hesse
