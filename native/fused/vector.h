// The vector abstraction: one SIMD register of float32, in three widths, with the few operations
// the kernels need. Everything is GCC's generic vectors; intrinsics appear only where generic code
// compiles to something slower. CMake sets the width and the register count per library:
//   avx512: 16 lanes, 32 registers   avx2: 8 lanes, 16 registers
//   neon: 4 lanes, 32 registers      portable: 4 lanes, 16 registers
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define LENET_INLINE inline __attribute__((always_inline))
#define LENET_LAMBDA __attribute__((always_inline))

namespace lenet {

inline constexpr int kLanes = LENET_FUSED_LANES;
inline constexpr int kRegisters = LENET_FUSED_REGISTERS;
inline constexpr bool kManyRegisters = kRegisters >= 32;

typedef float Vec __attribute__((vector_size(4 * LENET_FUSED_LANES)));
typedef int32_t Int __attribute__((vector_size(4 * LENET_FUSED_LANES)));

// The backward convolution works image by image, with channels side by side. Eight channels fill a
// vector of at most eight lanes; wider ones would mostly carry padding (LeNet's first block has
// six).
inline constexpr int kChannelLanes = kLanes < 8 ? kLanes : 8;
typedef float Channels
    __attribute__((vector_size(4 * (LENET_FUSED_LANES < 8 ? LENET_FUSED_LANES : 8))));

// A number known to the compiler, passed as an argument.
template <int kValue>
using Constant = std::integral_constant<int, kValue>;

// Calls run(Constant<number>) where the number is one of the choices.
template <int... kChoices, class Run>
LENET_INLINE void with_constant(int number, Run run) {
  static_cast<void>(((number == kChoices && (run(Constant<kChoices>{}), true)) || ...));
}

template <class V>
LENET_INLINE V load(const float* p) {
  V v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

template <class V>
LENET_INLINE void store(float* p, V v) {
  std::memcpy(p, &v, sizeof v);
}

template <class V = Vec>
LENET_INLINE V broadcast(float x) {
  return x - V{};  // not V{} + x, which would turn −0 into +0
}

// Four floats in each quarter of a vector, of which spread() takes one for all lanes: shuffles wait
// for nothing where loads do.
template <class V>
LENET_INLINE V load_four(const float* p) {
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64) return (V)_mm512_broadcast_f32x4(_mm_loadu_ps(p));
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(V) == 32) return (V)_mm256_broadcast_ps((const __m128*)p);
#endif
  V v = {};
  std::memcpy(&v, p, 16);
  return v;
}

template <int kLane, class V>
LENET_INLINE V spread(V four) {
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64) return (V)_mm512_permute_ps((__m512)four, kLane * 0x55);
#endif
#if defined(__AVX2__)
  if constexpr (sizeof(V) == 32) return (V)_mm256_permute_ps((__m256)four, kLane * 0x55);
#endif
  return broadcast<V>(four[kLane]);
}

LENET_INLINE Int broadcast_int(int32_t x) { return Int{} + x; }

LENET_INLINE Int as_int(Vec v) { return reinterpret_cast<Int>(v); }
LENET_INLINE Vec as_vec(Int v) { return reinterpret_cast<Vec>(v); }

// a > b ? a : b. If either is NaN the result is b.
LENET_INLINE Vec max(Vec a, Vec b) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  return (Vec)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__) && LENET_FUSED_LANES == 8
  return (Vec)_mm256_max_ps((__m256)a, (__m256)b);
#else
  return a > b ? a : b;
#endif
}

// a < b ? a : b. If either is NaN the result is b.
LENET_INLINE Vec min(Vec a, Vec b) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  return (Vec)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(__AVX2__) && LENET_FUSED_LANES == 8
  return (Vec)_mm256_min_ps((__m256)a, (__m256)b);
#else
  return a < b ? a : b;
#endif
}

// 1 / v within one unit in the last place, for normal v with a normal reciprocal.
LENET_INLINE Vec reciprocal(Vec v) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  // An estimate of 14 bits and one step of Newton's: a third of a division's time.
  const Vec near = (Vec)_mm512_rcp14_ps((__m512)v);
  return near + near * (1.0f - v * near);
#else
  return 1.0f / v;
#endif
}

// All bits set in the lanes where one of the four is NaN.
LENET_INLINE Int nan_lanes(const Vec (&v)[4]) {
#if defined(__AVX2__) && LENET_FUSED_LANES == 8
  const auto unordered = [](Vec a, Vec b) LENET_LAMBDA {
    return (Int)_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_UNORD_Q);
  };
  return unordered(v[0], v[1]) | unordered(v[2], v[3]);
#else
  return (v[0] != v[0]) | (v[1] != v[1]) | (v[2] != v[2]) | (v[3] != v[3]);
#endif
}

#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
LENET_INLINE __mmask16 nan_mask(const Vec (&v)[4]) {
  return _mm512_cmp_ps_mask((__m512)v[0], (__m512)v[1], _CMP_UNORD_Q) |
         _mm512_cmp_ps_mask((__m512)v[2], (__m512)v[3], _CMP_UNORD_Q);
}
#endif

// Whether any lane of kCount times four vectors is NaN.
template <int kCount>
LENET_INLINE bool any_nan(const Vec (&v)[kCount][4]) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  __mmask16 any = nan_mask(v[0]);
#pragma GCC unroll 6
  for (int i = 1; i < kCount; ++i) any |= nan_mask(v[i]);
  return any != 0;
#else
  Int any = nan_lanes(v[0]);
#pragma GCC unroll 6
  for (int i = 1; i < kCount; ++i) any |= nan_lanes(v[i]);
#if defined(__AVX2__) && LENET_FUSED_LANES == 8
  return _mm256_movemask_ps((__m256)any) != 0;
#elif defined(__SSE2__) && LENET_FUSED_LANES == 4
  return _mm_movemask_ps((__m128)any) != 0;
#elif defined(__aarch64__) && LENET_FUSED_LANES == 4
  return vmaxvq_u32((uint32x4_t)any) != 0;
#else
  int32_t bits = 0;
  for (int i = 0; i < kLanes; ++i) bits |= any[i];
  return bits != 0;
#endif
#endif
}

// `value`, or NaN in the lanes where one of the four is NaN.
LENET_INLINE Vec or_nan(Vec value, const Vec (&v)[4]) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  return (Vec)_mm512_castsi512_ps(
      _mm512_mask_set1_epi32(_mm512_castps_si512((__m512)value), nan_mask(v), -1));
#else
  return as_vec(as_int(value) | nan_lanes(v));
#endif
}

LENET_INLINE Vec sqrt(Vec v) {
#if defined(__AVX512F__) && LENET_FUSED_LANES == 16
  return (Vec)_mm512_sqrt_ps((__m512)v);
#elif defined(__AVX2__) && LENET_FUSED_LANES == 8
  return (Vec)_mm256_sqrt_ps((__m256)v);
#elif defined(__aarch64__) && LENET_FUSED_LANES == 4
  return (Vec)vsqrtq_f32((float32x4_t)v);
#else
  for (int i = 0; i < kLanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
#endif
}

template <class V>
LENET_INLINE float sum(V v) {
  float total = 0;
  for (unsigned i = 0; i < sizeof(V) / 4; ++i) total += v[i];
  return total;
}

namespace detail {

// One stage of a transpose: exchange the off-diagonal blocks of size Step of rows a and b.
template <int Step, class V, int... I>
LENET_INLINE V keep_left(V a, V b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, ((I & Step) ? kLanes + I - Step : I)...);
}

template <int Step, class V, int... I>
LENET_INLINE V keep_right(V a, V b, std::integer_sequence<int, I...>) {
  return __builtin_shufflevector(a, b, ((I & Step) ? kLanes + I : I + Step)...);
}

template <int Step, class V>
LENET_INLINE void transpose_stage(V* rows) {
  if constexpr (Step > 0) {
    constexpr auto lanes = std::make_integer_sequence<int, kLanes>{};
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; ++i) {
      if (i & Step) continue;
      const V a = rows[i], b = rows[i + Step];
      rows[i] = keep_left<Step>(a, b, lanes);
      rows[i + Step] = keep_right<Step>(a, b, lanes);
    }
    transpose_stage<Step / 2>(rows);
  }
}

}  // namespace detail

// Transposes a square of kLanes × kLanes values in place. Where 16 lanes are made of narrower
// registers (the test's library) it is a function of its own: inlined, GCC works on it for minutes.
template <class V>
#if LENET_FUSED_LANES == 16 && !defined(__AVX512F__)
__attribute__((noinline)) void transpose(
#else
LENET_INLINE void transpose(
#endif
    V (&rows)[kLanes]) {
  detail::transpose_stage<kLanes / 2>(rows);
}

// exp to about one unit in the last place (Cephes' polynomial). NaN stays NaN; the argument is held
// within ±87.3, where the result is a normal number, so infinities give 1.2e-38 and 8e37.
LENET_INLINE Vec exp(Vec x) {
  x = min(broadcast(87.3f), max(broadcast(-87.3f), x));
  // Adding and subtracting 1.5 · 2²³ rounds to the nearest integer; its low bits are that integer.
  const Vec magic = broadcast(12582912.0f);
  const Vec shifted = x * 1.44269504088896341f + magic;
  const Vec n = shifted - magic;
  const Vec r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Vec p = broadcast(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + (r + 1.0f);
  const Int exponent = (as_int(shifted) << 23) + (127 << 23);
  return p * as_vec(exponent);
}

}  // namespace lenet
