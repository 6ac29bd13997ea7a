// Forward pass of one image, for the shortest latency: where there are fewer images than lanes,
// most of a vector of images would be computed for nothing. Here vectors run along an image's rows,
// and along the outputs of a linear layer.
//
// Rows are `row_stride` apart: a load that begins at any output and tap stays inside its row.
#pragma once

#include <algorithm>

#include "activation.h"
#include "images.h"
#include "model.h"

namespace lenet {

constexpr int row_stride(const Conv& conv) {
  return round_up(conv.width - kKernel + 1, kLanes) + 2 * kKernel;
}

// The buffers of a pass; borders of padded planes are zero, and are never written.
struct SingleBuffers {
  explicit SingleBuffers(const Shape& shape)
      : image(plane_size(shape.conv[0])),
        middle(plane_size(shape.conv[1])),
        rows(2 * (std::max(row_stride(shape.conv[0]), row_stride(shape.conv[1])) + kLanes)) {
    for (int i = 0; i < 3; ++i) {
      features[i] = Buffer<float>(std::max(shape.linear[i].in_padded, shape.linear[i].stride) +
                                  shape.conv[1].pool_width + kLanes);
    }
    logits = Buffer<float>(shape.linear[2].stride);
  }

  static size_t plane_size(const Conv& conv) {
    return static_cast<size_t>(conv.in_channels) * conv.height * row_stride(conv) + kLanes;
  }

  Buffer<float> image, middle, rows, features[3], logits;
};

// kVecs vectors of two rows of convolution outputs, for one output channel after another of kOuts.
template <int kOuts, int kVecs>
LENET_INLINE void single_rows(const Conv conv, const float* in, const float* weight,
                              Vec (&acc)[kOuts][2][kVecs]) {
  const int stride = row_stride(conv), weights = conv.in_channels * kTaps;
  for (int channel = 0; channel < conv.in_channels; ++channel) {
    const float* plane = in + channel * conv.height * stride;
    const float* w = weight + channel * kTaps;
#pragma GCC unroll 6
    for (int y = 0; y <= kKernel; ++y) {
#pragma GCC unroll 5
      for (int x = 0; x < kKernel; ++x) {
        Vec value[kVecs];
#pragma GCC unroll 3
        for (int v = 0; v < kVecs; ++v) value[v] = load<Vec>(plane + y * stride + x + v * kLanes);
#pragma GCC unroll 4
        for (int o = 0; o < kOuts; ++o) {
          if (y < kKernel) {
            const Vec tap = broadcast(w[o * weights + y * kKernel + x]);
#pragma GCC unroll 3
            for (int v = 0; v < kVecs; ++v) acc[o][0][v] += tap * value[v];
          }
          if (y > 0) {
            const Vec tap = broadcast(w[o * weights + (y - 1) * kKernel + x]);
#pragma GCC unroll 3
            for (int v = 0; v < kVecs; ++v) acc[o][1][v] += tap * value[v];
          }
        }
      }
    }
  }
}

// The larger one; NaN if either is.
LENET_INLINE float larger(float a, float b) { return a > b || a != a ? a : b; }

// Two rows of outputs of one channel → a row of pooled pixels, before bias and activation (after
// them where four activated values are averaged).
LENET_INLINE void single_pool(Pooling pooling, int activation, float bias, Vec* rows, int vecs,
                              int pooled, float* to) {
  const float* upper = reinterpret_cast<const float*>(rows);
  const float* lower = upper + vecs * kLanes;
  if (pooling == Pooling::kAverageOfFour) activate(activation, bias, rows, 2 * vecs);
  for (int x = 0; x < pooled; ++x) {
    const float a = upper[2 * x], b = upper[2 * x + 1], c = lower[2 * x], d = lower[2 * x + 1];
    to[x] = pooling == Pooling::kMax ? larger(larger(a, b), larger(c, d)) : (a + b + c + d) * 0.25f;
  }
}

// One block: convolution, pooling, bias, activation. `to` is pixel (0, 0) of channel 0.
LENET_INLINE void single_block(const Model& model, const Conv conv, int block, const float* in,
                               float* to, int to_plane, int to_stride, Buffer<float>& scratch) {
  const Pooling pooling = model.pooling(block);
  const int activation = model.network.conv[block].activation;
  const float *weight = model.tensor(2 * block), *bias = model.tensor(2 * block + 1);
  const int vecs = round_up(conv.width - kKernel + 1, kLanes) / kLanes;
  const int filter = conv.in_channels * kTaps, stride = row_stride(conv);
  Vec* rows = reinterpret_cast<Vec*>(scratch.data());
  for (int py = 0; py < conv.pool_height; ++py) {
    const float* top = in + 2 * py * stride;
    const auto run = [&](auto outs, auto count, int o) LENET_LAMBDA {
      Vec acc[outs()][2][count()] = {};
      single_rows<outs(), count()>(conv, top, weight + o * filter, acc);
      for (int i = 0; i < outs(); ++i) {
        for (int v = 0; v < count(); ++v) {
          rows[v] = acc[i][0][v];
          rows[count() + v] = acc[i][1][v];
        }
        single_pool(pooling, activation, bias[o + i], rows, count(), conv.pool_width,
                    to + (o + i) * to_plane + py * to_stride);
      }
    };
    const auto channels = [&](auto outs, auto count) LENET_LAMBDA {
      int o = 0;
      for (; o + outs() <= conv.out_channels; o += outs()) run(outs, count, o);
      for (; o < conv.out_channels; ++o) run(Constant<1>{}, count, o);
    };
    if (vecs == 1) {
      channels(Constant<4>{}, Constant<1>{});
    } else if (vecs == 2) {
      channels(Constant<3>{}, Constant<2>{});
    } else if (vecs == 3) {
      channels(Constant<2>{}, Constant<3>{});
    } else {
      // Wide rows, vector by vector.
      for (int o = 0; o < conv.out_channels; ++o) {
        for (int v = 0; v < vecs; ++v) {
          Vec acc[1][2][1] = {};
          single_rows<1, 1>(conv, top + v * kLanes, weight + o * filter, acc);
          rows[v] = acc[0][0][0];
          rows[vecs + v] = acc[0][1][0];
        }
        single_pool(pooling, activation, bias[o], rows, vecs, conv.pool_width,
                    to + o * to_plane + py * to_stride);
      }
    }
  }
  if (pooling == Pooling::kAverageOfFour) return;
  for (int o = 0; o < conv.out_channels; ++o) {
    for (int py = 0; py < conv.pool_height; ++py) {
      float* row = to + o * to_plane + py * to_stride;
      for (int x = 0; x < conv.pool_width; x += kLanes) {
        // The end of a row is written with care: the next one's beginning may lie there.
        Vec values = {};
        const int count = std::min(kLanes, conv.pool_width - x);
        std::memcpy(&values, row + x, sizeof(float) * count);
        activate(activation, bias[o], &values, 1);
        std::memcpy(row + x, &values, sizeof(float) * count);
      }
    }
  }
}

template <int kVecs>
LENET_INLINE void single_outputs(const Linear layer, const float* weight, const float* bias,
                                 const float* in, float* out) {
  Vec acc[kVecs];
#pragma GCC unroll 8
  for (int v = 0; v < kVecs; ++v) acc[v] = load<Vec>(bias + v * kLanes);
  for (int k = 0; k < layer.in; ++k) {
    const Vec x = broadcast(in[k]);
#pragma GCC unroll 8
    for (int v = 0; v < kVecs; ++v) {
      acc[v] += x * load<Vec>(weight + k * layer.stride + v * kLanes);
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < kVecs; ++v) store(out + v * kLanes, acc[v]);
}

LENET_INLINE void single_linear(const Model& model, const Linear layer, int i, const float* in,
                                float* out) {
  const float *weight = model.tensor(4 + 2 * i), *bias = model.tensor(5 + 2 * i);
  const int vecs = round_up(layer.out, kLanes) / kLanes;
  int v = 0;
  for (; v + 8 <= vecs; v += 8) {
    single_outputs<8>(layer, weight + v * kLanes, bias + v * kLanes, in, out + v * kLanes);
  }
  for (; v + 2 <= vecs; v += 2) {
    single_outputs<2>(layer, weight + v * kLanes, bias + v * kLanes, in, out + v * kLanes);
  }
  for (; v < vecs; ++v) {
    single_outputs<1>(layer, weight + v * kLanes, bias + v * kLanes, in, out + v * kLanes);
  }
  activate(model.network.linear[i].activation, 0.0f, reinterpret_cast<Vec*>(out), vecs);
}

// Logits of sample `index`, `classes` floats.
template <class Sizes>
LENET_INLINE void single_image(const Model& model, const Sizes& sizes, const Batch& batch,
                               int64_t index, SingleBuffers& b, float* logits) {
  const Conv first = sizes.shape.conv[0], second = sizes.shape.conv[1];
  read_planes(first, *batch.data, batch.table, batch.index(index), row_stride(first),
              b.image.data());
  const int stride = row_stride(second);
  single_block(model, first, 0, b.image.data(),
               b.middle.data() + second.padding * stride + second.padding, second.height * stride,
               stride, b.rows);
  single_block(model, second, 1, b.middle.data(), b.features[0].data(), second.pooled(),
               second.pool_width, b.rows);
  single_linear(model, sizes.shape.linear[0], 0, b.features[0].data(), b.features[1].data());
  single_linear(model, sizes.shape.linear[1], 1, b.features[1].data(), b.features[2].data());
  single_linear(model, sizes.shape.linear[2], 2, b.features[2].data(), b.logits.data());
  std::copy_n(b.logits.data(), sizes.shape.classes(), logits);
}

}  // namespace lenet
