#include "windows.h"

#include <algorithm>

namespace lenet {

namespace {

// Accumulators take 24 of 32 registers or 12 of 16, beside what they are made of.
constexpr int kOuts = 4, kPixels = kManyRegisters ? 6 : 3;
// The same for weights: kOuts gradients times kTaps inputs.
constexpr int kTaps = kManyRegisters ? 6 : 3;

// Windows side by side read their inputs kStep vectors apart.
template <int kOutputs, int kWindows, int kStep>
LENET_INLINE void window_block(const Products& products, const Vec* in, const float* weight,
                               const float* bias, Vec* out, Grid grid) {
  Vec acc[kOutputs][kWindows];
#pragma GCC unroll 4
  for (int o = 0; o < kOutputs; ++o) {
#pragma GCC unroll 6
    for (int w = 0; w < kWindows; ++w) acc[o][w] = bias ? broadcast(bias[o]) : Vec{};
  }
  const int *in_at = products.in.data(), *weight_at = products.weight.data();
  const int count = static_cast<int>(products.in.size());
  const int64_t weight_step = products.weight_step;
  for (int i = 0; i < count; ++i) {
    const Vec* x = in + in_at[i];
    const float* f = weight + weight_at[i];
    Vec value[kWindows];
#pragma GCC unroll 6
    for (int w = 0; w < kWindows; ++w) value[w] = x[w * kStep];
#pragma GCC unroll 4
    for (int o = 0; o < kOutputs; ++o) {
      const Vec factor = broadcast(f[o * weight_step]);
#pragma GCC unroll 6
      for (int w = 0; w < kWindows; ++w) acc[o][w] += factor * value[w];
    }
  }
#pragma GCC unroll 4
  for (int o = 0; o < kOutputs; ++o) {
#pragma GCC unroll 6
    for (int w = 0; w < kWindows; ++w) out[o * grid.plane + w * grid.step] = acc[o][w];
  }
}

// All windows: `row` vectors from one line of them to the next.
template <int kStep>
void all_windows(const Products& products, Size size, int row, const Vec* in, const float* weight,
                 const float* bias, Vec* out, Grid grid) {
  const auto line = [&](auto outputs, int o, int y) LENET_LAMBDA {
    const Vec* x = in + y * row;
    const float* f = weight + static_cast<int64_t>(o) * products.weight_step;
    Vec* to = out + grid.first + o * grid.plane + y * grid.row;
    const float* b = bias ? bias + o : nullptr;
    int w = 0;
    for (; w + kPixels <= size.width; w += kPixels) {
      window_block<outputs(), kPixels, kStep>(products, x + w * kStep, f, b, to + w * grid.step,
                                              grid);
    }
    const auto rest = [&](auto windows) LENET_LAMBDA {
      window_block<outputs(), windows(), kStep>(products, x + w * kStep, f, b, to + w * grid.step,
                                                grid);
    };
    with_constant<1, 2>(size.width - w, rest);
    if constexpr (kPixels > 3) with_constant<3, 4, 5>(size.width - w, rest);
  };
  for (int y = 0; y < size.height; ++y) {
    int o = 0;
    for (; o + kOuts <= size.channels; o += kOuts) line(Constant<kOuts>{}, o, y);
    for (; o < size.channels; ++o) line(Constant<1>{}, o, y);
  }
}

// Sums of the lanes of kCount vectors.
template <int kCount>
LENET_INLINE void sum_lanes(const Vec (&vectors)[kCount], float* sums) {
#pragma GCC unroll 6
  for (int first = 0; first < kCount; first += kLanes) {
    Vec square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      square[i] = first + i < kCount ? vectors[first + i] : Vec{};
    }
    transpose(square);
    Vec total = square[0];
#pragma GCC unroll 16
    for (int i = 1; i < kLanes; ++i) total += square[i];
    const float* from = reinterpret_cast<const float*>(&total);
    for (int i = 0; i < kLanes && first + i < kCount; ++i) sums[first + i] = from[i];
  }
}

}  // namespace

Grid dense_grid(Size size, int border) {
  const int row = size.width + 2 * border;
  return {border * row + border, (size.height + 2 * border) * row, row, 1};
}

Convolution::Convolution(const Layer& given)
    : layer(given), in(dense_grid(given.in, given.padding)) {
  const int kernel = layer.kernel, stride = layer.stride, border = kernel - 1 - layer.padding;
  const int row = layer.in.width + kernel - 1;
  gradient = {border * (row + 1), (layer.in.height + kernel - 1) * row, stride * row, stride};
  const int taps = kernel * kernel;
  ahead.weight_step = layer.in.channels * taps;
  back.weight_step = taps;
  for (int c = 0; c < layer.in.channels; ++c) {
    for (int t = 0; t < taps; ++t) {
      ahead.in.push_back(c * in.plane + t / kernel * in.row + t % kernel);
      ahead.weight.push_back(c * taps + t);
    }
  }
  for (int o = 0; o < layer.outputs; ++o) {
    for (int t = 0; t < taps; ++t) {
      back.in.push_back(o * gradient.plane + t / kernel * row + t % kernel);
      back.weight.push_back(o * ahead.weight_step + taps - 1 - t);
    }
  }
}

void Convolution::forward(const Vec* from, const float* weight, const float* bias, Vec* out,
                          Grid grid) const {
  const int row = layer.stride * in.row;
  if (layer.stride == 1) {
    all_windows<1>(ahead, layer.out, row, from, weight, bias, out, grid);
  } else {
    all_windows<2>(ahead, layer.out, row, from, weight, bias, out, grid);
  }
}

void Convolution::input_gradient(const Vec* from, const float* weight, Vec* in_gradient,
                                 Grid grid) const {
  all_windows<1>(back, layer.in, layer.in.width + layer.kernel - 1, from, weight, nullptr,
                 in_gradient, grid);
}

void Convolution::weight_gradient(const Vec* from, const Vec* gradients, Grid grid, float* weight,
                                  float* bias) const {
  const int count = static_cast<int>(ahead.in.size()), height = layer.out.height;
  for (int o = 0; o < layer.outputs; o += kOuts) {
    // Beyond the last output or product, the last one's is computed again and dropped.
    const int outs = std::min(kOuts, layer.outputs - o);
    const Vec* g_at[kOuts];
    for (int i = 0; i < kOuts; ++i) {
      g_at[i] = gradients + grid.first + (o + std::min(i, outs - 1)) * grid.plane;
    }
    for (int first = 0; first < count; first += kTaps) {
      const int taps = std::min(kTaps, count - first);
      const Vec* x_at[kTaps];
      for (int t = 0; t < kTaps; ++t) x_at[t] = from + ahead.in[first + std::min(t, taps - 1)];
      Vec acc[kOuts * kTaps] = {};
      for (int y = 0; y < height; ++y) {
        const int64_t x_row = static_cast<int64_t>(y) * layer.stride * in.row;
        const int64_t g_row = static_cast<int64_t>(y) * grid.row;
        for (int x = 0; x < layer.out.width; ++x) {
          Vec value[kTaps];
#pragma GCC unroll 6
          for (int t = 0; t < kTaps; ++t) value[t] = x_at[t][x_row + x * layer.stride];
#pragma GCC unroll 4
          for (int i = 0; i < kOuts; ++i) {
            const Vec g = g_at[i][g_row + x * grid.step];
#pragma GCC unroll 6
            for (int t = 0; t < kTaps; ++t) acc[i * kTaps + t] += g * value[t];
          }
        }
      }
      float sums[kOuts * kTaps];
      sum_lanes(acc, sums);
      for (int i = 0; i < outs; ++i) {
        float* to = weight + static_cast<int64_t>(o + i) * count + first;
        for (int t = 0; t < taps; ++t) to[t] += sums[i * kTaps + t];
      }
    }
    for (int i = 0; i < outs; ++i) {
      Vec total = {};
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < layer.out.width; ++x) total += g_at[i][y * grid.row + x * grid.step];
      }
      bias[o + i] += sum(total);
    }
  }
}

}  // namespace lenet
