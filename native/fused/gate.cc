#include "gate.h"

#include <cstring>

#include "activation.h"

namespace lenet {

namespace {

LENET_INLINE Vec absolute(Vec x) { return as_vec(as_int(x) & 0x7fffffff); }

// Near zero a polynomial, further out 1 − e^(a polynomial); both within one unit in the last place.
LENET_INLINE Vec erf(Vec x) {
  const Vec t = absolute(x), s = x * x;
  Vec r = broadcast(-1.72853470e-5f) * t + 3.83197126e-4f;
  r = r * s + (broadcast(-3.88396438e-3f) * t + 2.42546219e-2f);
  r = r * t - 1.06777877e-1f;
  r = r * t - 6.34846687e-1f;
  r = r * t - 1.28717512e-1f;
  r = r * t - t;
  const Vec far = as_vec(as_int(1.0f - exp(r)) | (as_int(x) & INT32_MIN));
  Vec p = broadcast(-5.96761703e-4f);
  p = p * s + 4.99119423e-3f;
  p = p * s - 2.67681349e-2f;
  p = p * s + 1.12819925e-1f;
  p = p * s - 3.76125336e-1f;
  p = p * s + 1.28379166e-1f;
  return t > 0.927734375f ? far : p * x + x;
}

constexpr float kRootHalf = 0.70710678118654752f;       // √½
constexpr float kRootTwoOverPi = 0.79788456080286536f;  // √(2/π)
constexpr float kCube = 0.044715f;

LENET_INLINE Vec gelu(Vec x) { return x * 0.5f * (1.0f + erf(x * kRootHalf)); }

LENET_INLINE Vec gelu_slope(Vec x) {
  const Vec density = exp(x * x * -0.5f) * (0.5f * kRootTwoOverPi);
  return 0.5f * (1.0f + erf(x * kRootHalf)) + x * density;
}

LENET_INLINE Vec gelu_tanh(Vec x) {
  return 0.5f * x * (1.0f + tanh(kRootTwoOverPi * (x + kCube * x * x * x)));
}

LENET_INLINE Vec gelu_tanh_slope(Vec x) {
  const Vec y = tanh(kRootTwoOverPi * (x + kCube * x * x * x));
  const Vec inner = kRootTwoOverPi * (1.0f + 3.0f * kCube * x * x);
  return 0.5f * (1.0f + y) + 0.5f * x * (1.0f - y * y) * inner;
}

// Below, e^x is no number any more, but exp() ends at e^−87, which is one: times a large x, a large
// one. Of −∞ comes NaN, as in PyTorch.
constexpr float kGone = -104.0f;

LENET_INLINE Vec silu(Vec x) { return x < kGone ? x * 0.0f : x / (1.0f + exp(-x)); }

LENET_INLINE Vec silu_slope(Vec x) {
  const Vec y = sigmoid(x);
  return x < kGone ? x * 0.0f : y * (1.0f + x * (1.0f - y));
}

template <class Function>
LENET_INLINE void each(int count, Function function) {
  for (int i = 0; i < count; ++i) function(i);
}

}  // namespace

void Gate::apply(const Vec* in, Vec* out, int count) const {
  switch (which) {
    case LENET_FUSED_LEAKY_RELU:
      return each(count,
                  [&](int i) LENET_LAMBDA { out[i] = in[i] > 0.0f ? in[i] : in[i] * slope; });
    case LENET_FUSED_GELU:
      return each(count, [&](int i) LENET_LAMBDA { out[i] = gelu(in[i]); });
    case LENET_FUSED_GELU_TANH:
      return each(count, [&](int i) LENET_LAMBDA { out[i] = gelu_tanh(in[i]); });
    case LENET_FUSED_SILU:
      return each(count, [&](int i) LENET_LAMBDA { out[i] = silu(in[i]); });
    default:
      if (in != out) std::memcpy(static_cast<void*>(out), in, sizeof(Vec) * count);
      activate(which, 0.0f, out, count);
  }
}

void Gate::apply_backward(const Vec* in, const Vec* out, Vec* gradient, int count) const {
  switch (which) {
    case LENET_FUSED_LEAKY_RELU:
      return each(count, [&](int i) LENET_LAMBDA {
        gradient[i] = out[i] > 0.0f ? gradient[i] : gradient[i] * slope;
      });
    case LENET_FUSED_GELU:
      return each(count, [&](int i) LENET_LAMBDA { gradient[i] *= gelu_slope(in[i]); });
    case LENET_FUSED_GELU_TANH:
      return each(count, [&](int i) LENET_LAMBDA { gradient[i] *= gelu_tanh_slope(in[i]); });
    case LENET_FUSED_SILU:
      return each(count, [&](int i) LENET_LAMBDA { gradient[i] *= silu_slope(in[i]); });
    default:
      activation_backward(which, out, 1.0f, gradient, count);
  }
}

}  // namespace lenet
