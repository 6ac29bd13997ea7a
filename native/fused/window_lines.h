// Gradient of a grey image's filters behind max pooling, image by image, with no load that crosses
// a cache line: each row of the image is kept as three lines of sixteen pixels, which begin at
// pixels 0, 8 and 16, and a window's row is read from a line that has all of it. Three output
// channels share one load of their gradients and one of their corners. Sums are added in the same
// order as in convolution_weights(), and are the same to the last bit.
//
//   lines    [y][3][16]                one image
//   gradient [entry][out channel]      as in convolution_backward.h
//   corner   [entry][out channel]      16 bits: where in `lines` the entry's window begins
//   window   [out][ky][8]              five sums and three that nobody reads
#pragma once

#include "buffer.h"
#include "shape.h"

namespace lenet {

inline constexpr int kLine = 16, kLines = 3 * kLine;
inline constexpr int kLinePixels = 32;

// Whether a convolution's images can be kept so: grey ones, and vectors of eight floats.
constexpr bool has_lines(const Conv& conv) {
  return kChannelLanes == 8 && conv.in_stride == 1 && conv.width <= kLinePixels;
}
static_assert((LENET_FUSED_MAX_SIDE + 4) * kLines < 65536, "corners are kept in 16 bits");

// Where eight pixels from x on are found in a row's lines.
constexpr int line_column(int x) { return x <= 8 ? x : x <= 16 ? x + 8 : x + 16; }

// Where windows begin if the winner is the first of its pooling window, and how much further the
// next pixel is; made once per network.
class LineCorners {
 public:
  LineCorners() = default;
  explicit LineCorners(const Conv& conv)
      : size_(conv.pooled() * conv.out_stride), base_(size_), step_(size_) {
    for (int i = 0; i < size_; ++i) {
      const int pixel = i / conv.out_stride;
      const int y = 2 * (pixel / conv.pool_width), x = 2 * (pixel % conv.pool_width);
      base_[i] = static_cast<uint16_t>(y * kLines + line_column(x));
      step_[i] = static_cast<uint16_t>(line_column(x + 1) - line_column(x));
    }
  }

  // The corners of one image.
  LENET_INLINE void find(const int32_t* winner, uint16_t* corner) const {
    const uint16_t *base = base_.data(), *step = step_.data();
#ifndef __clang__
#pragma GCC ivdep
#endif
    for (int i = 0; i < size_; ++i) {
      const auto w = static_cast<uint16_t>(winner[i]);
      corner[i] = static_cast<uint16_t>(base[i] + (w & 2) * (kLines / 2) + (w & 1) * step[i]);
    }
  }

 private:
  int size_ = 0;
  Buffer<uint16_t> base_, step_;
};

// Reads up to kLinePixels floats from the beginning of the last row on.
LENET_INLINE void copy_lines(const Conv conv, const float* image, float* lines) {
  for (int y = 0; y < conv.height; ++y, image += conv.width, lines += kLines) {
#pragma GCC unroll 3
    for (int i = 0; i < 3; ++i) {
      for (int x = 0; x < kLine; x += kLanes) {
        store(lines + i * kLine + x, load<Vec>(image + 8 * i + x));
      }
    }
  }
}

// kOuts output channels, at most three, over one image.
template <int kOuts>
LENET_INLINE void line_sums(const Conv conv, const float* lines, const float* gradient,
                            const uint16_t* corner, float* window) {
  Channels acc[kOuts][kKernel];
#pragma GCC unroll 3
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 5
    for (int r = 0; r < kKernel; ++r) acc[o][r] = load<Channels>(window + (o * kKernel + r) * 8);
  }
  for (int e = 0; e < conv.pooled(); ++e) {
    uint64_t corners;
    std::memcpy(&corners, corner, sizeof corners);
    // 16 registers have none left for the four gradients.
    const Channels four = kManyRegisters ? load_four<Channels>(gradient) : Channels{};
    const auto add = [&](auto out) LENET_LAMBDA {
      if constexpr (out() < kOuts) {
        const float* at = lines + (corners >> (16 * out()) & 0xffff);
        const Channels g =
            kManyRegisters ? spread<out()>(four) : broadcast<Channels>(gradient[out()]);
#pragma GCC unroll 5
        for (int r = 0; r < kKernel; ++r) acc[out()][r] += g * load<Channels>(at + r * kLines);
      }
    };
    add(Constant<0>{});
    add(Constant<1>{});
    add(Constant<2>{});
    gradient += conv.out_stride;
    corner += conv.out_stride;
  }
#pragma GCC unroll 3
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 5
    for (int r = 0; r < kKernel; ++r) store(window + (o * kKernel + r) * 8, acc[o][r]);
  }
}

// Adds the gradient of the weights to `windows`.
LENET_INLINE void line_weights(const Conv conv, const float* image, int image_size,
                               const float* gradient, const uint16_t* corner, int entry_size,
                               int images, float* lines, float* windows) {
  for (int l = 0; l < images; ++l) {
    copy_lines(conv, image, lines);
    for (int o = 0; o < conv.out_channels; o += 3) {
      const int left = conv.out_channels - o;
      with_constant<1, 2, 3>(left < 3 ? left : 3, [&](auto outs) LENET_LAMBDA {
        line_sums<outs()>(conv, lines, gradient + o, corner + o, windows + o * conv.window());
      });
    }
    image += image_size;
    gradient += entry_size;
    corner += entry_size;
  }
}

}  // namespace lenet
