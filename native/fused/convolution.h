// Forward convolution and pooling in one pass: the four convolution outputs of a pooling window
// meet in registers and only what pooling leaves of them is written.
//
// Layout, "lanes": one Vec holds the same value of kLanes images.
//   in     [channel][y][x]        padded planes
//   weight [out][channel][ky][kx] scalars, PyTorch's order, broadcast to all lanes
//   out    [out][y][x]            planes of the next layer's padded input
//   winner [out][pooled pixel]    0 … 3, row-major in the window (Pooling::kMax, training only)
//   four   [out][pooled pixel][4] before the activation (Pooling::kAverageOfFour)
#pragma once

#include "activation.h"
#include "shape.h"

namespace lenet {

// Where pooled pixels go: the inside of the next layer's padded planes.
struct Planes {
  Vec* first;  // pixel (0, 0) of channel 0
  int plane, width;
};

// The maximum of a window. The first of equal values wins, as in PyTorch; a NaN anywhere wins.
template <bool kTraining>
LENET_INLINE Vec max_of_window(const Vec (&v)[4], Int* winner) {
  Vec best = v[0];
  Int index = {};
#pragma GCC unroll 3
  for (int i = 1; i < 4; ++i) {
    if constexpr (kTraining) index = v[i] > best ? broadcast_int(i) : index;
    best = max(v[i], best);
  }
  if constexpr (kTraining) *winner = index;
  return or_nan(best, v);
}

// The same pointer, but the compiler cannot know. Three channels fill 15 of 16 registers: 12
// accumulators, two inputs, one weight. Were the weights of the upper row kept for the lower one,
// accumulators would be spilled; reading them again costs nothing, loads are not the bottleneck.
template <class T>
LENET_INLINE const T* unrelated(const T* p) {
  asm("" : "+r"(p));
  return p;
}

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

// kOuts output channels at one pooled pixel: 4 · kOuts accumulators.
template <int kOuts, Pooling kPooling, bool kTraining>
LENET_INLINE void convolve_block(const Conv conv, const Vec* in, const float* weight, int out,
                                 int pixel, Vec* to, int to_plane, Int* winner, Vec* four) {
  Vec acc[kOuts][4] = {};
  const int width = conv.width, weights = conv.in_channels * kTaps;
  for (int channel = 0; channel < conv.in_channels; ++channel) {
    const Vec* plane = in + channel * conv.plane();
    const float* w = weight + out * weights + channel * kTaps;
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
#pragma GCC unroll 6
  for (int o = 0; o < kOuts; ++o) {
    const int entry = (out + o) * conv.pooled() + pixel;
    if constexpr (kPooling == Pooling::kMax) {
      to[o * to_plane] = max_of_window<kTraining>(acc[o], winner + entry);
    } else if constexpr (kPooling == Pooling::kAverage) {
      to[o * to_plane] = (acc[o][0] + acc[o][1] + acc[o][2] + acc[o][3]) * 0.25f;
    } else {
      for (int i = 0; i < 4; ++i) four[4 * entry + i] = acc[o][i];
    }
  }
}

// How many of the remaining output channels to take together. 16 registers hold 3 × 4 accumulators,
// three inputs and a weight, the fourth input comes from memory; two blocks of 2 beat 3 + 1.
// 32 registers hold 6 × 4.
LENET_INLINE int convolution_block(int remaining) {
  if constexpr (kManyRegisters) {
    if (remaining % 6 == 0) return 6;
    return remaining < 4 ? remaining : 4;
  } else {
    if (remaining == 4) return 2;
    return remaining < 3 ? remaining : 3;
  }
}

template <Pooling kPooling, bool kTraining>
LENET_INLINE void convolve(const Conv conv, const Vec* in, const float* weight, Planes out,
                           Int* winner, Vec* four) {
  for (int py = 0; py < conv.pool_height; ++py) {
    for (int px = 0; px < conv.pool_width; ++px) {
      const Vec* corner = in + 2 * py * conv.width + 2 * px;
      const int pixel = py * conv.pool_width + px;
      Vec* to = out.first + py * out.width + px;
      for (int o = 0; o < conv.out_channels;) {
        const int block = convolution_block(conv.out_channels - o);
        Vec* at = to + o * out.plane;
        const auto run = [&](auto outs) LENET_LAMBDA {
          convolve_block<outs(), kPooling, kTraining>(conv, corner, weight, o, pixel, at, out.plane,
                                                      winner, four);
        };
        // Not with_constant(): GCC then makes AVX2 code that takes 3.5 % longer per step.
        switch (block) {
          case 1:
            run(Constant<1>{});
            break;
          case 2:
            run(Constant<2>{});
            break;
          case 3:
            run(Constant<3>{});
            break;
          case 4:
            if constexpr (kManyRegisters) run(Constant<4>{});
            break;
          case 6:
            if constexpr (kManyRegisters) run(Constant<6>{});
            break;
        }
        o += block;
      }
    }
  }
}

// Adds the bias and applies the activation to what convolve() wrote.
template <Pooling kPooling>
LENET_INLINE void finish_convolution(const Conv conv, int activation, const float* bias, Planes out,
                                     Vec* four) {
  for (int o = 0; o < conv.out_channels; ++o) {
    Vec* plane = out.first + o * out.plane;
    if constexpr (kPooling == Pooling::kAverageOfFour) {
      activate(activation, bias[o], four + o * conv.out_plane(), conv.out_plane());
      for (int y = 0; y < conv.pool_height; ++y) {
        for (int x = 0; x < conv.pool_width; ++x) {
          const Vec* v = four + 4 * (o * conv.pooled() + y * conv.pool_width + x);
          plane[y * out.width + x] = (v[0] + v[1] + v[2] + v[3]) * 0.25f;
        }
      }
    } else if (out.width == conv.pool_width) {
      activate(activation, bias[o], plane, conv.pooled());
    } else {
      for (int y = 0; y < conv.pool_height; ++y) {
        activate(activation, bias[o], plane + y * out.width, conv.pool_width);
      }
    }
  }
}

}  // namespace lenet
