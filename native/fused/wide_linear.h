// Linear layers whose weights are more than the caches hold: chunk by chunk of the inputs, each for
// all groups of a piece, so that a chunk's weights are read from afar once for all of them. The
// sums are formed in the same order as linear.h forms them.
#pragma once

#include <algorithm>

#include "linear.h"

namespace lenet {

// A chunk of two groups' inputs takes a quarter to half of the first-level cache.
inline constexpr int kChunk = 128;

// `groups` groups; in_at(group) and out_at(group) give their vectors.
template <int kOuts, class In, class Out>
void forward_by(const Linear& layer, const float* weight, const float* bias, int groups, In in_at,
                Out out_at) {
  for (int from = 0; from < layer.in; from += kChunk) {
    const int to = std::min(from + kChunk, layer.in);
    for (int g = 0; g < groups; g += 2) {
      for (int o = 0; o < layer.out; o += kOuts) {
        if (g + 1 < groups) {
          forward_block<2, kOuts>(layer, weight, bias, {in_at(g), in_at(g + 1)},
                                  {out_at(g), out_at(g + 1)}, o, from, to);
        } else {
          forward_block<1, kOuts>(layer, weight, bias, {in_at(g)}, {out_at(g)}, o, from, to);
        }
      }
    }
  }
}

template <class In, class Out>
void wide_forward(const Linear& layer, const float* weight, const float* bias, int groups, In in_at,
                  Out out_at) {
  // Ten classes are so frequent that they should not cost as much as twelve.
  constexpr int kTenth = kLinearBlock / 6 * 5;
  if (layer.out % kLinearBlock != 0 && layer.out % kTenth == 0) {
    forward_by<kTenth>(layer, weight, bias, groups, in_at, out_at);
  } else {
    forward_by<kLinearBlock>(layer, weight, bias, groups, in_at, out_at);
  }
}

// Few outputs are few accumulators, each of which waits for its last addition: then more inputs.
inline void narrow_weights(const Linear& layer, const Vec* in, int group_stride, const float* rows,
                           int images, float* gradient) {
  const int vecs = round_up(layer.out, kLanes) / kLanes;
  const auto run = [&](auto count) LENET_LAMBDA {
    constexpr int kInputs = (kManyRegisters ? 16 : 12) / count();
    int k = 0;
    for (; k + kInputs <= layer.in; k += kInputs) {
      weight_block<kInputs, count()>(layer, in, group_stride, rows, images, k, 0, gradient);
    }
    for (; k < layer.in; ++k) {
      weight_block<1, count()>(layer, in, group_stride, rows, images, k, 0, gradient);
    }
  };
  with_constant<1, 2>(vecs, run);
}

// linear_weights(), a chunk of the inputs after the other: that of a whole piece stays near, and
// the next one is asked for, which lies in as many places as there are groups.
inline void wide_weights(const Linear& layer, const Vec* in, int group_stride, const float* rows,
                         int images, float* gradient, float* bias_gradient) {
  const bool is_narrow = layer.out <= 2 * kLanes;
  const int inputs = is_narrow ? 48 : 32, groups = (images + kLanes - 1) / kLanes;
  for (int from = 0; from < layer.in; from += inputs) {
    Linear part = layer;
    part.in = std::min(inputs, layer.in - from);
    for (int g = 0; g < groups; ++g) {
      const char* next = reinterpret_cast<const char*>(in + g * group_stride + from + part.in);
      const int bytes = std::min(inputs, layer.in - from - part.in) * int{sizeof(Vec)};
      for (int i = 0; i < bytes; i += 64) __builtin_prefetch(next + i);
    }
    float* to = gradient + static_cast<int64_t>(from) * layer.stride;
    if (is_narrow) {
      narrow_weights(part, in + from, group_stride, rows, images, to);
    } else {
      linear_weights(part, in + from, group_stride, rows, images, to);
    }
  }
  linear_bias(layer, rows, images, bias_gradient);
}

}  // namespace lenet
