#include "reference.h"

#include <algorithm>
#include <cmath>

#include "windows.h"

namespace {

const double kRootTwoOverPi = std::sqrt(2 / std::acos(-1.0));

}  // namespace

Reference::Reference(const lenet_fused_network& network, const Tensors<float>& parameters)
    : network_(network),
      sizes_(sizes_of(network)),
      values_(network.count + 1),
      winners_(network.count) {
  for (const auto& tensor : parameters) {
    parameters_.emplace_back(tensor.begin(), tensor.end());
    gradient_.emplace_back(tensor.size());
  }
  int tensor = 0;
  for (int i = 0; i < network.count; ++i) {
    tensor_.push_back(tensor);
    if (network.layers[i].outputs > 0) tensor += 2;
  }
}

double activated(const lenet_fused_layer& layer, double x) {
  switch (layer.activation) {
    case LENET_FUSED_LEAKY_RELU:
      return x > 0 ? x : layer.slope * x;
    case LENET_FUSED_GELU:
      return x / 2 * (1 + std::erf(x / std::sqrt(2)));
    case LENET_FUSED_GELU_TANH:
      return x / 2 * (1 + std::tanh(kRootTwoOverPi * (x + 0.044715 * x * x * x)));
    case LENET_FUSED_SILU:
      return x / (1 + std::exp(-x));
    case LENET_FUSED_SIGMOID:
      return 1 / (1 + std::exp(-x));
    case LENET_FUSED_TANH:
      return std::tanh(x);
    case LENET_FUSED_RELU:
      return x < 0 ? 0 : x;
    default:
      return x;
  }
}

void Reference::convolve(int i) {
  const Sizes& s = sizes_[i];
  const std::vector<double>&bias = parameters_[tensor_[i] + 1], &weight = parameters_[tensor_[i]];
  std::vector<double>& out = values_[i + 1];
  const int plane = s.out_height * s.out_width;
  for (int p = 0; p < s.out() && !bias.empty(); ++p) out[p] = bias[p / plane];
  for_taps(network_.layers[i], s,
           [&](int o, int in, int tap) { out[o] += weight[tap] * values_[i][in]; });
}

void Reference::pool(int i) {
  const std::vector<double>& in = values_[i];
  std::vector<double>& out = values_[i + 1];
  const int kernel = network_.layers[i].kernel;
  if (network_.layers[i].kind == LENET_FUSED_AVERAGE_POOL) {
    for_pixels(network_.layers[i], sizes_[i],
               [&](int o, int at) { out[o] += in[at] / (kernel * kernel); });
    return;
  }
  std::vector<int>& winner = winners_[i];
  winner.assign(out.size(), -1);
  for_pixels(network_.layers[i], sizes_[i], [&](int o, int at) {
    if (winner[o] < 0 || in[at] > in[winner[o]]) winner[o] = at;
    out[o] = in[winner[o]];
  });
  // An engine may take the maximum before a monotone activation: what counts is the lead there.
  const lenet_fused_layer none{}, &last = i > 0 ? network_.layers[i - 1] : none;
  const bool is_activated = last.kind == LENET_FUSED_ACTIVATE;
  const bool is_monotone = is_activated && last.activation <= LENET_FUSED_LEAKY_RELU;
  const std::vector<double>& before = is_monotone ? values_[i - 1] : in;
  const bool is_relu =
      is_activated && (last.activation == LENET_FUSED_RELU ||
                       (last.activation == LENET_FUSED_LEAKY_RELU && last.slope == 0));
  for_pixels(network_.layers[i], sizes_[i], [&](int o, int at) {
    // Which of several zeros a ReLU left is the largest makes no difference: none has a slope.
    if (at == winner[o] || (is_relu && out[o] <= 0)) return;
    gap_ = std::min(gap_, before[winner[o]] - before[at]);
  });
}

void Reference::activate(int i) {
  const lenet_fused_layer& layer = network_.layers[i];
  const bool has_kink =
      layer.activation == LENET_FUSED_RELU || layer.activation == LENET_FUSED_LEAKY_RELU;
  for (int p = 0; p < sizes_[i].out(); ++p) {
    const double x = values_[i][p];
    if (has_kink) gap_ = std::min(gap_, std::abs(x));
    values_[i + 1][p] = activated(layer, x);
  }
}

void Reference::multiply(int i) {
  const std::vector<double>&bias = parameters_[tensor_[i] + 1], &weight = parameters_[tensor_[i]];
  const std::vector<double>& in = values_[i];
  for (int o = 0; o < sizes_[i].out(); ++o) {
    double sum = bias.empty() ? 0 : bias[o];
    for (size_t k = 0; k < in.size(); ++k) sum += weight[o * in.size() + k] * in[k];
    values_[i + 1][o] = sum;
  }
}

double Reference::forward(const float* image, int64_t label) {
  label_ = label;
  gap_ = INFINITY;
  values_[0].assign(image, image + image_size(network_));
  for (int i = 0; i < network_.count; ++i) {
    values_[i + 1].assign(sizes_[i].out(), 0);
    switch (network_.layers[i].kind) {
      case LENET_FUSED_CONVOLUTION:
        convolve(i);
        break;
      case LENET_FUSED_ACTIVATE:
        activate(i);
        break;
      case LENET_FUSED_LINEAR:
        multiply(i);
        break;
      default:
        pool(i);
    }
  }
  const double top = *std::max_element(logits().begin(), logits().end());
  double total = 0;
  for (double v : logits()) total += std::exp(v - top);
  return std::log(total) - (logits()[label] - top);
}

int64_t Reference::predicted() const {
  return std::max_element(logits().begin(), logits().end()) - logits().begin();
}

Expected expect(const lenet_fused_network& network, const Tensors<float>& parameters,
                const Samples& samples) {
  Reference reference(network, parameters);
  Expected expected;
  for (int64_t i = 0; i < samples.count(); ++i) {
    const float* image = samples.images.data() + i * image_size(network);
    expected.loss += reference.forward(image, samples.labels[i]) / samples.count();
    expected.correct += reference.predicted() == samples.labels[i];
    reference.backward(1.0 / samples.count());
  }
  expected.gradient = reference.gradient();
  return expected;
}
