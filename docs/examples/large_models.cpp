// Models of ten million parameters on one machine: a perceptron and a transformer read a text whose entropy is known.
// Gradient, Hessian product, the lowest eigenvalue with its certificate, and a way out where that is negative.
//
//     large_models               sizes that take a second
//     large_models full          ten million parameters each; minutes
//     large_models transformer   one of the two, full; or perceptron
#include <hesse/hesse.hpp>
#include <hesse/optim/models/language_model.hpp>
#include <hesse/optim/models/multilayer_perceptron.hpp>
#include <hesse/optim/models/synthetic_text.hpp>

#include <Eigen/Core>

#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace {

using hesse::Index;

double seconds_of(const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Says the token after each window of `context` tokens: the windows' tokens become vectors, one below the other, which a
/// perceptron reads. Bengio, Ducharme, Vincent and Jauvin, "A neural probabilistic language model", JMLR 3 (2003) 1137.
struct WindowModel {
    Index vocabulary, width, context;
    std::vector<Index> hidden;
    std::vector<int> windows, targets;  // windows: context tokens each, one after the other

    void read(const hesse::SyntheticText& text, Index count) {
        for (Index n = 0; n < count; ++n) {
            const auto first = text.tokens.begin() + n;
            windows.insert(windows.end(), first, first + context);
            targets.push_back(first[context]);
        }
    }
    auto operator()(const auto& p) const {
        const auto vectors = hesse::embedding(p.in("tokens"), windows, vocabulary, width);
        const auto inputs = vectors.reshaped(width * context, vectors.cols() / context);
        const auto scores = hesse::multilayer_perceptron(p, inputs, hidden, vocabulary, hesse::Tanh{},
                                                         hesse::Initialiser::normal(0.02));
        return mean(hesse::cross_entropy(scores, targets));
    }
};

template <class Model>
void print_size(const char* name, const Model& network) {
    std::printf("%s: %ld parameters in %zu arrays\n", name, static_cast<long>(network.size()),
                network.parameters().all().size());
}

/// What a gradient and a product take, and what a recording holds with what runs beside it.
template <class Objective>
void measure(const Objective& f, const Eigen::VectorXd& x) {
    double value = 0.0;
    const double value_seconds = seconds_of([&] { value = f.value(x); });
    auto at = f.linearize(x);
    Eigen::VectorXd product(x.size());
    at.hessian().apply(x, product);
    // Once more, where the memory has been touched: a run does it again and again.
    const double product_seconds = seconds_of([&] { at.hessian().apply(x, product); });
    const std::size_t bytes = at.memory().total() + at.tape().scratch().memory().total();
    { const auto returned = std::move(at); }
    const double gradient_seconds = seconds_of([&] { (void)f.linearize(x); });
    std::printf("  loss %.4f, %.0f MB of recording\n", value, static_cast<double>(bytes) * 1e-6);
    std::printf("  seconds: value %.2f, gradient %.2f, Hessian product %.2f\n", value_seconds,
                gradient_seconds, product_seconds);
}

/// The lowest eigenvalue, and a step along its vector; true if the loss fell.
template <class Objective>
bool leave(const Objective& f, const Eigen::VectorXd& x, const hesse::ParameterList& parameters) {
    using namespace hesse;
    ClassifyOptions options;
    options.gradient_tolerance = 1e300;  // whatever the gradient: it is the curvature that is asked for
    options.tolerance = 1e-3;            // of the norm of the Hessian: enough to leave by
    options.index_pairs = 1;
    options.memory = std::size_t{6} << 30;
    options.basis_precision = BasisPrecision::single_precision;
    CriticalPoint point;
    const double classify_seconds = seconds_of([&] { point = classify(f, x, options); });
    std::printf(
        "  lowest eigenvalue %.5g +- %.1g; none below %.5g with probability %.2f (%ld products, %.1f s)\n",
        point.lowest.value, point.lowest.error_bound, point.lowest_bound, 1.0 - point.failure_probability,
        static_cast<long>(point.products), classify_seconds);

    // Which array the direction is about.
    std::string name;
    double largest = 0.0;
    for (const DeclaredParameter& parameter : parameters.all()) {
        const auto [first, count] = parameter.where;
        const double share = point.direction.segment(first, count).squaredNorm();
        if (share > largest) {
            largest = share;
            name = parameter.name;
        }
    }
    std::printf("  %.0f%% of its vector in %s\n", 100.0 * largest, name.c_str());

    ErasedObjective<Objective> erased(f);
    Iterate at(erased, x.data());
    NegativeCurvatureEscape escape;
    const double before = at.value();
    bool left = false;
    const double escape_seconds =
        seconds_of([&] { left = escape.leave(at, point.direction.data(), point.lowest.value); });
    std::printf("  %s: loss %.4f -> %.4f by a step of %.3g (%.1f s)\n", left ? "escaped" : "no way out",
                before, at.value(), escape.last().step, escape_seconds);
    return left && at.value() < before;
}

}  // namespace

int main(int count, char** arguments) {
    using namespace hesse;
    const std::string wanted = count > 1 ? arguments[1] : "";
    const bool full = !wanted.empty();
    const Index vocabulary = full ? 1024 : 32;
    const SyntheticText text = synthetic_text(4096, vocabulary);
    std::printf("text of %ld tokens: entropy rate %.4f, of single tokens %.4f; log(vocabulary) %.4f\n",
                static_cast<long>(vocabulary), text.entropy_rate(), text.token_entropy(),
                std::log(static_cast<double>(vocabulary)));
    bool left = true;
    if (wanted != "transformer") {
        WindowModel window{vocabulary, 64, 16, {2048, 2048, 1280}, {}, {}};
        if (!full) window = {vocabulary, 8, 4, {32, 32}, {}, {}};
        window.read(text, full ? 512 : 64);
        const auto network = model(window);
        print_size("perceptron", network);
        const auto f = objective(network, network.size());
        const Eigen::VectorXd start = network.initial(1);
        measure(f, start);
        left = leave(f, start, network.parameters()) && left;
    }
    if (wanted != "perceptron") {
        LanguageModel language{.vocabulary = vocabulary, .width = 256, .heads = 8, .blocks = 12};
        if (!full) {
            language.width = 16;
            language.heads = 2;
            language.blocks = 2;
        }
        const TokenBatch batch = token_batch(text.tokens, full ? 64 : 16, full ? 8 : 4);
        for (const bool checkpoints : {true, false}) {
            language.checkpoints = checkpoints;
            const auto network =
                model([language, &batch](const auto& p) { return next_token_loss(p, language, batch); });
            print_size(checkpoints ? "transformer, a checkpoint a block" : "transformer", network);
            const auto f = objective(network, network.size());
            const Eigen::VectorXd start = network.initial(1);
            measure(f, start);
            if (!checkpoints) left = leave(f, start, network.parameters()) && left;
        }
    }
    return left ? 0 : 1;
}
