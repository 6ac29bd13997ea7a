// Linear layers: forward, gradient of the input, gradient of the weights.
//
// The first two work in lanes, on two groups of kLanes images at once, so that each weight read
// serves both. The third sums over images: its vectors run along the outputs.
//   in, out   [feature] of Vec, per group
//   weight    [in][out], rows `stride` apart, padded with zeros
//   rows      [image][out], rows `stride` apart: the output's gradient, image-major
#pragma once

#include "shape.h"

namespace lenet {

// kOuts outputs for kGroups groups: inputs from … to − 1 are added to what is in `out`, or, if they
// are the first, to the bias. Padding outputs are computed too, and are never read.
template <int kGroups, int kOuts>
LENET_INLINE void forward_block(const Linear layer, const float* weight, const float* bias,
                                const Vec* const (&in)[kGroups], Vec* const (&out)[kGroups], int o,
                                int from, int to) {
  Vec acc[kGroups][kOuts];
#pragma GCC unroll 12
  for (int i = 0; i < kOuts; ++i) {
    for (int g = 0; g < kGroups; ++g) acc[g][i] = from ? out[g][o + i] : broadcast(bias[o + i]);
  }
  const float* w = weight + static_cast<int64_t>(from) * layer.stride + o;
  for (int k = from; k < to; ++k, w += layer.stride) {
    Vec x[kGroups];
    for (int g = 0; g < kGroups; ++g) x[g] = in[g][k];
#pragma GCC unroll 12
    for (int i = 0; i < kOuts; ++i) {
      const Vec weight_i = broadcast(w[i]);
      for (int g = 0; g < kGroups; ++g) acc[g][i] += weight_i * x[g];
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < kOuts; ++i) {
    for (int g = 0; g < kGroups; ++g) out[g][o + i] = acc[g][i];
  }
}

template <int kGroups>
LENET_INLINE void linear_forward(const Linear layer, const float* weight, const float* bias,
                                 const Vec* const (&in)[kGroups], Vec* const (&out)[kGroups]) {
  for (int o = 0; o < layer.out; o += kLinearBlock) {
    forward_block<kGroups, kLinearBlock>(layer, weight, bias, in, out, o, 0, layer.in);
  }
}

// gradient_in[k] = Σ_o gradient_out[o] · weight[k][o].
template <int kGroups>
LENET_INLINE void linear_backward(const Linear layer, const float* weight,
                                  const Vec* const (&gradient_out)[kGroups],
                                  Vec* const (&gradient_in)[kGroups]) {
  for (int k = 0; k < layer.in; k += kLinearBlock) {
    Vec acc[kGroups][kLinearBlock] = {};
    const float* w = weight + k * layer.stride;
    for (int o = 0; o < layer.out; ++o) {
      Vec g_out[kGroups];
      for (int g = 0; g < kGroups; ++g) g_out[g] = gradient_out[g][o];
#pragma GCC unroll 12
      for (int i = 0; i < kLinearBlock; ++i) {
        const Vec weight_i = broadcast(w[i * layer.stride + o]);
        for (int g = 0; g < kGroups; ++g) acc[g][i] += weight_i * g_out[g];
      }
    }
#pragma GCC unroll 12
    for (int i = 0; i < kLinearBlock; ++i) {
      for (int g = 0; g < kGroups; ++g) gradient_in[g][k + i] = acc[g][i];
    }
  }
}

// Transposes one group's output gradient into `rows` of kLanes images.
LENET_INLINE void gradient_rows(const Linear layer, const Vec* gradient_out, float* rows) {
  for (int first = 0; first < layer.stride; first += kLanes) {
    Vec square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      square[i] = first + i < layer.out ? gradient_out[first + i] : Vec{};
    }
    transpose(square);
#pragma GCC unroll 16
    for (int l = 0; l < kLanes; ++l) store(rows + l * layer.stride + first, square[l]);
  }
}

// kIns × kVecs accumulators: kIns inputs times kVecs vectors of outputs, summed over images.
template <int kIns, int kVecs>
LENET_INLINE void weight_block(const Linear layer, const Vec* in, int group_stride,
                               const float* rows, int images, int k, int o, float* gradient) {
  Vec acc[kIns][kVecs];
#pragma GCC unroll 16
  for (int i = 0; i < kIns; ++i) {
#pragma GCC unroll 6
    for (int v = 0; v < kVecs; ++v) {
      acc[i][v] = load<Vec>(gradient + (k + i) * layer.stride + o + v * kLanes);
    }
  }
  const float* row = rows + o;
  for (int first = 0; first < images; first += kLanes) {
    const float* x = reinterpret_cast<const float*>(in + (first / kLanes) * group_stride + k);
    const int live = images - first < kLanes ? images - first : kLanes;
    for (int l = 0; l < live; ++l, row += layer.stride) {
      Vec g[kVecs];
#pragma GCC unroll 6
      for (int v = 0; v < kVecs; ++v) g[v] = load<Vec>(row + v * kLanes);
#pragma GCC unroll 16
      for (int i = 0; i < kIns; ++i) {
        const Vec value = broadcast(x[i * kLanes + l]);
#pragma GCC unroll 6
        for (int v = 0; v < kVecs; ++v) acc[i][v] += value * g[v];
      }
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < kIns; ++i) {
#pragma GCC unroll 6
    for (int v = 0; v < kVecs; ++v) {
      store(gradient + (k + i) * layer.stride + o + v * kLanes, acc[i][v]);
    }
  }
}

// Adds the gradients of `images` images. Outputs are the outer loop: their columns of `rows` (12 KB
// for 128 images) then stay in the first-level cache while the inputs pass by once.
LENET_INLINE void linear_weights(const Linear layer, const Vec* in, int group_stride,
                                 const float* rows, int images, float* gradient) {
  constexpr int kIns = 4, kVecs = kManyRegisters ? 4 : 3;
  const int columns = round_up(layer.out, kLanes);
  for (int o = 0; o < columns;) {
    const int left = (columns - o) / kLanes, vecs = left < kVecs ? left : kVecs;
    const auto run = [&](auto count) LENET_LAMBDA {
      int k = 0;
      for (; k + kIns <= layer.in; k += kIns) {
        weight_block<kIns, count()>(layer, in, group_stride, rows, images, k, o, gradient);
      }
      for (; k < layer.in; ++k) {
        weight_block<1, count()>(layer, in, group_stride, rows, images, k, o, gradient);
      }
    };
    with_constant<1, 2, 3>(vecs, run);
    if constexpr (kVecs >= 4) with_constant<4>(vecs, run);
    o += vecs * kLanes;
  }
}

LENET_INLINE void linear_bias(const Linear layer, const float* rows, int images,
                              float* bias_gradient) {
  for (int o = 0; o < layer.out; o += kLanes) {
    Vec acc = load<Vec>(bias_gradient + o);
    for (int i = 0; i < images; ++i) acc += load<Vec>(rows + i * layer.stride + o);
    store(bias_gradient + o, acc);
  }
}

}  // namespace lenet
