// Forward convolution by tiles, F(2 × 2, 5 × 5): a pooling window's four pixels come from a tile of
// 6 × 6 inputs, which is evaluated at 6 × 6 points (toom_cook.h). 36 products per channel in place
// of 100.
//
//   filters  [row of points][out / 4][channel][column of points][out % 4], see tile_filters()
//   sideways [channel][y][column of points]  a column of tiles, evaluated along its rows
//   points   [row of points][channel][column of points]  one tile
#pragma once

#include "buffer.h"
#include "convolution.h"
#include "toom_cook.h"

namespace lenet {

// Output channels computed together: 4 × 6 of 32 registers hold sums, or 4 × 3 of 16. There is room
// for a whole number of such blocks everywhere.
inline constexpr int kTileOuts = 4;

constexpr int tile_outs(const Conv& conv) { return round_up(conv.out_channels, kTileOuts); }
constexpr int tile_filters_size(const Conv& conv) {
  return kPoints * kPoints * conv.in_channels * tile_outs(conv);
}

// A convolution's weights at 6 × 6 points.
void tile_filters(const Conv& conv, const float* weight, float* to);

struct TileBuffers {
  TileBuffers() = default;
  explicit TileBuffers(const Conv& conv)
      : sideways(conv.in_channels * conv.height * kPoints),
        points(conv.in_channels * kPoints * kPoints) {}
  Buffer<Vec> sideways, points;
};

// The tile at (y, x), evaluated at its points. Tiles of a column come from above to below: each
// has four rows of the one before.
LENET_INLINE void transform_tile(const Conv conv, const Vec* in, int y, int x, Vec* sideways,
                                 Vec* points) {
  Vec e[kPoints];
  for (int c = 0; c < conv.in_channels; ++c) {
    const Vec* plane = in + c * conv.plane() + 2 * x;
    Vec* side = sideways + c * conv.height * kPoints;
    for (int row = y == 0 ? 0 : 2 * y + 4; row < 2 * y + kPoints; ++row) {
      transform(plane + row * conv.width, 1, e);
#pragma GCC unroll 6
      for (int j = 0; j < kPoints; ++j) side[row * kPoints + j] = e[j];
    }
    for (int j = 0; j < kPoints; ++j) {
      transform(side + 2 * y * kPoints + j, kPoints, e);
#pragma GCC unroll 6
      for (int i = 0; i < kPoints; ++i) points[(i * conv.in_channels + c) * kPoints + j] = e[i];
    }
  }
}

// With 16 registers, loops over all channels written out would be more instructions than a
// processor keeps decoded (Zen 3's 4,096), and it would decode them anew for each tile.
inline constexpr int kChannelsWrittenOut = kManyRegisters ? 8 : 1;

// One row of points, summed over the input channels, and what comes of it sideways: for each output
// channel the two pixels of a row of the window.
LENET_INLINE void tile_row(const Conv conv, const Vec* points, const float* filters,
                           Vec (&y)[kTileOuts][2]) {
  constexpr int kHeld = kManyRegisters ? kPoints : kPoints / 2;
  const auto some_points = [&](auto first) LENET_LAMBDA {
    Vec acc[kTileOuts][kHeld] = {};
    const Vec* value = points + first();
    const float* weight = filters + first() * kTileOuts;
#pragma GCC unroll kChannelsWrittenOut
    for (int c = 0; c < conv.in_channels; ++c) {
#pragma GCC unroll 6
      for (int j = 0; j < kHeld; ++j) {
#pragma GCC unroll 4
        for (int o = 0; o < kTileOuts; ++o) {
          acc[o][j] += broadcast(weight[j * kTileOuts + o]) * value[j];
        }
      }
      value += kPoints;
      weight += kPoints * kTileOuts;
    }
#pragma GCC unroll 4
    for (int o = 0; o < kTileOuts; ++o) outputs_of_points<first()>(acc[o], y[o]);
  };
  some_points(Constant<0>{});
  if constexpr (kHeld < kPoints) some_points(Constant<3>{});
}

// The four pixels of a window for kTileOuts output channels: rows of points come together as their
// columns did. Sums of two rows are formed before they are added, because stores take long.
LENET_INLINE void tile_pixels(const Conv conv, const Vec* points, const float* filters,
                              Vec (&four)[kTileOuts][4]) {
  const int row_points = conv.in_channels * kPoints, row_filters = tile_outs(conv) * row_points;
  const auto row = [&](int i, Vec(&y)[kTileOuts][2]) LENET_LAMBDA {
    tile_row(conv, points + i * row_points, filters + i * row_filters, y);
  };
  Vec y0[kTileOuts][2], y1[kTileOuts][2], y2[kTileOuts][2];
  const auto each = [&](auto run) LENET_LAMBDA {
#pragma GCC unroll 4
    for (int o = 0; o < kTileOuts; ++o) {
#pragma GCC unroll 2
      for (int x = 0; x < 2; ++x) run(y0[o][x], y1[o][x], y2[o][x], four[o][x], four[o][2 + x]);
    }
  };
  row(0, y0);
  row(1, y1);
  row(2, y2);
  each([](Vec zero, Vec plus, Vec minus, Vec& upper, Vec& lower) LENET_LAMBDA {
    upper = zero + (plus + minus);
    lower = plus - minus;
  });
  row(3, y1);
  row(4, y2);
  row(5, y0);
  each([](Vec infinite, Vec plus, Vec minus, Vec& upper, Vec& lower) LENET_LAMBDA {
    upper += plus + minus;
    lower += infinite + 2.0f * (plus - minus);
  });
}

template <Pooling kPooling, bool kTraining>
LENET_INLINE void convolve_tiles(const Conv conv, const Vec* in, const float* weight,
                                 const float* filters, TileBuffers& buffers, Results to) {
  for (int px = 0; px < conv.pool_width; ++px) {
    for (int py = 0; py < conv.pool_height; ++py) {
      transform_tile(conv, in, py, px, buffers.sideways.data(), buffers.points.data());
      for (int first = 0; first < conv.out_channels; first += kTileOuts) {
        Vec four[kTileOuts][4];
        tile_pixels(conv, buffers.points.data(), filters + first * conv.in_channels * kPoints,
                    four);
        keep_windows_of_points<kPooling, kTraining>(conv, in, weight, four, {first, py, px}, to);
      }
    }
  }
}

}  // namespace lenet
