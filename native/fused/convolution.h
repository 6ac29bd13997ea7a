// Forward convolution and pooling in one pass: the four convolution outputs of a pooling window
// meet in registers and only what pooling leaves of them is written.
//
// Three methods fill the same layout, "lanes", where one Vec holds the same value of kLanes images:
// directly (convolution_direct.cc), by rows of points (convolution_rows.h) and by tiles
// (convolution_tiles.h).
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

struct Results {
  Planes out;
  Int* winner;
  Vec* four;
};

// One window: output channel and pooled pixel.
struct Place {
  int out, y, x;
};

// The maximum of a window without NaN. The first of equal values wins, as in PyTorch.
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
  return best;
}

// Keeps what pooling leaves of the four pixels of a window. A NaN among them is NaN then.
template <Pooling kPooling, bool kTraining, bool kMayBeNan = true>
LENET_INLINE void keep_window(const Conv conv, const Vec (&v)[4], Place at, Results to) {
  const int entry = at.out * conv.pooled() + at.y * conv.pool_width + at.x;
  Vec* pooled = to.out.first + at.out * to.out.plane + at.y * to.out.width + at.x;
  if constexpr (kPooling == Pooling::kMax) {
    const Vec best = max_of_window<kTraining>(v, to.winner + entry);
    *pooled = kMayBeNan ? or_nan(best, v) : best;
  } else if constexpr (kPooling == Pooling::kAverage) {
    *pooled = (v[0] + v[1] + v[2] + v[3]) * 0.25f;
  } else {
    for (int i = 0; i < 4; ++i) to.four[4 * entry + i] = v[i];
  }
}

// The same pointer, but the compiler cannot know: it reads again instead of keeping what it has
// read in registers that accumulators need.
template <class T>
LENET_INLINE const T* unrelated(const T* p) {
  asm("" : "+r"(p));
  return p;
}

// All windows, directly, of a network of any size. Tests take it for both convolutions; otherwise
// it is for few output channels.
void convolve_directly(const Conv& conv, Pooling pooling, bool training, const Vec* in,
                       const float* weight, Results to);

// One window of a method by points, in which some lanes are NaN: those are computed anew, directly.
// An infinite input is NaN there at pixels that it does not make NaN by itself (∞ − ∞).
void keep_mended_window(const Conv& conv, Pooling pooling, bool training, const Vec* in,
                        const float* weight, const Vec* four, Place at, Results to);

// keep_window() for methods by points, for the output channels from at.out on that there are. Looks
// for NaN in all of them at once: GCC would move what is summed for one channel behind the other's
// branch, and keep its inputs in memory till then.
template <Pooling kPooling, bool kTraining, int kOuts>
LENET_INLINE void keep_windows_of_points(const Conv conv, const Vec* in, const float* weight,
                                         const Vec (&v)[kOuts][4], Place at, Results to) {
  const auto each = [&](auto keep) LENET_LAMBDA {
#pragma GCC unroll 6
    for (int o = 0; o < kOuts; ++o) {
      if (at.out + o < conv.out_channels) keep(v[o], Place{at.out + o, at.y, at.x});
    }
  };
  if (any_nan(v)) [[unlikely]] {
    each([&](const Vec(&some)[4], Place place) LENET_LAMBDA {
      const Vec four[4] = {some[0], some[1], some[2], some[3]};  // so that v stays in registers
      keep_mended_window(conv, kPooling, kTraining, in, weight, four, place, to);
    });
  } else {
    each([&](const Vec(&four)[4], Place place)
             LENET_LAMBDA { keep_window<kPooling, kTraining, false>(conv, four, place, to); });
  }
}

// Adds the bias and applies the activation to what was kept.
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
