#include <cmath>

#include "reference.h"
#include "windows.h"

using Values = std::vector<double>;

// The central difference of a smooth function is exact to 1e-10 of its values.
double slope(const lenet_fused_layer& layer, double x) {
  const double y = activated(layer, x), step = 1e-5;
  switch (layer.activation) {
    case LENET_FUSED_LEAKY_RELU:
      return x > 0 ? 1 : layer.slope;
    case LENET_FUSED_GELU:
    case LENET_FUSED_GELU_TANH:
    case LENET_FUSED_SILU:
      return (activated(layer, x + step) - activated(layer, x - step)) / (2 * step);
    case LENET_FUSED_SIGMOID:
      return y * (1 - y);
    case LENET_FUSED_TANH:
      return 1 - y * y;
    case LENET_FUSED_RELU:
      return x > 0 ? 1 : 0;
    default:
      return 1;
  }
}

void Reference::convolve_backward(int i, const Values& upper, Values& lower) {
  const Sizes& s = sizes_[i];
  Values &weight = gradient_[tensor_[i]], &bias = gradient_[tensor_[i] + 1];
  const int plane = s.out_height * s.out_width;
  for (int p = 0; p < s.out() && !bias.empty(); ++p) bias[p / plane] += upper[p];
  for_taps(network_.layers[i], s, [&](int o, int in, int tap) {
    if (upper[o] == 0) return;
    weight[tap] += upper[o] * values_[i][in];
    lower[in] += upper[o] * parameters_[tensor_[i]][tap];
  });
}

void Reference::pool_backward(int i, const Values& upper, Values& lower) {
  const lenet_fused_layer& l = network_.layers[i];
  for_pixels(l, sizes_[i], [&](int o, int at) {
    const bool is_average = l.kind == LENET_FUSED_AVERAGE_POOL;
    const double share = is_average ? 1.0 / (l.kernel * l.kernel) : at == winners_[i][o];
    lower[at] += upper[o] * share;
  });
}

void Reference::activate_backward(int i, const Values& upper, Values& lower) {
  for (size_t p = 0; p < upper.size(); ++p) {
    lower[p] = upper[p] * slope(network_.layers[i], values_[i][p]);
  }
}

void Reference::multiply_backward(int i, const Values& upper, Values& lower) {
  const Values &in = values_[i], &weight = parameters_[tensor_[i]];
  Values &gradient = gradient_[tensor_[i]], &bias = gradient_[tensor_[i] + 1];
  for (size_t o = 0; o < upper.size(); ++o) {
    if (!bias.empty()) bias[o] += upper[o];
    for (size_t k = 0; k < in.size(); ++k) {
      gradient[o * in.size() + k] += upper[o] * in[k];
      lower[k] += upper[o] * weight[o * in.size() + k];
    }
  }
}

void Reference::backward(double scale) {
  Values upper(logits().size()), lower;
  double total = 0;
  for (double v : logits()) total += std::exp(v - logits()[label_]);
  for (size_t k = 0; k < upper.size(); ++k) {
    upper[k] = scale * (std::exp(logits()[k] - logits()[label_]) / total -
                        (static_cast<int64_t>(k) == label_));
  }
  for (int i = network_.count - 1; i >= 0; --i) {
    lower.assign(sizes_[i].in(), 0);
    switch (network_.layers[i].kind) {
      case LENET_FUSED_CONVOLUTION:
        convolve_backward(i, upper, lower);
        break;
      case LENET_FUSED_ACTIVATE:
        activate_backward(i, upper, lower);
        break;
      case LENET_FUSED_LINEAR:
        multiply_backward(i, upper, lower);
        break;
      default:
        pool_backward(i, upper, lower);
    }
    upper = lower;
  }
}
