// Gradient of a convolution's weights where every pixel has a gradient, as behind average pooling:
// in lanes, since nothing would be multiplied by zero there.
//   in       [channel][y][x]             the convolution's padded input
//   gradient [out][pooled pixel][4]
//   sums     [out][channel][ky][kx]      PyTorch's order, over all images of a lane
#pragma once

#include "shape.h"

namespace lenet {

// One row of five taps of kOuts output channels: two pixels of a pooling window at a time.
template <int kOuts>
LENET_INLINE void dense_row(const Conv conv, const Vec* in, const Vec* gradient, Vec* sums) {
  const int weights = conv.in_channels * kTaps;
  Vec acc[kOuts][kKernel];
#pragma GCC unroll 4
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 5
    for (int k = 0; k < kKernel; ++k) acc[o][k] = sums[o * weights + k];
  }
  for (int y = 0; y < 2 * conv.pool_height; ++y) {
    const Vec* x = in + y * conv.width;
    const Vec* g = gradient + 4 * (y / 2) * conv.pool_width + 2 * (y % 2);
    for (int px = 0; px < conv.pool_width; ++px, x += 2, g += 4) {
      Vec left[kOuts], right[kOuts];
#pragma GCC unroll 4
      for (int o = 0; o < kOuts; ++o) {
        left[o] = g[o * conv.out_plane()];
        right[o] = g[o * conv.out_plane() + 1];
      }
#pragma GCC unroll 6
      for (int k = 0; k <= kKernel; ++k) {
        const Vec value = x[k];
#pragma GCC unroll 4
        for (int o = 0; o < kOuts; ++o) {
          if (k < kKernel) acc[o][k] += left[o] * value;
          if (k > 0) acc[o][k - 1] += right[o] * value;
        }
      }
    }
  }
#pragma GCC unroll 4
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 5
    for (int k = 0; k < kKernel; ++k) sums[o * weights + k] = acc[o][k];
  }
}

// How many of the remaining output channels to take together: 4 take 20 sums, 8 gradients and a
// value of 32 registers, 2 take 15 of 16.
constexpr int dense_block(int remaining) {
  if (!kManyRegisters) return remaining < 2 ? remaining : 2;
  if (remaining % 4 != 0 && remaining % 3 == 0) return 3;
  return remaining < 4 ? remaining : 4;
}

// Adds a group's part to `sums`.
LENET_INLINE void dense_weights(const Conv conv, const Vec* in, const Vec* gradient, Vec* sums) {
  for (int o = 0; o < conv.out_channels;) {
    const int block = dense_block(conv.out_channels - o);
    const auto run = [&](auto outs) LENET_LAMBDA {
      for (int row = 0; row < conv.in_channels * kKernel; ++row) {
        const int channel = row / kKernel, ky = row % kKernel;
        dense_row<outs()>(conv, in + channel * conv.plane() + ky * conv.width,
                          gradient + o * conv.out_plane(),
                          sums + o * conv.in_channels * kTaps + row * kKernel);
      }
    };
    with_constant<1, 2>(block, run);
    if constexpr (kManyRegisters) with_constant<3, 4>(block, run);
    o += block;
  }
}

}  // namespace lenet
