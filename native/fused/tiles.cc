#include "tiles.h"

#include <algorithm>

namespace lenet {

namespace {

// As of windows.cc: accumulators take 24 of 32 registers or 12 of 16.
constexpr int kOuts = 4, kTogether = kManyRegisters ? 6 : 3;
// Blocks of outputs whose products are kept: then those and one point's inputs stay near.
constexpr int kBlocks = 4;
constexpr int kMostAcross = 8;

// The points are 0, 1, −1 and ∞: of six equal inputs only the second is not zero, without rounding.
template <class T>
LENET_INLINE void values_at_points(T a, T b, T c, T d, T (&to)[4]) {
  to[0] = a - c;
  to[1] = b + c;
  to[2] = c - b;
  to[3] = b - d;
}

LENET_INLINE void taps_at_points(const float* tap, int step, float* to, int to_step) {
  const float outer = tap[0] + tap[2 * step], inner = tap[step];
  to[0] = tap[0];
  to[to_step] = 0.5f * (outer + inner);
  to[2 * to_step] = 0.5f * (outer - inner);
  to[3 * to_step] = tap[2 * step];
}

// Inputs that four outputs and kCount tiles share: all of one point.
template <int kCount>
LENET_INLINE void product_block(int ins, const Vec* in, int step, const float* filter, Vec* out,
                                int64_t out_step) {
  Vec acc[kOuts][kCount] = {};
  for (int c = 0; c < ins; ++c, in += step, filter += kOuts) {
    Vec value[kCount];
#pragma GCC unroll 6
    for (int t = 0; t < kCount; ++t) value[t] = in[t];
#pragma GCC unroll 4
    for (int o = 0; o < kOuts; ++o) {
      const Vec factor = broadcast(filter[o]);
#pragma GCC unroll 6
      for (int t = 0; t < kCount; ++t) acc[o][t] += factor * value[t];
    }
  }
#pragma GCC unroll 4
  for (int o = 0; o < kOuts; ++o) {
#pragma GCC unroll 6
    for (int t = 0; t < kCount; ++t) out[o * out_step + t] = acc[o][t];
  }
}

int parts_of(int count, int most) { return (count + most - 1) / most; }

}  // namespace

Tiles::Tiles(int ins, Size out, int plane, int row, Taps taps)
    : ins_(ins), plane_(plane), row_(row), out_(out), taps_(taps) {
  const int tiles = (out.width + 1) / 2, parts = parts_of(tiles, kMostAcross);
  across_ = parts_of(tiles, parts);
  // One more, so that the points of an input do not lie a multiple of 4096 bytes apart.
  inputs_step_ = static_cast<int64_t>(ins) * across_ + 1;
  products_step_ = static_cast<int64_t>(kBlocks) * kOuts * across_ + 1;
  filters_ =
      Buffer<float>(static_cast<size_t>(kPoints) * parts_of(out.channels, kOuts) * kOuts * ins);
  inputs_ = Buffer<Vec>(kPoints * inputs_step_);
  products_ = Buffer<Vec>(kPoints * products_step_);
}

const float* Tiles::filters_at(int point, int block) const {
  const int blocks = parts_of(out_.channels, kOuts);
  return filters_.data() + (static_cast<int64_t>(point) * blocks + block) * ins_ * kOuts;
}

void Tiles::prepare(const float* weight) {
  const int64_t step = filters_at(1, 0) - filters_at(0, 0);
  for (int o = 0; o < out_.channels; ++o) {
    for (int c = 0; c < ins_; ++c) {
      const float* from = weight + o * taps_.out_step + c * taps_.in_step;
      float taps[9], rows[3 * kSide], points[kPoints];
      for (int t = 0; t < 9; ++t) taps[t] = from[taps_.turned ? 8 - t : t];
      for (int y = 0; y < 3; ++y) taps_at_points(taps + 3 * y, 1, rows + kSide * y, 1);
      for (int x = 0; x < kSide; ++x) taps_at_points(rows + x, kSide, points + x, kSide);
      float* to = filters_.data() + (o / kOuts * ins_ + c) * kOuts + o % kOuts;
      for (int p = 0; p < kPoints; ++p) to[p * step] = points[p];
    }
  }
}

// The values at the points of tiles side by side. What lies beyond the last row or column is needed
// for no output: the last one is read again.
void Tiles::read(const Vec* in, int y, int first, int tiles) {
  const int last_row = out_.height + 1, last_column = out_.width + 1;
  for (int c = 0; c < ins_; ++c) {
    const Vec* row[kSide];
    for (int i = 0; i < kSide; ++i) row[i] = in + c * plane_ + std::min(y + i, last_row) * row_;
    Vec* to = inputs_.data() + c * across_;
    for (int t = 0; t < tiles; ++t) {
      const int x = 2 * (first + t), end = std::min(x + 3, last_column);
      Vec sideways[kSide][kSide];
#pragma GCC unroll 4
      for (int i = 0; i < kSide; ++i) {
        values_at_points(row[i][x], row[i][x + 1], row[i][x + 2], row[i][end], sideways[i]);
      }
#pragma GCC unroll 4
      for (int j = 0; j < kSide; ++j) {
        Vec point[kSide];
        values_at_points(sideways[0][j], sideways[1][j], sideways[2][j], sideways[3][j], point);
#pragma GCC unroll 4
        for (int i = 0; i < kSide; ++i) to[(i * kSide + j) * inputs_step_ + t] = point[i];
      }
    }
  }
}

void Tiles::multiply(int block, int blocks, int tiles) {
  const int parts = parts_of(tiles, kTogether);
  for (int p = 0; p < kPoints; ++p) {
    for (int b = 0; b < blocks; ++b) {
      const float* filter = filters_at(p, block + b);
      Vec* to = products_.data() + p * products_step_ + b * kOuts * across_;
      for (int part = 0; part < parts; ++part) {
        const int from = tiles * part / parts, count = tiles * (part + 1) / parts - from;
        const auto run = [&](auto together) LENET_LAMBDA {
          product_block<together()>(ins_, inputs_at(p) + from, across_, filter, to + from, across_);
        };
        with_constant<1, 2, 3>(count, run);
        if constexpr (kTogether > 3) with_constant<4, 5, 6>(count, run);
      }
    }
  }
}

Vec Tiles::directly(const Vec* in, const float* weight, const float* bias, int output, int y,
                    int x) const {
  Vec sum = bias ? broadcast(bias[output]) : Vec{};
  for (int c = 0; c < ins_; ++c) {
    const float* tap = weight + output * taps_.out_step + c * taps_.in_step;
    for (int t = 0; t < 9; ++t) {
      const float factor = tap[taps_.turned ? 8 - t : t];
      sum += broadcast(factor) * in[c * plane_ + (y + t / 3) * row_ + x + t % 3];
    }
  }
  return sum;
}

// One output's tiles. Where an input is infinite or NaN a tile may be NaN that directly is not.
void Tiles::write(const Vec* in, const float* weight, const float* bias, Vec* out, Grid grid,
                  int output, const Vec* products, int y, int first, int tiles) const {
  const Vec offset = bias ? broadcast(bias[output]) : Vec{};
  const int height = std::min(2, out_.height - y);
  Vec* to = out + grid.first + output * grid.plane + y * grid.row;
  for (int t = 0; t < tiles; ++t) {
    Vec upper[kSide], lower[kSide];
#pragma GCC unroll 4
    for (int j = 0; j < kSide; ++j) {
      Vec m[kSide];
#pragma GCC unroll 4
      for (int i = 0; i < kSide; ++i) m[i] = products[(i * kSide + j) * products_step_ + t];
      upper[j] = m[0] + (m[1] + m[2]);
      lower[j] = (m[1] - m[2]) - m[3];
    }
    Vec value[1][4] = {
        {offset + (upper[0] + (upper[1] + upper[2])), offset + ((upper[1] - upper[2]) - upper[3]),
         offset + (lower[0] + (lower[1] + lower[2])), offset + ((lower[1] - lower[2]) - lower[3])}};
    const int x = 2 * (first + t), width = std::min(2, out_.width - x);
    const bool is_strange = any_nan(value);
    for (int i = 0; i < height; ++i) {
      for (int j = 0; j < width; ++j) {
        Vec& result = value[0][2 * i + j];
        if (is_strange) {
          const Vec again = directly(in, weight, bias, output, y + i, x + j);
          result = result == result ? result : again;
        }
        to[i * grid.row + (x + j) * grid.step] = result;
      }
    }
  }
}

void Tiles::run(const Vec* in, const float* weight, const float* bias, Vec* out, Grid grid) {
  const int blocks = parts_of(out_.channels, kOuts), all = (out_.width + 1) / 2;
  for (int y = 0; y < out_.height; y += 2) {
    for (int first = 0; first < all; first += across_) {
      const int tiles = std::min(across_, all - first);
      read(in, y, first, tiles);
      for (int block = 0; block < blocks; block += kBlocks) {
        const int now = std::min(kBlocks, blocks - block);
        multiply(block, now, tiles);
        const int from = block * kOuts, to = std::min(out_.channels, (block + now) * kOuts);
        for (int o = from; o < to; ++o) {
          write(in, weight, bias, out, grid, o, products_.data() + (o - from) * across_, y, first,
                tiles);
        }
      }
    }
  }
}

}  // namespace lenet
