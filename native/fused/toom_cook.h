// Two outputs of a filter of five taps from six products in place of ten, after Toom and Cook. Six
// inputs and a filter are taken as polynomials and evaluated at six points, where a convolution is
// one product each; docs/engine.md says more.
//
// The points are 0, 1, −1, 2, −2 and ∞. With them six equal inputs are zero at every point but one,
// exactly, whether or not multiply-adds are fused: outputs that are equal because their inputs are
// stay equal to the last bit, and the first pixel of a constant window wins, as in PyTorch.
#pragma once

#include "shape.h"

namespace lenet {

inline constexpr int kPoints = kKernel + 1;

// Six inputs at the points.
LENET_INLINE void inputs_at_points(const Vec (&d)[kPoints], Vec* to) {
  const Vec even1 = d[4] - 4.0f * d[2], odd1 = d[3] - 4.0f * d[1];
  const Vec even2 = d[4] - d[2], odd2 = d[3] - d[1];
  to[0] = even2 - 4.0f * (d[2] - d[0]);
  to[1] = even1 + odd1;
  to[2] = even1 - odd1;
  to[3] = even2 + 2.0f * odd2;
  to[4] = even2 - 2.0f * odd2;
  to[5] = (d[5] - d[3]) - 4.0f * odd2;
}

// A filter's five taps at the points: with what divides the products there.
LENET_INLINE void taps_at_points(const Vec* tap, int stride, Vec* to, int to_stride) {
  const Vec w0 = tap[0], w1 = tap[stride], w2 = tap[2 * stride];
  const Vec w3 = tap[3 * stride], w4 = tap[4 * stride];
  const Vec even1 = w0 + w2 + w4, odd1 = w1 + w3;
  const Vec even2 = w0 + 4.0f * w2 + 16.0f * w4, odd2 = 2.0f * w1 + 8.0f * w3;
  to[0] = 0.25f * w0;
  to[to_stride] = (even1 + odd1) * (-1.0f / 6.0f);
  to[2 * to_stride] = (even1 - odd1) * (-1.0f / 6.0f);
  to[3 * to_stride] = (even2 + odd2) * (1.0f / 24.0f);
  to[4 * to_stride] = (even2 - odd2) * (1.0f / 24.0f);
  to[5 * to_stride] = w4;
}

// Both outputs of the products at six points, or, where registers hold three at a time, of 0, 1 and
// −1 (kFirst = 0), to which 2, −2 and ∞ are added then (3).
template <int kFirst, int kHeld>
LENET_INLINE void outputs_of_points(const Vec (&m)[kHeld], Vec (&y)[2]) {
  if constexpr (kHeld == kPoints) {
    y[0] = m[0] + (m[1] + m[2]) + (m[3] + m[4]);
    y[1] = m[5] + (m[1] - m[2]) + 2.0f * (m[3] - m[4]);
  } else if constexpr (kFirst == 0) {
    y[0] = m[0] + (m[1] + m[2]);
    y[1] = m[1] - m[2];
  } else {
    y[0] += m[0] + m[1];
    y[1] += m[2] + 2.0f * (m[0] - m[1]);
  }
}

// Keeps a value that was read in a register: GCC otherwise reads it once per use, and reading is
// what a transform waits for.
LENET_INLINE Vec in_register(Vec v) {
#if defined(__AVX512F__) || (defined(__AVX2__) && LENET_FUSED_LANES == 8)
  asm("" : "+v"(v));
#endif
  return v;
}

// Six inputs, `stride` vectors apart, at the points.
LENET_INLINE void transform(const Vec* from, int stride, Vec (&to)[kPoints]) {
  Vec d[kPoints];
#pragma GCC unroll 6
  for (int i = 0; i < kPoints; ++i) d[i] = in_register(from[i * stride]);
  inputs_at_points(d, to);
}

}  // namespace lenet
