// Forward convolution straight from its definition, for every size. See convolution.h.
#include "convolution.h"

namespace lenet {

namespace {

// One row of a window: two pixels times one tap of each filter.
template <int kOuts>
LENET_INLINE void multiply_row(Vec left, Vec right, const float* tap, int weights,
                               Vec (&acc)[kOuts][4], int first) {
#pragma GCC unroll 6
  for (int o = 0; o < kOuts; ++o) {
    const Vec weight = broadcast(tap[o * weights]);
    acc[o][first] += weight * left;
    acc[o][first + 1] += weight * right;
  }
}

// The four pixels of a window for kOuts output channels: 4 · kOuts accumulators. Three channels
// fill 15 of 16 registers: 12 accumulators, two inputs, one weight. Were the weights of the upper
// row kept for the lower one, accumulators would be spilled; reading them again costs nothing.
template <int kOuts>
LENET_INLINE void window_pixels(const Conv& conv, const Vec* in, const float* weight, Place at,
                                Vec (&acc)[kOuts][4]) {
  const int width = conv.width, weights = conv.in_channels * kTaps;
  in += 2 * at.y * width + 2 * at.x;
  for (int channel = 0; channel < conv.in_channels; ++channel) {
    const Vec* plane = in + channel * conv.plane();
    const float* w = weight + at.out * weights + channel * kTaps;
    for (int ky = 0; ky < kKernel; ++ky) {
      const Vec* upper = unrelated(plane + ky * width);
      const Vec* lower = upper + width;
#pragma GCC unroll 5
      for (int kx = 0; kx < kKernel; ++kx) {
        const float* tap = w + ky * kKernel + kx;
        multiply_row<kOuts>(upper[kx], upper[kx + 1], tap, weights, acc, 0);
        if constexpr (kOuts == 3 && !kManyRegisters) tap = unrelated(tap);
        multiply_row<kOuts>(lower[kx], lower[kx + 1], tap, weights, acc, 2);
      }
    }
  }
}

// How many of the remaining output channels to take together. 16 registers hold 3 × 4 accumulators,
// three inputs and a weight, the fourth input comes from memory; two blocks of 2 beat 3 + 1.
// 32 registers hold 6 × 4.
int block_of(int remaining) {
  if constexpr (kManyRegisters) {
    if (remaining % 6 == 0) return 6;
    return remaining < 4 ? remaining : 4;
  } else {
    if (remaining == 4) return 2;
    return remaining < 3 ? remaining : 3;
  }
}

// Calls run() with the two as numbers known to the compiler.
template <class Run>
void with_kind(Pooling pooling, bool training, Run run) {
  if (pooling == Pooling::kAverage) {
    run.template operator()<Pooling::kAverage, false>();
  } else if (pooling == Pooling::kAverageOfFour) {
    run.template operator()<Pooling::kAverageOfFour, false>();
  } else if (training) {
    run.template operator()<Pooling::kMax, true>();
  } else {
    run.template operator()<Pooling::kMax, false>();
  }
}

}  // namespace

void convolve_directly(const Conv& conv, Pooling pooling, bool training, const Vec* in,
                       const float* weight, Results to) {
  const auto windows = [&]<Pooling kPooling, bool kTraining>(auto outs, Place at) LENET_LAMBDA {
    constexpr int kOuts = outs();
    Vec acc[kOuts][4] = {};
    window_pixels<kOuts>(conv, in, weight, at, acc);
#pragma GCC unroll 6
    for (int o = 0; o < kOuts; ++o) {
      keep_window<kPooling, kTraining>(conv, acc[o], {at.out + o, at.y, at.x}, to);
    }
  };
  with_kind(pooling, training, [&]<Pooling kPooling, bool kTraining>() {
    for (int pixel = 0; pixel < conv.pooled(); ++pixel) {
      for (int o = 0; o < conv.out_channels;) {
        const int block = block_of(conv.out_channels - o);
        const Place at = {o, pixel / conv.pool_width, pixel % conv.pool_width};
        const auto run = [&](auto outs) LENET_LAMBDA {
          windows.template operator()<kPooling, kTraining>(outs, at);
        };
        with_constant<1, 2, 3>(block, run);
        if constexpr (kManyRegisters) with_constant<4, 6>(block, run);
        o += block;
      }
    }
  });
}

void keep_mended_window(const Conv& conv, Pooling pooling, bool training, const Vec* in,
                        const float* weight, const Vec* four, Place at, Results to) {
  const Int broken = nan_lanes({four[0], four[1], four[2], four[3]});
  Vec direct[1][4] = {}, mended[4];
  window_pixels<1>(conv, in, weight, at, direct);
  for (int i = 0; i < 4; ++i) mended[i] = broken ? direct[0][i] : four[i];
  with_kind(pooling, training, [&]<Pooling kPooling, bool kTraining>() {
    keep_window<kPooling, kTraining>(conv, mended, at, to);
  });
}

}  // namespace lenet
