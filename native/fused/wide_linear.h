// Linear layers whose weights are more than the caches hold: chunk by chunk of the inputs, each for
// all groups of a piece, so that a chunk's weights are read from afar once for all of them. The
// sums are formed in the same order as linear.h forms them.
#pragma once

#include <algorithm>

#include "linear.h"

namespace lenet {

// A chunk of two groups' inputs takes a quarter to half of the first-level cache.
inline constexpr int kChunk = 128;

// kLinearBlock outputs for kGroups groups: inputs from … to − 1 are added to what is in `out`, or,
// if they are the first, to the bias.
template <int kGroups>
LENET_INLINE void forward_block(const Linear& layer, const float* weight, const float* bias,
                                const Vec* const (&in)[kGroups], Vec* const (&out)[kGroups], int o,
                                int from, int to) {
  Vec acc[kGroups][kLinearBlock];
#pragma GCC unroll 12
  for (int i = 0; i < kLinearBlock; ++i) {
    for (int g = 0; g < kGroups; ++g) acc[g][i] = from ? out[g][o + i] : broadcast(bias[o + i]);
  }
  const float* w = weight + static_cast<int64_t>(from) * layer.stride + o;
  for (int k = from; k < to; ++k, w += layer.stride) {
    Vec x[kGroups];
    for (int g = 0; g < kGroups; ++g) x[g] = in[g][k];
#pragma GCC unroll 12
    for (int i = 0; i < kLinearBlock; ++i) {
      const Vec weight_i = broadcast(w[i]);
      for (int g = 0; g < kGroups; ++g) acc[g][i] += weight_i * x[g];
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < kLinearBlock; ++i) {
    for (int g = 0; g < kGroups; ++g) out[g][o + i] = acc[g][i];
  }
}

// `groups` groups; in_at(group) and out_at(group) give their vectors.
template <class In, class Out>
void wide_forward(const Linear& layer, const float* weight, const float* bias, int groups, In in_at,
                  Out out_at) {
  for (int from = 0; from < layer.in; from += kChunk) {
    const int to = std::min(from + kChunk, layer.in);
    for (int g = 0; g < groups; g += 2) {
      for (int o = 0; o < layer.out; o += kLinearBlock) {
        if (g + 1 < groups) {
          forward_block<2>(layer, weight, bias, {in_at(g), in_at(g + 1)},
                           {out_at(g), out_at(g + 1)}, o, from, to);
        } else {
          forward_block<1>(layer, weight, bias, {in_at(g)}, {out_at(g)}, o, from, to);
        }
      }
    }
  }
}

// linear_weights(), a chunk of the inputs after the other: that of a whole piece stays near.
inline void wide_weights(const Linear& layer, const Vec* in, int group_stride, const float* rows,
                         int images, float* gradient, float* bias_gradient) {
  constexpr int kInputs = 32;
  for (int from = 0; from < layer.in; from += kInputs) {
    Linear part = layer;
    part.in = std::min(kInputs, layer.in - from);
    linear_weights(part, in + from, group_stride, rows, images,
                   gradient + static_cast<int64_t>(from) * layer.stride);
  }
  linear_bias(layer, rows, images, bias_gradient);
}

}  // namespace lenet
