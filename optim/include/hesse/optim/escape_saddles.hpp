#pragma once

#include "hesse/optim/negative_curvature_escape.hpp"
#include "hesse/optim/optimizer.hpp"

#include <iosfwd>
#include <string_view>
#include <utility>

namespace hesse {

/// A method with a way out of saddles: where it stalls at one, the verdict is taken and the direction of most negative curvature
/// followed, as minimize does for a NegativeCurvatureEscape beside any method.
template <Optimizer Method>
class EscapingSaddles {
public:
    static constexpr std::string_view name = Method::name;
    static constexpr Needs needs = Method::needs;

    explicit EscapingSaddles(Method method, NegativeCurvatureEscape escape = NegativeCurvatureEscape{})
        : method_(std::move(method)), escape_(std::move(escape)) {}

    void start(Iterate& at) {
        method_.start(at);
        escape_.start(at);
    }
    void restart(Iterate& at) { hesse::restart(method_, at); }
    StepOutcome step(Iterate& at) { return method_.step(at); }
    NegativeCurvatureEscape& escape() { return escape_; }
    void save(std::ostream& out) const {
        method_.save(out);
        escape_.save(out);
    }
    void load(std::istream& in) {
        method_.load(in);
        escape_.load(in);
    }

private:
    Method method_;
    NegativeCurvatureEscape escape_;
};

/// escape_saddles(HeavyBall{{.step_size = 0.1}}): the method, leaving saddles.
template <Optimizer Method>
EscapingSaddles<Method> escape_saddles(Method method, NegativeCurvatureEscape::Options options = {}) {
    return EscapingSaddles<Method>(std::move(method), NegativeCurvatureEscape(options));
}

}  // namespace hesse
