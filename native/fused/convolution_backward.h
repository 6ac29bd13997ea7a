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
//   filters   [out][ky][kx][channel]     weights, for the input's gradient
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
                             int corner_size, int entries, int images, float* window) {
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
    corner += corner_size;
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
    switch ((row_floats - first) / kChannelLanes) {
      case 1:
        run(Constant<1>{}, first);
        break;
      case 2:
        run(Constant<2>{}, first);
        break;
      case 3:
        run(Constant<3>{}, first);
        break;
      case 4:
        run(Constant<4>{}, first);
        break;
      default:
        run(Constant<5>{}, first);
    }
  }
}

// Gradient of the weights, added to `windows`. Pieces of few accumulators take two output channels
// at once, so that enough independent sums are on their way.
LENET_INLINE void convolution_weights(const Conv conv, const float* image, int image_size,
                                      const float* gradient, const int32_t* corner, int entry_size,
                                      int corner_size, int entries, int images, float* windows) {
  const int row = conv.width * conv.in_stride;
  for_row_pieces(conv.row_padded(), [&](auto vecs, int first) LENET_LAMBDA {
    constexpr int kVecs = vecs(), kRows = rows_per_pass(kVecs), kOuts = kVecs == 1 ? 2 : 1;
    const auto sum = [&](auto outs, auto rows, int o, int from) LENET_LAMBDA {
      window_sum<outs(), rows(), kVecs>(
          conv, image + from * row + first, image_size, gradient + o, corner + o, entry_size,
          corner_size, entries, images,
          windows + o * conv.window() + from * conv.row_padded() + first);
    };
    int o = 0;
    for (; o + kOuts <= conv.out_channels; o += kOuts) {
      sum(Constant<kOuts>{}, Constant<kRows>{}, o, 0);
      if constexpr (kRows < kKernel) sum(Constant<kOuts>{}, Constant<kKernel - kRows>{}, o, kRows);
    }
    if constexpr (kOuts == 2) {
      if (o < conv.out_channels) sum(Constant<1>{}, Constant<kRows>{}, o, 0);
    }
  });
}

// Adds Σ_o gradient[o] · filter[o] over the listed output channels to one window of `to`.
template <int kRows, int kVecs>
LENET_INLINE void filter_sum(const Conv conv, const uint8_t* list, int count, const float* gradient,
                             const float* filters, float* to) {
  const int row = conv.width * conv.in_stride, filter_row = conv.row();
  Channels acc[kRows][kVecs];
#pragma GCC unroll 5
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 5
    for (int v = 0; v < kVecs; ++v) acc[r][v] = load<Channels>(to + r * row + v * kChannelLanes);
  }
  for (int i = 0; i < count; ++i) {
    const int o = list[i];
    const float* filter = filters + o * kKernel * filter_row;
    const Channels g = broadcast<Channels>(gradient[o]);
#pragma GCC unroll 5
    for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 5
      for (int v = 0; v < kVecs; ++v) {
        acc[r][v] += g * load<Channels>(filter + r * filter_row + v * kChannelLanes);
      }
    }
  }
#pragma GCC unroll 5
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 5
    for (int v = 0; v < kVecs; ++v) store(to + r * row + v * kChannelLanes, acc[r][v]);
  }
}

// Gradient of one image's input. The channels whose maximum lies at the same pixel of the window
// share one read and write of the target: about four of LeNet's sixteen.
LENET_INLINE void convolution_input(const Conv conv, const float* gradient, const int32_t* winner,
                                    bool max_pooling, const float* filters, float* image) {
  std::memset(image, 0, sizeof(float) * conv.image_size());
  const int row = conv.width * conv.in_stride;
  uint8_t all[LENET_FUSED_MAX_CHANNELS];
  for (int o = 0; o < conv.out_channels; ++o) all[o] = static_cast<uint8_t>(o);

  const auto add = [&](const uint8_t* list, int count, const float* g, float* to) LENET_LAMBDA {
    for_row_pieces(conv.row(), [&](auto vecs, int first) LENET_LAMBDA {
      constexpr int kVecs = vecs(), kRows = rows_per_pass(kVecs);
      filter_sum<kRows, kVecs>(conv, list, count, g, filters + first, to + first);
      if constexpr (kRows < kKernel) {
        filter_sum<kKernel - kRows, kVecs>(
            conv, list, count, g, filters + kRows * conv.row() + first, to + kRows * row + first);
      }
    });
  };
  for (int py = 0; py < conv.pool_height; ++py) {
    for (int px = 0; px < conv.pool_width; ++px) {
      const int pixel = py * conv.pool_width + px;
      float* to = image + 2 * py * row + 2 * px * conv.in_stride;
      uint8_t lists[4][LENET_FUSED_MAX_CHANNELS];
      int count[4] = {};
      if (max_pooling) {
        for (int o = 0; o < conv.out_channels; ++o) {
          const int w = winner[pixel * conv.out_stride + o];
          lists[w][count[w]++] = static_cast<uint8_t>(o);
        }
      }
      for (int w = 0; w < 4; ++w) {
        float* target = to + (w >> 1) * row + (w & 1) * conv.in_stride;
        if (!max_pooling) {
          const float* g = gradient + (4 * pixel + w) * conv.out_stride;
          add(all, conv.out_channels, g, target);
        } else if (count[w]) {
          add(lists[w], count[w], gradient + pixel * conv.out_stride, target);
        }
      }
    }
  }
}

// Where each window begins: from the winners of max pooling …
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

// … and, where all four pixels have a gradient, once and for all.
inline void corners_of_all(const Conv conv, int32_t* corner) {
  const int row = conv.width * conv.in_stride;
  for (int pixel = 0; pixel < conv.pooled(); ++pixel) {
    const int y = 2 * (pixel / conv.pool_width), x = 2 * (pixel % conv.pool_width);
    for (int w = 0; w < 4; ++w) {
      for (int o = 0; o < conv.out_stride; ++o) {
        *corner++ = (y + (w >> 1)) * row + (x + (w & 1)) * conv.in_stride;
      }
    }
  }
}

}  // namespace lenet
