#include <cmath>

#include "reference.h"

double Reference::slope(int activation, double y) {
  switch (activation) {
    case LENET_FUSED_SIGMOID:
      return y * (1 - y);
    case LENET_FUSED_TANH:
      return 1 - y * y;
    case LENET_FUSED_RELU:
      return y > 0 ? 1 : 0;
    default:
      return 1;
  }
}

void Reference::linear_backward(int i, const std::vector<double>& upper,
                                std::vector<double>& lower) {
  const lenet_fused_linear& l = network_.linear[i];
  const std::vector<double>&in = values_[i + 2], &out = values_[i + 3];
  lower.assign(l.in_features, 0);
  for (int o = 0; o < l.out_features; ++o) {
    const double g = upper[o] * slope(l.activation, out[o]);
    if (l.bias) gradient_[5 + 2 * i][o] += g;
    for (int k = 0; k < l.in_features; ++k) {
      gradient_[4 + 2 * i][o * l.in_features + k] += g * in[k];
      lower[k] += g * parameters_[4 + 2 * i][o * l.in_features + k];
    }
  }
}

void Reference::block_backward(int i, const std::vector<double>& upper,
                               std::vector<double>& lower) {
  const lenet_fused_conv& c = network_.conv[i];
  const Block& b = blocks_[i];
  const int height = heights_[i], width = widths_[i], ph = heights_[i + 1], pw = widths_[i + 1];

  std::vector<double> dz(b.z.size(), 0);
  for (size_t p = 0; p < upper.size(); ++p) {
    const int o = p / (ph * pw), y = p / pw % ph, x = p % pw;
    const double g = upper[p] * (c.pool_first ? slope(c.activation, values_[i + 1][p]) : 1);
    const int corner = (o * b.height + 2 * y) * b.width + 2 * x;
    for (int at : {corner, corner + 1, corner + b.width, corner + b.width + 1}) {
      const double share = c.pool == LENET_FUSED_AVERAGE ? 0.25 : at == b.winner[p] ? 1 : 0;
      dz[at] += g * share * (c.pool_first ? 1 : slope(c.activation, b.before[at]));
    }
  }

  lower.assign(c.in_channels * height * width, 0);
  for (int o = 0; o < c.out_channels; ++o) {
    for (int y = 0; y < b.height; ++y) {
      for (int x = 0; x < b.width; ++x) {
        const double g = dz[(o * b.height + y) * b.width + x];
        if (g == 0) continue;
        if (c.bias) gradient_[2 * i + 1][o] += g;
        for (int k = 0; k < c.in_channels; ++k) {
          for (int ky = 0; ky < 5; ++ky) {
            const int sy = y + ky - c.padding;
            if (sy < 0 || sy >= height) continue;
            for (int kx = 0; kx < 5; ++kx) {
              const int sx = x + kx - c.padding;
              if (sx < 0 || sx >= width) continue;
              const int tap = ((o * c.in_channels + k) * 5 + ky) * 5 + kx;
              const int from = (k * height + sy) * width + sx;
              gradient_[2 * i][tap] += g * values_[i][from];
              lower[from] += g * parameters_[2 * i][tap];
            }
          }
        }
      }
    }
  }
}

void Reference::backward(double scale) {
  std::vector<double> upper(logits().size()), lower;
  double total = 0;
  for (double v : logits()) total += std::exp(v - logits()[label_]);
  for (size_t k = 0; k < upper.size(); ++k) {
    upper[k] = scale * (std::exp(logits()[k] - logits()[label_]) / total -
                        (static_cast<int64_t>(k) == label_));
  }
  for (int i = 2; i >= 0; --i) {
    linear_backward(i, upper, lower);
    upper = lower;
  }
  for (int i = 1; i >= 0; --i) {
    block_backward(i, upper, lower);
    upper = lower;
  }
}
