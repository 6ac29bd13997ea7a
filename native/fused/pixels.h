// Images straight to lanes: a data set's order is the order of the planes, so that reading is
// transposing one row of values per image. Bytes are transposed as bytes.
#pragma once

#include <algorithm>
#include <vector>

#include "images.h"
#include "model.h"

namespace lenet {

inline constexpr int kBytes = 16;
typedef uint8_t Bytes __attribute__((vector_size(kBytes)));

// Interleaves the bytes of kLanes rows: [image][pixel] becomes [pixel][image].
LENET_INLINE void interleave(Bytes (&rows)[kLanes]) {
#pragma GCC unroll 4
  for (int round = 1; round < kLanes; round *= 2) {
    Bytes next[kLanes];
#pragma GCC unroll 8
    for (int i = 0; i < kLanes / 2; ++i) {
      const Bytes a = rows[i], b = rows[i + kLanes / 2];
      next[2 * i] =
          __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      next[2 * i + 1] = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,
                                                14, 30, 15, 31);
    }
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) rows[i] = next[i];
  }
}

// A vector of bytes as numbers. GCC makes single loads of the generic conversion.
LENET_INLINE Vec numbers_of(const uint8_t* bytes) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  return (Vec)_mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i*)bytes)));
#elif defined(__AVX2__) && LENET_FUSED_LANES == 8
  return (Vec)_mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i*)bytes)));
#else
  Int numbers;
  for (int l = 0; l < kLanes; ++l) numbers[l] = bytes[l];
  return __builtin_convertvector(numbers, Vec);
#endif
}

// One vector of bytes over 255, correctly rounded as fraction_of_255() is.
LENET_INLINE Vec fractions_of_255(const uint8_t* bytes) {
  const Vec value = numbers_of(bytes);
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
  constexpr float kInverse = 1.0f / 255.0f;
  const Vec near = value * kInverse;
  return near + (value - near * 255.0f) * kInverse;
#else
  return value / 255.0f;
#endif
}

// Reads `live` images of `count` values each; value i goes to lanes[place[i]]. Lanes without an
// image have the first one again.
class PixelReader {
 public:
  PixelReader(int count, std::vector<int> place) : count_(count), place_(std::move(place)) {}

  void read(const Batch& batch, int64_t first, int live, Vec* lanes) const {
    if (batch.data->image_dtype == LENET_FUSED_FLOAT32) {
      read_floats(batch, first, live, lanes);
    } else if (batch.table) {
      read_by_table(batch, first, live, lanes);
    } else {
      read_bytes(batch, first, live, lanes);
    }
  }

  // Asks for images that are read soon: in a shuffled epoch each lies somewhere else in memory.
  void prefetch(const Batch& batch, int64_t first, int count) const {
    const int64_t size = batch.data->image_dtype == LENET_FUSED_UINT8 ? 1 : sizeof(float);
    const char* images = static_cast<const char*>(batch.data->images);
    for (int l = 0; l < count; ++l) {
      const char* image = images + batch.index(first + l) * count_ * size;
      for (int64_t i = 0; i < count_ * size; i += 64) __builtin_prefetch(image + i, 0, 2);
    }
  }

 private:
  template <class T>
  void find(const Batch& batch, int64_t first, int live, const T* (&images)[kLanes]) const {
    for (int l = 0; l < kLanes; ++l) {
      const int64_t index = batch.index(first + (l < live ? l : 0));
      images[l] = static_cast<const T*>(batch.data->images) + index * count_;
    }
  }

  void read_floats(const Batch& batch, int64_t first, int live, Vec* lanes) const {
    const float* images[kLanes];
    find(batch, first, live, images);
    const int* place = place_.data();
    int i = 0;
    for (; i + kLanes <= count_; i += kLanes) {
      Vec square[kLanes];
#pragma GCC unroll 16
      for (int l = 0; l < kLanes; ++l) square[l] = load<Vec>(images[l] + i);
      transpose(square);
#pragma GCC unroll 16
      for (int k = 0; k < kLanes; ++k) lanes[place[i + k]] = square[k];
    }
    for (; i < count_; ++i) {
      Vec& to = lanes[place[i]];
      for (int l = 0; l < kLanes; ++l) to[l] = images[l][i];
    }
  }

  void read_by_table(const Batch& batch, int64_t first, int live, Vec* lanes) const {
    const uint8_t* images[kLanes];
    find(batch, first, live, images);
    for (int i = 0; i < count_; ++i) {
      Vec& to = lanes[place_[i]];
      for (int l = 0; l < kLanes; ++l) to[l] = batch.table[images[l][i]];
    }
  }

  void read_bytes(const Batch& batch, int64_t first, int live, Vec* lanes) const {
    const uint8_t* images[kLanes];
    find(batch, first, live, images);
    const int* place = place_.data();
    int i = 0;
    for (; i + kBytes <= count_; i += kBytes) {
      Bytes rows[kLanes];
#pragma GCC unroll 16
      for (int l = 0; l < kLanes; ++l) std::memcpy(&rows[l], images[l] + i, kBytes);
      write_bytes<kBytes>(rows, place + i, lanes);
    }
    for (; i < count_; ++i) {
      Bytes rows[kLanes] = {};
      for (int l = 0; l < kLanes; ++l) rows[l][0] = images[l][i];
      write_bytes<1>(rows, place + i, lanes);
    }
  }

  template <int kColumns>
  static void write_bytes(Bytes (&rows)[kLanes], const int* place, Vec* lanes) {
    interleave(rows);
    const uint8_t* pixels = reinterpret_cast<const uint8_t*>(rows);
#pragma GCC unroll 16
    for (int k = 0; k < kColumns; ++k) {
      lanes[place[k]] = fractions_of_255(pixels + k * kLanes);
    }
  }

  const int count_;
  const std::vector<int> place_;
};

}  // namespace lenet
