// Backward convolution, one image at a time.
//
// Max pooling sends each gradient to one of four pixels, and to another one in each image. In lanes
// three quarters of the multiplications would be by zero; image by image they are not made at all:
// a gradient is one scalar that multiplies one window of the input (for the weights) or one filter
// (for the input), with channels side by side in a vector.
//
// Layout, image-major (stride = channels padded to 8, or 1 for a grey input image):
//   image     [y][x][channel]            the convolution's padded input
//   gradient  [entry][out channel]       see entries_of()
//   corner    [entry][out channel]       where in `image` the entry's window begins
//   winner    [pooled pixel][out channel] 0 … 3
//   filters   [out][7][7][channel]       weights for the input's gradient, zeros around the 5 × 5;
//                                        with 16 lanes [out][x][7][6][channel]
//   window gradient [out][ky][kx, channel padded to a vector]
#pragma once

#include "shape.h"

namespace lenet {

// Rows of kVecs vectors that one pass keeps in registers: 15 accumulators and the scalar's
// broadcast fill 16 registers; 5 rows of 5 vectors fill 26 of 32.
constexpr int rows_per_pass(int vecs) {
  if (kManyRegisters || vecs <= 3) return 5;
  return 3;
}

// Adds Σ_images Σ_entries gradient · window to kRows rows of kVecs vectors, for kOuts channels.
template <int kOuts, int kRows, int kVecs>
LENET_INLINE void window_sum(const Conv conv, const float* image, int image_size,
                             const float* gradient, const int32_t* corner, int entry_size,
                             int entries, int images, float* window) {
  const int row = conv.width * conv.in_stride, padded = conv.row_padded();
  Channels acc[kOuts][kRows][kVecs];
#pragma GCC unroll 2
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 5
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 5
      for (int v = 0; v < kVecs; ++v) {
        acc[o][r][v] = load<Channels>(window + o * conv.window() + r * padded + v * kChannelLanes);
      }
    }
  }
  for (int i = 0; i < images; ++i) {
    for (int e = 0; e < entries; ++e) {
#pragma GCC unroll 2
      for (int o = 0; o < kOuts; ++o) {
        const float* at = image + corner[e * conv.out_stride + o];
        const Channels g = broadcast<Channels>(gradient[e * conv.out_stride + o]);
#pragma GCC unroll 5
        for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 5
          for (int v = 0; v < kVecs; ++v) {
            acc[o][r][v] += g * load<Channels>(at + r * row + v * kChannelLanes);
          }
        }
      }
    }
    image += image_size;
    gradient += entry_size;
    corner += entry_size;
  }
#pragma GCC unroll 2
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 5
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 5
      for (int v = 0; v < kVecs; ++v) {
        store(window + o * conv.window() + r * padded + v * kChannelLanes, acc[o][r][v]);
      }
    }
  }
}

// Calls run(Constant<vecs>, first float) for pieces of at most five vectors of a window row.
template <class Run>
LENET_INLINE void for_row_pieces(int row_floats, Run run) {
  for (int first = 0; first < row_floats; first += 5 * kChannelLanes) {
    const int left = (row_floats - first) / kChannelLanes;
    with_constant<1, 2, 3, 4, 5>(left < 5 ? left : 5,
                                 [&](auto vecs) LENET_LAMBDA { run(vecs, first); });
  }
}

// Gradient of the weights, added to `windows`. Pieces of few accumulators take two output channels
// at once, so that enough independent sums are on their way. All output channels pass over a few
// images before the next ones come: what they read stays in the first-level cache.
LENET_INLINE void convolution_weights(const Conv conv, const float* image, int image_size,
                                      const float* gradient, const int32_t* corner, int entry_size,
                                      int entries, int images, float* windows) {
  constexpr int kCachedFloats = 4000;
  const int row = conv.width * conv.in_stride;
  const int most = kCachedFloats / (image_size + 2 * entry_size);
  const int step = most > 1 ? most : 1;
  for (; images > 0; images -= step) {
    const int some = images < step ? images : step;
    for_row_pieces(conv.row_padded(), [&](auto vecs, int first) LENET_LAMBDA {
      constexpr int kVecs = vecs(), kRows = rows_per_pass(kVecs), kOuts = kVecs == 1 ? 2 : 1;
      const auto sum = [&](auto outs, auto rows, int o, int from) LENET_LAMBDA {
        window_sum<outs(), rows(), kVecs>(
            conv, image + from * row + first, image_size, gradient + o, corner + o, entry_size,
            entries, some, windows + o * conv.window() + from * conv.row_padded() + first);
      };
      int o = 0;
      for (; o + kOuts <= conv.out_channels; o += kOuts) {
        sum(Constant<kOuts>{}, Constant<kRows>{}, o, 0);
        if constexpr (kRows < kKernel)
          sum(Constant<kOuts>{}, Constant<kKernel - kRows>{}, o, kRows);
      }
      if constexpr (kOuts == 2) {
        if (o < conv.out_channels) sum(Constant<1>{}, Constant<kRows>{}, o, 0);
      }
    });
    image += some * image_size;
    gradient += some * entry_size;
    corner += some * entry_size;
  }
}

// Adds Σ_o gradient[o] · filter[o] over all output channels to kRows rows of kVecs vectors, where
// each channel's filter is read from an offset of its own.
template <class V, int kRows, int kVecs>
LENET_INLINE void filter_sum(const Conv conv, const float* gradient, const int32_t* offset,
                             const float* filters, float* to) {
  constexpr int kFloats = sizeof(V) / sizeof(float);
  const int row = conv.width * conv.in_stride;
  V acc[kRows][kVecs];
#pragma GCC unroll 5
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 6
    for (int v = 0; v < kVecs; ++v) acc[r][v] = load<V>(to + r * row + v * kFloats);
  }
  for (int o = 0; o < conv.out_channels; ++o, filters += conv.filter()) {
    const float* filter = filters + offset[o];
    const V g = broadcast<V>(gradient[o]);
#pragma GCC unroll 5
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 6
      for (int v = 0; v < kVecs; ++v) {
        acc[r][v] += g * load<V>(filter + r * conv.filter_row() + v * kFloats);
      }
    }
  }
#pragma GCC unroll 5
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 6
    for (int v = 0; v < kVecs; ++v) store(to + r * row + v * kFloats, acc[r][v]);
  }
}

// Gradient of one image's input behind max pooling. The four windows of a pooling window cover 6 ×
// 6 pixels; each channel's filter lies in one of them, which its offset says (see
// filter_offsets()), with zeros around it. So nothing branches on where the maxima were. The
// filters' rows are the outer loop: what one pass reads of them stays in the first-level cache.
LENET_INLINE void convolution_input_max(const Conv conv, const float* gradient,
                                        const int32_t* offset, const float* filters, float* image) {
  using V = std::conditional_t<kTwoPixels, Vec, Channels>;
  constexpr int kSide = kKernel + 1, kFloats = sizeof(V) / sizeof(float);
  constexpr int kRows = kManyRegisters ? 3 : 2, kVecs = kTwoPixels ? 3 : 6;
  const int row = conv.width * conv.in_stride;
  for (int y = 0; y < kSide; y += kRows) {
    for (int first = 0; first < kSide * conv.in_stride; first += kVecs * kFloats) {
      for (int py = 0; py < conv.pool_height; ++py) {
        for (int px = 0; px < conv.pool_width; ++px) {
          const int entry = (py * conv.pool_width + px) * conv.out_stride;
          filter_sum<V, kRows, kVecs>(conv, gradient + entry, offset + entry,
                                      filters + y * conv.filter_row() + first,
                                      image + (2 * py + y) * row + 2 * px * conv.in_stride + first);
        }
      }
    }
  }
}

// The same where all four pixels of a pooling window have a gradient.
LENET_INLINE void convolution_input_all(const Conv conv, const float* gradient,
                                        const float* filters, float* image) {
  static constexpr int32_t kNoOffset[LENET_FUSED_MAX_CHANNELS] = {};
  const int row = conv.width * conv.in_stride;
  const float* inside = filters + conv.filter_from(1, 1);  // without the zeros
  for (int pixel = 0; pixel < conv.pooled(); ++pixel) {
    for (int w = 0; w < 4; ++w, gradient += conv.out_stride) {
      const int y = 2 * (pixel / conv.pool_width) + w / 2;
      const int x = 2 * (pixel % conv.pool_width) + w % 2;
      float* to = image + y * row + x * conv.in_stride;
      for_row_pieces(kKernel * conv.in_stride, [&](auto vecs, int first) LENET_LAMBDA {
        constexpr int kVecs = vecs(), kRows = rows_per_pass(kVecs);
        filter_sum<Channels, kRows, kVecs>(conv, gradient, kNoOffset, inside + first, to + first);
        if constexpr (kRows < kKernel) {
          filter_sum<Channels, kKernel - kRows, kVecs>(conv, gradient, kNoOffset,
                                                       inside + kRows * conv.filter_row() + first,
                                                       to + kRows * row + first);
        }
      });
    }
  }
}

// Turns winners into where filter_sum() begins to read a padded filter: the higher in the window
// the winner, the later.
LENET_INLINE void filter_offsets(const Conv conv, int32_t* winner) {
  for (int i = 0; i < conv.pooled() * conv.out_stride; ++i) {
    const int32_t w = winner[i];
    winner[i] = conv.filter_from(1 - (w >> 1), 1 - (w & 1));
  }
}

// Where each window begins.
LENET_INLINE void corners_of(const Conv conv, const int32_t* winner, int32_t* corner) {
  const int row = conv.width * conv.in_stride;
  for (int py = 0; py < conv.pool_height; ++py) {
    for (int px = 0; px < conv.pool_width; ++px) {
      const int base = 2 * py * row + 2 * px * conv.in_stride;
      for (int o = 0; o < conv.out_stride; ++o, ++winner, ++corner) {
        *corner = base + (*winner >> 1) * row + (*winner & 1) * conv.in_stride;
      }
    }
  }
}

}  // namespace lenet
