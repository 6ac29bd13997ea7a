// Forward pass of one image, for the shortest latency: where there are fewer images than lanes,
// most of a vector of images would be computed for nothing. Here vectors run along the channels of
// one pixel, and along the outputs of a linear layer; nothing branches on what an image holds.
//
//   in     [y][x][channel]          padded image-major planes: one scalar at a time
//   taps   [ky][kx][channel][out]   weights, see pack_taps(); outputs padded to whole vectors
//   pooled [corner][x][out]         one row of pooled pixels; four corners where activated values
//                                   are averaged (Pooling::kAverageOfFour), otherwise one
#pragma once

#include <algorithm>

#include "activation.h"
#include "images.h"
#include "model.h"

namespace lenet {

// The buffers of a pass; borders of padded planes are zero, and are never written.
struct SingleBuffers {
  explicit SingleBuffers(const Shape& shape)
      : image(shape.conv[0].image_size()),
        middle(shape.conv[1].image_size()),
        pooled(4 * std::max(pooled_row(shape.conv[0]), pooled_row(shape.conv[1]))),
        logits(shape.linear[2].stride) {
    for (int i = 0; i < 3; ++i) {
      const int outputs_before = i > 0 ? shape.linear[i - 1].stride : 0;
      features[i] = Buffer<float>(std::max(shape.linear[i].in_padded, outputs_before));
    }
  }

  static constexpr int pooled_row(const Conv& conv) {
    return round_up(conv.pool_width * conv.out_stride, kLanes);
  }

  Buffer<float> image, middle, pooled, features[3], logits;
};

LENET_INLINE Channels larger(Channels a, Channels b) {  // NaN if either is
  return ((a > b) | (a != a)) ? a : b;
}

// kWindows pooling windows side by side times kVecs vectors of outputs: 4 · kWindows · kVecs
// accumulators. `in` is the first window's corner, `to` and `corner_stride` lie in `pooled`.
template <int kWindows, int kVecs>
LENET_INLINE void single_windows(const Conv conv, Pooling pooling, const float* in,
                                 const float* taps, const float* bias, float* to,
                                 int corner_stride) {
  const int row = conv.width * conv.in_stride, pixel = conv.in_stride;
  Channels acc[kWindows][4][kVecs];
#pragma GCC unroll 4
  for (int v = 0; v < kVecs; ++v) {
    const Channels start = load<Channels>(bias + v * kChannelLanes);
#pragma GCC unroll 6
    for (int w = 0; w < kWindows; ++w) {
#pragma GCC unroll 4
      for (int corner = 0; corner < 4; ++corner) acc[w][corner][v] = start;
    }
  }
  for (int ky = 0; ky < kKernel; ++ky) {
    for (int kx = 0; kx < kKernel; ++kx) {
      const float* at = in + ky * row + kx * pixel;
      for (int c = 0; c < conv.in_channels; ++c, ++at, taps += conv.out_stride) {
        Channels weight[kVecs];
#pragma GCC unroll 4
        for (int v = 0; v < kVecs; ++v) weight[v] = load<Channels>(taps + v * kChannelLanes);
#pragma GCC unroll 6
        for (int w = 0; w < kWindows; ++w) {
#pragma GCC unroll 4
          for (int corner = 0; corner < 4; ++corner) {
            const int place = (corner / 2) * row + (2 * w + corner % 2) * pixel;
            const Channels value = broadcast<Channels>(at[place]);
#pragma GCC unroll 4
            for (int v = 0; v < kVecs; ++v) acc[w][corner][v] += value * weight[v];
          }
        }
      }
    }
  }
#pragma GCC unroll 6
  for (int w = 0; w < kWindows; ++w) {
#pragma GCC unroll 4
    for (int v = 0; v < kVecs; ++v) {
      const Channels a = acc[w][0][v], b = acc[w][1][v], c = acc[w][2][v], d = acc[w][3][v];
      float* out = to + w * conv.out_stride + v * kChannelLanes;
      if (pooling == Pooling::kMax) {
        store(out, larger(larger(a, b), larger(c, d)));
      } else if (pooling == Pooling::kAverage) {
        store(out, (a + b + c + d) * 0.25f);
      } else {
#pragma GCC unroll 4
        for (int corner = 0; corner < 4; ++corner) {
          store(out + corner * corner_stride, acc[w][corner][v]);
        }
      }
    }
  }
}

// One block: convolution, pooling, activation. `keep(py, pooled)` takes each row of the result.
template <class Keep>
LENET_INLINE void single_block(const Model& model, const Conv conv, int block, const float* in,
                               Buffer<float>& buffer, Keep keep) {
  // As many accumulators as fit beside the weights: one vector of outputs, or two at a time.
  constexpr int kWide = kManyRegisters ? 4 : 2;
  const Pooling pooling = model.pooling(block);
  const float *taps = model.taps[block].data(), *bias = model.tensor(2 * block + 1);
  const int row = SingleBuffers::pooled_row(conv);
  float* pooled = buffer.data();
  for (int py = 0; py < conv.pool_height; ++py) {
    const float* corner = in + 2 * py * conv.width * conv.in_stride;
    const auto outputs = [&](auto windows, auto vecs, int first) LENET_LAMBDA {
      const auto run = [&](auto count, int px) LENET_LAMBDA {
        single_windows<count(), vecs()>(conv, pooling, corner + 2 * px * conv.in_stride,
                                        taps + first, bias + first,
                                        pooled + px * conv.out_stride + first, row);
      };
      int px = 0;
      for (; px + windows() <= conv.pool_width; px += windows()) run(windows, px);
      for (; px < conv.pool_width; ++px) run(Constant<1>{}, px);
    };
    int first = 0;
    for (; first + 2 * kChannelLanes <= conv.out_stride; first += 2 * kChannelLanes) {
      outputs(Constant<kWide / 2>{}, Constant<2>{}, first);
    }
    if (first < conv.out_stride) outputs(Constant<kWide>{}, Constant<1>{}, first);

    const int floats = pooling == Pooling::kAverageOfFour ? 4 * row : row;
    activate(model.network.conv[block].activation, 0.0f, reinterpret_cast<Vec*>(pooled),
             floats / kLanes);
    if (pooling == Pooling::kAverageOfFour) {
      for (int i = 0; i < row; ++i) {
        pooled[i] =
            (pooled[i] + pooled[row + i] + pooled[2 * row + i] + pooled[3 * row + i]) * 0.25f;
      }
    }
    keep(py, pooled);
  }
}

// kVecs vectors of outputs as kSums sums over every kSums-th input: sums enough to hide the latency
// of a multiply-add. Inputs are padded to a multiple of four, with zero weights.
template <int kVecs, int kSums>
LENET_INLINE void single_outputs(const Linear layer, const float* weight, const float* bias,
                                 const float* in, float* out) {
  Vec acc[kSums][kVecs] = {};
#pragma GCC unroll 8
  for (int v = 0; v < kVecs; ++v) acc[0][v] = load<Vec>(bias + v * kLanes);
  for (int k = 0; k < layer.in_padded; k += kSums) {
#pragma GCC unroll 4
    for (int s = 0; s < kSums; ++s) {
      const Vec x = broadcast(in[k + s]);
#pragma GCC unroll 8
      for (int v = 0; v < kVecs; ++v) {
        acc[s][v] += x * load<Vec>(weight + (k + s) * layer.stride + v * kLanes);
      }
    }
  }
#pragma GCC unroll 8
  for (int v = 0; v < kVecs; ++v) {
    Vec total = acc[0][v];
#pragma GCC unroll 3
    for (int s = 1; s < kSums; ++s) total += acc[s][v];
    store(out + v * kLanes, total);
  }
}

// Without the activation.
LENET_INLINE void single_sums(const Linear layer, const float* weight, const float* bias,
                              const float* in, float* out) {
  const int vecs = round_up(layer.out, kLanes) / kLanes;
  int v = 0;
  const auto run = [&](auto count, auto sums) LENET_LAMBDA {
    for (; v + count() <= vecs; v += count()) {
      single_outputs<count(), sums()>(layer, weight + v * kLanes, bias + v * kLanes, in,
                                      out + v * kLanes);
    }
  };
  run(Constant<8>{}, Constant<1>{});
  run(Constant<4>{}, Constant<2>{});
  run(Constant<1>{}, Constant<4>{});
}

LENET_INLINE void single_linear(const Model& model, const Linear layer, int i, const float* in,
                                float* out) {
  single_sums(layer, model.tensor(4 + 2 * i), model.tensor(5 + 2 * i), in, out);
  const int vecs = round_up(layer.out, kLanes) / kLanes;
  activate(model.network.linear[i].activation, 0.0f, reinterpret_cast<Vec*>(out), vecs);
}

// Logits of sample `index`, `classes` floats.
template <class Sizes>
LENET_INLINE void single_image(const Model& model, const Sizes& sizes, const Batch& batch,
                               int64_t index, SingleBuffers& b, float* logits) {
  const Conv first = sizes.shape.conv[0], second = sizes.shape.conv[1];
  read_image(first, *batch.data, batch.table, batch.index(index), b.image.data());
  float* middle = b.middle.data() + second.padding * (second.width + 1) * second.in_stride;
  single_block(model, first, 0, b.image.data(), b.pooled, [&](int y, const float* row) {
    std::copy_n(row, first.pool_width * first.out_stride,
                middle + y * second.width * second.in_stride);
  });
  single_block(model, second, 1, b.middle.data(), b.pooled, [&](int y, const float* row) {
    // The linear layer has its inputs in PyTorch's order: channel by channel.
    float* to = b.features[0].data() + y * second.pool_width;
    for (int x = 0; x < second.pool_width; ++x) {
      for (int c = 0; c < second.out_channels; ++c) {
        to[c * second.pooled() + x] = row[x * second.out_stride + c];
      }
    }
  });
  single_linear(model, sizes.shape.linear[0], 0, b.features[0].data(), b.features[1].data());
  single_linear(model, sizes.shape.linear[1], 1, b.features[1].data(), b.features[2].data());
  single_linear(model, sizes.shape.linear[2], 2, b.features[2].data(), b.logits.data());
  std::copy_n(b.logits.data(), sizes.shape.classes(), logits);
}

}  // namespace lenet
