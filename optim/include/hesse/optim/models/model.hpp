#pragma once

#include "hesse/autodiff/checkpoint.hpp"
#include "hesse/autodiff/matrix.hpp"
#include "hesse/optim/models/parameter_list.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

/// A loss, or any function of parameters, that asks for these where it needs them, instead of cutting up a vector:
///
///     const auto network = hesse::model([&](const auto& p) {
///         const auto hidden = hesse::dense(p.in("hidden"), inputs, 64, hesse::Tanh{});
///         const auto output = hesse::dense(p.in("output"), hidden, 10);
///         return mean(hesse::cross_entropy(output, labels));
///     });
///     const auto f = hesse::objective(network, network.size());
///     const Eigen::VectorXd start = network.initial(1);
///
/// The function is run once on zeros, and what it asks for is written down: number, layout and initial values of the
/// parameters come from the same lines that use them.
namespace hesse {

/// What a model is handed to ask for its parameters: first to write them down, on zeros.
class DeclaringParameters {
public:
    using Scalar = double;

    DeclaringParameters(ParameterList& list, std::string scope) : list_(&list), scope_(std::move(scope)) {}

    /// The next array of parameters (rows x cols), of a name that no other has. Arrays are told apart by their order, and that is
    /// checked by their names: two that are read in one expression, `f(p) + g(p)`, may come in either order.
    [[nodiscard]] auto take(std::string_view name, Shape shape,
                            const Initialiser& initialiser = Initialiser::glorot_uniform(),
                            Fans fans = {}) const {
        list_->add(scope_, name, shape, initialiser, fans);
        return Matrix<double>(shape.rows, shape.cols).expression();
    }
    /// The same parameters, with names that begin so: a layer's.
    [[nodiscard]] DeclaringParameters in(std::string_view name) const {
        return {*list_, scope_ + std::string(name) + '/'};
    }
    /// body(p, inputs...), of which only the result is recorded: see checkpoint.hpp. Inputs are all that depends on the
    /// parameters; the body may capture data, by value or such that outlives the model.
    template <class Body, class... X>
    auto checkpoint(const Body& body, const X&... inputs) const {
        const std::size_t number = list_->begin_checkpoint();
        auto result = body(*this, inputs...);
        list_->end_checkpoint(number);
        return result;
    }

private:
    ParameterList* list_;
    std::string scope_;
};

/// And then to read them, from a vector of numbers or variables, `theta`, which begins at entry `first` of all parameters.
template <ArrayLike Theta>
class ReadingParameters {
public:
    using Scalar = typename Theta::Scalar;

    ReadingParameters(const ParameterList& list, const Theta& theta, Index first, ParameterPlace& place,
                      std::string scope)
        : list_(&list), theta_(&theta), first_(first), place_(&place), scope_(std::move(scope)) {}

    [[nodiscard]] auto take(std::string_view name, Shape shape) const {
        const DeclaredParameter& declared = list_->next(*place_, scope_, name, shape);
        return theta_->segment(declared.where.first - first_, declared.where.count)
            .reshaped(shape.rows, shape.cols);
    }
    [[nodiscard]] auto take(std::string_view name, Shape shape, const Initialiser&, Fans = {}) const {
        return take(name, shape);
    }
    [[nodiscard]] ReadingParameters in(std::string_view name) const {
        return {*list_, *theta_, first_, *place_, scope_ + std::string(name) + '/'};
    }

    template <class Body, class... X>
    auto checkpoint(const Body& body, const X&... inputs) const {
        const auto part = list_->next_checkpoint(*place_);
        *place_ = part.after;
        return hesse::checkpoint(
            [body, list = list_, part, scope = scope_](const auto& theta, const auto&... x) {
                ParameterPlace place = part.inside;
                using Part = std::remove_cvref_t<decltype(theta)>;
                return body(ReadingParameters<Part>(*list, theta, part.where.first, place, scope), x...);
            },
            theta_->segment(part.where.first - first_, part.where.count), inputs...);
    }

private:
    const ParameterList* list_;
    const Theta* theta_;
    Index first_;
    ParameterPlace* place_;
    std::string scope_;
};

/// A function of parameters, `body(p)`, which are known by name; a loss for `objective`, or what `vector_function` takes.
/// Copies share the list.
template <class Body>
class Model {
public:
    /// Runs the body once, on zeros and with these data.
    template <class... Data>
    explicit Model(Body body, const Data&... data) : body_(std::move(body)) {
        auto list = std::make_shared<ParameterList>();
        (void)body_(DeclaringParameters(*list, ""), data...);
        list_ = std::move(list);
    }

    /// Number n of parameters.
    [[nodiscard]] Index size() const { return list_->size(); }
    [[nodiscard]] const ParameterList& parameters() const { return *list_; }
    /// Initial values (n).
    [[nodiscard]] Eigen::VectorXd initial(RandomGenerator generator) const {
        Eigen::VectorXd x(size());
        list_->initialise(generator, x.data());
        return x;
    }
    [[nodiscard]] Eigen::VectorXd initial(std::uint64_t seed) const { return initial(RandomGenerator(seed)); }

    /// The function at theta (n), numbers or variables. Throws std::invalid_argument if theta has another size, or the
    /// body asks for other parameters than at first.
    template <ArrayLike Theta, class... Data>
    auto operator()(const Theta& theta, const Data&... data) const {
        const Shape all{list_->size(), 1};
        require_shapes({&all, 1}, theta.size());
        ParameterPlace place;
        const auto& entries = theta.expression();
        using Entries = std::remove_cvref_t<decltype(entries)>;
        auto result = body_(ReadingParameters<Entries>(*list_, entries, 0, place, ""), data...);
        list_->require_all_read(place);
        return result;
    }
    template <class Derived, class... Data>
    auto operator()(const Eigen::MatrixBase<Derived>& theta, const Data&... data) const {
        return (*this)(Matrix<typename Derived::Scalar>(theta), data...);
    }

private:
    Body body_;
    std::shared_ptr<const ParameterList> list_;
};

/// body(p, data...) as a model. The body is a generic lambda, since p is of one type that declares and of others that read;
/// data are those it is later called with, or others of the same sizes: `network(theta, batch)`.
///
/// Costs one evaluation on numbers. Throws what the body throws, and std::invalid_argument if an array has no entries.
template <class Body, class... Data>
Model<Body> model(Body body, const Data&... data) {
    return Model<Body>(std::move(body), data...);
}

}  // namespace hesse
