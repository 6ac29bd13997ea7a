// Convolutions of 3×3 and stride 1 with fewer multiplications, in lanes: two outputs of a filter of
// three taps take four products in place of six (docs/engine.md, "Fewer multiplications"), in both
// directions 16 in place of 36. A tile is 2×2 outputs, of 4×4 inputs.
#pragma once

#include "buffer.h"
#include "network.h"
#include "vector.h"
#include "windows.h"

namespace lenet {

// Where a filter's taps lie: of output o and input c from o · out_step + c · in_step, one behind
// the other, or turned round.
struct Taps {
  int64_t out_step, in_step;
  bool turned;
};

class Tiles {
 public:
  static constexpr int kSide = 4, kPoints = kSide * kSide;

  // With fewer channels it takes longer to make points and outputs than products.
  static bool suit(int kernel, int ins, int outs) { return kernel == 3 && ins >= 8 && outs >= 8; }

  // `plane` and `row` of the input, which has a border of one pixel around what comes out.
  Tiles(int ins, Size out, int plane, int row, Taps taps);

  // To be called when the weights have changed.
  void prepare(const float* weight);
  // `weight`: that of prepare(). `bias` may be null.
  void run(const Vec* in, const float* weight, const float* bias, Vec* out, Grid grid);

 private:
  const float* filters_at(int point, int block) const;
  Vec* inputs_at(int point) { return inputs_.data() + point * inputs_step_; }
  void read(const Vec* in, int y, int first, int tiles);
  void multiply(int block, int blocks, int tiles);
  void write(const Vec* in, const float* weight, const float* bias, Vec* out, Grid grid, int output,
             const Vec* products, int y, int first, int tiles) const;
  Vec directly(const Vec* in, const float* weight, const float* bias, int output, int y,
               int x) const;

  const int ins_, plane_, row_;
  const Size out_;
  const Taps taps_;
  int across_;  // tiles computed together, at most
  int64_t inputs_step_, products_step_;
  Buffer<float> filters_;          // [point][block of outputs][input][output]
  Buffer<Vec> inputs_, products_;  // [point][input][tile], [point][output][tile]
};

}  // namespace lenet
