// Forward pass of one group through the convolutions, and of a pair through the linear layers.
#pragma once

#include "convolution_rows.h"
#include "convolution_tiles.h"
#include "images.h"
#include "linear.h"
#include "workspace.h"

namespace lenet {

// Reads `live` images; lanes without an image are black. The `ahead` images behind them are next.
LENET_INLINE void read_group(const Conv conv, const Batch& batch, int64_t first, int live,
                             int ahead, float* images, Vec* lanes) {
  for (int l = 0; l < live; ++l) {
    if (l < ahead) prefetch_image(conv, *batch.data, batch.index(first + live + l));
    read_image(conv, *batch.data, batch.table, batch.index(first + l),
               images + l * conv.image_size());
  }
  for (int l = live; l < kLanes; ++l) {
    std::memset(images + l * conv.image_size(), 0, sizeof(float) * conv.image_size());
  }
  to_lanes(images, conv.image_size(), conv.in_channels, conv.plane(), conv.in_stride, lanes);
}

// One block: convolution, pooling, bias, activation. Compiled once for training and evaluation
// where they are the same.
template <class Sizes, int kBlock, Pooling kPooling, bool kTraining>
__attribute__((noinline)) void pooled_block(const Model& model, const Sizes& sizes, const Vec* in,
                                            Results to, Workspace& w) {
  const Conv conv = sizes.shape.conv[kBlock];
  const float *weight = model.tensor(2 * kBlock), *bias = model.tensor(2 * kBlock + 1);
  const float* points = model.points[kBlock].data();
  if (model.direct) {
    convolve_directly(conv, kPooling, kTraining, in, weight, to);
  } else if constexpr (kBlock == 0) {
    convolve_rows<kPooling, kTraining>(conv, in, weight, points, w.ring, to);
  } else {
    convolve_tiles<kPooling, kTraining>(conv, in, weight, points, w.tiles, to);
  }
  finish_convolution<kPooling>(conv, model.network.conv[kBlock].activation, bias, to.out, to.four);
}

template <class Sizes, int kBlock, bool kTraining>
LENET_INLINE void block_forward(const Model& model, const Sizes& sizes, const Vec* in, Results to,
                                Workspace& w) {
  switch (model.pooling(kBlock)) {
    case Pooling::kMax:
      return pooled_block<Sizes, kBlock, Pooling::kMax, kTraining>(model, sizes, in, to, w);
    case Pooling::kAverage:
      return pooled_block<Sizes, kBlock, Pooling::kAverage, false>(model, sizes, in, to, w);
    case Pooling::kAverageOfFour:
      return pooled_block<Sizes, kBlock, Pooling::kAverageOfFour, false>(model, sizes, in, to, w);
  }
}

template <int kGroups>
LENET_INLINE void linear_layer(const Model& model, const Linear layer, int i,
                               const Vec* const (&in)[kGroups], Vec* const (&out)[kGroups]) {
  linear_forward<kGroups>(layer, model.tensor(4 + 2 * i), model.tensor(5 + 2 * i), in, out);
  for (int g = 0; g < kGroups; ++g) {
    activate(model.network.linear[i].activation, 0.0f, out[g], layer.out);
  }
}

// The three linear layers for the groups group … group + kGroups − 1 of the piece.
template <int kGroups>
LENET_INLINE void linear_layers(const Model& model, const Shape& shape, int group, Workspace& w) {
  const auto inputs = [&](int i) LENET_LAMBDA {
    return w.features[i].data() + group * shape.linear[i].in_padded;
  };
  const auto layer = [&](int i, Vec* out0, Vec* out1) LENET_LAMBDA {
    const Vec* in = inputs(i);
    if constexpr (kGroups == 2) {
      linear_layer<2>(model, shape.linear[i], i, {in, in + shape.linear[i].in_padded},
                      {out0, out1});
    } else {
      linear_layer<1>(model, shape.linear[i], i, {in}, {out0});
    }
  };
  layer(0, inputs(1), inputs(1) + shape.linear[1].in_padded);
  layer(1, inputs(2), inputs(2) + shape.linear[2].in_padded);
  layer(2, w.logits[0].data(), w.logits[1].data());
}

}  // namespace lenet
