// Gradient of one image's input behind max pooling, where a vector holds two pixels of eight
// channels: what convolution_input_max() computes, to the last bit, but sums stay in registers
// while the window slides along a row, and four gradients are read at once and spread by shuffles,
// as are four offsets of 16 bits.
//
//   gradient [pooled pixel][out channel]
//   offset   [pooled pixel][out channel]  see sliding_offset()
//   filters  [half][out][x][4][6][channel]  the rows of a filter with its zeros around it that give
//            three rows of the input's gradient, read from x, 0 or 1; outputs padded to four
//   image    [y][x][channel]
#pragma once

#include "shape.h"

namespace lenet {

// Whether a convolution's filters can slide.
constexpr bool slides(const Conv& conv) { return kTwoPixels && conv.in_stride == kChannelLanes; }

inline constexpr int kHalfRows = (kKernel + 1) / 2;  // rows of the gradient that one pass adds to
inline constexpr int kSlidingRow = (kKernel + 1) * kChannelLanes;
inline constexpr int kSlidingFilter = 2 * (kHalfRows + 1) * kSlidingRow;
constexpr int sliding_half(const Conv& conv) {
  return round_up(conv.out_channels, 4) * kSlidingFilter;
}

// Where a filter is read if that pixel of the pooling window had the maximum: the higher in the
// window, the later.
constexpr uint16_t sliding_offset(int winner) {
  const int y = 1 - (winner >> 1), x = 1 - (winner & 1);
  return static_cast<uint16_t>((y + x * (kHalfRows + 1)) * kSlidingRow);
}
static_assert(kSlidingFilter < 65536, "offsets are kept in 16 bits");

// Adds four gradients times their filters to three rows of three vectors: six pixels.
LENET_INLINE void add_four_filters(const float* gradient, const uint16_t* offset,
                                   const float* filters, Vec (&acc)[kHalfRows][3]) {
  const Vec four = load_four<Vec>(gradient);
  uint64_t offsets;
  std::memcpy(&offsets, offset, sizeof offsets);
  const auto add = [&](auto out) LENET_LAMBDA {
    const float* filter = filters + out() * kSlidingFilter + (offsets >> (16 * out()) & 0xffff);
    const Vec g = spread<out()>(four);
#pragma GCC unroll 3
    for (int r = 0; r < kHalfRows; ++r) {
#pragma GCC unroll 3
      for (int v = 0; v < 3; ++v) {
        acc[r][v] += g * load<Vec>(filter + r * kSlidingRow + v * kLanes);
      }
    }
  };
  add(Constant<0>{});
  add(Constant<1>{});
  add(Constant<2>{});
  add(Constant<3>{});
}

// One half, rows kFrom … kFrom + 2 of the 6 × 6 pixels under each pooling window: first 0, for some
// images, then 3. Half of the chapter's filters fit in the first-level cache. Together they write
// all pixels that any window covers; what was there before does not matter.
template <int kFrom>
LENET_INLINE void slide(const Conv conv, const float* gradient, const uint16_t* offset,
                        const float* filters, float* image) {
  const int row = conv.width * conv.in_stride;
  filters += kFrom / kHalfRows * sliding_half(conv);
  for (int py = 0; py < conv.pool_height; ++py) {
    float* to = image + (2 * py + kFrom) * row;
    // Sums there are of an earlier row of windows, or of the first half.
    const auto begin = [&](int r, const float* p) LENET_LAMBDA {
      const bool is_new =
          (r > 0 || py == 0) && (kFrom == 0 || 2 * (py - conv.pool_height) + kFrom + r > 0);
      return is_new ? Vec{} : load<Vec>(p);
    };
    Vec acc[kHalfRows][3];
#pragma GCC unroll 3
    for (int r = 0; r < kHalfRows; ++r) {
#pragma GCC unroll 2
      for (int v = 0; v < 2; ++v) acc[r][v] = begin(r, to + r * row + v * kLanes);
    }
    for (int px = 0; px < conv.pool_width; ++px, to += kLanes) {
      const int entry = (py * conv.pool_width + px) * conv.out_stride;
#pragma GCC unroll 3
      for (int r = 0; r < kHalfRows; ++r) acc[r][2] = begin(r, to + r * row + 2 * kLanes);
      for (int o = 0; o < conv.out_channels; o += 4) {
        add_four_filters(gradient + entry + o, offset + entry + o, filters + o * kSlidingFilter,
                         acc);
      }
#pragma GCC unroll 3
      for (int r = 0; r < kHalfRows; ++r) {
        store(to + r * row, acc[r][0]);
        acc[r][0] = acc[r][1];
        acc[r][1] = acc[r][2];
      }
    }
#pragma GCC unroll 3
    for (int r = 0; r < kHalfRows; ++r) {
      store(to + r * row, acc[r][0]);
      store(to + r * row + kLanes, acc[r][1]);
    }
  }
}

}  // namespace lenet
