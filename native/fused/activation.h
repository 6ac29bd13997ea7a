// Activations and their derivatives over runs of vectors.
//
// Each is a pass of its own over data that is still in the first-level cache: inside the
// convolution, the division and the polynomial's constants would evict its accumulators.
#pragma once

#include "engine.h"
#include "vector.h"

namespace lenet {

LENET_INLINE Vec sigmoid(Vec x) { return reciprocal(1.0f + exp(-x)); }

// Near zero 1 − 2 / (e^2|x| + 1) would cancel: there a polynomial (Cephes').
LENET_INLINE Vec tanh(Vec x) {
  const Vec magnitude = as_vec(as_int(x) & 0x7fffffff);
  const Vec far = 1.0f - 2.0f / (exp(magnitude + magnitude) + 1.0f);
  const Vec z = x * x;
  Vec p = broadcast(-5.70498872745e-3f);
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  const Vec near = p * z * x + x;
  const Vec signed_far = as_vec(as_int(far) | (as_int(x) & INT32_MIN));
  return magnitude < 0.625f ? near : signed_far;
}

LENET_INLINE Vec relu(Vec x) { return x < 0.0f ? Vec{} : x; }  // NaN < 0 is false: NaN passes

// values[i] = activation(values[i] + bias).
LENET_INLINE void activate(int activation, float bias, Vec* values, int count) {
  switch (activation) {
    case LENET_FUSED_SIGMOID:
      for (int i = 0; i < count; ++i) values[i] = sigmoid(values[i] + bias);
      break;
    case LENET_FUSED_TANH:
      for (int i = 0; i < count; ++i) values[i] = tanh(values[i] + bias);
      break;
    case LENET_FUSED_RELU:
      for (int i = 0; i < count; ++i) values[i] = relu(values[i] + bias);
      break;
    default:
      for (int i = 0; i < count; ++i) values[i] += bias;
  }
}

// gradient[i] *= scale · activation'(…), the derivative written in terms of the output.
template <class V>
LENET_INLINE void activation_backward(int activation, const V* output, float scale, V* gradient,
                                      int count) {
  switch (activation) {
    case LENET_FUSED_SIGMOID:
      for (int i = 0; i < count; ++i) {
        gradient[i] = gradient[i] * scale * output[i] * (1.0f - output[i]);
      }
      break;
    case LENET_FUSED_TANH:
      for (int i = 0; i < count; ++i) {
        gradient[i] = gradient[i] * scale * (1.0f - output[i] * output[i]);
      }
      break;
    case LENET_FUSED_RELU:
      for (int i = 0; i < count; ++i) {
        gradient[i] = output[i] <= 0.0f ? V{} : gradient[i] * scale;
      }
      break;
    default:
      for (int i = 0; i < count; ++i) gradient[i] *= scale;
  }
}

}  // namespace lenet
