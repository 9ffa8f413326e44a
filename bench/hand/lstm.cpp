#include "hand/lstm.hpp"

#include "hand/vector_functions.hpp"

#include <cmath>
#include <stdexcept>

namespace hesse::bench::hand {
namespace {

enum Gate { forget_gate, accept_gate, output_gate, change_gate };

}  // namespace

Lstm::Lstm(const LstmData& data) : data_(data), width_(data.width), predicted_(data.sequence.cols() - 1) {
    if (width_ > lanes) throw std::invalid_argument("hand::Lstm: at most 16 units a layer");
    const auto count = static_cast<std::size_t>(predicted_);
    steps_.resize(count * static_cast<std::size_t>(data.layers));
    tangents_.resize(steps_.size());
    hidden_.resize(count);
    rhidden_.resize(count);
    probabilities_.resize(count);
}

Lstm::Units Lstm::units(const double* from) const {
    Units result = Units::Zero();
    for (Index i = 0; i < width_; ++i) result[i] = from[i];
    return result;
}

Lstm::Parameters Lstm::zero_parameters() const {
    Parameters zero;
    Layer layer;
    for (int gate = 0; gate < 4; ++gate) layer.w[gate] = layer.b[gate] = Units::Zero();
    zero.layers.assign(static_cast<std::size_t>(data_.layers), layer);
    zero.input = zero.output = zero.bias = Units::Zero();
    return zero;
}

Lstm::Parameters Lstm::unpack(const double* theta) const {
    Parameters to = zero_parameters();
    for (Layer& layer : to.layers) {
        for (Units& w : layer.w) w = units(theta), theta += width_;
        for (Units& b : layer.b) b = units(theta), theta += width_;
    }
    for (Units* extra : {&to.input, &to.output, &to.bias}) *extra = units(theta), theta += width_;
    return to;
}

void Lstm::pack(const Parameters& from, double* theta) const {
    const auto put = [&](const Units& u) {
        for (Index i = 0; i < width_; ++i) *theta++ = u[i];
    };
    for (const Layer& layer : from.layers) {
        for (const Units& w : layer.w) put(w);
        for (const Units& b : layer.b) put(b);
    }
    for (const Units* extra : {&from.input, &from.output, &from.bias}) put(*extra);
}

double Lstm::forward() {
    const Index L = data_.layers;
    std::vector<Units> h, c;
    for (Index l = 0; l < L; ++l) {
        h.push_back(units(data_.state.col(2 * l).data()));
        c.push_back(units(data_.state.col(2 * l + 1).data()));
    }
    double loss = 0;
    for (Index t = 0; t < predicted_; ++t) {
        Units in = units(data_.sequence.col(t).data()) * parameters_.input;
        for (Index l = 0; l < L; ++l) {
            const Layer& p = parameters_.layers[l];
            Step& s = at(t, l);
            s.in = in;
            s.h0 = h[l];
            s.c0 = c[l];
            s.forget = in * p.w[forget_gate] + p.b[forget_gate];
            s.accept = s.h0 * p.w[accept_gate] + p.b[accept_gate];
            s.output = in * p.w[output_gate] + p.b[output_gate];
            s.change = s.h0 * p.w[change_gate] + p.b[change_gate];
            sigmoid_of(3 * lanes, s.forget.data());  // the three gates are side by side
            tanh_of(lanes, s.change.data());
            c[l] = s.c0 * s.forget + s.accept * s.change;
            s.tanh_c = c[l];
            tanh_of(lanes, s.tanh_c.data());
            h[l] = in = s.output * s.tanh_c;
        }
        hidden_[t] = in;
        const Units y = in * parameters_.output + parameters_.bias;
        Units e = y;
        exp_of(lanes, e.data());
        const double sum = 2 + e.head(width_).sum();
        const double normalisation = std::log(sum);
        probabilities_[t] = e / sum;
        const double* bits = data_.sequence.col(t + 1).data();
        for (Index i = 0; i < width_; ++i) loss += (y[i] - normalisation) * bits[i];
    }
    return -loss / data_.predictions();
}

double Lstm::value(const double* theta) {
    parameters_ = unpack(theta);
    return forward();
}

double Lstm::gradient(const double* theta, double* g) {
    const double result = value(theta);
    const Index L = data_.layers;
    const double weight = 1 / data_.predictions();
    Parameters bar = zero_parameters();
    std::vector<Units> h_bar(static_cast<std::size_t>(L), Units::Zero()), c_bar = h_bar;
    for (Index t = predicted_; t-- > 0;) {
        const Units bits = units(data_.sequence.col(t + 1).data());
        const Units y_bar = weight * (bits.sum() * probabilities_[t] - bits);
        bar.output += y_bar * hidden_[t];
        bar.bias += y_bar;
        h_bar[L - 1] += y_bar * parameters_.output;
        for (Index l = L; l-- > 0;) {
            const Layer& p = parameters_.layers[l];
            Layer& p_bar = bar.layers[l];
            Step& s = at(t, l);
            s.h_bar = h_bar[l];
            s.c_bar = c_bar[l] + s.h_bar * s.output * (1 - s.tanh_c * s.tanh_c);
            const Units forget = s.c_bar * s.c0 * s.forget * (1 - s.forget);
            const Units accept = s.c_bar * s.change * s.accept * (1 - s.accept);
            const Units output = s.h_bar * s.tanh_c * s.output * (1 - s.output);
            const Units change = s.c_bar * s.accept * (1 - s.change * s.change);
            p_bar.w[forget_gate] += forget * s.in;
            p_bar.w[accept_gate] += accept * s.h0;
            p_bar.w[output_gate] += output * s.in;
            p_bar.w[change_gate] += change * s.h0;
            p_bar.b[forget_gate] += forget;
            p_bar.b[accept_gate] += accept;
            p_bar.b[output_gate] += output;
            p_bar.b[change_gate] += change;
            c_bar[l] = s.c_bar * s.forget;
            h_bar[l] = accept * p.w[accept_gate] + change * p.w[change_gate];
            const Units in_bar = forget * p.w[forget_gate] + output * p.w[output_gate];
            if (l > 0) {
                h_bar[l - 1] += in_bar;
            } else {
                bar.input += in_bar * units(data_.sequence.col(t).data());
            }
        }
    }
    pack(bar, g);
    return result;
}

void Lstm::product(const double* v, double* Hv) {
    const Index L = data_.layers;
    const Parameters r = unpack(v);
    std::vector<Units> rh(static_cast<std::size_t>(L), Units::Zero()), rc = rh;
    for (Index t = 0; t < predicted_; ++t) {
        Units rin = units(data_.sequence.col(t).data()) * r.input;
        for (Index l = 0; l < L; ++l) {
            const Layer& p = parameters_.layers[l];
            const Layer& rp = r.layers[l];
            const Step& s = at(t, l);
            Tangents& d = tangents_[static_cast<std::size_t>(t * L + l)];
            d.in = rin;
            d.h0 = rh[l];
            d.c0 = rc[l];
            d.forget = (rin * p.w[forget_gate] + s.in * rp.w[forget_gate] + rp.b[forget_gate]) * s.forget *
                       (1 - s.forget);
            d.accept = (d.h0 * p.w[accept_gate] + s.h0 * rp.w[accept_gate] + rp.b[accept_gate]) * s.accept *
                       (1 - s.accept);
            d.output = (rin * p.w[output_gate] + s.in * rp.w[output_gate] + rp.b[output_gate]) * s.output *
                       (1 - s.output);
            d.change = (d.h0 * p.w[change_gate] + s.h0 * rp.w[change_gate] + rp.b[change_gate]) *
                       (1 - s.change * s.change);
            rc[l] = d.c0 * s.forget + s.c0 * d.forget + d.accept * s.change + s.accept * d.change;
            d.tanh_c = rc[l] * (1 - s.tanh_c * s.tanh_c);
            rh[l] = rin = d.output * s.tanh_c + s.output * d.tanh_c;
        }
        rhidden_[t] = rin;
    }

    const double weight = 1 / data_.predictions();
    Parameters bar = zero_parameters();
    std::vector<Units> rh_bar(static_cast<std::size_t>(L), Units::Zero()), rc_bar = rh_bar;
    for (Index t = predicted_; t-- > 0;) {
        const Units bits = units(data_.sequence.col(t + 1).data());
        const Units& p = probabilities_[t];
        const Units y_bar = weight * (bits.sum() * p - bits);
        const Units ry = rhidden_[t] * parameters_.output + hidden_[t] * r.output + r.bias;
        const Units ry_bar = weight * bits.sum() * p * (ry - (p * ry).head(width_).sum());
        bar.output += ry_bar * hidden_[t] + y_bar * rhidden_[t];
        bar.bias += ry_bar;
        rh_bar[L - 1] += ry_bar * parameters_.output + y_bar * r.output;
        for (Index l = L; l-- > 0;) {
            const Layer& w = parameters_.layers[l];
            const Layer& rw = r.layers[l];
            Layer& w_bar = bar.layers[l];
            const Step& s = at(t, l);
            const Tangents& d = tangents_[static_cast<std::size_t>(t * L + l)];
            const Units slope = 1 - s.tanh_c * s.tanh_c;
            const Units rh_new = rh_bar[l];
            const Units rc_new = rc_bar[l] + (rh_new * s.output + s.h_bar * d.output) * slope -
                                 2 * s.h_bar * s.output * s.tanh_c * d.tanh_c;
            // Adjoints of the gates' arguments, and their tangents.
            const Units forget = s.c_bar * s.c0 * s.forget * (1 - s.forget);
            const Units accept = s.c_bar * s.change * s.accept * (1 - s.accept);
            const Units output = s.h_bar * s.tanh_c * s.output * (1 - s.output);
            const Units change = s.c_bar * s.accept * (1 - s.change * s.change);
            const Units rforget = (rc_new * s.c0 + s.c_bar * d.c0) * s.forget * (1 - s.forget) +
                                  s.c_bar * s.c0 * d.forget * (1 - 2 * s.forget);
            const Units raccept = (rc_new * s.change + s.c_bar * d.change) * s.accept * (1 - s.accept) +
                                  s.c_bar * s.change * d.accept * (1 - 2 * s.accept);
            const Units routput = (rh_new * s.tanh_c + s.h_bar * d.tanh_c) * s.output * (1 - s.output) +
                                  s.h_bar * s.tanh_c * d.output * (1 - 2 * s.output);
            const Units rchange = (rc_new * s.accept + s.c_bar * d.accept) * (1 - s.change * s.change) -
                                  2 * s.c_bar * s.accept * s.change * d.change;
            w_bar.w[forget_gate] += rforget * s.in + forget * d.in;
            w_bar.w[accept_gate] += raccept * s.h0 + accept * d.h0;
            w_bar.w[output_gate] += routput * s.in + output * d.in;
            w_bar.w[change_gate] += rchange * s.h0 + change * d.h0;
            w_bar.b[forget_gate] += rforget;
            w_bar.b[accept_gate] += raccept;
            w_bar.b[output_gate] += routput;
            w_bar.b[change_gate] += rchange;
            rc_bar[l] = rc_new * s.forget + s.c_bar * d.forget;
            rh_bar[l] = raccept * w.w[accept_gate] + accept * rw.w[accept_gate] + rchange * w.w[change_gate] +
                        change * rw.w[change_gate];
            const Units rin_bar = rforget * w.w[forget_gate] + forget * rw.w[forget_gate] +
                                  routput * w.w[output_gate] + output * rw.w[output_gate];
            if (l > 0) {
                rh_bar[l - 1] += rin_bar;
            } else {
                bar.input += rin_bar * units(data_.sequence.col(t).data());
            }
        }
    }
    pack(bar, Hv);
}

}  // namespace hesse::bench::hand
