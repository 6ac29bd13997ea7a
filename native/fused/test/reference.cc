#include "reference.h"

#include <algorithm>
#include <cmath>

Reference::Reference(const lenet_fused_network& network, const Tensors<float>& parameters)
    : network_(network) {
  heights_[0] = network.height;
  widths_[0] = network.width;
  for (int t = 0; t < LENET_FUSED_TENSORS; ++t) {
    parameters_[t].assign(parameters[t].begin(), parameters[t].end());
    gradient_[t].assign(parameters[t].size(), 0);
  }
  for (int i = 0; i < 2; ++i) {
    blocks_[i].height = heights_[i] + 2 * network.conv[i].padding - 4;
    blocks_[i].width = widths_[i] + 2 * network.conv[i].padding - 4;
    heights_[i + 1] = blocks_[i].height / 2;
    widths_[i + 1] = blocks_[i].width / 2;
  }
}

double Reference::activate(int activation, double x) {
  switch (activation) {
    case LENET_FUSED_SIGMOID:
      return 1 / (1 + std::exp(-x));
    case LENET_FUSED_TANH:
      return std::tanh(x);
    case LENET_FUSED_RELU:
      gap_ = std::min(gap_, std::abs(x));
      return x < 0 ? 0 : x;
    default:
      return x;
  }
}

void Reference::block_forward(int i) {
  const lenet_fused_conv& c = network_.conv[i];
  Block& b = blocks_[i];
  const int height = heights_[i], width = widths_[i];
  const std::vector<double>&in = values_[i], &weight = parameters_[2 * i];
  b.z.assign(c.out_channels * b.height * b.width, 0);
  for (int o = 0; o < c.out_channels; ++o) {
    for (int y = 0; y < b.height; ++y) {
      for (int x = 0; x < b.width; ++x) {
        double sum = c.bias ? parameters_[2 * i + 1][o] : 0;
        for (int k = 0; k < c.in_channels; ++k) {
          for (int ky = 0; ky < 5; ++ky) {
            const int sy = y + ky - c.padding;
            if (sy < 0 || sy >= height) continue;
            for (int kx = 0; kx < 5; ++kx) {
              const int sx = x + kx - c.padding;
              if (sx < 0 || sx >= width) continue;
              sum += weight[((o * c.in_channels + k) * 5 + ky) * 5 + kx] *
                     in[(k * height + sy) * width + sx];
            }
          }
        }
        b.z[(o * b.height + y) * b.width + x] = sum;
      }
    }
  }
  b.before = b.z;
  if (!c.pool_first) {
    for (double& v : b.before) v = activate(c.activation, v);
  }
  const int ph = heights_[i + 1], pw = widths_[i + 1];
  values_[i + 1].assign(c.out_channels * ph * pw, 0);
  b.winner.assign(values_[i + 1].size(), 0);
  for (size_t p = 0; p < b.winner.size(); ++p) {
    const int o = p / (ph * pw), y = p / pw % ph, x = p % pw;
    const int corner = (o * b.height + 2 * y) * b.width + 2 * x;
    const int window[4] = {corner, corner + 1, corner + b.width, corner + b.width + 1};
    int best = 0;
    double sum = 0;
    for (int w = 0; w < 4; ++w) {
      sum += b.before[window[w]];
      if (b.before[window[w]] > b.before[window[best]]) best = w;
    }
    if (c.pool == LENET_FUSED_MAX) {
      b.winner[p] = window[best];
      values_[i + 1][p] = b.before[window[best]];
      // Which of several zeros a ReLU left is the largest makes no difference: none has a slope.
      const bool is_flat = c.activation == LENET_FUSED_RELU && b.before[window[best]] <= 0;
      for (int w = 0; w < 4; ++w) {
        if (w != best && !is_flat) gap_ = std::min(gap_, b.z[window[best]] - b.z[window[w]]);
      }
    } else {
      values_[i + 1][p] = sum / 4;
    }
    if (c.pool_first) values_[i + 1][p] = activate(c.activation, values_[i + 1][p]);
  }
}

void Reference::linear_forward(int i) {
  const lenet_fused_linear& l = network_.linear[i];
  const std::vector<double>& in = values_[i + 2];
  std::vector<double>& out = values_[i + 3];
  out.assign(l.out_features, 0);
  for (int o = 0; o < l.out_features; ++o) {
    double sum = l.bias ? parameters_[5 + 2 * i][o] : 0;
    for (int k = 0; k < l.in_features; ++k) {
      sum += parameters_[4 + 2 * i][o * l.in_features + k] * in[k];
    }
    out[o] = activate(l.activation, sum);
  }
}

double Reference::forward(const float* image, int64_t label) {
  label_ = label;
  gap_ = INFINITY;
  values_[0].assign(image, image + image_size(network_));
  for (int i = 0; i < 2; ++i) block_forward(i);
  for (int i = 0; i < 3; ++i) linear_forward(i);
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
