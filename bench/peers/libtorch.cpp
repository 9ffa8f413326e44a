#include <torch/torch.h>
//
#include "peers/peer.hpp"

#include <cmath>

namespace hesse::bench {
namespace {

using Tensor = torch::Tensor;
using Tensors = std::vector<Tensor>;
using Shape = std::vector<std::int64_t>;

// Memory that holds a matrix column by column holds its transpose row by row: all losses below are transposed.

/// A view of data that stays.
Tensor view(const double* data, const Shape& shape) {
    return torch::from_blob(const_cast<double*>(data), shape, torch::kFloat64);
}
Tensor view(const Eigen::MatrixXd& m) { return view(m.data(), {m.cols(), m.rows()}); }

/// A loss: shapes of its parameters, and how its value comes from them.
struct TorchLoss {
    std::vector<Shape> shapes;
    std::function<Tensor(const Tensors&)> value;
};

TorchLoss loss_of(const Network* network) {
    std::vector<Shape> shapes;
    for (std::size_t l = 0; l < network->layers(); ++l) {
        shapes.push_back({network->widths[l], network->widths[l + 1]});
        shapes.push_back({network->widths[l + 1]});
    }
    const Tensor inputs = view(network->inputs);
    const bool classes = network->targets.size() == 0;
    const Tensor targets =
        classes ? torch::tensor(std::vector<std::int64_t>(network->labels.begin(), network->labels.end()))
                : view(network->targets);
    return {shapes, [=](const Tensors& p) {
                Tensor h = inputs;
                for (std::size_t l = 0; l + 2 < p.size(); l += 2) {
                    h = torch::tanh(torch::addmm(p[l + 1], h, p[l]));
                }
                const Tensor scores = torch::addmm(p.back(), h, p[p.size() - 2]);
                return classes ? torch::nn::functional::cross_entropy(scores, targets)
                               : torch::mse_loss(scores, targets);
            }};
}

TorchLoss loss_of(const Factorisation* data) {
    const Tensor M = view(data->M);
    return {{{data->rank, data->M.rows()}, {data->rank, data->M.cols()}},
            [=](const Tensors& p) { return 0.5 * (torch::mm(p[1].t(), p[0]) - M).square().sum(); }};
}

TorchLoss loss_of(const LogisticData* data) {
    const Tensor samples = view(data->samples);  // (N x d)
    const Tensor labels = view(data->labels.data(), {data->labels.size()});
    return {{{data->samples.rows()}}, [=](const Tensors& p) {
                const Tensor margins = torch::mv(samples, p[0]) * labels;
                return torch::log1p(torch::exp(-margins)).mean() +
                       0.5 * LogisticData::decay * p[0].square().sum();
            }};
}

TorchLoss loss_of(const Transformer* data) {
    const std::int64_t d = data->d, hidden = data->hidden(), heads = data->heads, length = data->length,
                       batch = data->batch, width = d / heads;
    const Tensor inputs = view(data->inputs), targets = view(data->targets);  // (batch length x d)
    return {{{d}, {d}, {d}, {d}, {d, 3 * d}, {3 * d}, {d, d}, {d}, {d, hidden}, {hidden}, {hidden, d}, {d}},
            [=](const Tensors& p) {
                const Tensor normal = torch::layer_norm(inputs, {d}, p[0], p[1], Transformer::epsilon);
                const Tensor qkv = torch::addmm(p[5], normal, p[4]).view({batch, length, 3, heads, width});
                const auto part = [&](std::int64_t i) {
                    return qkv.select(2, i).transpose(1, 2);  // (batch, heads, length, width)
                };
                const Tensor scores =
                    torch::matmul(part(0), part(1).transpose(2, 3)) / std::sqrt(static_cast<double>(width));
                const Tensor attended =
                    torch::matmul(torch::softmax(scores, 3), part(2)).transpose(1, 2).reshape({-1, d});
                const Tensor y = inputs + torch::addmm(p[7], attended, p[6]);
                const Tensor z =
                    torch::addmm(p[9], torch::layer_norm(y, {d}, p[2], p[3], Transformer::epsilon), p[8]);
                const Tensor out = y + torch::addmm(p[11], torch::gelu(z, "tanh"), p[10]);
                return torch::mse_loss(out, targets);
            }};
}

/// libtorch: a graph of array operations; products by differentiating the gradient, whose graph is kept.
class Libtorch {
public:
    explicit Libtorch(TorchLoss loss) : loss_(std::move(loss)) { at::set_num_threads(1); }

    double value(const double* x) {
        const torch::NoGradGuard guard;
        return loss_.value(cut(x)).item<double>();
    }
    double gradient(const double* x, double* g) {
        const Tensors parameters = variables(x);
        const Tensor value = loss_.value(parameters);
        join(torch::autograd::grad({value}, parameters), g);
        return value.item<double>();
    }
    double prepare(const double* x, double* g) {
        kept_ = {};
        parameters_ = variables(x);
        const Tensor value = loss_.value(parameters_);
        kept_ = torch::autograd::grad({value}, parameters_, {}, true, true);
        join(kept_, g);
        return value.item<double>();
    }
    void product(const double* v, double* Hv) {
        join(torch::autograd::grad(kept_, parameters_, cut(v), true), Hv);
    }

private:
    /// Views of a vector of parameters.
    [[nodiscard]] Tensors cut(const double* x) const {
        Tensors parts;
        for (const Shape& shape : loss_.shapes) {
            parts.push_back(view(x, shape));
            x += parts.back().numel();
        }
        return parts;
    }
    [[nodiscard]] Tensors variables(const double* x) const {
        Tensors parts = cut(x);
        for (Tensor& part : parts) part.requires_grad_();
        return parts;
    }
    static void join(const Tensors& parts, double* out) {
        for (const Tensor& part : parts) {
            const Tensor dense = part.detach().contiguous();
            std::copy_n(dense.data_ptr<double>(), dense.numel(), out);
            out += dense.numel();
        }
    }

    TorchLoss loss_;
    Tensors parameters_, kept_;
};

const PeerRegistration registration{
    {.name = "libtorch", .of_arrays = [](const ArrayLoss& loss, const Problem& problem) {
         return peer_method(
             "libtorch",
             [&] {
                 return std::make_shared<Libtorch>(
                     std::visit([](const auto* data) { return loss_of(data); }, loss));
             },
             problem);
     }}};

}  // namespace
}  // namespace hesse::bench
