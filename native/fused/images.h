// Images on their way into the engine, and changes between its two layouts.
//
//   lanes        [channel][y][x] of Vec: the same pixel of kLanes images side by side
//   image-major  per image [y][x][channel], channels padded with zeros to `stride`
#pragma once

#include "shape.h"

namespace lenet {

// byte / 255. Corrected once, the product with 1/255 is the correctly rounded quotient for each of
// the 256, in a third of a division's time.
LENET_INLINE float fraction_of_255(uint8_t byte) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  constexpr float kInverse = 1.0f / 255.0f;
  const float value = byte, near = value * kInverse;
  return std::fma(std::fma(near, -255.0f, value), kInverse, near);
#else
  return byte / 255.0f;
#endif
}

// Writes one image, padded with zeros, in image-major order. `to` has been zeroed once: the border
// and the padding channels are never written.
LENET_INLINE void read_image(const Conv conv, const lenet_fused_data& data, const float* table,
                             int64_t index, float* to) {
  const int height = conv.height - 2 * conv.padding, width = conv.width - 2 * conv.padding;
  // Without a border between them, all rows are one.
  const int rows = conv.padding ? height : 1, length = height * width / rows;
  const int64_t first = index * conv.in_channels * height * width;
  for (int c = 0; c < conv.in_channels; ++c) {
    for (int y = 0; y < rows; ++y) {
      const int64_t from = first + (c * rows + y) * length;
      float* row = to + ((y + conv.padding) * conv.width + conv.padding) * conv.in_stride + c;
      const auto write = [&](auto value) LENET_LAMBDA {
        for (int x = 0; x < length; ++x) row[x * conv.in_stride] = value(x);
      };
      if (data.image_dtype == LENET_FUSED_UINT8) {
        const uint8_t* bytes = static_cast<const uint8_t*>(data.images) + from;
        if (table) {
          write([&](int x) LENET_LAMBDA { return table[bytes[x]]; });
        } else {
          write([&](int x) LENET_LAMBDA { return fraction_of_255(bytes[x]); });
        }
      } else {
        const float* values = static_cast<const float*>(data.images) + from;
        write([&](int x) LENET_LAMBDA { return values[x]; });
      }
    }
  }
}

// Asks for an image that is read soon: in a shuffled epoch each lies somewhere else in memory.
LENET_INLINE void prefetch_image(const Conv conv, const lenet_fused_data& data, int64_t index) {
  const int height = conv.height - 2 * conv.padding, width = conv.width - 2 * conv.padding;
  const int64_t bytes = static_cast<int64_t>(conv.in_channels) * height * width *
                        (data.image_dtype == LENET_FUSED_UINT8 ? 1 : sizeof(float));
  const char* image = static_cast<const char*>(data.images) + index * bytes;
  for (int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(image + i, 0, 2);
}

// kLanes images, `image_size` floats apart, to lanes.
LENET_INLINE void to_lanes(const float* images, int image_size, int channels, int plane, int stride,
                           Vec* lanes) {
  for (int first = 0; first < plane * stride; first += kLanes) {
    Vec square[kLanes];
#pragma GCC unroll 16
    for (int l = 0; l < kLanes; ++l) square[l] = load<Vec>(images + l * image_size + first);
    transpose(square);
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      const int pixel = (first + i) / stride, channel = (first + i) % stride;
      if (pixel < plane && channel < channels) lanes[channel * plane + pixel] = square[i];
    }
  }
}

// Lanes to kLanes images, `image_size` floats apart; padding channels become zero.
LENET_INLINE void to_images(const Vec* lanes, int channels, int plane, int stride, float* images,
                            int image_size) {
  for (int first = 0; first < plane * stride; first += kLanes) {
    Vec square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      const int pixel = (first + i) / stride, channel = (first + i) % stride;
      square[i] = pixel < plane && channel < channels ? lanes[channel * plane + pixel] : Vec{};
    }
    transpose(square);
#pragma GCC unroll 16
    for (int l = 0; l < kLanes; ++l) store(images + l * image_size + first, square[l]);
  }
}

}  // namespace lenet
