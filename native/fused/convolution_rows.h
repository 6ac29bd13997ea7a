// Forward convolution by rows of points, F(2, 5) sideways only: two neighbouring pixels share six
// products per row of a filter in place of ten, and the five rows are added up as points. Where
// there are few input channels this is faster than whole tiles, whose transforms cost too much.
//
//   filters  [out / kRowOuts][channel][ky][point][out % kRowOuts], see row_filters()
//   sideways [channel][y mod 8][window][point]  the rows that windows still need, six, in a ring
#pragma once

#include "buffer.h"
#include "convolution.h"
#include "toom_cook.h"

namespace lenet {

// Output channels computed together: 32 registers hold two rows of six points for two of them, 16
// two rows of two points for three.
inline constexpr int kRowOuts = kManyRegisters ? 2 : 3;
inline constexpr int kRing = 8;

constexpr int row_outs(const Conv& conv) { return round_up(conv.out_channels, kRowOuts); }
constexpr int row_filters_size(const Conv& conv) {
  return kPoints * kKernel * conv.in_channels * row_outs(conv);
}

// A convolution's weights at six points sideways.
void row_filters(const Conv& conv, const float* weight, float* to);

struct RowBuffers {
  RowBuffers() = default;
  explicit RowBuffers(const Conv& conv)
      : sideways(conv.in_channels * kRing * conv.pool_width * kPoints) {}
  Buffer<Vec> sideways;
};

// The rows of the ring that lie under a row of a filter, for both rows of a window's pixels.
struct RowsBeneath {
  const Vec *upper, *lower;
};

LENET_INLINE RowsBeneath rows_beneath(const Conv conv, const Vec* v, int channel, unsigned y) {
  const int row = conv.pool_width * kPoints;
  const Vec* first = v + channel * kRing * row;
  return {unrelated(first + y % kRing * row), unrelated(first + (y + 1) % kRing * row)};
}

// The four pixels of a window for kRowOuts output channels; `v` is the window's place in `sideways`
// and `top` its first row.
LENET_INLINE void row_pixels(const Conv conv, const Vec* v, unsigned top, const float* filters,
                             Vec (&four)[kRowOuts][4]) {
  Vec acc[2][kRowOuts][kPoints] = {};
  for (int c = 0; c < conv.in_channels; ++c) {
    for (int ky = 0; ky < kKernel; ++ky, filters += kPoints * kRowOuts) {
      const auto [upper, lower] = rows_beneath(conv, v, c, top + ky);
#pragma GCC unroll 6
      for (int j = 0; j < kPoints; ++j) {
#pragma GCC unroll 3
        for (int o = 0; o < kRowOuts; ++o) {
          const Vec weight = broadcast(filters[j * kRowOuts + o]);
          acc[0][o][j] += weight * upper[j];
          acc[1][o][j] += weight * lower[j];
        }
      }
    }
  }
#pragma GCC unroll 3
  for (int o = 0; o < kRowOuts; ++o) {
    Vec y[2][2];
    outputs_of_points<0>(acc[0][o], y[0]);
    outputs_of_points<0>(acc[1][o], y[1]);
#pragma GCC unroll 4
    for (int i = 0; i < 4; ++i) four[o][i] = y[i / 2][i % 2];
  }
}

// What two points add to the four pixels: 0 and ∞, which begin, then ±1 (kPair = 1), then ±2.
template <int kPair>
LENET_INLINE void add_two_points(const Conv conv, const Vec* v, unsigned top, const float* filters,
                                 Vec (&four)[kRowOuts][4]) {
  constexpr int kFirst = kPair == 0 ? 0 : 2 * kPair - 1, kSecond = kPair == 0 ? 5 : 2 * kPair;
  Vec acc[2][kRowOuts][2] = {};
  filters = unrelated(filters);
  for (int c = 0; c < conv.in_channels; ++c) {
    for (int ky = 0; ky < kKernel; ++ky, filters += kPoints * kRowOuts) {
      const auto [upper, lower] = rows_beneath(conv, v, c, top + ky);
      const Vec above[2] = {upper[kFirst], upper[kSecond]};
      const Vec below[2] = {lower[kFirst], lower[kSecond]};
#pragma GCC unroll 3
      for (int o = 0; o < kRowOuts; ++o) {
#pragma GCC unroll 2
        for (int i = 0; i < 2; ++i) {
          const Vec weight = broadcast(filters[(i == 0 ? kFirst : kSecond) * kRowOuts + o]);
          acc[0][o][i] += weight * above[i];
          acc[1][o][i] += weight * below[i];
        }
      }
    }
  }
#pragma GCC unroll 3
  for (int o = 0; o < kRowOuts; ++o) {
#pragma GCC unroll 2
    for (int r = 0; r < 2; ++r) {
      const Vec first = acc[r][o][0], second = acc[r][o][1];
      if constexpr (kPair == 0) {
        four[o][2 * r] = first;
        four[o][2 * r + 1] = second;
      } else {
        four[o][2 * r] += first + second;
        four[o][2 * r + 1] += static_cast<float>(kPair) * (first - second);
      }
    }
  }
}

template <Pooling kPooling, bool kTraining>
LENET_INLINE void convolve_rows(const Conv conv, const Vec* in, const float* weight,
                                const float* filters, RowBuffers& buffers, Results to) {
  const int row = conv.pool_width * kPoints;
  for (int py = 0; py < conv.pool_height; ++py) {
    for (int c = 0; c < conv.in_channels; ++c) {
      for (int y = py == 0 ? 0 : 2 * py + 4; y < 2 * py + kPoints; ++y) {
        Vec* line = buffers.sideways.data() + (c * kRing + y % kRing) * row;
        const Vec* from = in + c * conv.plane() + y * conv.width;
        for (int px = 0; px < conv.pool_width; ++px) {
          Vec e[kPoints];
          transform(from + 2 * px, 1, e);
#pragma GCC unroll 6
          for (int j = 0; j < kPoints; ++j) line[px * kPoints + j] = e[j];
        }
      }
    }
    for (int px = 0; px < conv.pool_width; ++px) {
      const Vec* v = buffers.sideways.data() + px * kPoints;
      const float* w = filters;
      for (int first = 0; first < conv.out_channels; first += kRowOuts) {
        Vec four[kRowOuts][4];
        if constexpr (kManyRegisters) {
          row_pixels(conv, v, 2 * py, w, four);
        } else {
          add_two_points<0>(conv, v, 2 * py, w, four);
          add_two_points<1>(conv, v, 2 * py, w, four);
          add_two_points<2>(conv, v, 2 * py, w, four);
        }
        w += conv.in_channels * kKernel * kPoints * kRowOuts;
        keep_windows_of_points<kPooling, kTraining>(conv, in, weight, four, {first, py, px}, to);
      }
    }
  }
}

}  // namespace lenet
